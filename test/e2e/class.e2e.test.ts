/**
 * Learn as a class meets it, on the recordings that ship: every underlined phrase does something in either
 * run, words say what they mean, a lecture is led by one key without a network, and all of it prints.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';

let site: OpenSite;
let watched: WatchedPage;
let page: Page;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

async function open(query: string): Promise<void> {
  watched = await site.page();
  page = watched.page;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${site.url}?${query}`);
}

describe.each(['coderl-plus-60', 'rlvr-60'])('the run %s in Learn', (run) => {
  beforeAll(async () => {
    await open('room=learn&lang=en');
    const choice = page.getByTestId('made').locator('select');
    await choice.selectOption(run);
    await until(async () => expect(await page.getByTestId('lesson').count()).toBe(1));
    await until(async () => expect(await page.getByTestId('made').locator('select').inputValue()).toBe(run));
  });
  afterAll(() => watched.close());

  test('every phrase of every chapter lights up something, before any guess', async () => {
    for (const chapter of [1, 2, 3, 4, 5, 6]) {
      const part = page.locator(`#chapter-${chapter}`);
      await part.scrollIntoViewIfNeeded();
      const phrases = part.locator('.phrase');
      const count = await phrases.count();
      expect(count).toBeGreaterThan(2);
      for (let i = 0; i < count; i++) {
        const key = await phrases.nth(i).getAttribute('data-phrase');
        await phrases.nth(i).click();
        // Not by being pointed at.
        await page.mouse.move(0, 0);
        expect(await part.locator('.lit').count(), `chapter ${chapter}: ${key}`).toBeGreaterThan(0);
      }
    }
  });

  test('one program is followed from the tests to the trace and the question', async () => {
    const textOf = async (part: Locator) => (await part.innerText()).replaceAll(/[^\S\n]+$/gm, '').trim();
    const prompt = await textOf(page.getByTestId('writing').locator('pre.prompt'));
    const followed = await textOf(page.getByTestId('lesson').locator('pre').first());
    expect(followed.startsWith(prompt), prompt).toBe(true);
    expect(followed.length).toBeGreaterThan(prompt.length + 10);
    const traced = await page.getByTestId('trace').locator('.code li > code').allInnerTexts();
    expect(traced.map((line) => line.trimEnd()).join('\n')).toBe(followed);
    const task = await textOf(page.getByTestId('judge').locator('.task pre').first());
    const programs = page.getByTestId('judge').locator('.which-one');
    const seen: string[] = [];
    for (let i = 0; i < (await programs.count()); i++) {
      await programs.nth(i).click();
      const body = await page.getByTestId('judge').locator('.program pre').innerText();
      seen.push(`${task}\n${body.trimEnd()}`);
    }
    expect(seen).toContain(followed);
  });

  test('“fork” leads to each fork in turn, and from the last to the first', async () => {
    const fork = page.locator('#chapter-1 [data-phrase=fork]');
    const slider = page.getByTestId('writing').getByRole('slider');
    // A key that leaves the pen where it is takes it away from the clock, too.
    await slider.press('Home');
    const seen: number[] = [];
    while (new Set(seen).size === seen.length) {
      await fork.click();
      seen.push(Number(await slider.inputValue()));
      expect(
        await page.getByTestId('next-token').locator('li:not(.rest)').count(),
        seen.join(),
      ).toBeGreaterThan(1);
    }
    const forks = seen.slice(0, -1);
    expect(forks.length).toBeGreaterThan(1);
    expect(forks).toEqual(forks.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(seen[0]);
  });

  test('nothing went wrong', () => expect(watched.problems).toEqual([]));
});

test('words say what they mean when they are pointed at or reached by the keyboard', async () => {
  await open('room=learn&lang=en');
  // The chapters are set anew when the recording has come.
  await page.getByTestId('writing').waitFor();
  const term = page.locator('#chapter-1 .term', { hasText: 'token' });
  await term.waitFor();
  const tip = term.locator('xpath=following-sibling::*[1]');
  expect(await tip.isVisible()).toBe(false);
  await term.hover();
  expect(await tip.innerText()).toMatch(/A piece of text that the model writes at once/);
  await page.mouse.move(0, 0);
  await expect.poll(() => tip.isVisible()).toBe(false);
  await page.locator('#chapter-1 .phrase').first().focus();
  for (let i = 0; i < 9 && !(await tip.isVisible()); i++) await page.keyboard.press('Tab');
  expect(await tip.isVisible()).toBe(true);
  expect(await term.getAttribute('aria-describedby')).toBe(await tip.getAttribute('id'));
  await page.keyboard.press('Escape');
  expect(await tip.isVisible()).toBe(false);
  await watched.close();
});

test('all of Learn is printed, with figures that are whole', async () => {
  await open('room=learn&lang=en');
  await page.getByTestId('lesson').waitFor();
  await page.emulateMedia({ media: 'print' });
  // Nothing scrolls inside of anything, so nothing is cut off.
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollHeight > 5 * innerHeight))
    .toBe(true);
  const learn = page.getByTestId('learn');
  expect(await learn.evaluate((room) => room.scrollHeight - room.clientHeight)).toBeLessThanOrEqual(1);
  for (const chapter of [1, 2, 3, 4, 5, 6])
    expect(await page.locator(`#chapter-${chapter} .figure`).isVisible()).toBe(true);
  await expect.poll(() => page.getByTestId('writing').locator('.caret').count()).toBe(0);
  await expect.poll(() => page.getByTestId('lesson').locator('.waiting').count()).toBe(0);
  expect(await page.getByTestId('words').locator('dd').first().isVisible()).toBe(true);
  expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
  await watched.close();
});

describe('a lecture', () => {
  beforeAll(async () => {
    await open('lecture&lang=en');
    await page.getByTestId('lecture').locator('li').first().waitFor();
  });
  afterAll(() => watched.close());
  const beat = () => page.getByTestId('lecture').getAttribute('data-beat');
  const at = async () => Number(await page.getByTestId('lecture').getAttribute('data-at'));

  test('is led through all of its beats by one key, without a network', async () => {
    // Until both runs are here.
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByTestId('lecture-charts').locator('.legend .of-line').count()).toBe(6);
    await page.keyboard.press('Home');
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.context().setOffline(true);
    expect(await beat()).toBe('policy');
    const seen = new Map<string, number>();
    for (let presses = 0; presses < 80; presses++) {
      const name = (await beat())!;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      const before = `${name} ${await at()}`;
      await page.keyboard.press('ArrowRight');
      if (`${await beat()} ${await at()}` === before) break;
    }
    expect([...seen.keys()]).toEqual(['policy', 'failure', 'trace', 'prediction', 'difference']);
    expect(seen.get('trace')).toBeGreaterThan(4);
    expect(seen.get('prediction')).toBeGreaterThan(3);
    expect(await page.getByTestId('lecture-charts').locator('figure, .curve').count()).toBe(3);
    expect(asked).toEqual([]);
    await page.context().setOffline(false);
  });

  test('goes back, jumps from beat to beat, and has notes', async () => {
    await page.keyboard.press('3');
    expect([await beat(), await at()]).toEqual(['trace', 0]);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    expect(await at()).toBe(2);
    await page.keyboard.press('ArrowLeft');
    expect(await at()).toBe(1);
    expect(await page.getByTestId('trace').locator('.ran').count()).toBe(1);
    await page.keyboard.press('ArrowUp');
    expect(await beat()).toBe('failure');
    await page.keyboard.press('n');
    expect(await page.getByTestId('notes').innerText()).toMatch(/Let the room find the fault/);
    await page.keyboard.press('n');
    expect(await page.getByTestId('notes').count()).toBe(0);
  });

  test('its address leads to where it is', async () => {
    await page.keyboard.press('4');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toMatch(/lecture=prediction&.*at=1|at=1.*lecture=prediction/);
    await page.reload();
    await expect.poll(beat).toBe('prediction');
    await expect.poll(at).toBe(1);
    await page.getByRole('link', { name: 'Leave' }).click();
    await page.getByTestId('learn').waitFor();
    expect(page.url()).not.toContain('lecture');
  });

  test('nothing is wider than a phone, and nothing went wrong', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${site.url}?lecture=trace&lang=en`);
    await page.getByTestId('trace').waitFor();
    for (const key of ['1', '2', '3', '4', '5']) {
      await page.keyboard.press(key);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths[0], key).toBeLessThanOrEqual(widths[1]!);
    }
    expect(watched.problems).toEqual([]);
  });
});

test('a link leads to a step, a group and a view of a recorded run', async () => {
  await open('room=play&lang=en&run=coderl-plus-60&step=20&group=3');
  await expect.poll(() => page.locator('.picker').innerText()).toMatch(/Group 3 of/);
  expect(await page.locator('.scrubber').innerText()).toMatch(/20/);
  await page.getByRole('button', { name: 'Next group' }).click();
  await expect.poll(() => page.url()).toContain('group=4');
  await page.locator('fieldset label', { hasText: 'Before and after' }).click();
  await expect.poll(() => page.url()).toContain('view=compare');
  expect(page.url()).toContain('step=20');
  await page.reload();
  await page.getByTestId('distributions').waitFor();
  await watched.close();
});

describe.each([
  [1440, 900, ''],
  [390, 844, ''],
  [1440, 900, '#chapter-4'],
])('at %i x %i%s', (width, height, place) => {
  test('nothing jumps when the recording arrives', async () => {
    const fresh = await site.page();
    await fresh.page.setViewportSize({ width, height });
    await fresh.page.addInitScript(() => {
      const shifts: unknown[] = [];
      Object.assign(window, { shifts });
      interface Shift extends PerformanceEntry {
        readonly value: number;
        readonly sources: readonly { readonly node: Node | null }[];
      }
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries() as Shift[])
          shifts.push([
            value,
            sources.map(({ node }) =>
              node instanceof Element ? `${node.tagName}.${node.className}` : 'text',
            ),
          ]);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await fresh.page.goto(`${site.url}?room=learn&lang=en${place}`);
    await fresh.page.getByTestId('lesson').waitFor();
    await fresh.page.getByTestId('asked-again').waitFor();
    const shifts = await fresh.page.evaluate(
      () => (window as unknown as { shifts: [number, string[]][] }).shifts,
    );
    expect(
      shifts.reduce((sum, [value]) => sum + value, 0),
      JSON.stringify(shifts),
    ).toBeLessThan(0.02);
    await fresh.close();
  });
});
