/**
 * Models of the visitor's on the built page: a tiny GGUF file dropped on it and trained
 * for a step, a damaged copy, a download from a server that speaks the Hub's protocol,
 * broken off, gone on with, listed and deleted; and, when asked for, SmolLM2's file.
 */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendantsMemory } from '../../bench/memory-samples.ts';
import { splitJournal } from '../../src/experiment/journal.ts';
import { readRunFile } from '../../src/experiment/storage/run-file.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { tracewise, WorkingFolder } from '../cli/command-line.ts';
import { smolLm2 } from '../policy/smollm2-file.ts';
import { hubServer, type HubServer } from '../policy/sources/hub-server.ts';
import { button, now, playAddress } from './play.ts';
import { openSite, type OpenSite } from './site.ts';
import { writeToy } from './toy-model.ts';

/** For what takes seconds on an idle machine. */
const WAIT = 900_000;
const PADDING = 20 * 2 ** 20;

let site: OpenSite;
let hub: HubServer;
let tiny: Uint8Array;
beforeAll(async () => {
  tiny = new Uint8Array(await readFile(new URL('../policy/vectors/gguf/qwen2.gguf', import.meta.url)));
  const padded = new Uint8Array(tiny.length + PADDING);
  padded.set(tiny);
  // Its assertion is no example: only a test program can judge it.
  const problem = {
    task_id: 601,
    text: 'the sum of xs',
    code: 'def f(xs):\n    return sum(xs)',
    test_list: ['assert set([f([1, 2])]) == {3}'],
  };
  hub = await hubServer({
    'some/tiny': { 'tiny.gguf': padded },
    'datasets/some/mbpp': { 'mbpp.jsonl': new TextEncoder().encode(JSON.stringify(problem)) },
  });
  site = await openSite();
}, WAIT);
afterAll(async () => {
  await site?.close();
  await hub?.close();
});

/**
 * The tiny model's context is 128 tokens of single letters: no task fits, but for
 * what is asked of the shortest.
 */
const SMALL = {
  steps: 1,
  'code.prompts': 1,
  'code.groupSize': 2,
  'code.maxNewTokens': 4,
  'prompt.style': 'completion',
  'code.extraction': 'body',
  // A tiny random model passes no test; with a KL term there is an update all the same.
  'kl.coefficient': 0.01,
  'eval.baseline': false,
  'eval.tasks': 1,
  'eval.samples': 1,
  'eval.k': 1,
};

const address = (settings: Readonly<Record<string, unknown>> = SMALL): string =>
  playAddress(site.url, settings, { hub: hub.url });

