/**
 * Play as the tests come to it and look at it: the address of a setup, the
 * transport's words, buttons by name.
 */
import type { Locator, Page } from 'playwright-core';

/**
 * The address at which Play opens with these settings, on WebAssembly unless `words` say otherwise.
 * @param site the site's folder. @param words of the address beside the settings
 */
export function playAddress(
  site: string,
  settings: Readonly<Record<string, unknown>>,
  words: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ room: 'play', device: 'wasm', ...words });
  for (const [key, value] of Object.entries(settings)) query.append('set', `${key}=${String(value)}`);
  return `${site}?${query}`;
}

/** What the run is doing, in the transport's words. */
export const now = (page: Page): Promise<string> => page.getByTestId('now').innerText();

/** Finished steps, as the transport counts them. */
export const step = async (page: Page): Promise<number> =>
  Number(await page.locator('.counter b').innerText());

export const button = (page: Page, name: RegExp): Locator => page.getByRole('button', { name });
