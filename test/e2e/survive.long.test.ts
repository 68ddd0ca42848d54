/**
 * The built page with the real nano: a tab closed in the middle of a run, a learner that dies, a second
 * tab. The run that went through all of it is downloaded and has the events of one that nothing disturbed.
 */
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitJournal } from '../../src/experiment/journal.ts';
import { readRunFile } from '../../src/experiment/storage/run-file.ts';
import { button, now, playAddress, step } from './play.ts';
import { openSite, type OpenSite } from './site.ts';

/** For what takes seconds on an idle machine. */
const WAIT = 600_000;
const SMALL = {
  steps: 5,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 32,
  'alignment.prompts': 1,
  'alignment.groupSize': 4,
  'kl.coefficient': 0.01,
  'eval.baseline': false,
  'eval.every': 0,
  'eval.tasks': 1,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 1,
  'save.every': 1,
};

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const address = (settings: Readonly<Record<string, unknown>> = SMALL): string =>
  playAddress(site.url, settings);

const saved = (page: Page) => page.getByTestId('saved-run');

async function load(page: Page): Promise<void> {
  await button(page, /Load the model/)
    .first()
    .click({ timeout: WAIT });
  await expect.poll(() => now(page), { timeout: WAIT }).toMatch(/Ready/);
}

/** The run as a file, as the visitor gets it. */
async function download(page: Page): Promise<{ readonly path: string; readonly log: string }> {
  await saved(page).evaluate((element) => ((element as HTMLDetailsElement).open = true));
  const waiting = page.waitForEvent('download');
  await button(page, /Download the run/).click();
  const path = await (await waiting).path();
  return { path, log: splitJournal(readRunFile(new Uint8Array(await readFile(path))).journal).log };
}

async function undisturbed(): Promise<string> {
  const { page, close } = await site.page();
  await page.goto(address());
  await load(page);
  await button(page, /Start/).click();
  await expect.poll(() => now(page), { timeout: WAIT }).toMatch(/All steps done/);
  const { log } = await download(page);
  await close();
  return log;
}

describe('a run on the page', () => {
  test('closed, killed and looked at from a second tab, ends as if nothing had happened', async () => {
    const whole = await undisturbed();
    expect(whole.match(/"type":"step-finished"/g)).toHaveLength(SMALL.steps);

    const { page: first, problems, close } = await site.page();
    const context: BrowserContext = first.context();
    await first.goto(address());
    await load(first);
    await button(first, /Start/).click();
    await expect.poll(() => step(first), { timeout: WAIT }).toBeGreaterThanOrEqual(1);
    await expect.poll(() => saved(first).innerText(), { timeout: WAIT }).toMatch(/as of step [1-9]/);

    // On a phone that stands between what is read and the bar, and covers neither.
    const wide = first.viewportSize()!;
    await first.setViewportSize({ width: 390, height: 844 });
    const edges = async (part: Locator): Promise<readonly [top: number, bottom: number]> => {
      const { y, height } = (await part.boundingBox())!;
      return [Math.round(y), Math.round(y + height)];
    };
    const [column, line, bar] = [
      await edges(first.locator('.column.shown')),
      await edges(saved(first)),
      await edges(first.getByRole('toolbar')),
    ];
    expect(column[1]).toBeLessThanOrEqual(line[0]);
    expect(line[1]).toBeLessThanOrEqual(bar[0]);
    await first.setViewportSize(wide);

    // Another tab of the same browser only looks.
    const second = await context.newPage();
    await second.goto(address());
    await expect
      .poll(() => saved(second).innerText(), { timeout: WAIT })
      .toMatch(/Another tab has this run/i);
    expect(await button(second, /Resume run/).count()).toBe(0);
    expect(await button(second, /^Start/).isDisabled()).toBe(true);

    // The first tab is killed in the middle of its work; the second one may go on.
    await first.close({ runBeforeUnload: false });
    await button(second, /Resume run \(step \d\)/).click({ timeout: WAIT });
    await expect.poll(() => now(second), { timeout: WAIT }).toMatch(/Paused/);
    const at = await step(second);
    expect(at).toBeGreaterThanOrEqual(1);

    // The learner dies without a word while it works: a new one goes on by itself.
    await button(second, /Start/).click();
    await expect.poll(() => step(second), { timeout: WAIT }).toBeGreaterThan(at);
    const learner = second.workers().find((worker) => /learner/.test(worker.url()));
    await learner!.evaluate(() => self.close());
    await expect.poll(() => saved(second).innerText(), { timeout: WAIT }).toMatch(/goes on by itself/);
    await expect.poll(() => now(second), { timeout: WAIT }).toMatch(/All steps done/);
    const disturbed = await download(second);
    expect(disturbed.log === whole).toBe(true);

    // After a reload it is offered, and the file is taken up as well.
    await second.reload();
    await button(second, new RegExp(`Resume run \\(step ${SMALL.steps}\\)`)).waitFor({ timeout: WAIT });
    await load(second);
    await second.locator('input[type=file]').first().setInputFiles(disturbed.path);
    await expect.poll(() => step(second), { timeout: WAIT }).toBe(SMALL.steps);
    expect(problems).toEqual([]);
    await close();
  }, 1_800_000);

  test('is refused storage: goes on, says what is not saved and can be downloaded', async () => {
    const { page, close } = await site.page();
    let refused: Promise<unknown> = Promise.resolve();
    page.on('worker', (worker) => {
      if (!/learner/.test(worker.url())) return;
      refused = worker
        .evaluate(() => {
          const refuse = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
          StorageManager.prototype.getDirectory = refuse;
          Object.defineProperty(self, 'indexedDB', { value: undefined });
        })
        .catch(() => undefined);
    });
    await page.route('**/tokenizer.json', async (route) => {
      // The model comes once its storage is refused.
      await refused;
      await route.continue();
    });
    await page.goto(address({ ...SMALL, steps: 1 }));
    await load(page);
    await button(page, /Start/).click();
    await expect.poll(() => now(page), { timeout: WAIT }).toMatch(/All steps done/);
    expect(await saved(page).innerText()).toMatch(/not saved|No space left/i);
    expect((await download(page)).log).toMatch(/"type":"step-finished"/);
    await close();
  });
});
