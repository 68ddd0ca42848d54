/**
 * Samples the memory of the page's own process in headless Chromium while nano takes its first steps, and
 * keeps the most. Only Linux tells it.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { onBuiltSite } from '../scripts/built-site.ts';
import { pageWorkers, planMemory } from '../src/experiment/memory.ts';
import { presetConfig } from '../src/experiment/presets.ts';
import { parseAssignments } from '../src/learning/config.ts';
import { parseArchitecture } from '../src/policy/model/architecture.ts';
import { descendantsMemory } from './memory-samples.ts';
import type { Measured } from './memory.ts';
import { openPlayRun } from './play-run.ts';

const EVERY = 500;
const MIB = 2 ** 20;

export async function measurePage(
  preset: string,
  steps: number,
  set: Readonly<Record<string, string | number | boolean>>,
): Promise<Measured> {
  const assignments = Object.entries({ ...set, steps }).map(([key, value]) => `${key}=${value}`);
  let peak = 0;
  await onBuiltSite(async (browser, url) => {
    const sampling = setInterval(
      () =>
        void descendantsMemory('chrom', '--type=renderer').then(
          (bytes) => (peak = Math.max(peak, bytes ?? NaN)),
        ),
      EVERY,
    );
    try {
      const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
      const run = await openPlayRun(page, url, preset, assignments);
      await run.start();
      await run.reached(steps);
    } finally {
      clearInterval(sampling);
    }
  });
  const config = presetConfig(preset, parseAssignments(assignments));
  const nano: unknown = JSON.parse(
    await readFile(join(import.meta.dirname, '../public/models/nano/config.json'), 'utf8'),
  );
  const machine = {
    device: 'wasm',
    pythonWorkers: pageWorkers(availableParallelism()),
    place: 'page',
  } as const;
  const { prediction } = planMemory(config, parseArchitecture(nano), machine);
  return { predicted: Math.ceil(prediction.total / MIB), peak: Math.round(peak / MIB) };
}
