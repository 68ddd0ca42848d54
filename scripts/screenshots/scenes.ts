/**
 * The scenes that `npm run screenshots` takes: for each room the states it can be in,
 * in the order in which a visitor reaches them. A scene leaves the page as the next
 * one of its room finds it. It knows nothing of sizes, themes or files. Here are those that train.
 */
import {
  address,
  choose,
  LONG,
  planRates,
  press,
  readFirst,
  showPart,
  showProbabilities,
  type Scene,
} from './acts.ts';
import { errors, first, learn, lecture, playChinese, replay, study, teach } from './recorded.ts';

export type { Scene };

/** Many tasks and few samples of each: the difference between runs is seen best for the time it takes. */
const MEASURED = { 'eval.tasks': 80, 'eval.samples': 2, 'eval.k': 2, 'eval.alignmentRecords': 0 };

export interface Sizes {
  /** Of the run in Play. */
  readonly steps: number;
  /** Of each run in the Lab. */
  readonly labSteps: number;
  readonly seeds: number;
  /** Logs of runs that the Lab shows instead of training its own. */
  readonly logs: readonly string[];
}

function play(steps: number): readonly Scene[] {
  return [
    {
      name: 'live-start',
      async reach(page, url) {
        await page.goto(address(url, 'play', 'en', { steps, 'eval.every': 2 }));
        await page.getByRole('button', { name: 'Load the model' }).waitFor(LONG);
      },
    },
    {
      name: 'live-ready',
      async reach(page) {
        await press(page, 'Load the model');
        await page.getByTestId('now').filter({ hasText: 'Ready' }).waitFor(LONG);
      },
    },
    {
      name: 'play-running',
      moves: true,
      async reach(page) {
        await press(page, /^Start/);
        await page
          .locator('.counter b')
          .filter({ hasText: /^[3-9]/ })
          .waitFor(LONG);
      },
    },
    {
      name: 'live',
      async reach(page) {
        await page.getByTestId('now').filter({ hasText: 'All steps done' }).waitFor(LONG);
        await page.locator('.map [role=radio].code.mixed, .map [role=radio].code').first().click();
        await showProbabilities(page);
      },
    },
    {
      name: 'live-learning',
      reach: (page) => showPart(page, 'learning'),
    },
    {
      name: 'live-task',
      reach: (page) => showPart(page, 'task'),
    },
    {
      name: 'live-reader',
      async reach(page) {
        await showPart(page, 'rollouts');
        await readFirst(page);
      },
    },
    {
      name: 'play-trace',
      async reach(page) {
        await choose(page.getByTestId('reader'), 'Trace');
        const slider = page.getByRole('slider', { name: 'Moment' });
        await slider.waitFor(LONG);
        await slider.focus();
        for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
      },
    },
    {
      name: 'live-alignment',
      async reach(page) {
        await page.keyboard.press('Escape');
        await page.locator('.map [role=radio].alignment').first().click();
      },
    },
    {
      name: 'live-prediction',
      async reach(page) {
        await press(page, 'Read rollout 1');
        await page.getByTestId('prediction-variables').filter({ hasText: '%' }).waitFor(LONG);
      },
    },
    {
      name: 'live-compare',
      async reach(page) {
        await page.keyboard.press('Escape');
        await choose(page, 'Before and after');
        await press(page, 'Compare');
        await page.getByTestId('pair').waitFor(LONG);
        await press(page, 'Ask both');
        await page
          .getByTestId('prediction-compare')
          .filter({ hasText: /right|cannot be written/ })
          .waitFor(LONG);
      },
    },
    {
      name: 'live-own',
      async reach(page) {
        await choose(page, 'Your own task');
        await page.getByTestId('own-check').filter({ hasText: 'nothing is wrong' }).waitFor(LONG);
      },
    },
  ];
}

function lab({ labSteps, seeds, logs }: Sizes): readonly Scene[] {
  const every = Math.max(1, Math.round(labSteps / 3));
  const start: Scene = {
    name: 'lab-trained-start',
    async reach(page, url) {
      await page.goto(address(url, 'lab', 'en', { ...MEASURED, steps: labSteps, 'eval.every': every }));
      await page.getByLabel('Seeds', { exact: true }).waitFor(LONG);
    },
  };
  const running: Scene = {
    name: 'lab-running',
    moves: true,
    async reach(page) {
      await planRates(page);
      await page.getByLabel('Seeds', { exact: true }).fill(String(seeds));
      await page.getByLabel('Seeds', { exact: true }).press('Tab');
      await press(page, /^Run \d+ runs$/);
      await page
        .getByTestId('queue')
        .filter({ hasText: /step [1-9]/ })
        .waitFor(LONG);
    },
  };
  const done: Scene = {
    name: 'lab-trained',
    async reach(page) {
      await page
        .getByTestId('queue')
        .filter({ hasText: 'Nothing is running' })
        .waitFor({ timeout: 7_200_000 });
    },
  };
  const brought: Scene = {
    name: 'lab-trained',
    async reach(page) {
      await page.locator('input[type=file][aria-label=Import]').setInputFiles([...logs]);
      const refused = page.getByRole('alert');
      await page.getByTestId('findings').or(refused).first().waitFor(LONG);
      if (await refused.isVisible()) throw new Error(await refused.innerText());
      await showPart(page, 'results');
    },
  };
  const runs: Scene = { name: 'lab-runs', reach: (page) => showPart(page, 'runs') };
  return logs.length > 0 ? [start, brought, runs] : [start, running, done, runs];
}

/** Scenes by room; a room's scenes share one page. */
export const scenes = (sizes: Sizes): Readonly<Record<string, readonly Scene[]>> => ({
  learn: learn('en', ''),
  'learn-zh': learn('zh', '-zh'),
  lecture,
  first,
  replay,
  'play-zh': playChinese,
  lab: study,
  teach,
  errors,
  live: play(sizes.steps),
  'lab-trained': lab(sizes),
});
