/**
 * The rooms by keyboard alone, without a model: Tab reaches every control, in the
 * order in which they stand, and one sees where it is; the keys of the page do not
 * take those of a control; what opens closes on Escape and gives the focus back.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest } from './at-rest.ts';
import { openSite, type OpenSite } from './site.ts';

const RECORDING = 'coderl-plus-60';
const WAIT = { timeout: 600_000 };
/** More than any room has. */
const MOST_STOPS = 400;

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site?.close();
});

async function visit(query: string, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, problems, close } = await site.page({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page.setDefaultTimeout(WAIT.timeout);
  await page.goto(`${site.url}${query}&lang=en`);
  await page.getByRole('tabpanel').locator('> *').first().waitFor(WAIT);
  await work(page);
  expect(problems).toEqual([]);
  await close();
}

/**
 * Runs in the page: gives every visible control a number, in the order of the
 * document. One of a group of radio buttons is enough.
 */
function numberControls(): readonly string[] {
  const groups = new Set<string>();
  const controls = [
    ...document.querySelectorAll<HTMLElement>(
      'button, a[href], input, select, textarea, summary, [tabindex="0"]',
    ),
  ].filter((element) => {
    if (element.tabIndex < 0 || element.matches(':disabled') || element.closest('[inert]')) return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
    if (groups.has(element.name) || !element.checked) return false;
    groups.add(element.name);
    return true;
  });
  controls.forEach((element, i) => (element.dataset['stop'] = String(i)));
  return controls.map((element) => {
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40);
    return `${element.tagName} ${name} ${element.getAttribute('name') ?? ''}`;
  });
}

/**
 * Runs in the page: the number of the focused control, and whether it, or what stands
 * for it, has a ring; null outside the page.
 */
function focused(): { readonly stop: string; readonly ring: boolean } | null {
  const element = document.activeElement;
  if (element instanceof SVGElement) {
    // A mark of a drawing: its stroke is another one than that of marks without the focus.
    const strokeOf = (of: Element) => getComputedStyle(of.querySelector('circle, rect') ?? of).stroke;
    const others = [...document.querySelectorAll('svg [role=button]')].filter((other) => other !== element);
    const ring = others.every((other) => strokeOf(other) !== strokeOf(element));
    return { stop: element.dataset['stop'] ?? element.outerHTML.slice(0, 120), ring };
  }
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  const ring = [element, element.closest('label'), element.parentElement].some((shown) => {
    if (!shown) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
  });
  return { stop: element.dataset['stop'] ?? element.outerHTML.slice(0, 120), ring };
}

async function walk(page: Page) {
  const names = await page.evaluate(numberControls);
  // From the top: Tab goes on from where the focus was last, be it gone or not.
  await page.evaluate(() => {
    const start = document.createElement('span');
    start.tabIndex = -1;
    (document.querySelector('dialog[open]') ?? document.body).prepend(start);
    start.focus();
    start.remove();
  });
  const stops: { readonly stop: string; readonly ring: boolean }[] = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    if (stop === null || stop.stop === stops[0]?.stop) break;
    stops.push(stop);
  }
  return { names, stops };
}

const ROOMS = ['?room=learn', '?room=play', `?room=play&run=${RECORDING}`, '?room=lab'];

describe('Tab', () => {
  test.each(ROOMS)('reaches every control at %s in order, each with a ring', async (query) => {
    await visit(query, async (page) => {
      if (query.includes('learn')) await page.getByTestId('writing').waitFor(WAIT);
      if (query.includes('run=')) {
        await page.getByRole('button', { name: 'One step on' }).click(WAIT);
        await page.locator('article').first().waitFor(WAIT);
        // A round from here on finds a page at rest.
        await atRest(page);
      }
      const { names, stops } = await walk(page);
      // The browser also stops at what scrolls and holds no control, such as a long task.
      const reached = stops.flatMap(({ stop }) => names[Number(stop)] ?? []);
      expect(names.filter((_, i) => !stops.some(({ stop }) => stop === String(i)))).toEqual([]);
      expect(reached).toEqual(names);
      expect(stops.filter(({ ring }) => !ring).map(({ stop }) => names[Number(stop)])).toEqual([]);
    });
  });
});

describe('in a recorded run', () => {
  test('space is the page’s, but not where a control wants it; arrows stay in what they move', async () => {
    await visit(`?room=play&run=${RECORDING}`, async (page) => {
      const step = async () =>
        page.getByRole('slider', { name: 'Step of the recording' }).getAttribute('aria-valuenow');
      const play = page.getByRole('button', { name: /^(Play|Pause)$/ });
      await page.getByRole('button', { name: 'One step on' }).click(WAIT);
      await page.locator('article').first().waitFor(WAIT);
      const before = await step();
      const group = async () => Number(/Group (\d+) of/.exec(await page.locator('.picker').innerText())![1]);
      const first = await group();
      await page.getByRole('button', { name: 'Next group' }).focus();
      await page.keyboard.press('Space');
      expect(await group()).toBe(first + 1);
      expect(await play.innerText()).toBe('Play');
      await page.getByRole('radio', { name: 'Probability' }).focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowRight');
      expect(await page.getByRole('radio', { name: 'Advantage' }).isChecked()).toBe(true);
      await page.locator('summary').first().focus();
      await page.keyboard.press('Space');
      expect(await play.innerText()).toBe('Play');
      expect(await step()).toBe(before);
    });
  });

  test('the reader opens, is walked and closes, and the focus is back where it was', async () => {
    await visit(`?room=play&run=${RECORDING}`, async (page) => {
      await page.getByRole('button', { name: 'One step on' }).click(WAIT);
      await page.locator('article').first().waitFor(WAIT);
      // The group shown may still change by itself.
      await atRest(page);
      const open = page.getByRole('button', { name: 'Read rollout 1' });
      await open.focus();
      await page.keyboard.press('Enter');
      const reader = page.getByTestId('reader');
      await reader.waitFor(WAIT);
      const { stops } = await walk(page);
      expect(stops.length).toBeGreaterThan(4);
      expect(stops.every(({ ring }) => ring)).toBe(true);
      // Lines are numbered for the eye alone.
      const code = reader.locator('.code pre').last();
      await code.focus();
      await page.keyboard.press('ControlOrMeta+a');
      const selected = await page.evaluate(() => getSelection()?.toString() ?? '');
      expect(selected.trim()).toBe(await code.evaluate((pre) => pre.textContent.trim()));
      expect(await reader.locator('.line-start').count()).toBeGreaterThan(2);
      expect(await reader.locator('.line-start').first().getAttribute('data-line')).toBe('1');
      await page.keyboard.press('Escape');
      await expect.poll(() => reader.count()).toBe(0);
      expect(await open.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });
});
