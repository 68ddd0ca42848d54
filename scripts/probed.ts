/**
 * `npx tsx scripts/probed.ts`: the probe and experiment E6 of docs/experiments.md. Asks `tracewise probe`
 * about the base and about the adapters of two arms, all on the base's programs, keeps the report and
 * prints it. What is there already is printed again. It trains nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { probeLines } from '../src/cli/probe-lines.ts';
import type { ProbeReport } from '../src/cli/probe.ts';

const { values } = parseArgs({
  options: {
    adapters: { type: 'string', default: 'docs/experiments/adapters' },
    seeds: { type: 'string', default: '61,62,63,64,65' },
    arms: { type: 'string', default: 'rlvr,coderl-plus' },
    model: { type: 'string' },
    suite: { type: 'string', default: 'heldout' },
    tasks: { type: 'string', default: '60' },
    n: { type: 'string', default: '4' },
    // Of sampling the programs.
    seed: { type: 'string', default: '96' },
    device: { type: 'string', default: 'native' },
    threads: { type: 'string', default: '1' },
    out: { type: 'string', default: 'docs/experiments/probe.json' },
  },
});
/** Of a file of tasks its held-out ones alone, as a file; a name stays. */
function heldoutOf(suite: string): string {
  if (!suite.endsWith('.json')) return suite;
  const set = JSON.parse(readFileSync(suite, 'utf8')) as { readonly tasks: readonly { split: string }[] };
  const path = suite.replace(/\.json$/, '.heldout.json');
  writeFileSync(
    path,
    JSON.stringify({ ...set, tasks: set.tasks.filter(({ split }) => split === 'heldout') }),
  );
  return path;
}

if (!existsSync(values.out)) {
  const suite = heldoutOf(values.suite);
  const { tasks, n, seed, device, threads, model } = values;
  const against = values.arms.split(',').flatMap((arm) =>
    values.seeds.split(',').flatMap((of) => {
      const path = join(values.adapters, `${arm}.${of}.safetensors`);
      return ['--against', `${arm.replace(/^aloud-/, '')}=${path}`];
    }),
  );
  const options = { suite, tasks, n, seed, device, threads, ...(model !== undefined && { model }) };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'src/cli/main.ts', 'probe', ...given, ...against, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`probe ended with code ${status}`);
  const short = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ProbeReport;
  writeFileSync(values.out, `${JSON.stringify(report, short)}\n`);
}
for (const line of probeLines(JSON.parse(readFileSync(values.out, 'utf8')) as ProbeReport)) console.log(line);
