/**
 * Programs for the differential test that were not written for it: HumanEval's solutions
 * with the calls of their tests, the project's own corpus (right and wrong programs of
 * its domain, execution drills) and the built-in tasks. It runs none of them.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { builtInTasks } from '../../src/cli/engine.ts';
import { toLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import { createRandom } from '../../src/base/random.ts';
import { sampleProgram } from '../corpus/domain/index.ts';
import { drawExecutionProgram } from '../corpus/execution-programs.ts';
import { codeOf } from '../corpus/label.ts';
import type { DefinitionCase } from './programs.ts';

interface HumanEvalRow {
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly test: string;
  readonly entry_point: string;
}

const CALLS = readFileSync(new URL('calls.py', import.meta.url), 'utf8');

/**
 * HumanEval's canonical solutions on every call of their tests that has literal
 * arguments. `path`: HumanEval.jsonl.gz.
 */
export async function humanEvalCases(path: string | URL): Promise<DefinitionCase[]> {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as HumanEvalRow);
  const sandbox = await createSandbox({ workers: 1 });
  try {
    const calls = rows.map(({ test }) => ({
      entryPoint: 'calls_of',
      args: toLiteral({ type: 'str', value: test }),
    }));
    const limits = { steps: 10_000_000, callMs: 30_000, jobMs: 120_000, valueBytes: 2 ** 20 };
    const { calls: results } = await sandbox.run({ code: CALLS, calls, limits });
    return results.flatMap(({ value, outcome }, i) => {
      if (value?.type !== 'str') throw new Error(`The calls of ${rows[i]!.entry_point} ended as ${outcome}.`);
      const { prompt, canonical_solution, entry_point } = rows[i]!;
      return (JSON.parse(value.value) as string[]).map((args) => ({
        code: prompt + canonical_solution,
        entry: entry_point,
        args,
      }));
    });
  } finally {
    await sandbox.dispose();
  }
}

/** The built-in tasks' solutions on their first input. */
export async function builtInCases(): Promise<DefinitionCase[]> {
  return (await builtInTasks()).flatMap(({ prompt, solution, entryPoint, visible }) =>
    solution === undefined
      ? []
      : visible.slice(0, 1).map(({ args }) => ({ code: prompt + solution, entry: entryPoint, args })),
  );
}

/**
 * `count` programs as nano's corpus has them: half of its domain, with their faults, half execution drills.
 */
export function corpusCases(count: number, seed: number): DefinitionCase[] {
  const random = createRandom(seed).fork('differential');
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) {
      const { code, args } = drawExecutionProgram(random);
      return { code, entry: 'f', args };
    }
    const sample = sampleProgram(random);
    const code = codeOf(sample);
    return { code, entry: /^def (\w+)\(/m.exec(code)![1]!, args: random.pick(sample.args) };
  });
}
