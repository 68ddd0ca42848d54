/**
 * The scenes that need no model: Learn, lectures, recorded runs, the shipped study, the page for
 * teachers, a damaged file. They are pictured within seconds.
 */
import { readFile } from 'node:fs/promises';
import { choose, LONG, planRates, press, readFirst, showProbabilities, type Scene } from './acts.ts';

/** The recorded run that is pictured. */
const RECORDING = 'coderl-plus-60';

export function learn(lang: string, suffix: string): readonly Scene[] {
  const top: Scene = {
    name: `learn${suffix}`,
    async reach(page, url) {
      await page.goto(`${url}?room=learn&lang=${lang}`);
      await page.getByTestId('writing').waitFor(LONG);
    },
  };
  const chapters = [1, 2, 3, 4, 5, 6].map((number): Scene => ({
    name: `learn${suffix}-${number}`,
    reach: (page) => page.locator(`#chapter-${number}`).scrollIntoViewIfNeeded(),
    part: (page) => page.locator(`#chapter-${number}`),
  }));
  return [top, ...chapters];
}

/** The beats of a lecture, each at its end but for the long ones. */
export const lecture: readonly Scene[] = (
  [
    ['policy', 1],
    ['failure', 1],
    ['trace', 5],
    ['prediction', 4],
    ['prediction', 99],
    ['difference', 0],
    ['difference', 1],
  ] as const
).map(([beat, at]) => ({
  name: `lecture-${beat}-${at}`,
  async reach(page, url) {
    await page.goto(`${url}?lecture=${beat}&at=${at}&lang=en`);
    await page.getByTestId('lecture').locator('section > *').first().waitFor(LONG);
  },
}));

/** Moments of a recorded run. */
const recorded = (words: string, lang = 'en'): string => `room=play&lang=${lang}&run=${RECORDING}&${words}`;

/** A step whose tokens are in the recording, and odd: programs are read unprompted. */
export const replay: readonly Scene[] = [
  {
    name: 'play',
    async reach(page, url) {
      await page.goto(`${url}?${recorded('step=35')}`);
      await page.locator('article').first().waitFor(LONG);
      await showProbabilities(page);
    },
  },
  {
    name: 'play-both',
    async reach(page) {
      await choose(page, 'Syntax');
      await press(page, 'Show both');
      await page.getByTestId('other-rollouts').waitFor(LONG);
    },
  },
  {
    name: 'play-reader',
    async reach(page) {
      await readFirst(page);
    },
  },
  {
    name: 'play-prediction',
    async reach(page, url) {
      await page.goto(`${url}?${recorded('step=20')}`);
      await page.locator('article').first().waitFor(LONG);
      await page.locator('article.part, article.wrong').first().getByRole('button').click();
      await page.getByTestId('prediction-variables').waitFor(LONG);
    },
  },
  {
    name: 'play-compare',
    async reach(page, url) {
      await page.goto(`${url}?${recorded('step=60&view=compare')}`);
      await page.getByTestId('distributions').waitFor(LONG);
    },
  },
  {
    name: 'play-know',
    async reach(page) {
      await page
        .getByRole('heading', { name: 'Does it know' })
        .evaluate((heading) => heading.scrollIntoView({ behavior: 'instant', block: 'start' }));
    },
  },
];

export const first: readonly Scene[] = [
  {
    name: 'play-start',
    async reach(page, url) {
      await page.goto(`${url}?room=play&lang=en`);
      await page.getByTestId('study-picture').waitFor(LONG);
    },
  },
];

export const teach: readonly Scene[] = [
  {
    name: 'teach',
    async reach(page, url) {
      await page.goto(`${url}?room=learn&teach&lang=en`);
      await page.locator('main h1').waitFor(LONG);
    },
  },
];

/** A file that is damaged. */
export const errors: readonly Scene[] = [
  {
    name: 'error',
    async reach(page, url) {
      await page.goto(`${url}?room=lab&lang=en`);
      await page.getByTestId('queue').waitFor(LONG);
      await page
        .locator('input[type=file][aria-label=Import]')
        .setInputFiles({ name: 'cut.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') });
      await page.getByRole('alert').first().waitFor(LONG);
    },
  },
];

export const playChinese: readonly Scene[] = [
  {
    name: 'play-zh',
    async reach(page, url) {
      await page.goto(`${url}?room=play&lang=zh&run=${RECORDING}`);
      await page.locator('article').first().waitFor(LONG);
      await page.waitForTimeout(4000);
    },
  },
];

/** The shipped study, a plan of one's own, and the study's report. */
export const study: readonly Scene[] = [
  {
    name: 'lab',
    async reach(page, url) {
      await page.goto(`${url}?room=lab&lang=en`);
      await page.getByTestId('findings').waitFor(LONG);
      await page.getByLabel('Metric', { exact: true }).selectOption({ label: 'Execution accuracy' });
    },
  },
  {
    name: 'lab-plan',
    async reach(page) {
      await page
        .getByLabel('What do you expect?')
        .fill('A smaller learning rate keeps more of what was known.');
      await planRates(page);
    },
  },
  {
    name: 'report',
    async reach(page) {
      const saved = page.waitForEvent('download', LONG);
      await page.getByText('Report', { exact: true }).first().click();
      await page.setContent(await readFile(await (await saved).path(), 'utf8'));
    },
  },
];
