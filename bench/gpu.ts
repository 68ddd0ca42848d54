/**
 * `npm run bench -- --only gpu`: training in the built page on the browser's own graphics adapter.
 * It plays in Play what docs/benchmarks.md compares (steps of nano with and without alignment, of
 * another model with `--model FILE`, the same on WASM), in fp32 and, where the adapter computes in
 * 16 bits, in fp16, and takes the seconds from the saved run's log. WEBGPU_ADAPTER=swiftshader
 * with --toy rehearses it without a card: its counts hold anywhere, its seconds mean nothing then.
 */
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { chromium, type Browser, type Page } from 'playwright-core';
import { openSite } from '../scripts/built-site.ts';
import { CHROMIUM_FLAGS, findChromium } from '../scripts/chromium.ts';
import { readJournal } from '../src/experiment/journal.ts';
import { readRunFile } from '../src/experiment/storage/run-file.ts';
import type { TrainerEvent } from '../src/learning/events.ts';
import { countGpu, gpuCounts, type GpuCounts } from './gpu-counts.ts';
import { openPlayRun, PATIENCE, type PlayOptions } from './play-run.ts';
import { addSamples } from './statistics.ts';

interface Scenario extends PlayOptions {
  readonly name: string;
  readonly preset: string;
  readonly set?: readonly string[];
}

export interface GpuBenchOptions {
  /** A GGUF file or a folder that is measured beside nano. */
  readonly model?: string;
  /** Two rollouts of eight tokens: whether it runs at all. */
  readonly toy?: boolean;
  /** Only scenarios with this in their name. */
  readonly filter?: string;
}

/** Steps that may still compile. */
const WARM_UP = 3;
const QUIET = ['eval.baseline=false', 'eval.every=0', 'save.every=1'];
const TOY = [
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
    for (const scenario of scenarios(halves, model).filter(({ name }) => name.includes(filter))) {
      say(`${scenario.name}: ${WARM_UP + repeat} steps`);
      try {
        for (const measured of await play(browser, url, scenario, repeat, toy))
          addSamples(samples, measured, (what) => `${scenario.name}, ${what}`);
      } catch (error) {
        // The others are worth their time; which one is missing stands in the log and not in the table.
        say(`${scenario.name} failed: ${error instanceof Error ? error.message : String(error)}`);
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

function scenarios(halves: boolean, model: string | undefined): Scenario[] {
  const precisions = halves ? (['fp32', 'fp16'] as const) : (['fp32'] as const);
  const onCard = (name: string, preset: string, more: Partial<Scenario> = {}): Scenario[] =>
    precisions.map((precision) => ({
      name: `${name} ${preset}, WebGPU ${precision}`,
      preset,
      device: 'webgpu',
      precision,
      ...more,
    }));
  return [
    ...onCard('nano', 'rlvr'),
    ...onCard('nano', 'coderl-plus'),
    { name: 'nano rlvr, WASM', preset: 'rlvr', device: 'wasm' },
    ...(model === undefined
      ? []
      : [
          ...onCard('model', 'rlvr', { model }),
          { name: 'model rlvr, WASM', preset: 'rlvr', device: 'wasm', model } as const,
        ]),
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
      [`steps=${steps}`, ...QUIET, ...(toy ? TOY : []), ...set],
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
  if (before === null || after === null) return {};
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

const SECONDS: Readonly<Record<string, string>> = {
  step_time: 'step (s)',
  'time/generate': 'generate (s)',
  'time/update': 'update (s)',
  'time/execute': 'execute (s)',
  'time/compile': 'compile (s)',
  'time/other': 'other (s)',
};

/** Seconds by phase and the largest gap between sampler and trainer, of each step after `warmUp`. */
export function stepsAfter(events: readonly TrainerEvent[], warmUp: number): Record<string, number>[] {
  return events.flatMap((event) => {
    if (event.type !== 'timing' || event.step <= warmUp || !('step_time' in event.seconds)) return [];
    const seconds = Object.entries(SECONDS).flatMap(([name, shown]) => {
      const value = event.seconds[name];
      return value === undefined ? [] : [[shown, value] as const];
    });
    const metrics = events.flatMap((other) =>
      other.type === 'step-finished' && other.step === event.step ? [other.metrics] : [],
    )[0];
    const gap = Object.entries(metrics ?? {}).find(([name]) => /sampling_logp_difference\/max$/.test(name));
    return [{ ...Object.fromEntries(seconds), ...(gap && { 'largest gap (nats)': gap[1] }) }];
  });
}