/** Files as if they had been let go over the window. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ file, text }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], file));
      return data;
    },
    { file: name, text: Buffer.from(bytes).toString('base64') },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

const dialog = (page: Page) => page.getByTestId('models');
const cost = (page: Page) => page.getByTestId('model-cost');
const kept = (page: Page) => page.getByTestId('cached-models');
const ready = (page: Page) => expect.poll(() => now(page), { timeout: WAIT }).toMatch(/Ready/);
const alert = (page: Page) => page.getByRole('alert');

test(
  'problems of a dataset join the run and are judged by their test programs',
  { timeout: WAIT },
  async () => {
    const { page, problems, close } = await site.page();
    const settings = {
      'code.prompts': 1,
      'code.groupSize': 4,
      'alignment.prompts': 0,
      'eval.baseline': false,
    };
    await page.goto(address(settings));
    await button(page, /^Load/).first().click();
    await ready(page);
    await page.locator('.middle label', { hasText: 'Your own task' }).click();
    const source = page.getByTestId('task-source');
    await source.getByLabel('Id of a dataset on the Hugging Face Hub').fill('some/mbpp');
    await source.getByRole('button', { name: 'Look up' }).click();
    await source.getByText('some/mbpp: 1 file').waitFor({ timeout: WAIT });
    await source.getByRole('button', { name: 'Download' }).click();
    const offered = page.locator('.note .card');
    await expect
      .poll(() => offered.innerText(), { timeout: WAIT })
      .toMatch(/1 task in hub:some\/mbpp\. MBPP: public/);
    await offered.getByRole('button', { name: 'Add to the run' }).click();
    await expect.poll(() => offered.innerText()).toMatch(/1 task added/);
    await page.locator('.middle label', { hasText: 'Rollouts' }).click();
    await button(page, /One step/).click();
    await expect.poll(() => page.locator('.counter b').innerText(), { timeout: WAIT }).toBe('1');
    const code = page.locator('.map [role=radio].code');
    expect(await code.count()).toBe(2);
    await code.last().click();
    await expect.poll(() => page.locator('.task').innerText()).toMatch(/the sum of xs/);
    expect(await code.last().getAttribute('aria-label')).not.toMatch(/Not judged/);
    expect(await page.locator('.middle').innerText()).not.toMatch(/Not judged/);
    // The page asked the server that stands for the Hub, and nobody else.
    const others = problems.filter((problem) => !problem.startsWith(`foreign request: ${hub.url}`));
    expect(others).toEqual([]);
    await close();
  },
);

describe('a model of the visitor', { timeout: WAIT }, () => {
  test('dropped as a file: what it takes is shown, it loads, and one step trains it', async () => {
    const { page, problems, close } = await site.page();
    await page.goto(address());
    await page.getByTestId('model').waitFor();
    await drop(page, 'tiny.gguf', tiny);
    await cost(page).waitFor({ timeout: WAIT });
    expect(await cost(page).innerText()).toMatch(/tiny\.gguf would take[^]*Memory while it trains\s+about/);
    await button(page, /^Load$/).click();
    await ready(page);
    expect(await page.getByTestId('model').innerText()).toContain('tiny.gguf');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.counter b').innerText(), { timeout: WAIT }).toBe('1');
    expect(problems).toEqual([]);
    await close();
  });

  test('the Lab runs its experiment with the model that Play has, and says so of each run', async () => {
    const { page, problems, close } = await site.page();
    await page.goto(address({ ...SMALL, 'alignment.prompts': 0 }));
    await page.getByTestId('model').waitFor();
    await drop(page, 'tiny.gguf', tiny);
    await cost(page).waitFor({ timeout: WAIT });
    await button(page, /^Load$/).click();
    await ready(page);
    await page.getByRole('tab', { name: 'Lab' }).click();
    await expect.poll(() => page.getByTestId('lab-model').innerText()).toContain('tiny.gguf');
    await page.getByLabel('Seeds', { exact: true }).fill('1');
    await page.getByLabel('Seeds', { exact: true }).press('Tab');
    await button(page, /^Run 2 runs$/).click();
    const runs = page.getByTestId('runs').locator('> li');
    await expect.poll(() => runs.count(), { timeout: WAIT }).toBe(2);
    await runs.first().locator('summary').click();
    expect(await runs.first().innerText()).toContain('tiny.gguf');
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test('chosen as a folder, it loads; a damaged folder is one sentence, and what was loaded stays', async () => {
    const place = await mkdtemp(join(tmpdir(), 'tracewise-'));
    const folder = join(place, 'toy-folder');
    await writeToy(folder);
    // What lies deeper is no part of it, whatever it is called.
    await mkdir(join(folder, 'older'));
    await writeFile(join(folder, 'older', 'config.json'), 'not JSON');
    const damaged = join(place, 'damaged');
    await writeToy(damaged);
    await truncate(join(damaged, 'model.safetensors'), 20_000);

    const { page, problems, close } = await site.page();
    await page.goto(address());
    const choose = async (path: string): Promise<void> => {
      await page.getByTestId('model').click();
      await dialog(page).locator('input[webkitdirectory]').setInputFiles(path);
    };
    await choose(folder);
    await cost(page).waitFor({ timeout: WAIT });
    await button(page, /^Load$/).click();
    await ready(page);
    expect(await page.getByTestId('model').innerText()).toContain('toy-folder');

    await choose(damaged);
    await alert(page).waitFor({ timeout: WAIT });
    expect(await alert(page).innerText()).toMatch(/model\.safetensors[^]*What was kept[^]*What to do/);
    expect(await cost(page).count()).toBe(0);
    await button(page, /Close/).click();
    expect(await page.getByTestId('model').innerText()).toContain('toy-folder');
    expect(await now(page)).toMatch(/Ready/);
    expect(problems).toEqual([]);
    await close();
    await rm(place, { recursive: true });
  });

  test('damaged: what happened, what was kept, what to do', async () => {
    const { page, close } = await site.page();
    await page.goto(address());
    await page.getByTestId('model').waitFor();
    await drop(page, 'cut.gguf', tiny.subarray(0, tiny.length >> 1));
    await alert(page).waitFor({ timeout: WAIT });
    expect(await alert(page).innerText()).toMatch(
      /cut\.gguf[^]*What was kept[^]*What to do[^]*damaged or incomplete/,
    );
    await close();
  });

  test('from the Hub: sizes first, broken off, gone on with, kept, used again and deleted', async () => {
    hub.requests.length = 0;
    const { page, close } = await site.page();
    await page.goto(address());
    await page.getByTestId('model').click();
    await page.getByLabel('Id of the model').fill('some/missing');
    await button(page, /Look up/).click();
    await expect.poll(() => alert(page).innerText()).toMatch(/there is no model some\/missing/);
    await page.getByLabel('Id of the model').fill('some/tiny');
    await button(page, /Look up/).click();
    await cost(page).waitFor({ timeout: WAIT });
    expect(await cost(page).innerText()).toMatch(/To download\s+21 MB/);
    expect(hub.requests.map(({ range }) => range)).toEqual(['bytes=0-65535']);

    hub.patience = 1;
    await button(page, /Download 21 MB and load/).click();
    await expect.poll(() => alert(page).innerText(), { timeout: WAIT }).toMatch(/What has arrived is kept/);
    await page.getByTestId('model').click();
    await expect.poll(() => kept(page).innerText()).toMatch(/some\/tiny\/tiny\.gguf[^]*8\.4 MB so far/);
    await button(page, /Close/).click();
    hub.patience = Infinity;
    hub.requests.length = 0;
    await button(page, /Try again/).click();
    await ready(page);
    expect(hub.requests.map(({ range }) => range?.split('-')[0])).toEqual([
      'bytes=8388608',
      'bytes=16777216',
    ]);

    await page.getByTestId('model').click();
    await expect.poll(() => kept(page).innerText()).toMatch(/21 MB, whole/);
    await button(page, /Delete, frees 21 MB/).click();
    await expect.poll(() => kept(page).innerText()).toMatch(/Nothing yet/);
    await close();
  });
});

/** Tokens of every rollout of a log. */
function written(log: string): (readonly number[])[] {
  const events = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrainerEvent);
  return events.flatMap((event) =>
    event.type === 'rollouts'
      ? event.groups.flatMap(({ rollouts }) => rollouts.map(({ tokens }) => tokens))
      : [],
  );
}

