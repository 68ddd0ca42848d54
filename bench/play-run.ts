/**
 * Starts a training run in Play as a visitor does: it opens the page on a preset with some settings, loads
 * nano (or a model of the machine's) and presses Start.
 */
import { stat } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** Milliseconds for anything that a slow machine may take. */
export const PATIENCE = 45 * 60_000;

export interface PlayRun {
  /** Seconds from the press on Load to a model that is ready. */
  readonly ready: number;
  /** Presses Start. */
  start(): Promise<void>;
  /** Resolves at the end of that step. @throws what the page says has failed */
  reached(step: number): Promise<void>;
}

export interface PlayOptions {
  /** Default: WASM. */
  readonly device?: 'wasm' | 'webgpu';
  /** Default: the page's. */
  readonly precision?: 'auto' | 'fp32' | 'fp16';
  /** A GGUF file or a folder instead of nano. */
  readonly model?: string;
}

/** @param set assignments, `key=value` */
export async function openPlayRun(
  page: Page,
  url: string,
  preset: string,
  set: readonly string[],
  { device = 'wasm', precision, model }: PlayOptions = {},
): Promise<PlayRun> {
  const words = { room: 'play', lang: 'en', device, preset, ...(precision && { precision }) };
  const query = new URLSearchParams([
    ...Object.entries(words),
    ...set.map((assignment) => ['set', assignment]),
  ]);
  await page.goto(`${url}?${query.toString()}`, { timeout: PATIENCE });
  if (model !== undefined) await choose(page, model);
  const begun = performance.now();
  await page
    .getByRole('button', { name: model === undefined ? /^Load/ : /^Load$/ })
    .first()
    .click();
  const start = page.getByRole('button', { name: /^Start/ }).first();
  await unlessFailed(page, start.waitFor({ timeout: PATIENCE }));
  return {
    ready: (performance.now() - begun) / 1000,
    start: () => start.click(),
    reached: (step) =>
      unlessFailed(
        page,
        page.locator('.counter b', { hasText: new RegExp(`^${step}$`) }).waitFor({ timeout: PATIENCE }),
      ),
  };
}

/** Gives the page a model of this machine. */
async function choose(page: Page, model: string): Promise<void> {
  await page.getByTestId('model').click();
  const kind = (await stat(model)).isDirectory() ? 'input[webkitdirectory]' : 'input[type=file]';
  await page.getByTestId('models').locator(kind).first().setInputFiles(model);
  await page.getByTestId('model-cost').waitFor({ timeout: PATIENCE });
}

/** @throws what the page says has failed, where that comes first */
async function unlessFailed(page: Page, work: Promise<void>): Promise<void> {
  const alert = page.getByRole('alert').filter({ hasText: /\S/ }).first();
  const failed = alert.waitFor({ timeout: PATIENCE }).then(
    async () => {
      throw new Error(`The page says: ${(await alert.innerText()).replace(/\s+/g, ' ')}`);
    },
    // The page was closed, or nothing failed all the time.
    () => work,
  );
  await Promise.race([work, failed]);
}
