/**
 * The scenes that `npm run screenshots` takes: for each room the states it can be in,
 * in the order in which a visitor reaches them. A scene leaves the page as the next
 * one of its room finds it. It knows nothing of sizes, themes or files.
 */
import type { Locator, Page } from 'playwright-core';

/** What takes long on a busy machine: loading the model, training some steps. */
const LONG = { timeout: 900_000 };

/** The recorded run that is pictured. */
const RECORDING = 'coderl-plus-60';
/** Many tasks and few samples of each: the difference between runs is seen best for the time it takes. */
const MEASURED = { 'eval.tasks': 80, 'eval.samples': 2, 'eval.k': 2, 'eval.alignmentRecords': 0 };
/**
 * One arm learns and the other hardly does, so that a difference is there to be shown
 * within minutes of training.
 */
const HARDLY = { name: 'RLVR-slow', key: 'optimizer.learningRate', value: '0.00005' };

export interface Sizes {
  /** Of the run in Play. */
  readonly steps: number;
  /** Of each run in the Lab. */
  readonly labSteps: number;
  readonly seeds: number;
  /** Logs of runs that the Lab shows instead of training its own. */
  readonly logs: readonly string[];
}

export interface Scene {
  readonly name: string;
  /** Brings the page there. */
  reach(page: Page, url: string): Promise<void>;
  /** What to picture; the window when absent. */
  readonly part?: (page: Page) => Locator;
  /** Something moves in it: it is pictured once, wide and light. */
  readonly moves?: boolean;
}

const choose = (within: Locator | Page, label: string): Promise<void> =>
  within.locator('fieldset label', { hasText: label }).first().click();
const press = (page: Page, name: RegExp | string): Promise<void> =>
  page.getByRole('button', { name }).first().click(LONG);

function address(url: string, room: string, lang: string, set: Readonly<Record<string, string | number>>) {
  const query = new URLSearchParams({ room, lang, device: 'wasm' });
  for (const [key, value] of Object.entries(set)) query.append('set', `${key}=${value}`);
  return `${url}?${query}`;
}

/** On a narrow screen the rooms show one part at a time. */
async function showPart(page: Page, value: string): Promise<void> {
  await page.locator(`.parts input[value=${value}]`).evaluate((input: HTMLElement) => input.click());
}

function learn(lang: string, suffix: string): readonly Scene[] {
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
const lecture: readonly Scene[] = (
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

const replay: Scene = {
  name: 'replay',
  async reach(page, url) {
    await page.goto(`${url}?room=play&lang=en&run=${RECORDING}`);
    await page.locator('article').first().waitFor(LONG);
    await page.waitForTimeout(4000);
  },
};

function play(steps: number): readonly Scene[] {
  return [
    {
      name: 'play-start',
      async reach(page, url) {
        await page.goto(address(url, 'play', 'en', { steps, 'eval.every': 2 }));
        await page.getByRole('button', { name: 'Load the model' }).waitFor(LONG);
      },
    },
    {
      name: 'play-ready',
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
      name: 'play',
      async reach(page) {
        await page.getByTestId('now').filter({ hasText: 'All steps done' }).waitFor(LONG);
        await page.locator('.map [role=radio].code.mixed, .map [role=radio].code').first().click();
        await choose(page, 'Probability');
        await page
          .locator('article [data-token]')
          .first()
          .waitFor({ ...LONG, state: 'attached' });
      },
    },
    {
      name: 'play-learning',
      reach: (page) => showPart(page, 'learning'),
    },
    {
      name: 'play-task',
      reach: (page) => showPart(page, 'task'),
    },
    {
      name: 'play-reader',
      async reach(page) {
        await showPart(page, 'rollouts');
        await page
          .locator('article')
          .first()
          .getByRole('button', { name: /Read rollout/ })
          .click();
        await page.getByTestId('reader').waitFor();
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
      name: 'play-alignment',
      async reach(page) {
        await page.keyboard.press('Escape');
        await page.locator('.map [role=radio].alignment').first().click();
      },
    },
    {
      name: 'play-prediction',
      async reach(page) {
        await press(page, 'Read rollout 1');
        await page.getByTestId('prediction-variables').filter({ hasText: '%' }).waitFor(LONG);
      },
    },
    {
      name: 'play-compare',
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
      name: 'play-own',
      async reach(page) {
        await choose(page, 'Your own task');
        await page.getByTestId('own-check').filter({ hasText: 'nothing is wrong' }).waitFor(LONG);
      },
    },
  ];
}

const playChinese: readonly Scene[] = [
  {
    name: 'play-zh',
    async reach(page, url) {
      await page.goto(`${url}?room=play&lang=zh&run=${RECORDING}`);
      await page.locator('article').first().waitFor(LONG);
      await page.waitForTimeout(4000);
    },
  },
];

/** Both arms on one preset, and the second one hardly learns. */
async function planRates(page: Page): Promise<void> {
  const arm = page.getByRole('article', { name: 'Arm B' });
  await arm.getByLabel('Preset').selectOption('rlvr');
  await arm.getByLabel('Name').fill(HARDLY.name);
  await arm.getByLabel('Name').press('Tab');
  await arm.locator('summary').click();
  await arm.getByLabel('Setting').selectOption(HARDLY.key);
  await arm.getByLabel('Value').fill(HARDLY.value);
  await arm.getByRole('button', { name: 'Change', exact: true }).click();
  await arm.locator('summary').click();
}

function lab({ labSteps, seeds, logs }: Sizes): readonly Scene[] {
  const every = Math.max(1, Math.round(labSteps / 3));
  const start: Scene = {
    name: 'lab-start',
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
    name: 'lab',
    async reach(page) {
      await page
        .getByTestId('queue')
        .filter({ hasText: 'Nothing is running' })
        .waitFor({ timeout: 7_200_000 });
    },
  };
  const brought: Scene = {
    name: 'lab',
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
  replay: [replay],
  play: play(sizes.steps),
  'play-zh': playChinese,
  lab: lab(sizes),
});
