/**
 * Reading a run in the room Play of the built page, by mouse and by keyboard: overlays
 * and single tokens, the trace viewer, predictions, past steps, before and after, a task
 * of one's own, what leaves a chart. Real model, real Python; one page for all of it.
 */
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playAddress } from './play.ts';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';

const SMALL = {
  'code.prompts': 3,
  'code.groupSize': 4,
  'alignment.prompts': 2,
  'alignment.groupSize': 4,
  'eval.tasks': 2,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 2,
};
/** Nothing here is fast on a busy machine. */
const SLOW = 600_000;

let site: OpenSite;
let watched: WatchedPage;
let page: Page;

const button = (name: RegExp | string) => page.getByRole('button', { name });
const now = () => page.getByTestId('now').innerText();
const step = async () => Number(await page.locator('.counter b').innerText());
const choose = (label: string, within: Locator | Page = page) =>
  within.locator('fieldset label', { hasText: label }).first().click();
const reader = () => page.getByTestId('reader');

async function oneStep(): Promise<void> {
  const to = (await step()) + 1;
  await button(/One step/).click();
  await expect.poll(step, { timeout: SLOW, interval: 100 }).toBe(to);
  await expect.poll(now, { timeout: SLOW, interval: 100 }).toMatch(/Paused/);
}

beforeAll(async () => {
  site = await openSite();
  watched = await site.page();
  page = watched.page;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(playAddress(site.url, SMALL, { lang: 'en' }));
});
afterAll(async () => {
  await watched?.close();
  await site?.close();
});

test('two steps are taken, for there to be something to read', async () => {
  await page.getByRole('button', { name: /Load/ }).first().click();
  await expect.poll(now, { timeout: SLOW }).toMatch(/Ready/);
  await oneStep();
  await oneStep();
  // Which group is shown first depends on what it teaches; programs are to be read here.
  await page.locator('.map [role=radio]').first().click();
});

