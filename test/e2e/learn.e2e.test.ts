/**
 * The room Learn of the built site, walked through all chapters as a visitor would,
 * once by mouse and once by keyboard alone, on a recording made by hand whose answers
 * are known here. Nothing else is loaded: no model, no Python.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transfer } from '../../src/experiment/transfer.ts';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';
import { manifest, recordingFile } from '../ui/learn/recording.ts';

const STUDY = resolve(import.meta.dirname, '../../public/runs/study.json');
const TRANSFER = resolve(import.meta.dirname, '../../public/runs/transfer.json');
const recording = gzipSync(recordingFile());
const list = { runs: [{ ...manifest, file: 'by-hand.jsonl.gz', bytes: recording.length }] };

let site: OpenSite;
let watched: WatchedPage;
let page: Page;
const requested: string[] = [];

/** A page that gets the recording made by hand instead of the site's own. */
async function open(hash = ''): Promise<WatchedPage> {
  const fresh = await site.page();
  fresh.page.setDefaultTimeout(600_000);
  fresh.page.on('request', (request) => requested.push(request.url()));
  await fresh.page.route('**/runs/index.json', (route) => route.fulfill({ json: list }));
  await fresh.page.route('**/runs/by-hand.jsonl.gz', (route) =>
    route.fulfill({ body: recording, contentType: 'application/gzip' }),
  );
  await fresh.page.setViewportSize({ width: 1440, height: 900 });
  await fresh.page.goto(`${site.url}?room=learn&lang=en${hash}`);
  await fresh.page.getByTestId('writing').waitFor();
  return fresh;
}

beforeAll(async () => {
  site = await openSite();
  watched = await open();
  page = watched.page;
});
afterAll(async () => {
  await watched?.close();
  await site?.close();
});

const chapter = (number: number): Locator => page.locator(`#chapter-${number}`);
const named = (within: Locator, name: string | RegExp): Locator => within.getByRole('button', { name });
const lit = (within: Locator): Locator => within.locator('.lit');

