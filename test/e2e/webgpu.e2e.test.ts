/**
 * The built page on software WebGPU, which is correct and very slow: one small step, real
 * model, real Python. That the graphs agree with WASM is test/policy/devices.browser.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playAddress } from './play.ts';
import { openSite, type OpenSite } from './site.ts';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site?.close();
});

const SETTINGS = {
  steps: 3,
  'code.prompts': 1,
  'code.groupSize': 4,
  'code.maxNewTokens': 24,
  'alignment.prompts': 0,
  'eval.baseline': false,
  'eval.every': 0,
};

test('a step on WebGPU: rollouts are written, judged and learned from', async () => {
  const { page, problems, close } = await site.page();
  await page.goto(playAddress(site.url, SETTINGS, { device: 'webgpu' }));
  await page.getByRole('button', { name: 'Load the model' }).click();
  const now = () => page.getByTestId('now').innerText();
  await expect.poll(now, { timeout: 600_000 }).toMatch(/Ready/);
  expect(await page.getByTestId('device').innerText()).toMatch(/^WebGPU \(/);
  await page.getByRole('button', { name: /One step/ }).click();
  await expect
    .poll(async () => Number(await page.locator('.counter b').innerText()), { timeout: 600_000 })
    .toBe(1);
  expect(await page.locator('article').count()).toBe(SETTINGS['code.groupSize']);
  expect(problems).toEqual([]);
  await close();
});
