/**
 * The model taken away from the built page: nano learns one step, and every form of it that is
 * offered is saved and opened again in Node. Its parity card says what each has to compute.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openModelWithAdapter } from '../../src/cli/engine.ts';
import { adapterSnapshot, readAdapterFile } from '../../src/cli/adapter-file.ts';
import { openModelAt } from '../../src/cli/models.ts';
import type { ParityCard } from '../../src/experiment/export/parity.ts';
import { formatBytes } from '../../src/ui/view/format.ts';
import { WorkingFolder } from '../cli/command-line.ts';
import { button, now, playAddress } from './play.ts';
import { openSite, type OpenSite } from './site.ts';

const WAIT = 600_000;
const SETTINGS = {
  steps: 3,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 32,
  // An update even where all programs fail alike, and one that shows.
  'kl.coefficient': 0.01,
  'entropy.coefficient': 0.1,
  'optimizer.learningRate': 0.01,
  'eval.baseline': false,
  'eval.every': 0,
};

let site: OpenSite;
let folder: WorkingFolder;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

const dialog = (page: Page) => page.getByTestId('take-model');

async function save(
  page: Page,
  title: string,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  await dialog(page).getByLabel(title, { exact: true }).check();
  const waiting = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  const download = await waiting;
  const name = download.suggestedFilename();
  await expect.poll(() => dialog(page).innerText()).toContain(name);
  return { name, bytes: new Uint8Array(await readFile(await download.path())) };
}

async function unpack(bytes: Uint8Array, into: string): Promise<Record<string, Uint8Array>> {
  const entries = unzipSync(bytes);
  for (const [path, content] of Object.entries(entries)) {
    const target = folder.file(`${into}/${path}`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  return entries;
}

/** The largest gap between a card and what a model says, nats a token. */
async function gap(card: ParityCard, path: string | undefined, adapter?: string): Promise<number> {
  const file = adapter === undefined ? undefined : await readAdapterFile(adapter);
  const policy = await openModelWithAdapter({
    model: await openModelAt(path),
    linears: 'fp32',
    rank: file?.rank ?? 1,
    alpha: file?.alpha ?? 1,
    seed: 0,
  });
  if (file) await policy.restore(adapterSnapshot(file, policy));
  const sequences = card.texts.map(({ prompt_ids, completion_ids }) => ({
    prompt: prompt_ids,
    completion: completion_ids,
  }));
  const scores = await policy.score({ sequences, temperature: 1 });
  await policy.dispose();
  return Math.max(
    ...card.texts.flatMap(({ log_probs }, i) =>
      log_probs.map((value, j) => Math.abs(value - scores[i]!.logProbs[j]!)),
    ),
  );
}

test('nano after a step, in every form, is the model that the page has', async () => {
  const { page, problems, close } = await site.page();
  await page.goto(playAddress(site.url, SETTINGS));
  await button(page, /Load the model/)
    .first()
    .click({ timeout: WAIT });
  await expect.poll(() => now(page), { timeout: WAIT }).toMatch(/Ready/);
  await button(page, /One step/).click();
  await expect.poll(() => now(page), { timeout: WAIT }).toMatch(/Paused/);

  await page.getByTestId('saved-run').evaluate((element) => ((element as HTMLDetailsElement).open = true));
  await button(page, /Take the model with you/).click();
  await dialog(page).getByLabel('GGUF, Q8_0').waitFor();
  const said = await dialog(page).innerText();
  expect(said).toContain('after step 1');

  const adapter = await save(page, 'Adapter alone');
  expect(adapter.name).toBe('nano-step-1-adapter.zip');
  const entries = await unpack(adapter.bytes, 'adapter');
  expect(Object.keys(entries).sort()).toEqual([
    'adapter.gguf',
    'adapter_config.json',
    'adapter_model.safetensors',
    'parity.json',
  ]);
  const card = JSON.parse(strFromU8(entries['parity.json']!)) as ParityCard;
  // The step shows: a base model would not do.
  const [first] = card.texts;
  expect(
    Math.max(...first!.log_probs.map((value, i) => Math.abs(value - first!.base_log_probs[i]!))),
  ).toBeGreaterThan(0.01);
  expect(await gap(card, undefined, folder.file('adapter'))).toBeLessThan(1e-4);

  const whole = await save(page, 'Folder for transformers');
  expect(whole.name).toBe('nano-step-1.zip');
  expect(said).toContain(formatBytes(whole.bytes.byteLength));
  await unpack(whole.bytes, 'model');
  expect(await gap(card, folder.file('model'))).toBeLessThan(1e-4);

  for (const [type, most] of [
    ['F16', 0.01],
    ['Q8_0', 0.2],
  ] as const) {
    const file = await save(page, `GGUF, ${type}`);
    expect(file.name).toBe(`nano-step-1-${type}.gguf`);
    expect(said).toContain(formatBytes(file.bytes.byteLength));
    await folder.write(file.name, file.bytes);
    expect(await gap(card, folder.file(file.name)), type).toBeLessThan(most);
  }
  expect(problems).toEqual([]);
  await close();
}, 1_200_000);
