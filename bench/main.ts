/**
 * `npm run bench`: how long a training step of 64 rollouts takes, by phase, how fast the sandbox is, and how
 * soon the page moves. It prints a table and, with --json, one JSON line. The figures hold for this machine
 * at this time. Nothing here is a test.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { table } from '../src/cli/report.ts';
import { benchGpu, besideEachOther } from './gpu.ts';
import { benchMemory } from './memory.ts';
import { benchPage } from './page.ts';
import { benchPeers, ratioLines } from './peers.ts';
import { benchSandbox } from './sandbox.ts';
import { benchStep } from './step.ts';
import { summary, type Summary } from './statistics.ts';
import { benchTraining } from './training.ts';

const HELP = `npm run bench [-- --only step|sandbox|page|training|memory|gpu] [--repeat N] [--json] [--model FILE] [--setting TEXT] [--toy]
npm run bench -- --peers [--repeat N] [--json] [--model FILE.gguf] [--setting TEXT]`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repeat: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
    /** Of `memory` and `gpu`: a real model. */
    model: { type: 'string' },
    /** Of `memory`, `gpu` and peers: only what has this in its name. */
    setting: { type: 'string' },
    /** Of `gpu`: a rehearsal. */
    toy: { type: 'boolean', default: false },
    /** Beside other projects. */
    peers: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const repeat = Number(values.repeat);
const BENCHES = { step: benchStep, sandbox: benchSandbox, page: benchPage };
/** Takes minutes: on request only. */
const LONG = {
  training: benchTraining,
  memory: (_repeat: number, say: (line: string) => void) =>
    benchMemory(say, {
      ...(values.model !== undefined && { model: values.model }),
      ...(values.setting !== undefined && { filter: values.setting }),
    }),
  gpu: (repeat: number, say: (line: string) => void) =>
    benchGpu(repeat, say, {
      ...(values.model !== undefined && { model: values.model }),
      ...(values.setting !== undefined && { filter: values.setting }),
      toy: values.toy,
    }),
};
const known = values.only === undefined || Object.hasOwn({ ...BENCHES, ...LONG }, values.only);
if (values.help || !known || !Number.isInteger(repeat) || repeat < 1) {
  console.error(HELP);
  process.exit(values.help ? 0 : 2);
}

const samples: Record<string, readonly number[]> = {};
const peers = (times: number, say: (line: string) => void) =>
  benchPeers(times, say, values.model, values.setting);
const chosen = values.peers
  ? [peers]
  : values.only === undefined
    ? Object.values(BENCHES)
    : Object.entries({ ...BENCHES, ...LONG }).flatMap(([name, bench]) =>
        name === values.only ? [bench] : [],
      );
for (const bench of chosen) Object.assign(samples, await bench(repeat, console.error));
const results: Record<string, Summary> = Object.fromEntries(
  Object.entries(samples).map(([name, list]) => [name, summary(list)]),
);

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(3));
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
);
for (const line of table([
  ['', 'median', 'fastest', 'slowest', 'n'],
  ...Object.entries(results).map(([name, { median, min, max, n }]) => [
    name,
    figure(median),
    figure(min),
    figure(max),
    String(n),
  ]),
])) {
  console.log(line);
}
const medians = Object.fromEntries(Object.entries(results).map(([name, { median }]) => [name, median]));
if (values.peers) for (const line of ratioLines(medians)) console.log(line);
if (values.only === 'gpu') for (const line of table(besideEachOther(medians))) console.log(line);
if (values.json)
  console.log(JSON.stringify({ cores: availableParallelism(), node: process.version, results }));
process.exit(0);
