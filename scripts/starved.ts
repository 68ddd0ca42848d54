/**
 * `npx tsx scripts/starved.ts`: experiment E5 of docs/experiments.md. Writes a file of the tasks that a model
 * passes at most so often in so many samples, from training tasks and, apart, from held-out ones: where a
 * reward from tests has next to nothing to reinforce. Deterministic for a seed on one machine. It trains
 * nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/base/random.ts';
import { openModelWithAdapter, openSandbox, openTestSandbox } from '../src/cli/engine.ts';
import { presetConfig } from '../src/experiment/presets.ts';
import { sampleCodeAt, type JudgedGroup } from '../src/learning/code-rollouts.ts';
import { heapLimit, programLimits } from '../src/learning/settings.ts';
import { withLimits } from '../src/sandbox/limits.ts';
import { parseTaskSet } from '../src/tasks/files.ts';
import type { Split, Task } from '../src/tasks/types.ts';

const FILE = 'public/tasks/nano.json';
/** Tasks sampled together. */
const CHUNK = 30;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '90' },
    samples: { type: 'string', default: '16' },
    // Passes at most.
    most: { type: 'string', default: '1' },
    train: { type: 'string', default: '600' },
    heldout: { type: 'string', default: '300' },
    device: { type: 'string', default: 'native' },
    threads: { type: 'string', default: '1' },
    out: { type: 'string', default: '.cache/starved.json' },
  },
});
const seed = Number(values.seed);
const [samples, most] = [Number(values.samples), Number(values.most)];
const text = readFileSync(FILE, 'utf8');
const all = parseTaskSet(text, FILE).tasks;
const config = presetConfig('rlvr', { seed });
const policy = await openModelWithAdapter({
  device: values.device === 'wasm' ? 'wasm' : 'native',
  threads: Number(values.threads),
  rank: config['adapter.rank'],
  alpha: config['adapter.alpha'],
  seed,
});
const sandbox = withLimits(await openSandbox({ heapLimit: heapLimit(config) }), programLimits(config));
const trusted = openTestSandbox();
const passes = ({ rollouts }: JudgedGroup): number =>
  rollouts.filter(({ verdict }) => verdict === 'pass').length;

/** Ids of the starved among `count` tasks of a split, drawn by the seed. */
async function starvedOf(split: Split, count: number): Promise<ReadonlySet<string>> {
  const random = createRandom(seed).fork(`starved ${split}`);
  const own = random
    .fork('tasks')
    .shuffle(all.filter((task) => task.split === split))
    .slice(0, count);
  const starved = new Set<string>();
  for (let from = 0; from < own.length; from += CHUNK) {
    const part: readonly Task[] = own.slice(from, from + CHUNK);
    const groups = await sampleCodeAt(
      part,
      { policy, sandbox, trusted, config, adapter: 'base', random: random.fork(`part ${from}`) },
      { groupSize: samples, temperature: 1 },
    );
    for (const group of groups) if (passes(group) <= most) starved.add(group.task.id);
    process.stderr.write(
      `${split}: ${starved.size} of ${from + part.length} pass at most ${most} in ${samples}\n`,
    );
  }
  return starved;
}

try {
  const train = await starvedOf('train', Number(values.train));
  const heldout = await starvedOf('heldout', Number(values.heldout));
  const raw = (JSON.parse(text) as { tasks: readonly { id: string; split: Split }[] }).tasks.filter(
    ({ id, split }) => (split === 'train' ? train : heldout).has(id),
  );
  const tasks = raw.map((task) => JSON.stringify(task)).join(',\n');
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `{"name":"nano-starved","version":1,"tasks":[\n${tasks}\n]}\n`);
  console.log(`${values.out}: ${train.size} training tasks, ${heldout.size} held-out ones`);
} finally {
  await Promise.all([sandbox.dispose(), trusted.dispose()]);
  await policy.dispose();
}
