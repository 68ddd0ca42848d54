/**
 * Execution documents: a program and a call, answered by its operation trajectory and final values.
 * Programs come from the domain (right and wrong ones, never a held-out combination) and from a
 * generator of small programs; each is executed in Pyodide, and a trajectory that disagrees with
 * plain execution is dropped by the tracer. With --misread, a part of them shows the trajectory of
 * the program as misread (misreadings.ts); drills of single operations and straight lines never do.
 *
 *   npx tsx scripts/corpus/execution.ts --count 40000 --seed 1 --out .cache/corpus
 *     [--name trace] [--cap 150] [--misread]
 *
 * Writes DIR/NAME.jsonl, one {"kind", "prompt", "completion", "tokens", "source"} per
 * line. `tokens` counts the completion's; a curriculum orders by it.
 */
import { createWriteStream, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPyodide } from 'pyodide';
import { operationsSource } from '../../src/sandbox/python/operations.ts';
import { readProgram, traceQuestion } from '../../src/tasks/alignment/program.ts';
import { createRandom } from '../../src/base/random.ts';
import { sampleProgram } from './domain/index.ts';
import { drawExecutionProgram, type ExecutionKind } from './execution-programs.ts';
import { misread } from './misreadings.ts';

/** Share of documents from the domain's own programs. */
const DOMAIN_SHARE = 0.6;
const BATCH = 500;

/** Own programs that teach single operations: always executed as they are. */
const DRILLS: ReadonlySet<ExecutionKind> = new Set(['straight', 'arithmetic', 'walk', 'while']);

interface Candidate {
  readonly code: string;
  /** The program whose trajectory the document shows. */
  readonly read: string;
  readonly args: readonly string[];
  readonly source: string;
}

interface Traced {
  readonly trajectory: string;
  readonly inputs: string;
  readonly answer: string;
  readonly tokens: number;
  /** Whether this is not what the program does. */
  readonly misread: boolean;
}

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '40000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: '.cache/corpus' },
    name: { type: 'string', default: 'trace' },
    cap: { type: 'string', default: '150' },
    misread: { type: 'boolean', default: false },
  },
});
const count = Number(options.count);
const cap = Number(options.cap);
const random = createRandom(Number(options.seed)).fork('execution');
const misreading = createRandom(Number(options.seed)).fork('misreading');
const read = (code: string): string => (options.misread ? misread(code, misreading) : code);

const python = await loadPyodide();
python.runPython(operationsSource);
python.runPython(readFileSync(join(import.meta.dirname, 'execution.py'), 'utf8'));
const run = python.globals.get('_batch') as (text: string) => string;

function draw(): Candidate {
  if (random.next() < DOMAIN_SHARE) {
    const sample = sampleProgram(random, 4);
    // Mostly one of the shorter inputs: what the record miner asks about later.
    const args = [...sample.args].sort((a, b) => a.length - b.length);
    const skipped = args.length > 2 ? random.int(args.length - 1) : 0;
    const code = sample.prompt + sample.completion;
    return {
      code,
      read: read(code),
      args: [...args.slice(skipped), ...args.slice(0, skipped).reverse()],
      source: sample.right ? 'domain-right' : 'domain-wrong',
    };
  }
  const own = drawExecutionProgram(random);
  return {
    code: own.code,
    read: DRILLS.has(own.kind) ? own.code : read(own.code),
    args: [own.args],
    source: own.kind,
  };
}

const countTokens = (text: string): number => text.match(/<[^<>]+>|\w+|[^\w<>]/g)?.length ?? 0;

mkdirSync(options.out, { recursive: true });
const path = join(options.out, `${options.name}.jsonl`);
const file = createWriteStream(`${path}.part`);
const seen = new Set<string>();
const tried = new Map<string, { drawn: number; traced: number; misread: number }>();
let [written, total, longest] = [0, 0, 0];
const started = performance.now();

while (written < count) {
  const candidates = Array.from({ length: BATCH }, draw);
  const traced = JSON.parse(
    run(JSON.stringify(candidates.map((c) => [c.code, c.read, c.args, cap]))),
  ) as readonly (Traced | null)[];
  const lines: string[] = [];
  for (const [i, record] of traced.entries()) {
    const { code, source } = candidates[i] as Candidate;
    const tally = tried.get(source) ?? { drawn: 0, traced: 0, misread: 0 };
    tried.set(source, tally);
    tally.drawn++;
    const program = record === null ? null : readProgram(code, 'f');
    if (record === null || program === null) continue;
    tally.traced++;
    if (record.misread) tally.misread++;
    const prompt = traceQuestion(program, record.inputs);
    if (seen.has(prompt) || written === count) continue;
    seen.add(prompt);
    const completion = record.trajectory + record.answer;
    const tokens = countTokens(completion);
    lines.push(JSON.stringify({ kind: 'trace', prompt, completion, tokens, source }));
    written++;
    total += tokens;
    longest = Math.max(longest, tokens);
  }
  if (lines.length > 0 && !file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
}
file.end();
await once(file, 'finish');
renameSync(`${path}.part`, path);

const seconds = (performance.now() - started) / 1000;
console.log(
  `${path}: ${written} documents, ${(total / written).toFixed(1)} completion tokens each (longest ${longest}), ${seconds.toFixed(0)} s`,
);
for (const [source, { drawn, traced, misread: wrong }] of [...tried].sort()) {
  console.log(
    `  ${source}: ${((100 * traced) / drawn).toFixed(1)} % of ${drawn} yield a trajectory, ${((100 * wrong) / Math.max(1, traced)).toFixed(1)} % of them misread`,
  );
}
