/**
 * `npx tsx scripts/probed.ts`: the probe and experiment E6 of docs/experiments.md. Asks `tracewise probe`
 * about the base and about the adapters of two arms, all on the base's programs, keeps the report and
 * prints it. What is there already is printed again. It trains nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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
    // Options of the command, parted by semicolons: processes that run beside each other.
    parts: {
      type: 'string',
      default:
        '--context writing --target passes --target accumulator; --context writing --target value --target branch; --context reading',
    },
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
  const ask = async (part: readonly string[]): Promise<ProbeReport> => {
    const command = ['--import', 'tsx', 'src/cli/main.ts', 'probe', ...given, ...against, ...part, '--json'];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const out = await text(child.stdout);
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`probe ${part.join(' ')} ended with code ${String(code)}`);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as ProbeReport;
  };
  // Parts draw from streams of their own names: beside each other they say what one command would.
  const parts = await Promise.all(
    values.parts.split(';').map((part) => ask(part.split(' ').filter(Boolean))),
  );
  const report: ProbeReport = {
    layers: parts[0]!.layers,
    tables: parts.flatMap(({ tables }) => tables),
    left: parts.flatMap(({ left }) => left),
    accumulator: parts.find(({ accumulator }) => accumulator !== null)?.accumulator ?? null,
  };
  const short = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  writeFileSync(values.out, `${JSON.stringify(report, short)}\n`);
}
for (const line of probeLines(JSON.parse(readFileSync(values.out, 'utf8')) as ProbeReport)) console.log(line);
