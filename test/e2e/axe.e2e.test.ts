/**
 * axe on every state that a visitor reaches without a model, light and dark, wide and on a
 * phone: nothing found, of whatever impact. States with a model are in the tests of their rooms.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest } from './at-rest.ts';
import { problemsOf } from './axe.ts';
import { openSite, type OpenSite } from './site.ts';

const WAIT = { timeout: 600_000 };
const RECORDING = 'coderl-plus-60';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site?.close();
});

interface State {
  readonly name: string;
  readonly query: string;
  readonly reach?: (page: Page) => Promise<void>;
}

const press = (page: Page, name: RegExp | string) => page.getByRole('button', { name }).first().click(WAIT);
/** What is sought may be drawn anew while the recording arrives. */
async function scrollTo(page: Page, selector: string): Promise<void> {
  const scrolled = () =>
    page
      .locator(selector)
      .evaluate((element) => (element.scrollIntoView(), true))
      .catch(() => false);
  await expect.poll(scrolled, WAIT).toBe(true);
  await atRest(page);
}
async function oneStep(page: Page): Promise<void> {
  await press(page, 'One step on');
  await page.locator('article').first().waitFor(WAIT);
}

const STATES: readonly State[] = [
  {
    name: 'Learn with all its chapters',
    query: '?room=learn',
    // axe reads the whole document: each chapter is drawn once it has been in view.
    async reach(page) {
      for (const chapter of [1, 2, 3, 4, 5, 6]) await scrollTo(page, `#chapter-${chapter}`);
    },
  },
  { name: 'a lecture', query: '?lecture' },
  { name: 'the page for teachers', query: '?teach' },
  { name: 'the worksheet without answers', query: '?teach&quiz' },
  { name: 'Play at first sight', query: '?room=play' },
  { name: 'a recorded run', query: `?room=play&run=${RECORDING}`, reach: oneStep },
  {
    name: 'a program that is read',
    query: `?room=play&run=${RECORDING}`,
    async reach(page) {
      await oneStep(page);
      await press(page, 'Read rollout 1');
      await page.getByTestId('reader').waitFor(WAIT);
    },
  },
  { name: 'an error', query: '?room=play&run=nothing' },
  { name: 'the Lab with the shipped study', query: '?room=lab' },
  {
    name: 'the Lab with all metrics',
    query: '?room=lab',
    reach: (page) =>
      page
        .getByLabel('Seeds', { exact: true })
        .fill('99')
        .then(() => page.keyboard.press('Tab')),
  },
  {
    name: 'a setting that is searched',
    query: '?room=lab',
    reach: (page) => page.locator('summary', { hasText: 'Change a setting' }).first().click(WAIT),
  },
  {
    name: 'a link with a plan',
    query: '?room=lab&arm=a=rlvr&arm=b=grpo,loss.clipHigh=0.3&seeds=3-5&hypothesis=Why',
  },
];

describe.each([
  ['wide', 1440, 900],
  ['on a phone', 390, 844],
] as const)('%s', (_, width, height) => {
  test.each(STATES)('axe finds nothing: $name', async ({ query, reach, name }) => {
    const { page, close } = await site.page({
      viewport: { width, height },
      reducedMotion: 'reduce',
      colorScheme: 'light',
    });
    await page.goto(`${site.url}${query}&lang=en`);
    await page.getByRole('tabpanel').locator('> *').first().waitFor(WAIT);
    await atRest(page);
    // On a phone the parts of a room are behind its tabs.
    const part = page.locator('.parts').getByText('Hypothesis');
    if (width < 900 && /Lab|setting|plan/.test(name) && (await part.isVisible())) await part.click();
    await reach?.(page);
    expect(await problemsOf(page), 'light').toEqual([]);
    // Nothing but colours is other in the dark.
    await page.emulateMedia({ colorScheme: 'dark' });
    await atRest(page);
    expect(await problemsOf(page, undefined, ['color-contrast', 'link-in-text-block']), 'dark').toEqual([]);
    await close();
  });
});
