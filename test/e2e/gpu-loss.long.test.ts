/**
 * The built page on software WebGPU with a toy model: its GPU device is destroyed in
 * the middle of a run, and then again and again. What the runtime and the session do
 * about it one by one is in test/tensor and test/ui/session/saved-run.test.ts.
 */
import { readFile } from 'node:fs/promises';
import type { Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitJournal } from '../../src/experiment/journal.ts';
import { readRunFile } from '../../src/experiment/storage/run-file.ts';
import { playAddress } from './play.ts';
import { openSite, type OpenSite } from './site.ts';
import { serveToy } from './toy-model.ts';

/** For what takes seconds on an idle machine. */
const WAIT = 600_000;
const SETTINGS = {
  steps: 1000,
  'code.prompts': 1,
  'code.groupSize': 2,
  'code.maxNewTokens': 8,
  'alignment.prompts': 0,
  'kl.coefficient': 0,
  'eval.baseline': false,
  'eval.every': 0,
  'save.every': 1,
};

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

/**
 * In the learner's worker: keeps the device where the test can reach it. A doomed one
 * is lost as soon as it is there.
 */
function watchDevice(isDoomed: boolean): void {
  const scope = self as unknown as { GPUAdapter: { prototype: GPUAdapter }; device?: GPUDevice };
  const request = scope.GPUAdapter.prototype.requestDevice;
  scope.GPUAdapter.prototype.requestDevice = async function (options) {
    scope.device = await request.call(this, options);
    if (isDoomed) scope.device.destroy();
    return scope.device;
  };
}

const isLearner = (worker: Worker) => /learner/.test(worker.url());
const loseDevice = (page: Page) =>
  page
    .workers()
    .find(isLearner)!
    .evaluate(() => (self as unknown as { device: GPUDevice }).device.destroy());

test('a lost GPU device is replaced and the run goes on; lost three times in a row it stops and keeps everything', async () => {
  const { page, close } = await site.page();
  await serveToy(page.context());
  let isDoomed = false;
  // The device is opened once the model is there: time enough to look over each learner's shoulder.
  let watching: Promise<unknown> = Promise.resolve();
  page.on('worker', (worker) => {
    if (isLearner(worker)) watching = worker.evaluate(watchDevice, isDoomed).catch(() => undefined);
  });
  await page.route('**/models/nano/config.json', async (route) => {
    await watching;
    await route.fallback();
  });
  const now = () => page.getByTestId('now').innerText();
  const step = async () => Number(await page.locator('.counter b').innerText());
  const saved = () => page.getByTestId('saved-run').innerText();
  const poll = <T>(what: () => Promise<T>) => expect.poll(what, { timeout: WAIT, interval: 100 });
  const button = (name: RegExp) => page.getByRole('button', { name }).first();

  await page.goto(playAddress(site.url, SETTINGS, { device: 'webgpu' }));
  await button(/Load the model/).click({ timeout: WAIT });
  await poll(now).toMatch(/Ready/);
  expect(await page.getByTestId('device').innerText()).toMatch(/^WebGPU/);
  await button(/Start/).click();
  await poll(step).toBeGreaterThanOrEqual(2);

  // Once: it says so, builds the session anew and goes on by itself from the last save.
  await loseDevice(page);
  await poll(saved).toMatch(/DeviceLostError[\s\S]*goes on by itself from step [1-9]/);
  const from = Number(/by itself from step (\d+)/.exec(await saved())![1]);
  await poll(now).toMatch(/Writing|Judging|Adapter|Running|Updating/i);
  await poll(step).toBeGreaterThan(from + 1);
  expect(await page.getByRole('alert').filter({ hasText: 'three times' }).count()).toBe(0);

  // Each new device is lost at once: after three failures it stops.
  isDoomed = true;
  await loseDevice(page);
  await poll(() => page.getByRole('alert').allInnerTexts()).toEqual([
    expect.stringMatching(/DeviceLostError[\s\S]*three times in a row[\s\S]*resumed/),
  ]);
  expect(await button(/Start/).isDisabled()).toBe(true);

  // Everything is kept: it can be taken up with a device that holds, and downloaded.
  isDoomed = false;
  await poll(saved).toMatch(/Resume run \(step \d+\)/);
  const kept = Number(/Resume run \(step (\d+)\)/.exec(await saved())![1]);
  expect(kept).toBeGreaterThan(from);
  await button(/Resume run/).click();
  await poll(now).toMatch(/Paused/);
  expect(await step()).toBe(kept);
  const waiting = page.waitForEvent('download');
  await page.getByTestId('saved-run').evaluate((element) => ((element as HTMLDetailsElement).open = true));
  await button(/Download the run/).click();
  const file = readRunFile(new Uint8Array(await readFile(await (await waiting).path())));
  expect(splitJournal(file.journal).log.match(/"type":"step-finished"/g)).toHaveLength(kept);
  await close();
}, 1_200_000);
