/** What the scenes of `npm run screenshots` do on the page, and what a scene is. */
import type { Locator, Page } from 'playwright-core';

/** What takes long on a busy machine: loading the model, training some steps. */
export const LONG = { timeout: 900_000 };

/** One arm learns and the other hardly does, so that a difference is there to be shown within minutes. */
const HARDLY = { name: 'RLVR-slow', key: 'optimizer.learningRate', value: '0.00005' };

export interface Scene {
  readonly name: string;
  /** Brings the page there. */
  reach(page: Page, url: string): Promise<void>;
  /** What to picture; the window when absent. */
  readonly part?: (page: Page) => Locator;
  /** Something moves in it: it is pictured once, wide and light. */
  readonly moves?: boolean;
}

export const choose = (within: Locator | Page, label: string): Promise<void> =>
  within.locator('fieldset label', { hasText: label }).first().click();
export const press = (page: Page, name: RegExp | string): Promise<void> =>
  page.getByRole('button', { name }).first().click(LONG);

/** Of the rollouts that are open: programs on their cards, each token in its colour. */
export async function showProbabilities(page: Page): Promise<void> {
  await choose(page, 'Probability');
  await page
    .locator('article [data-token]')
    .first()
    .waitFor({ ...LONG, state: 'attached' });
}

/** Opens the first program that is shown. */
export async function readFirst(page: Page): Promise<void> {
  await page
    .locator('article')
    .first()
    .getByRole('button', { name: /Read rollout/ })
    .click();
  await page.getByTestId('reader').waitFor();
}

export function address(
  url: string,
  room: string,
  lang: string,
  set: Readonly<Record<string, string | number>>,
) {
  const query = new URLSearchParams({ room, lang, device: 'wasm' });
  for (const [key, value] of Object.entries(set)) query.append('set', `${key}=${value}`);
  return `${url}?${query}`;
}

/** On a narrow screen the rooms show one part at a time. */
export async function showPart(page: Page, value: string): Promise<void> {
  await page.locator(`.parts input[value=${value}]`).evaluate((input: HTMLElement) => input.click());
}

/** Both arms on one preset, and the second one hardly learns. */
export async function planRates(page: Page): Promise<void> {
  const arm = page.getByRole('article', { name: 'Arm B' });
  await arm.getByLabel('Preset').selectOption('rlvr');
  await arm.getByLabel('Name').fill(HARDLY.name);
  await arm.getByLabel('Name').press('Tab');
  await arm.locator('summary').click();
  await arm.getByRole('combobox', { name: 'Search a setting' }).fill(HARDLY.key);
  await arm.getByRole('listbox').getByRole('option').first().click();
  await arm.getByLabel('Value').fill(HARDLY.value);
  await arm.getByRole('button', { name: 'Change', exact: true }).click();
  await arm.locator('summary').click();
}
