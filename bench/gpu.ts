/**
 * `npm run bench -- --only gpu`: training in the built page on the browser's own graphics adapter.
 * It plays in Play what docs/benchmarks.md compares: steps of nano with and without alignment, of a
 * model of SmolLM2-135M's sizes (or of `--model FILE`) and of one of Qwen2.5-Coder-0.5B's, in fp32
 * and, where the adapter computes in 16 bits, in fp16; the first ones on WASM too. Seconds are those
 * of the saved run's log. WEBGPU_ADAPTER=swiftshader with --toy rehearses it without a card, with a
 * toy in the place of larger models: its counts hold anywhere, its seconds mean nothing then.
 */
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { openSite } from '../scripts/built-site.ts';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.ts';
import { readJournal } from '../src/experiment/journal.ts';
import { readRunFile } from '../src/experiment/storage/run-file.ts';
import type { TrainerEvent } from '../src/learning/events.ts';
import { countGpu, gpuCounts, type GpuCounts } from './gpu-counts.ts';
import { openPlayRun, PATIENCE, type PlayOptions } from './play-run.ts';
import { randomModel, type RandomModel } from './random-model.ts';
import { addSamples } from './statistics.ts';

interface Scenario extends PlayOptions {
  /** What is done, and on what. */
  readonly work: string;
  readonly where: string;
  readonly preset: string;
  readonly set?: readonly string[];
  /** Instead of a model: random weights of these sizes. */
  readonly random?: RandomModel;
}

export interface GpuBenchOptions {
  /** A GGUF file or a folder instead of random weights of SmolLM2's sizes. */
  readonly model?: string;
  /** Two rollouts of eight tokens: whether it runs at all. */
  readonly toy?: boolean;
  /** Only scenarios with this in their name. */
  readonly filter?: string;
}

/** Steps that may still compile. */
const WARM_UP = 3;
const CACHE = join(import.meta.dirname, '../.cache/models');
const QUIET = ['eval.baseline=false', 'eval.every=0', 'save.every=1'];
/**
 * Random weights pass no test, and their entropy is nearly the most there is: it takes a strong entropy term
 * to make an update.
 */
const UPDATED = ['entropy.coefficient=50', 'kl.coefficient=0.01', 'loss.constantGroups=keep'];
const TOY = [
  ...UPDATED,
  'code.prompts=2',
  'code.groupSize=2',
  'code.maxNewTokens=8',
  'alignment.prompts=1',
  'alignment.groupSize=2',
  'alignment.maxNewTokens=8',
];
/** Of Linux, whose headless Chromium takes no card by itself. */
const VULKAN = [
  '--enable-features=Vulkan,VulkanFromANGLE,DefaultANGLEVulkan',
  '--use-angle=vulkan',
  '--disable-vulkan-surface',
  '--ignore-gpu-blocklist',
];

/** Seconds of a step by phase, time to ready, launches of a step and the sampler-trainer gap, by scenario. */
export async function benchGpu(
  repeat: number,
  say: (line: string) => void,
  { model, toy = false, filter = '' }: GpuBenchOptions = {},
): Promise<Record<string, readonly number[]>> {
  const samples: Record<string, number[]> = {};
  const { url, close } = await openSite();
  const browser = await launch();
  try {
    const halves = await describeAdapter(browser, url, say);
    for (const scenario of scenarios(halves, model, toy)) {
      const name = `${scenario.work}: ${scenario.where}`;
      if (!name.includes(filter)) continue;
      say(`${name}: ${WARM_UP + repeat} steps`);
      try {
        const file = scenario.random ? await randomModel(CACHE, scenario.random) : scenario.model;
        const played = { ...scenario, ...(file !== undefined && { model: file }) };
        for (const measured of await play(browser, url, played, repeat, toy))
          addSamples(samples, measured, (what) => `${scenario.work}, ${what}: ${scenario.where}`);
      } catch (error) {
        // The others are worth their time; which one is missing stands in the log and not in the table.
        say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await browser.close();
    await close();
  }
  return samples;
}

function launch(): Promise<Browser> {
  const isSoftware = process.env['WEBGPU_ADAPTER'] === 'swiftshader';
  const executablePath = findChromium();
  const forSoftware = /^--(use-webgpu-adapter|enable-unsafe-swiftshader)/;
  const own = [
    ...CHROMIUM_FLAGS.filter((flag) => !forSoftware.test(flag)),
    `--use-webgpu-adapter=${process.env['WEBGPU_ADAPTER'] ?? 'default'}`,
    ...(platform() === 'linux' ? VULKAN : []),
  ];
  return chromium.launch({
    args: isSoftware ? [...CHROMIUM_FLAGS] : own,
    ...(!isSoftware && { ignoreDefaultArgs: ['--disable-gpu', '--enable-unsafe-swiftshader'] }),
    ...(executablePath !== undefined && { executablePath }),
  });
}

/** @returns whether it computes in 16 bits @throws Error where there is no adapter */
async function describeAdapter(browser: Browser, url: string, say: (line: string) => void): Promise<boolean> {
  const page = await browser.newPage();
  await page.goto(url, { timeout: PATIENCE });
  const found = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { vendor, architecture, description } = adapter.info;
    return { vendor, architecture, description, halves: adapter.features.has('shader-f16') };
  });
  await page.close();
  if (found === null)
    throw new Error(
      'The browser offers no graphics adapter. Set CHROMIUM to a browser that does, or rehearse with WEBGPU_ADAPTER=swiftshader --toy.',
    );
  const { vendor, architecture, description, halves } = found;
  say(
    `Chromium ${browser.version()} on ${[vendor, architecture, description].filter(Boolean).join(', ')}; shader-f16: ${halves ? 'yes' : 'no'}`,
  );
  return halves;
}

