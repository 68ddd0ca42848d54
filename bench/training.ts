/**
 * Times whole training runs as a visitor has them: the built page in headless Chromium on WASM threads, the page's own trainer, default
 * presets, evaluation left out. How long the steps take, and whether the page stays at hand meanwhile. A run takes minutes; `--repeat`
 * is the number of runs of each preset.
 */
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.ts';
import { serve } from '../scripts/serve.ts';
import { buildSite, SITE } from '../scripts/site-build.ts';
import { framesDuring, tasksDuring } from './main-thread.ts';

const PRESETS = ['rlvr', 'coderl-plus'];
const STEPS = 60;
/** The second of the run from which frames are counted (the first steps compile graphs), and for how long, in milliseconds. */
const WARM = 10_000;
const WATCHED = 30_000;
const PATIENCE = 30 * 60_000;

/** Seconds, milliseconds, and frames a second, by what was measured. */
export async function benchTraining(
  repeat: number,
  progress: (line: string) => void,
): Promise<Record<string, readonly number[]>> {
  await buildSite(true);
  const served = await serve(SITE, 0);
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_FLAGS],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const samples: Record<string, number[]> = {};
  for (let i = 0; i < repeat; i++) {
    for (const preset of PRESETS) {
      progress(`training: ${preset}, run ${i + 1} of ${repeat}`);
      for (const [name, value] of Object.entries(await train(browser, served.url, preset)))
        (samples[`${preset}: ${name}`] ??= []).push(value);
    }
  }
  await browser.close();
  await served.close();
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
  const settings = ['eval.baseline=false', 'eval.every=0', `steps=${STEPS}`];
  const query = new URLSearchParams([
    ...Object.entries({ room: 'play', lang: 'en', device: 'wasm', preset }),
    ...settings.map((setting) => ['set', setting]),
  ]);
  await page.goto(`${url}?${query.toString()}`);
  await page.getByRole('button', { name: /^Load/ }).first().click();
  const start = page.getByRole('button', { name: /^Start/ }).first();
  await start.waitFor({ timeout: 120_000 });
  let seconds = NaN;
  let frames = NaN;
  const tasks = await tasksDuring(page, async () => {
    const from = performance.now();
    await start.click();
    await page.waitForTimeout(WARM);
    frames = await framesDuring(page, () => page.waitForTimeout(WATCHED));
    await page.locator('.counter b', { hasText: new RegExp(`^${STEPS}$`) }).waitFor({ timeout: PATIENCE });
    seconds = (performance.now() - from) / 1000;
  });
  await context.close();
  return {
    [`${STEPS} steps, s`]: seconds,
    'frames a second while training': frames,
    'longest task of the main thread while training, CPU ms': Math.max(0, ...tasks),
  };
}
