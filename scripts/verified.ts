/**
 * `npx tsx scripts/verified.ts`: experiment E1 of docs/experiments.md. For each seed of a study's folder the
 * adapters of its arms are asked by `tracewise verify` about the same candidates, and the arms are compared
 * over seeds, and over seeds and tasks. Answers that are there already are not asked again. It trains
 * nothing; `npm run study` made the adapters.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/random.ts';
import { crossedBootstrap } from '../src/experiment/crossed.ts';
import { meanInterval, pairedDifference, type Estimate } from '../src/experiment/statistics.ts';
import { average } from '../src/learning/intervals.ts';
import type { VerificationReading } from '../src/instruments/verify/choices.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: 'runs/fresh' },
    seeds: { type: 'string', default: '61,62,63,64,65' },
    // The first is compared with each of the others.
    executors: { type: 'string', default: 'rlvr,coderl-plus' },
    writer: { type: 'string', default: 'base' },
    tasks: { type: 'string', default: '150' },
    device: { type: 'string', default: 'native' },
    threads: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const executors = values.executors.split(',');
const seeds = values.seeds.split(',').map(Number);
const adapterOf = (arm: string, seed: number): string => join(values.runs, `${arm}.${seed}.safetensors`);

/** Asks, or reads what was answered before. @throws when the command fails */
function verificationOf(seed: number): VerificationReading {
  const path = join(
    values.runs,
    `verify.${values.writer}.${values.tasks}.${executors.join('.')}.${seed}.json`,
  );
  if (!existsSync(path)) {
    const asked = ['base', ...executors].flatMap((name) => [
      '--executor',
      name === 'base' ? name : `${name}=${adapterOf(name, seed)}`,
    ]);
    const writer = values.writer === 'base' ? [] : ['--adapter', adapterOf(values.writer, seed)];
    const { device, threads, tasks } = values;
    const options = ['--suite', 'heldout', '--n', '8', '--seed', String(seed), '--tasks', tasks];
    const command = ['--import', 'tsx', 'src/cli/main.ts', 'verify', ...options, ...writer, ...asked];
    const machine = ['--device', device, '--threads', threads, '--json'];
    const { status, stdout } = spawnSync(process.execPath, [...command, ...machine], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`seed ${seed}: verify ended with code ${status}`);
    writeFileSync(path, stdout.trim().split('\n').at(-1) ?? '');
  }
  return JSON.parse(readFileSync(path, 'utf8')) as VerificationReading;
}

const found = seeds.map(verificationOf);
const choices = found[0]!.choices.map(({ choice }) => choice);
/** Share of tasks solved under each seed. */
const solved = (choice: string): number[] =>
  found.map(({ counts }) =>
    average(Object.values(counts[choice] ?? {}).map(([right, total]) => right / total)),
  );
const pairs = [
  ...executors.slice(1).map((to) => [executors[0]!, to] as const),
  ...['base', ...executors].map((to) => ['most probable', to] as const),
];
const summary = {
  writer: values.writer,
  seeds,
  tasks: found.map(({ tasks }) => tasks),
  choices: Object.fromEntries(choices.map((choice) => [choice, meanInterval(solved(choice))])),
  differences: pairs.map(([from, to]) => {
    const counts = found.map((reading) => ({ a: reading.counts[from]!, b: reading.counts[to]! }));
    const overTasks = crossedBootstrap(counts, createRandom(`verified ${from} ${to}`));
    return { from, to, overSeeds: pairedDifference(solved(from), solved(to)), overTasks };
  }),
};

const shown = ({ mean, interval: [low, high] }: Estimate): string =>
  `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
console.log(`candidates of ${values.writer}, seeds ${seeds.join(', ')}\n`);
console.log('| chosen by | solved, over seeds |\n|---|---|');
for (const [choice, estimate] of Object.entries(summary.choices))
  console.log(`| ${choice} | ${shown(estimate)} |`);
console.log('\n| difference | over seeds | over seeds and tasks |\n|---|---|---|');
for (const { from, to, overSeeds, overTasks } of summary.differences)
  console.log(`| ${to} minus ${from} | ${shown(overSeeds)} | ${shown(overTasks)} |`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(summary, null, 1)}\n`);