describe('by mouse', () => {
  test('says which run is shown, made when and on what; asks for nothing but the page and that run', async () => {
    const made = page.getByTestId('made');
    await expect.poll(() => made.innerText()).toContain('By hand');
    expect(await made.innerText()).toMatch(/Made November 20, 2026 on a desk/);
    expect(requested.filter((url) => /models|pyodide|\.wasm|tasks/.test(url))).toEqual([]);
  });

  test('1: a phrase lights up its part until pressed again; the guess opens the tree; a leaf is read', async () => {
    const one = chapter(1);
    await named(one, 'the prompt').click();
    await page.mouse.move(0, 0);
    expect(await lit(one).innerText()).toContain('def f(xs)');
    await named(one, 'the prompt').click();
    await page.mouse.move(0, 0);
    expect(await lit(one).count()).toBe(0);
    expect(await page.getByTestId('tree').count()).toBe(0);
    await named(one, /^3$/).click();
    expect(await one.getByTestId('answer').innerText()).toMatch(/different programs in 8 rollouts/);
    await named(page.getByTestId('tree'), /^Program of rollout 2, 6/).click();
    expect(await page.getByTestId('writing').locator('.program').innerText()).toContain('return max(xs)');
    await named(one, 'Previous fork').click();
    // Drawn at the fork: each with the probability that the log has, the rest to nobody.
    const bars = page.getByTestId('next-token');
    expect(await bars.innerText()).toMatch(/max[\s\S]*%[\s\S]*drawn here 2 times[\s\S]*never drawn/);
  });

  test('2: programs are judged, then verdict and failing test come out; the slider moves the step', async () => {
    const judge = page.getByTestId('judge');
    await named(judge, 'Passes').click();
    await expect.poll(() => judge.getByTestId('answer').innerText()).toMatch(/Passed|Wrong answer|Exception/);
    await named(judge, /^Program 2/).click();
    expect(await judge.getByTestId('answer').count()).toBe(0);
    await named(judge, 'Fails').click();
    expect(await judge.getByTestId('answer').innerText()).toMatch(/of 2 judged right/);
    const map = page.getByTestId('step-map');
    await map.getByRole('slider').fill('1');
    expect(await map.innerText()).toContain('Step 2 of 2');
    expect(await map.innerText()).toContain('Mean reward 30.0 %');
  });

  test('3: a wrong sum is told why, the right one opens the bars; equal rewards teach nothing', async () => {
    const three = chapter(3);
    const figure = page.getByTestId('group-figure');
    expect(await figure.innerText()).toContain('Hidden until');
    await three.getByLabel('Mean of the rewards').fill('1/4');
    await three.getByLabel('Spread', { exact: true }).fill('0.433');
    await named(three, 'Check').click();
    expect(await three.innerText()).toContain('divide the squares by n − 1');
    await three.getByLabel('Spread', { exact: true }).fill('0.46');
    await three.getByLabel('Advantage of a rollout that passed').fill('1.62');
    await three.getByLabel('Advantage of a rollout that failed').fill('-0.54');
    await named(three, 'Check').click();
    expect(await three.innerText()).toContain('All four are right');
    expect(await figure.innerText()).toContain('+1.62');
    for (const rollout of [1, 5]) await named(figure, `Reward of rollout ${rollout}: 1`).click();
    expect(await figure.innerText()).toContain('This group teaches nothing');
    await named(figure, 'Back to the recorded rewards').click();
    expect(await figure.innerText()).toContain('+1.62');
  });

  test('4: the value asked for stays hidden until guessed; the call is stepped through', async () => {
    const four = chapter(4);
    const figure = page.getByTestId('trace');
    await named(figure, 'To the end').click();
    expect(await figure.locator('table').innerText()).toMatch(/total\s+\?/);
    const field = four.getByLabel(/What is total/);
    await field.fill('eight');
    await named(four, 'Check').click();
    expect(await four.innerText()).toContain('no Python value');
    await field.fill('8');
    await field.press('Enter');
    expect(await four.getByTestId('answer').innerText()).toContain('ends as 8');
    expect(await figure.locator('table').innerText()).toMatch(/total\s+8/);
    await named(figure, 'To the start').click();
    await named(figure, 'One line on').click();
    expect(await figure.locator('.ran').innerText()).toContain('total = 0');
    await named(four, 'changed').click();
    await page.mouse.move(0, 0);
    expect(await lit(four).innerText()).toMatch(/total[\s\S]*0/);
  });

  test('5: marks come after the guess; another reward function gives other rewards', async () => {
    const five = chapter(5);
    const figure = page.getByTestId('answers');
    expect(await named(figure, 'Answer 4').innerText()).not.toContain('of 3 right');
    await named(five, '1/3').click();
    expect(await five.getByTestId('answer').innerText()).toContain('1 of 3 values are right');
    expect(await figure.locator('tr.first-wrong').innerText()).toContain('12 = 4');
    const first = named(figure, 'Answer 1: 1 of 3 right');
    expect(await first.innerText()).toContain('0.33');
    await named(figure, 'longest right prefix').click();
    // 6 of 13 lines: 9 executed, 3 final values, the end.
    expect(await first.innerText()).toContain('0.46');
    await named(figure, 'Answer 3: 0 of 3 right').click();
    expect(await figure.innerText()).toContain('cannot be read');
    expect(await page.getByTestId('funnel').innerText()).toMatch(/12\s+that failed/);
  });

  test('6: one seed has no interval; many experiments without a difference show few; no study is claimed', async () => {
    const six = chapter(6);
    await named(six, 'About half the time').click();
    expect(await six.getByTestId('answer').innerText()).toMatch(/of 200 simulated pairs/);
    const simulation = page.getByTestId('simulation');
    expect(await simulation.innerText()).toContain('Random numbers, not runs');
    expect(await simulation.innerText()).toContain('One seed has no interval');
    const seeds = simulation.getByRole('slider', { name: 'Seeds for each arm' });
    for (let presses = 0; presses < 4; presses++) await seeds.press('ArrowRight');
    expect(await seeds.getAttribute('aria-valuetext')).toBe('5 seeds');
    await named(simulation, 'A hundred more').click();
    const shown = /Difference shown in (\d+) of 101/.exec(await simulation.innerText());
    expect(Number(shown?.[1])).toBeLessThan(15);
    expect(await six.innerText()).toMatch(/goes from 20.0 % to 30.0 % at step 2/);
    expect(await page.getByTestId('study').count()).toBe(existsSync(STUDY) ? 1 : 0);
    expect(await page.getByTestId('study-findings').count()).toBe(existsSync(STUDY) ? 1 : 0);
    // When execution helps: each row has its numbers in words, and the sentences name what was found.
    const transfer = JSON.parse(readFileSync(TRANSFER, 'utf8')) as Transfer;
    const rows = page.getByTestId('transfer').locator('[data-row]');
    expect(await rows.count()).toBe(
      transfer.effects.length + transfer.angles.length + transfer.census.kinds.length,
    );
    for (const { name, seeds } of transfer.effects)
      expect(await page.locator(`[data-row="${name}"]`).first().innerText()).toContain(`${seeds} seed`);
    const misread = transfer.census.kinds.find(({ kind }) => kind === 'misread description')!;
    expect(await six.innerText()).toContain(`Of ${transfer.census.failed} failed programs`);
    expect(await six.innerText()).toContain(`${misread.count} (${(100 * misread.share.mean).toFixed(1)} %)`);
    expect((await six.innerText()).includes('No study ships with this page')).toBe(!existsSync(STUDY));
  });

  test('on a phone nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const widths = await page.getByTestId('learn').evaluate((room) => [room.scrollWidth, room.clientWidth]);
    expect(widths[0]).toBe(widths[1]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('“run it here” opens Play with the settings of the chapter', async () => {
    await named(chapter(5), 'Run it here').click();
    await expect.poll(() => page.url()).toContain('room=play');
    expect(watched.problems).toEqual([]);
  });
});

describe('by keyboard alone', () => {
  let keyboard: WatchedPage;
  beforeAll(async () => {
    keyboard = await open('#chapter-1');
    page = keyboard.page;
  });
  afterAll(() => keyboard?.close());

  /** Tab until the element has the focus. */
  async function tabTo(target: Locator): Promise<void> {
    for (let presses = 0; presses < 120; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('120 tabs did not reach it');
  }
  async function press(target: Locator, key = 'Enter'): Promise<void> {
    await tabTo(target);
    await page.keyboard.press(key);
  }
  /** Jumps by the bar of chapters, which moves the focus along. */
  async function jump(number: number): Promise<void> {
    await page
      .getByRole('navigation', { name: 'Chapters' })
      .locator('a')
      .nth(number - 1)
      .focus();
    await page.keyboard.press('Enter');
  }

  test('every chapter: its phrases, its guess and its figure', async () => {
    await jump(1);
    await press(named(chapter(1), 'probability'), ' ');
    expect(await lit(chapter(1)).count()).toBe(1);
    await press(named(chapter(1), /^4$/));
    expect(await chapter(1).getByTestId('answer').count()).toBe(1);
    await press(page.getByTestId('writing').getByRole('slider'), 'Home');
    expect(await page.getByTestId('writing').innerText()).toContain('0 of');

    await jump(2);
    await press(named(page.getByTestId('judge'), 'Fails'));
    expect(await page.getByTestId('judge').getByTestId('answer').count()).toBe(1);
    await press(page.getByTestId('step-map').getByRole('slider'), 'End');
    expect(await page.getByTestId('step-map').innerText()).toContain('Step 2 of 2');

    await jump(3);
    await tabTo(chapter(3).getByLabel('Mean of the rewards'));
    await page.keyboard.type('0.25');
    await page.keyboard.press('Enter');
    expect(await chapter(3).innerText()).toContain('✓ Right.');
    await press(named(page.getByTestId('group-figure'), 'Reward of rollout 2: 0'), ' ');
    expect(await page.getByTestId('group-figure').innerText()).toContain('Back to the recorded rewards');

    await jump(4);
    await tabTo(chapter(4).getByLabel(/What is total/));
    await page.keyboard.type('8');
    await page.keyboard.press('Enter');
    expect(await chapter(4).getByTestId('answer').count()).toBe(1);
    await press(page.getByTestId('trace').getByRole('slider'), 'ArrowRight');
    expect(await page.getByTestId('trace').innerText()).toContain('1 of 9');

    await jump(5);
    await press(named(chapter(5), '1/3'));
    await press(named(page.getByTestId('answers'), 'reference code'));
    expect(await named(page.getByTestId('answers'), 'Answer 2').innerText()).toContain('1');

    await jump(6);
    await press(named(chapter(6), 'Almost never'));
    expect(await chapter(6).innerText()).toContain('Not quite');
    await press(named(page.getByTestId('simulation'), 'Another experiment'));
    expect(await page.getByTestId('simulation').innerText()).toMatch(/experiment 2/i);
    await press(named(chapter(6), 'Compare over seeds'));
    await expect.poll(() => page.url()).toContain('room=lab');
    expect(keyboard.problems).toEqual([]);
  });
});