describe('tokens', () => {
  test('make up the program under an overlay', async () => {
    const card = page.locator('article').first();
    const plain = await card.locator('pre').innerText();
    await choose('Probability');
    await card.locator('[data-token]').first().waitFor({ timeout: SLOW, state: 'attached' });
    expect(await card.locator('pre').innerText()).toBe(plain);
    expect(await card.locator('.low').count()).toBeGreaterThan(0);
  });

  test('tell what they are when the pointer rests on them: then, before, now, and what else was likely', async () => {
    await page.locator('article').first().locator('.low').first().hover();
    const tip = page.getByTestId('token');
    await expect.poll(() => tip.innerText(), { timeout: SLOW }).toMatch(/Likeliest here/);
    const text = await tip.innerText();
    expect(text).toMatch(/token \d+ of \d+/);
    expect(text).toMatch(/before training\s+(−?\d+\.\d{3})\s+[<\d.]+ %/);
    expect(await tip.locator('tbody tr').count()).toBe(5);
    // The likeliest ones come first, and the sampled one is as likely now as the list says.
    const shares = (await tip.locator('tbody td:nth-child(3)').allInnerTexts()).map((share) =>
      Number.parseFloat(share.replace('<', '')),
    );
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    await page.mouse.move(4, 4);
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  test('are read by the arrow keys, without a step being taken', async () => {
    const before = await step();
    const code = page.locator('article').nth(1).locator('pre');
    await code.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    expect(await page.getByTestId('token').innerText()).toMatch(/token 3 of/);
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('token').isVisible()).toBe(false);
    expect(await step()).toBe(before);
  });

  test('have a change since step 0 and a gap between sampler and trainer', async () => {
    await choose('Change since step 0');
    await expect
      .poll(() => page.locator('article [data-token]:is(.up, .down)').count(), { timeout: SLOW })
      .toBeGreaterThan(0);
    // A group that taught something was in the update.
    const mixed = await page
      .locator('.map [role=radio]')
      .evaluateAll((all) =>
        all.findIndex((one) => / [1-3] of 4 right/.test(one.getAttribute('aria-label') ?? '')),
      );
    if (mixed >= 0) {
      await page.locator('.map [role=radio]').nth(mixed).click();
      await choose('Sampler–trainer gap');
      await expect
        .poll(() => page.locator('fieldset p').first().innerText(), { timeout: SLOW })
        .toMatch(/Sampler minus trainer/);
    }
    await choose('Syntax');
  });
});

describe('a rollout, opened', () => {
  test('says its verdict, its rewards by function, and the test that failed', async () => {
    // One that runs and gives another value: in the first group that has one.
    const failing = page.locator('article', { hasText: 'Wrong answer' }).first();
    const groups = page.locator('.map [role=radio]:not(.alignment)');
    for (let i = 0; i < (await groups.count()) && (await failing.count()) === 0; i++)
      await groups.nth(i).click();
    await failing.getByRole('button', { name: /Read rollout/ }).click();
    await reader().waitFor();
    expect(await reader().getByTestId('rewards').innerText()).toMatch(/tests_reward\s+0/);
    expect(await reader().getByTestId('failed-test').innerText()).toMatch(/input[\s\S]*expected[\s\S]*got/);
  });

  test('its program is copied whole', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reader().getByRole('button', { name: 'Copy program' }).click();
    await reader().getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^# .+\ndef f\(/);
    expect(copied.replaceAll(/\s/g, '')).toContain(
      (await reader().locator('.code pre').last().innerText()).replaceAll(/\s/g, ''),
    );
  });

  test('its trace is walked by arrow keys, buttons and slider', async () => {
    const before = await step();
    await choose('Trace', reader());
    const input = reader().getByLabel('Input');
    await expect.poll(() => input.inputValue(), { timeout: SLOW }).not.toBe('');
    await input.fill(''.concat(await input.inputValue()));
    const slider = reader().getByRole('slider', { name: 'Moment' });
    await slider.waitFor({ timeout: SLOW });
    const at = async () => Number(await slider.inputValue());
    const last = Number(await slider.getAttribute('max'));
    expect(last).toBeGreaterThan(0);
    expect(await at()).toBe(0);
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    expect(await at()).toBe(1);
    await page.keyboard.press('End');
    expect(await at()).toBe(last);
    expect(await page.getByTestId('trace-tell').innerText()).toMatch(/Returns|exception|has run/);
    await reader().getByRole('button', { name: 'First moment' }).click();
    expect(await at()).toBe(0);
    expect(await page.getByTestId('trace-source').locator('.next').count()).toBe(1);
    await reader().getByRole('button', { name: 'Forward' }).click();
    expect(await at()).toBe(1);
    expect(await step()).toBe(before);
  });

  test('Escape closes it, and the focus is where it was', async () => {
    await page.keyboard.press('Escape');
    await expect.poll(() => reader().count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /Read rollout/,
    );
  });
});

test('a prediction stands beside the truth, line by line, with the probability of the truth', async () => {
  const execution = page.locator('.map [role=radio].alignment');
  if ((await execution.count()) === 0) await oneStep();
  await execution.first().click();
  await page.getByRole('button', { name: 'Read rollout 1' }).click();
  const variables = page.getByTestId('prediction-variables');
  await variables.waitFor();
  await expect
    .poll(() => variables.innerText(), { timeout: SLOW })
    .toMatch(/\d+\.\d %\s+before training|\d+\.\d %/);
  expect(await page.getByTestId('prediction-sum').innerText()).toMatch(
    /Every line is right|First wrong (at line \d+|among the final values)/,
  );
  const wrong = await page.getByTestId('prediction-lines').locator('.first-wrong').count();
  expect(wrong).toBeLessThanOrEqual(1);
  await page.keyboard.press('Escape');
});

test('one goes back through the steps, and follows the run again', async () => {
  const latest = await page.locator('.scrubber .step').innerText();
  await button('A step back').click();
  expect(await page.locator('.scrubber .step').innerText()).not.toBe(latest);
  await button('Latest').click();
  expect(await page.locator('.scrubber .step').innerText()).toBe(latest);
});

test('rollouts are filtered by how they ended', async () => {
  await page.locator('.map [role=radio]').first().click();
  const wrong = page.getByRole('group', { name: 'Show only' }).getByRole('button', { name: /wrong/ });
  const count = Number(/\d+/.exec(await wrong.innerText())![0]);
  await wrong.click();
  expect(await page.locator('article').count()).toBe(count);
  await wrong.click();
  expect(await page.locator('article').count()).toBe(SMALL['code.groupSize']);
});

