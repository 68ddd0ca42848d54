/** The most memory that the page's own process takes in headless Chromium while nano takes its first steps, sampled; Linux alone tells it. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.ts';
import { serve } from '../scripts/serve.ts';
import { buildSite, SITE } from '../scripts/site-build.ts';
import { planMemory } from '../src/experiment/memory.ts';
import { presetConfig } from '../src/experiment/presets.ts';
import { parseAssignments } from '../src/learning/config.ts';
import { parseArchitecture } from '../src/policy/architecture.ts';
import { descendantsMemory } from './memory-samples.ts';
import type { Measured } from './memory.ts';

const PATIENCE = 45 * 60_000;
const EVERY = 500;
const MIB = 2 ** 20;

export async function measurePage(
  preset: string,
  steps: number,
  set: Readonly<Record<string, string | number | boolean>>,
): Promise<Measured> {
  await buildSite(true);
  const assignments = Object.entries({ ...set, steps }).map(([key, value]) => `${key}=${value}`);
  const served = await serve(SITE, 0);
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_FLAGS],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  let peak = 0;
  const sampling = setInterval(
    () =>
      void descendantsMemory('chrom', '--type=renderer').then(
        (bytes) => (peak = Math.max(peak, bytes ?? NaN)),
      ),
    EVERY,
  );
  try {
    const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
    const query = new URLSearchParams([
      ...Object.entries({ room: 'play', lang: 'en', device: 'wasm', preset }),
      ...assignments.map((assignment) => ['set', assignment]),
    ]);
    await page.goto(`${served.url}?${query.toString()}`);
    await page.getByRole('button', { name: /^Load/ }).first().click();
    await page.getByTestId('now').filter({ hasText: 'Ready' }).waitFor({ timeout: PATIENCE });
    await page
      .getByRole('button', { name: /^Start/ })
      .first()
      .click();
    await page.locator('.counter b', { hasText: new RegExp(`^${steps}$`) }).waitFor({ timeout: PATIENCE });
  } finally {
    clearInterval(sampling);
    await browser.close();
    await served.close();
  }
  const config = presetConfig(preset, parseAssignments(assignments));
  const nano: unknown = JSON.parse(
    await readFile(join(import.meta.dirname, '../public/models/nano/config.json'), 'utf8'),
  );
  // As the page counts its workers (src/ui/learner/engine.ts).
  const pythonWorkers = Math.max(1, Math.min(4, availableParallelism() - 1));
  const machine = { device: 'wasm', pythonWorkers, place: 'page' } as const;
  const { prediction } = planMemory(config, parseArchitecture(nano), machine);
  return { predicted: Math.ceil(prediction.total / MIB), peak: Math.round(peak / MIB) };
}
