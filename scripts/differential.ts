/**
 * `npm run differential -- --runs N --seed N`: the tracer's last definitions against an observer's
 * that shares nothing with it (docs/definitions.md), over HumanEval's solutions, the project's own
 * corpus and generated programs. Prints what differs, made small; exit code 1 when anything does.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { choiceStreams } from './differential/choices.ts';
import { openComparer, type Comparer, type Comparison } from './differential/compare.ts';
import { builtInCases, corpusCases, humanEvalCases } from './differential/corpora.ts';
import { programOf, type DefinitionCase } from './differential/programs.ts';
import { Python3 } from './differential/python3.ts';
import { shrink } from './differential/shrink.ts';

const HELP = `npm run differential [-- --runs N] [--seed N] [--workers N] [--only generated|corpus|humaneval|tasks] [--humaneval FILE] [--python COMMAND]
--python: another CPython, 3.11 or newer, that observes the same programs as well`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string' },
    humaneval: { type: 'string', default: '../shared/data/HumanEval.jsonl.gz' },
    python: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [runs, seed, workers] = [values.runs, values.seed, values.workers].map(Number) as [
  number,
  number,
  number,
];
const SOURCES = ['humaneval', 'tasks', 'corpus', 'generated'];
const isUsable =
  [runs, seed, workers].every((n) => Number.isInteger(n) && n >= 0) &&
  (values.only === undefined || SOURCES.includes(values.only));
if (values.help || !isUsable) {
  console.error(HELP);
  process.exit(values.help ? 0 : 2);
}

/** So many programs are compared at a time. */
const BATCH = 200;
/** Of so many differences of one source a small program is made. */
const SHRUNK = 3;

interface Source {
  readonly name: string;
  readonly cases: readonly DefinitionCase[];
  /** The numbers that a generated program was built from. */
  readonly streams?: readonly (readonly number[])[];
}

async function sources(): Promise<Source[]> {
  const wanted = (name: string): boolean => values.only === undefined || values.only === name;
  const found: Source[] = [];
  if (wanted('humaneval')) {
    if (existsSync(values.humaneval))
      found.push({ name: 'humaneval', cases: await humanEvalCases(values.humaneval) });
    else console.error(`${values.humaneval} is not there: HumanEval is left out. --humaneval FILE names it.`);
  }
  if (wanted('tasks')) found.push({ name: 'tasks', cases: await builtInCases() });
  // A fifth as many as are generated.
  if (wanted('corpus'))
    found.push({ name: 'corpus', cases: corpusCases(values.only ? runs : Math.ceil(runs / 5), seed) });
  if (wanted('generated')) {
    const streams = fc.sample(choiceStreams, { numRuns: runs, seed });
    found.push({ name: 'generated', cases: streams.map(programOf), streams });
  }
  return found;
}

const comparer = await openComparer(workers);
const python = values.python === undefined ? undefined : new Python3(values.python);
let differences = 0;
for (const source of await sources()) differences += await check(source, comparer);
await comparer.close();
if (python) {
  console.log(python.summary());
  await python.close();
}
process.exit(differences === 0 ? 0 : 1);

/** Compares one source and says what came out; gives the number of differences. */
async function check({ name, cases, streams }: Source, comparer: Comparer): Promise<number> {
  const unfit = new Map<string, number>();
  let same = 0;
  let definitions = 0;
  let different = 0;
  for (let at = 0; at < cases.length; at += BATCH) {
    const batch = cases.slice(at, at + BATCH);
    const [results, beside] = await Promise.all([comparer.compare(batch), python?.observe(batch)]);
    for (const [i, result] of results.entries()) {
      if (result.kind === 'same') {
        same += 1;
        definitions += result.definitions;
      } else if (result.kind === 'unfit') unfit.set(result.why, (unfit.get(result.why) ?? 0) + 1);
      else {
        different += 1;
        const numbers = streams?.[at + i];
        const isSmall = numbers === undefined || different > SHRUNK;
        const shown = isSmall ? batch[i]! : programOf(await shrink(numbers, differs(comparer)));
        report(name, at + i, shown, isSmall ? result : (await comparer.compare([shown]))[0]!);
      }
    }
    python?.compare(batch, results, beside ?? []);
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${at + batch.length} of ${cases.length} `);
  }
  console.log(
    `${name}: ${cases.length} runs, ${same} the same (${definitions} definitions), ${different} different`,
  );
  for (const [why, count] of unfit) console.log(`  ${count} without a word of the observer: ${why}`);
  return different;
}

/** Whether a program of such choices is one on which the two differ. */
function differs(comparer: Comparer): (numbers: readonly number[]) => Promise<boolean> {
  return async (numbers) => (await comparer.compare([programOf(numbers)]))[0]!.kind === 'different';
}

function report(
  source: string,
  index: number,
  { code, entry, args }: DefinitionCase,
  result: Comparison,
): void {
  console.log(`\n--- ${source} ${index}: ${entry}(${args})`);
  console.log(
    code
      .split('\n')
      .map((line, i) => `${String(i + 1).padStart(4)}  ${line}`)
      .join('\n'),
  );
  if (result.kind !== 'different') return;
  console.log(
    'the tracer says  ',
    result.tracer.filter((row) => !result.observer.includes(row)),
  );
  console.log(
    'the observer says',
    result.observer.filter((row) => !result.tracer.includes(row)),
  );
}