const path = smolLm2();

/** On a machine whose cores are busy with other work; alone it takes minutes. */
const LONG_WAIT = 4 * WAIT;

describe.skipIf(path === null)('SmolLM2 in the page', { timeout: 3 * LONG_WAIT }, () => {
  test('loads from its file and writes what it writes on the command line', async () => {
    // Too short for a fence to be closed: nothing passes, and nothing is updated.
    const settings = {
      ...SMALL,
      'code.maxNewTokens': 8,
      'prompt.style': 'chat',
      'code.extraction': 'fence',
      'kl.coefficient': 0,
    };
    const { page, problems, close } = await site.page();
    await page.goto(address(settings));
    await page.getByTestId('model').click();
    await dialog(page).locator('input[type=file]').first().setInputFiles(path!);
    await cost(page).waitFor({ timeout: LONG_WAIT });
    expect(await cost(page).innerText()).toMatch(/135M[^]*98 MB/);
    let peak = 0;
    const sampling = setInterval(
      () =>
        void descendantsMemory('chrom', '--type=renderer').then(
          (bytes) => (peak = Math.max(peak, bytes ?? 0)),
        ),
      1000,
    );
    const from = performance.now();
    const seconds = () => ((performance.now() - from) / 1000).toFixed(0);
    await button(page, /^Load$/).click();
    await expect.poll(() => now(page), { timeout: LONG_WAIT }).toMatch(/Ready/);
    console.info(`ready after ${seconds()} s, at most ${(peak / 2 ** 20).toFixed(0)} MiB`);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.counter b').innerText(), { timeout: LONG_WAIT }).toBe('1');
    clearInterval(sampling);
    console.info(`one step after ${seconds()} s, at most ${(peak / 2 ** 20).toFixed(0)} MiB`);
    const saved = page.getByTestId('saved-run');
    await saved.evaluate((element) => ((element as HTMLDetailsElement).open = true));
    // It can be pressed once something is saved: after the evaluation that follows the step.
    const waiting = page.waitForEvent('download', { timeout: LONG_WAIT });
    await button(page, /Download the run/).click({ timeout: LONG_WAIT });
    console.info(`saved after ${seconds()} s`);
    const { state, journal } = readRunFile(new Uint8Array(await readFile(await (await waiting).path())));
    expect(problems).toEqual([]);
    await close();

    const folder = await WorkingFolder.create();
    const ended = await tracewise([
      ...['run', '--model', path!, '--tasks', 'easy', '--out', folder.file('run.jsonl')],
      ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ]);
    expect([ended.code, ended.progress.join('\n')]).toEqual([0, expect.any(String)]);
    const log = await folder.read('run.jsonl');
    await folder.remove();
    expect(written(splitJournal(journal).log)).toEqual(written(log));
    expect(written(log)).toHaveLength(2);
    expect(state.model).toMatchObject({ name: 'SmolLM2-135M-Instruct.Q4_1.gguf' });
  });
});
