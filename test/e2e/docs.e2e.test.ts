/**
 * The documents that come with the site: linked from Learn, whole, with no script of their own, under a path
 * and without a network too.
 */
import { basename, dirname } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { launchChromium } from '../../scripts/built-site.ts';
import { serve } from '../../scripts/serve.ts';
import { SITE } from '../../scripts/site-build.ts';

const WAIT = { timeout: 600_000 };
/** Under a path, by a server without headers, as GitHub Pages has it. */
const served = await serve(dirname(SITE), 0, '127.0.0.1', () => ({}));
const browser = await launchChromium();
afterAll(async () => {
  await browser.close();
  await served.close();
});

test('Learn leads to them, they lead to each other and back, and are there without a network', async () => {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  const problems: string[] = [];
  context.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  const url = `${served.url}${basename(SITE)}/`;
  await page.goto(`${url}?room=learn&lang=en`);
  const opening = context.waitForEvent('page', WAIT);
  await page.getByRole('link', { name: /^Documents/ }).click(WAIT);
  const docs = await opening;
  await docs.getByRole('heading', { name: 'Tracewise', level: 1 }).waitFor(WAIT);
  expect(docs.url()).toBe(`${url}docs/index.html`);
  for (const image of await docs.locator('img').all())
    expect(await image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBeGreaterThan(0);

  // All of them are kept, the ones that nobody opened too.
  const kept = (): Promise<number> =>
    page.evaluate(async () => {
      const keys = await (await caches.open('tracewise-files')).keys();
      return keys.filter((request) => /\/docs\/.*\.html/.test(request.url)).length;
    });
  const count = await docs.locator('nav a:not(.home)').count();
  await expect.poll(kept, WAIT).toBeGreaterThanOrEqual(count);
  await context.setOffline(true);
  await docs.getByRole('link', { name: 'The method' }).first().click();
  await docs.getByRole('heading', { name: 'The method', level: 1 }).waitFor(WAIT);
  await docs.goto(`${url}docs/`);
  await docs.getByRole('heading', { name: 'Tracewise', level: 1 }).waitFor(WAIT);
  await docs.locator('nav .home').click();
  // Though it was opened only once: what came before the service worker was there is kept too.
  await docs.getByTestId('learn').waitFor(WAIT);
  await docs.getByTestId('study-picture').waitFor(WAIT);
  expect(docs.url()).toBe(url);
  expect(problems).toEqual([]);
  await context.close();
});