function scenarios(halves: boolean, model: string | undefined, toy: boolean): Scenario[] {
  const precisions = halves ? (['fp32', 'fp16'] as const) : (['fp32'] as const);
  const onCard = (work: string, preset: string, more: Partial<Scenario> = {}): Scenario[] =>
    precisions.map((precision) => ({
      work,
      where: `WebGPU ${precision}`,
      preset,
      device: 'webgpu',
      precision,
      ...more,
    }));
  const onCpu = (work: string, preset: string, more: Partial<Scenario> = {}): Scenario => ({
    work,
    where: 'WASM',
    preset,
    device: 'wasm',
    ...more,
  });
  const sizes = (prompts: number, group: number, tokens: number): string[] => [
    `code.prompts=${prompts}`,
    `code.groupSize=${group}`,
    `code.maxNewTokens=${tokens}`,
  ];
  const small: Partial<Scenario> = {
    ...(model === undefined ? { random: toy ? 'toy' : 'smollm2-135m' } : { model }),
    set: [...(model === undefined ? UPDATED : []), ...sizes(8, 4, 32)],
  };
  const large: Partial<Scenario> = {
    random: toy ? 'toy' : 'qwen2.5-0.5b',
    set: [...UPDATED, ...sizes(4, 4, 24)],
  };
  const named = model === undefined ? "SmolLM2's sizes" : 'model';
  return [
    ...onCard('nano rlvr', 'rlvr'),
    ...onCard('nano coderl-plus', 'coderl-plus'),
    onCpu('nano rlvr', 'rlvr'),
    ...onCard(`${named} rlvr 8 x 4 x 32`, 'rlvr', small),
    onCpu(`${named} rlvr 8 x 4 x 32`, 'rlvr', small),
    ...onCard("0.5 B's sizes rlvr 4 x 4 x 24", 'rlvr', large),
  ];
}

/** What each step after the first ones took; the time to ready comes with the first. */
async function play(
  browser: Browser,
  url: string,
  { preset, set = [], ...options }: Scenario,
  repeat: number,
  toy: boolean,
): Promise<Record<string, number>[]> {
  const steps = WARM_UP + repeat;
  const context = await browser.newContext({
    serviceWorkers: 'block',
    acceptDownloads: true,
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE);
  try {
    await countGpu(context);
    const page = await context.newPage();
    const run = await openPlayRun(
      page,
      url,
      preset,
      [`steps=${steps}`, ...QUIET, ...set, ...(toy ? TOY : [])],
      options,
    );
    await run.start();
    await run.reached(WARM_UP);
    const before = await gpuCounts(page);
    await run.reached(steps);
    const launches = perStep(before, await gpuCounts(page), repeat);
    const events = await savedEvents(page);
    const timed = stepsAfter(events, WARM_UP);
    return timed.map((step, i) => ({
      ...(i === 0 && { 'file to ready (s)': run.ready, ...launches }),
      ...step,
    }));
  } finally {
    await context.close();
  }
}

function perStep(before: GpuCounts | null, after: GpuCounts | null, steps: number): Record<string, number> {
  if (before === null || after === null || after.dispatches === 0) return {};
  const names = Object.keys(after) as (keyof GpuCounts)[];
  return Object.fromEntries(names.map((name) => [`${name} a step`, (after[name] - before[name]) / steps]));
}

/** The run's events as the page saved them. */
async function savedEvents(page: Page): Promise<readonly TrainerEvent[]> {
  await page.getByTestId('saved-run').evaluate((element) => ((element as { open?: boolean }).open = true));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /Download the run/ }).click(),
  ]);
  return readJournal(readRunFile(await readFile(await download.path())).journal);
}

/** Seconds of all phases and the largest gap between sampler and trainer, of each step after `warmUp`. */
export function stepsAfter(events: readonly TrainerEvent[], warmUp: number): Record<string, number>[] {
  return events.flatMap((event) => {
    if (event.type !== 'timing' || event.step <= warmUp || !('step_time' in event.seconds)) return [];
    const phases = Object.entries(event.seconds).flatMap(([name, value]) => {
      const [, phase] = /^time\/(.*)$/.exec(name) ?? [];
      return phase === undefined ? [] : [[`${phase} (s)`, value] as const];
    });
    const metrics = events.flatMap((other) =>
      other.type === 'step-finished' && other.step === event.step ? [other.metrics] : [],
    )[0];
    const gap = Object.entries(metrics ?? {}).find(([name]) => /sampling_logp_difference\/max$/.test(name));
    return [
      {
        'step (s)': event.seconds['step_time']!,
        ...Object.fromEntries(phases),
        ...(gap && { 'largest gap (nats)': gap[1] }),
      },
    ];
  });
}

/**
 * Medians side by side: a line for what was measured, a column for where.
 * @param medians by `WHAT: WHERE`
 */
export function besideEachOther(medians: Readonly<Record<string, number>>): string[][] {
  const rows = new Map<string, Map<string, number>>();
  const columns = new Set<string>();
  for (const [name, median] of Object.entries(medians)) {
    const at = name.lastIndexOf(': ');
    const [what, where] = [name.slice(0, at), name.slice(at + 2)];
    columns.add(where);
    rows.set(what, (rows.get(what) ?? new Map<string, number>()).set(where, median));
  }
  const figure = (value: number | undefined): string =>
    value === undefined ? '' : value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  return [
    ['median', ...columns],
    ...[...rows].map(([what, byColumn]) => [
      what,
      ...[...columns].map((where) => figure(byColumn.get(where))),
    ]),
  ];
}
