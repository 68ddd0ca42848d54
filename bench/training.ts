/**
 * Times training runs as a visitor has them, on the built page in headless Chromium on WASM threads, with the
 * page's own trainer and the default presets, without evaluations. It says how long steps take and whether
 * the page answers meanwhile. It takes minutes; `--repeat` is the number of runs of each preset.
 */
import type { Browser } from 'playwright-core';
import { onBuiltSite } from '../scripts/built-site.ts';
import { framesDuring, tasksDuring } from './main-thread.ts';
import { openPlayRun } from './play-run.ts';
import { addSamples } from './statistics.ts';

const PRESETS = ['rlvr', 'coderl-plus'];
/** Timed, after the first ones, which compile graphs and have no records to ask about. */
const STEPS = 10;
const FIRST = 3;
/** Milliseconds for which frames are counted. */
const WATCHED = 15_000;

/** Seconds, milliseconds, and frames a second, by what was measured. */
export async function benchTraining(
  repeat: number,
  progress: (line: string) => void,
): Promise<Record<string, readonly number[]>> {
  const samples: Record<string, number[]> = {};
  await onBuiltSite(async (browser, url) => {
    for (let i = 0; i < repeat; i++) {
      for (const preset of PRESETS) {
        progress(`training: ${preset}, run ${i + 1} of ${repeat}`);
        addSamples(samples, await train(browser, url, preset), (name) => `${preset}: ${name}`);
      }
    }
  });
  return samples;
}

async function train(
  browser: Browser,
  url: string,
  preset: string,
): Promise<Readonly<Record<string, number>>> {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  const run = await openPlayRun(page, url, preset, [
    'eval.baseline=false',
    'eval.every=0',
    `steps=${FIRST + STEPS}`,
  ]);
  let [first, step] = [NaN, NaN];
  let frames = NaN;
  const tasks = await tasksDuring(page, async () => {
    await run.start();
    const begun = performance.now();
    await run.reached(FIRST);
    first = (performance.now() - begun) / 1000;
    const from = performance.now();
    frames = await framesDuring(page, () => page.waitForTimeout(WATCHED));
    await run.reached(FIRST + STEPS);
    step = (performance.now() - from) / 1000 / STEPS;
  });
  await context.close();
  return {
    [`the first ${FIRST} steps, s`]: first,
    'a step, s': step,
    '60 steps at that rate, min': (first + (60 - FIRST) * step) / 60,
    'frames a second while training': frames,
    'longest task of the main thread while training, CPU ms': Math.max(0, ...tasks),
  };
}
