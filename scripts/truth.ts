/**
 * `npm run truth -- --tasks FILE [--python COMMAND]`: the programs that a public set brings as right, judged
 * by its own tests as `judge` judges completions, beside what a CPython says to the same row
 * (truth/verdict.py). Prints each difference and the counts; exit code 1 when anything differs. It judges no
 * model's programs, and the other CPython runs none: it has no sandbox around it.
 */
import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { judge } from '../src/learning/judge.ts';
import { benchmarkLimits } from '../src/sandbox/limits.ts';
import { createSandbox } from '../src/sandbox/node.ts';
import { askCPython } from './truth/cpython.ts';
import { readDone, readPrograms, type Program, type Result } from './truth/rows.ts';

const HELP = `npm run truth -- --tasks FILE [--python COMMAND] [--out FILE] [--only ID,ID] [--call-ms N] [--python-ms N]
--tasks: HumanEval, HumanEval+, MBPP, MBPP+, CRUXEval or LiveCodeBench execution, as JSONL or a JSON list, also gzipped
--python: a CPython that runs the same programs and tests, without a sandbox: give it only files that you trust;
          without it a program counts as right because the set says so
--out: a line per task, as soon as it is judged; what is in it already is not judged again`;

const { values } = parseArgs({
  options: {
    tasks: { type: 'string' },
    python: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
    'call-ms': { type: 'string', default: String(benchmarkLimits.callMs) },
    'python-ms': { type: 'string', default: '300000' },
    help: { type: 'boolean', default: false },
  },
});
const callMs = Number(values['call-ms']);
const pythonMs = Number(values['python-ms']);
if (values.help || values.tasks === undefined || !(callMs > 0) || !(pythonMs > 0)) {
  console.error(HELP);
  process.exit(values.help ? 0 : 2);
}

const only = values.only?.split(',');
const programs = (await readPrograms(values.tasks)).filter(({ task }) => only?.includes(task.id) ?? true);
const done = await readDone(values.out);
const limits = { ...benchmarkLimits, callMs, jobMs: Math.max(benchmarkLimits.jobMs, 4 * callMs) };
const sandbox = await createSandbox({ workers: 1 });
const trusted = await sandbox.sibling(1);
const results: Result[] = [];
for (const program of programs) {
  const known = done.get(program.task.id);
  const result = known ?? (await judged(program));
  if (known === undefined && values.out !== undefined)
    await appendFile(values.out, `${JSON.stringify(result)}\n`);
  results.push(result);
  if (differs(result)) console.log(shown(result));
  if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${programs.length} `);
}
await Promise.all([sandbox.dispose(), trusted.dispose()]);

const passed = results.filter(({ verdict }) => verdict === 'pass').length;
const right = results.filter(({ cpython }) => cpython?.verdict === 'pass').length;
const different = results.filter(differs).length;
console.log(
  `${results.length} programs: ${passed} pass here${values.python === undefined ? '' : `, ${right} in the other CPython`}; ${different} differ`,
);
process.exit(different === 0 ? 0 : 1);

async function judged({ task, source, row }: Program): Promise<Result> {
  const began = performance.now();
  const options = { sandbox, trusted, extraction: 'whole' as const, limits };
  const { verdict, reason, failed } = await judge(task, source, options);
  const seconds = Math.round(performance.now() - began) / 1000;
  const cpython =
    values.python === undefined ? undefined : await askCPython(values.python, source, row, pythonMs);
  return {
    id: task.id,
    verdict,
    seconds,
    ...(reason === undefined ? {} : { reason }),
    ...(failed === undefined ? {} : { failed }),
    ...(cpython === undefined ? {} : { cpython }),
  };
}

/** A program without a word of the other CPython is right: its set says so. */
function differs({ verdict, cpython }: Result): boolean {
  return (verdict === 'pass') !== ((cpython?.verdict ?? 'pass') === 'pass');
}

function shown({ id, verdict, reason, failed, cpython, seconds }: Result): string {
  const call = failed === undefined ? '' : `, f(${failed.args}) gave ${failed.got}: ${failed.expected}`;
  const other = cpython === undefined ? '' : `; CPython: ${cpython.verdict} ${cpython.why}`;
  return `${id}: ${verdict} after ${seconds} s ${reason ?? ''}${call}${other}`.slice(0, 1000);
}
