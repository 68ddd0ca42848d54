/**
 * The room Lab on the built site, real model and real Python: a tiny experiment of
 * two arms with two seeds, its table, the runs list over a reload, export and import.
 * Sizes are small so that it ends; nothing is scripted.
 */
import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';

const SMALL = {
  steps: 2,
  'eval.every': 0,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 48,
  'alignment.groupSize': 2,
  'alignment.maxNewTokens': 64,
  'eval.tasks': 2,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 2,
};
let site: OpenSite;
let watched: WatchedPage;
let page: WatchedPage['page'];

beforeAll(async () => {
  site = await openSite();
  watched = await site.page();
  page = watched.page;
  await page.setViewportSize({ width: 1440, height: 900 });
  const query = new URLSearchParams({ room: 'lab', device: 'wasm', lang: 'en' });
  for (const [key, value] of Object.entries(SMALL)) query.append('set', `${key}=${value}`);
  await page.goto(`${site.url}?${query}`);
});
afterAll(async () => {
  await watched?.close();
  await site?.close();
});

const button = (name: RegExp) => page.getByRole('button', { name });
const queue = () => page.getByTestId('queue').innerText();
const rows = () => page.getByTestId('runs').locator('> li').count();

describe('the Lab', () => {
  test('runs an experiment by keyboard: loads the model once, four runs, a table with findings', async () => {
    await page.getByLabel('Seeds', { exact: true }).fill('2');
    await page.getByLabel('Seeds', { exact: true }).press('Tab');
    // Before a step was measured here, from the machine of the recordings, and drawn.
    await expect
      .poll(() => page.getByTestId('lab-estimate').innerText(), { timeout: 600_000 })
      .toMatch(/About .* on the machine of the recordings/);
    expect(await page.getByRole('img', { name: /4 runs one after another/ }).isVisible()).toBe(true);
    // The shipped study is there to be looked at before anything is run.
    expect(await page.getByTestId('study-runs').locator('li').count()).toBe(10);
    // What the click fetches, before the click.
    expect(await page.getByTestId('lab-download').innerText()).toMatch(/: \d+ MB/);
    await button(/^Run 4 runs$/).focus();
    await page.keyboard.press('Enter');
    await expect.poll(queue, { timeout: 600_000 }).toMatch(/step \d of 2|measuring the base/);
    await button(/^Pause$/).click();
    await expect.poll(queue, { timeout: 600_000 }).toMatch(/Paused in RLVR, seed 1|Paused\. 3 runs waiting/);
    await button(/^Go on$/).click();
    await expect.poll(queue, { timeout: 600_000, interval: 500 }).toMatch(/Nothing is running/);
    expect(await rows()).toBe(4);

    const table = page.getByTestId('results');
    const text = await table.innerText();
    expect(text).toMatch(/Held-out pass@1/);
    expect(text).toMatch(/RLVR\s+2\s+\d+\.\d %\s+\d+\.\d %\s*\[\d+\.\d, \d+\.\d\]\s+reference/);
    expect(text).toMatch(
      /CodeRL\+\s+2\s[\s\S]*points[\s\S]*\[.+, .+\][\s\S]*seeds × tasks \[[\s\S]*sign p = [\d.]+[\s\S]*Holm p = [\s\S]*(no difference shown|higher|lower)/,
    );
    expect(await page.getByTestId('findings').locator('li').count()).toBe(2);
    expect(await page.getByText(/About .* from the median of 8 steps/).isVisible()).toBe(true);
  });

  test('arms with one seed began from the same base: their first measurement is the same', async () => {
    const measured = await page.evaluate(async () => {
      const request = indexedDB.open('tracewise.lab');
      const database = await new Promise<IDBDatabase>(
        (resolve) => (request.onsuccess = () => resolve(request.result)),
      );
      const all = database.transaction('runs').objectStore('runs').getAll();
      await new Promise((resolve) => (all.onsuccess = resolve));
      database.close();
      return (all.result as { seed: number; outcome: { before: Record<string, number> } }[]).map((run) => [
        run.seed,
        run.outcome.before['eval_heldout/pass@1'],
      ]);
    });
    expect(measured).toHaveLength(4);
    for (const seed of [1, 2])
      expect(new Set(measured.filter(([own]) => own === seed).map(([, value]) => value)).size).toBe(1);
  });

  /** What the browser's database holds. */
  const storedNotes = (): Promise<readonly string[]> =>
    page.evaluate(async () => {
      const [{ name }] = (await indexedDB.databases()).filter((found) => /lab/.test(found.name ?? '')) as [
        { name: string },
      ];
      const answered = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error(name));
        });
      const database = await answered(indexedDB.open(name));
      const store = database.transaction('runs').objectStore('runs');
      const runs = (await answered(store.getAll())) as { readonly note?: string }[];
      database.close();
      return runs.map(({ note }) => note ?? '');
    });

  test('a run is renamed and noted, and is so after a reload, with nothing loaded', async () => {
    const name = page.getByRole('textbox', { name: 'Rename CodeRL+, seed 2' });
    await name.fill('second seed');
    await name.press('Enter');
    await page.getByLabel('Details of second seed').click();
    await page.getByRole('textbox', { name: 'Note on second seed' }).fill('tiny');
    await page.getByRole('textbox', { name: 'Note on second seed' }).press('Tab');
    // Written a moment after it is shown: a busy machine may be reloading before that.
    await expect.poll(storedNotes, { timeout: 600_000 }).toContain('tiny');
    await page.reload();
    await expect.poll(rows, { timeout: 600_000 }).toBe(4);
    expect(await page.getByRole('textbox', { name: 'Rename second seed' }).isVisible()).toBe(true);
    await expect.poll(() => page.getByText('tiny').first().isVisible(), { timeout: 600_000 }).toBe(true);
    expect(await page.getByTestId('results').innerText()).toMatch(/CodeRL\+/);
  });

  test('export, delete, undo, delete, import: the run is back as it was', async () => {
    const before = await page.getByTestId('results').innerText();
    await page.getByRole('checkbox', { name: 'Choose second seed' }).check();
    await button(/^Export$/).click();
    for (const format of ['Adapter', 'TRL', 'verl']) await page.getByLabel(format, { exact: true }).check();
    const downloading = page.waitForEvent('download');
    await button(/^Save the zip$/).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('second-seed.zip');
    const path = await download.path();
    const zip = unzipSync(new Uint8Array(await readFile(path)));
    expect(strFromU8(zip['second-seed/run.jsonl']!)).toMatch(/^\{"type":"run-started"/);
    expect(JSON.parse(strFromU8(zip['second-seed/adapter/parity.json']!))).toMatchObject({
      model: 'nano',
      texts: Array.from({ length: 5 }, () => ({ log_probs: expect.any(Array) })),
    });
    expect(strFromU8(zip['second-seed/trl/export/train.jsonl']!)).toMatch(/"kind":"codegen"/);
    expect(strFromU8(zip['second-seed/metrics.csv']!).split('\r\n')).toHaveLength(5);

    await button(/^Delete$/).click();
    await expect.poll(rows).toBe(3);
    await page.keyboard.press('Enter'); // the focus is on Undo
    await expect.poll(rows).toBe(4);
    expect(await button(/^Delete$/).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Choose second seed' }).check();
    await button(/^Delete$/).click();
    await expect.poll(rows).toBe(3);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'second-seed.zip', mimeType: 'application/zip', buffer: await readFile(path) });
    await expect.poll(rows).toBe(4);
    await button(/Back to the experiment/).click();
    expect(await page.getByTestId('results').innerText()).toBe(before);
  });

  test.each([
    [1024, 768],
    [390, 844],
  ])('at %i x %i nothing is cut off sideways', async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const part of width < 900 ? ['Hypothesis', 'Results', 'Runs'] : ['']) {
      if (part !== '') await page.locator('.parts').getByText(part).click();
      for (const column of await page.locator('.column').all()) {
        expect(
          await column.evaluate((element) => element.scrollWidth - element.clientWidth),
          part,
        ).toBeLessThanOrEqual(0);
      }
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  test('nothing went wrong on the way', () => {
    expect(watched.problems).toEqual([]);
  });
});
