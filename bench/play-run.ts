/**
 * Starts a training run in Play as a visitor does: it opens the page on a preset with some settings, loads
 * nano on WASM and presses Start.
 */
import type { Page } from 'playwright-core';

/** Milliseconds for anything that a slow machine may take. */
const PATIENCE = 45 * 60_000;

export interface PlayRun {
  /** Presses Start. */
  start(): Promise<void>;
  /** Resolves at the end of that step. */
  reached(step: number): Promise<void>;
}

/** @param set assignments, `key=value` */
export async function openPlayRun(
  page: Page,
  url: string,
  preset: string,
  set: readonly string[],
): Promise<PlayRun> {
  const query = new URLSearchParams([
    ...Object.entries({ room: 'play', lang: 'en', device: 'wasm', preset }),
    ...set.map((assignment) => ['set', assignment]),
  ]);
  await page.goto(`${url}?${query.toString()}`);
  await page.getByRole('button', { name: /^Load/ }).first().click();
  const start = page.getByRole('button', { name: /^Start/ }).first();
  await start.waitFor({ timeout: PATIENCE });
  return {
    start: () => start.click(),
    reached: (step) =>
      page.locator('.counter b', { hasText: new RegExp(`^${step}$`) }).waitFor({ timeout: PATIENCE }),
  };
}