test('every chart leaves as picture and as numbers', async () => {
  const saved = async (name: RegExp): Promise<Download> => {
    const [download] = await Promise.all([page.waitForEvent('download'), button(name).first().click()]);
    return download;
  };
  const csv = await saved(/Numbers of Held-out pass@1 as CSV/);
  expect(csv.suggestedFilename()).toBe('tracewise-held-out-pass-1.csv');
  const text = await readFile((await csv.path())!, 'utf8');
  expect(text).toMatch(/^step,sampled,sampled low,sampled high,greedy\n0,[\d.]+,/);
  const png = await readFile((await (await saved(/PNG of Reward/)).path())!);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(await readFile((await (await saved(/Numbers of Funnel/)).path())!, 'utf8')).toMatch(
    /^gate,in,out\nprogram,12,/,
  );
  expect(await page.locator('.exports').count()).toBeGreaterThanOrEqual(11);
});

test('a task of one’s own is checked as one types, joins the run, and can be compared on', async () => {
  await choose('Your own task');
  const check = page.getByTestId('own-check');
  await expect.poll(() => check.innerText(), { timeout: SLOW }).toMatch(/5 tests, and nothing is wrong/);
  const tests = page.getByLabel(/Tests, one a line/);
  await tests.fill('[1, 2 -> 3');
  await expect.poll(() => check.innerText(), { timeout: SLOW }).toMatch(/Python cannot read this/);
  expect(await button('Add to the run').isDisabled()).toBe(true);
  await page.getByLabel('What it does, one line').fill('the largest element of xs');
  await page.getByLabel('a reference function').check();
  await page.getByLabel(/Reference function/).fill('def f(xs):\n    return max(xs)\n');
  await page.getByLabel(/Inputs, one a line/).fill('[3, 1]\n[5]\n[2, 8, 8]');
  await expect.poll(() => check.innerText(), { timeout: SLOW }).toMatch(/3 tests/);
  expect(await page.getByRole('region', { name: 'Tests' }).last().innerText()).toMatch(/\[2, 8, 8\]\s+8/);
  await button('Add to the run').click();
  await choose('Rollouts', page.locator('.middle'));
  await oneStep();
  const code = page.locator('.map [role=radio].code');
  expect(await code.count()).toBe(SMALL['code.prompts'] + 1);
  await code.last().click();
  await expect.poll(() => page.locator('.task').innerText()).toMatch(/the largest element of xs/);
});

test('base and trained model stand side by side under the same random numbers', async () => {
  await choose('Before and after');
  await expect
    .poll(() => page.locator('.middle form select').first().inputValue(), { timeout: SLOW })
    .not.toBe('');
  await page.locator('.middle form select').first().selectOption({ label: 'the largest element of xs' });
  await button('Compare').click();
  await page.getByTestId('pair').waitFor({ timeout: SLOW });
  expect(await page.getByTestId('distributions').innerText()).toMatch(
    /Base[\s\S]*\/ 32[\s\S]*Trained[\s\S]*\/ 32/,
  );
  const pairs = page.getByRole('radiogroup', { name: /Pairs of samples/ }).getByRole('radio');
  expect(await pairs.count()).toBe(32);
  await pairs.and(page.locator('[aria-checked=true]')).focus();
  await page.keyboard.press('Home');
  expect(await page.getByTestId('pair').innerText()).toMatch(/Pair 1:/);
  await button('Ask both').click();
  await expect
    .poll(() => page.getByTestId('prediction-compare').innerText(), { timeout: SLOW })
    .toMatch(/\/ 8|cannot be written/);
  await page.setViewportSize({ width: 390, height: 844 });
  const cutOff = await page
    .locator('.column.middle')
    .evaluate((column) => column.scrollWidth - column.clientWidth);
  expect(cutOff).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a knob turned during the run is an event of it', async () => {
  await choose('Rollouts', page.locator('.middle'));
  const rate = page.getByRole('slider', { name: 'Learning rate' });
  await rate.focus();
  await page.keyboard.press('ArrowLeft');
  await oneStep();
  expect(await page.getByTestId('knob-changes').innerText()).toMatch(
    /step \d+: optimizer\.learningRate\s+0\.005 → 0\.003/,
  );
});

test('nothing went wrong on the way', () => {
  expect(watched.problems).toEqual([]);
});
