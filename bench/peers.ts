/**
 * `npm run bench -- --peers`: this project and others at the same work (peers/work.ts), in
 * turns, on this machine: a LoRA step of nano's sizes and, with `--model FILE.gguf`,
 * decoding. Peers are no dependencies: those from npm are installed into .cache/peers when
 * first asked for, without their install scripts; PyTorch and llama.cpp take part where
 * they are. One that is not there is said. Nothing here checks what a peer computes.
 *
 *   in Chromium, on the CPU   this project (WASM), tfjs (wasm), wllama
 *   native                    this project (onnxruntime-node), PyTorch ($PYTHON with torch, transformers and
 *                             peft), llama.cpp (llama-batched-bench on the PATH)
 *
 * transformers.js reads ONNX files, which the model's package has not, so it is not measured.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from '../scripts/built-site.ts';
import { serve } from '../scripts/serve.ts';
import { contentType } from '../scripts/site-assets.ts';
import { openNativeRuntime } from '../src/cli/native.ts';
import { openOurs, type Ours } from './peers/ours.ts';
import { BATCHES, NEW_TOKENS, PROMPT, STEP } from './peers/work.ts';
import { addSamples } from './statistics.ts';

const ROOT = resolve(import.meta.dirname, '..');
const NANO = join(ROOT, 'public/models/nano');
const CACHE = join(ROOT, '.cache/peers');
const MODULES = join(CACHE, 'node_modules');
const BUILT = join(ROOT, '.cache/peers-page');
const VERSIONS = {
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  '@wllama/wllama': '3.13.0',
} as const;

/** Somebody who does the work, once a call. */
interface Worker {
  readonly name: string;
  /** Seconds, or tokens a second, by what was done. */
  work(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

const STEP_ROW = `LoRA step of nano's sizes, ${STEP.rows * STEP.tokens} tokens (s)`;
const decodeRow = (rows: number): string => `decoding, ${rows} at once (tokens/s)`;

type Say = (line: string) => void;

/** Samples by what was done and by whom; the first round, which compiles, is left out. */
export async function benchPeers(
  repeat: number,
  say: Say,
  model?: string,
): Promise<Record<string, readonly number[]>> {
  const gguf = model === undefined ? undefined : new Uint8Array(await readFile(model));
  if (gguf === undefined) say('No --model FILE.gguf: nothing is decoded.');
  const page = await openPage(say);
  const samples: Record<string, number[]> = {};
  const workers: Worker[] = [];
  try {
    for (const open of [
      () => oursInPage(page.page, model),
      () => tfjs(page.page),
      () => (model === undefined ? Promise.resolve(null) : wllama(page.page)),
      () => oursNatively(gguf),
      () => torch(),
      () => (model === undefined ? Promise.resolve(null) : llamaCpp(model)),
    ]) {
      const worker = await open().catch((error: unknown) => {
        say(`not there: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        return null;
      });
      if (worker === null) continue;
      say(`takes part: ${worker.name}`);
      workers.push(worker);
    }
    for (let round = 0; round <= repeat; round++) {
      for (const { name, work } of workers) {
        const measured = await work();
        if (round > 0) addSamples(samples, measured, (what) => `${what}: ${name}`);
      }
      say(round === 0 ? 'warm-up done' : `round ${round} of ${repeat}`);
    }
  } finally {
    for (const worker of workers) await worker.close();
    await page.close();
  }
  return samples;
}

/**
 * Medians beside the first of each kind of work, which is this project in the page.
 * @param medians by `WORK: WHO`
 */
export function ratioLines(medians: Readonly<Record<string, number>>): string[] {
  const first = new Map<string, number>();
  return Object.entries(medians).map(([name, median]) => {
    const what = name.slice(0, name.indexOf(': '));
    const own = first.get(what) ?? median;
    first.set(what, own);
    // Above 1: slower than the first.
    const ratio = what.endsWith('(s)') ? median / own : own / median;
    return `${name}: ${ratio.toFixed(2)} x`;
  });
}

async function openPage(say: Say): Promise<{ readonly page: Page; close(): Promise<void> }> {
  install(say);
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: BUILT,
      emptyOutDir: true,
      rolldownOptions: { input: join(ROOT, 'bench/peers/page.html') },
    },
  });
  // Isolated, so that all have threads; without the site's policy, which peers would not run under.
  const headers = () => ({
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  const served = await serve(BUILT, 0, '127.0.0.1', headers as never);
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.route('**/peers/node_modules/**', async (route) => {
    const file = join(MODULES, new URL(route.request().url()).pathname.split('/peers/node_modules/')[1]!);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    const body = await readFile(file);
    return route.fulfill({ body, headers: { ...headers(), 'Content-Type': contentType(file) } });
  });
  await page.route('**/nano/*', async (route) => {
    const body = await readFile(join(NANO, new URL(route.request().url()).pathname.split('/nano/')[1]!));
    return route.fulfill({ body, headers: headers() });
  });
  await page.goto(`${served.url}bench/peers/page.html`);
  return {
    page,
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

/** @throws Error where they cannot be had */
function install(say: Say): void {
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const has = Object.keys(VERSIONS).every((name) => existsSync(join(MODULES, name)));
  if (has) return;
  say(`installing ${packages.join(', ')} into .cache/peers`);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  const options = { cwd: CACHE, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
  if (spawnSync('npm', args, options as object).status !== 0) say('not there: tfjs and wllama (npm failed)');
}

/** What the page's globals are. */
interface PageGlobals {
  openOurs: typeof openOurs;
  ours: Ours;
  openTfjs(
    config: unknown,
    step: typeof STEP,
    wasm: string,
  ): Promise<{ label: string; step(): Promise<number> }>;
  tfjs: { step(): Promise<number> };
  openWllama(
    folder: string,
    threads: number,
    model: File,
    most: number,
  ): Promise<{ label: string; decode: Decode }>;
  wllama: { decode: Decode };
  model?: File;
}
type Decode = (
  rows: number,
  prompt: string,
  tokens: number,
) => Promise<{ readonly seconds: number; readonly tokens: number }>;

async function oursInPage(page: Page, model: string | undefined): Promise<Worker> {
  if (model !== undefined) {
    await page.evaluate(() => {
      document.body.innerHTML = '<input type="file" />';
    });
    await page.locator('input').setInputFiles(model);
  }
  await page.waitForFunction(() => 'openOurs' in window);
  const label = await page.evaluate(async () => {
    const globals = globalThis as unknown as PageGlobals;
    const file = (document.querySelector('input') as { files?: FileList } | null)?.files?.[0];
    if (file) globals.model = file;
    const read = async (name: string) =>
      new Uint8Array(await (await fetch(new URL(`nano/${name}`, location.href))).arrayBuffer());
    globals.ours = await globals.openOurs({
      nano: read,
      ...(file && { gguf: new Uint8Array(await file.arrayBuffer()) }),
      device: { device: 'wasm', wasmFolder: new URL('../../ort/', location.href).href },
    });
    return globals.ours.label;
  });
  return {
    name: `this project in Chromium, ${label}`,
    work: () => page.evaluate(doOurs, { batches: BATCHES, decodes: model !== undefined, names: names() }),
    close: () => Promise.resolve(),
  };
}

interface Named {
  readonly batches: readonly number[];
  readonly decodes: boolean;
  readonly names: { readonly step: string; readonly decode: readonly string[] };
}
const names = () => ({ step: STEP_ROW, decode: BATCHES.map(decodeRow) });

/** Runs in the page. */
async function doOurs({ batches, decodes, names: { step, decode } }: Named): Promise<Record<string, number>> {
  const { ours } = globalThis as unknown as PageGlobals;
  const measured: Record<string, number> = { [step]: await ours.step() };
  if (decodes)
    for (const [i, rows] of batches.entries()) {
      const { seconds, tokens } = await ours.decode(rows);
      measured[decode[i]!] = tokens / seconds;
    }
  return measured;
}

async function tfjs(page: Page): Promise<Worker> {
  const folder = 'node_modules/@tensorflow';
  const url = (path: string) => new URL(path, page.url()).href;
  await page.addScriptTag({ url: url(`${folder}/tfjs/dist/tf.min.js`) });
  await page.addScriptTag({ url: url(`${folder}/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`) });
  await page.addScriptTag({ path: join(import.meta.dirname, 'peers/tfjs-step.js') });
  const config: unknown = JSON.parse(await readFile(join(NANO, 'config.json'), 'utf8'));
  const label = await page.evaluate(
    async ([settings, step, wasm]) => {
      const globals = globalThis as unknown as PageGlobals;
      const opened = await globals.openTfjs(settings, step, wasm);
      globals.tfjs = opened;
      return opened.label;
    },
    [config, STEP, url(`${folder}/tfjs-backend-wasm/dist/`)] as const,
  );
  return {
    name: `${label}, in Chromium`,
    work: async () => ({
      [STEP_ROW]: await page.evaluate(() => (globalThis as unknown as PageGlobals).tfjs.step()),
    }),
    close: () => Promise.resolve(),
  };
}

async function wllama(page: Page): Promise<Worker> {
  await page.addScriptTag({ path: join(import.meta.dirname, 'peers/wllama-decode.js') });
  const label = await page.evaluate(
    async ([folder, threads, most]) => {
      const globals = globalThis as unknown as PageGlobals;
      const opened = await globals.openWllama(folder, threads, globals.model!, most);
      globals.wllama = opened;
      return opened.label;
    },
    [
      new URL('node_modules/@wllama/wllama/', page.url()).href,
      availableParallelism(),
      Math.max(...BATCHES),
    ] as const,
  );
  const decode = (rows: number) =>
    page.evaluate(
      ([count, prompt, tokens]) =>
        (globalThis as unknown as PageGlobals).wllama.decode(count, prompt, tokens),
      [rows, PROMPT, NEW_TOKENS] as const,
    );
  return {
    name: `${label} ${VERSIONS['@wllama/wllama']}, in Chromium`,
    work: () => decodedBy(decode),
    close: () => Promise.resolve(),
  };
}

async function decodedBy(
  decode: (rows: number) => Promise<{ readonly seconds: number; readonly tokens: number }>,
): Promise<Record<string, number>> {
  const measured: Record<string, number> = {};
  for (const rows of BATCHES) {
    const { seconds, tokens } = await decode(rows);
    measured[decodeRow(rows)] = tokens / seconds;
  }
  return measured;
}

async function oursNatively(gguf: Uint8Array | undefined): Promise<Worker> {
  const ours = await openOurs({
    nano: (name) => readFile(join(NANO, name)),
    ...(gguf && { gguf }),
    device: openNativeRuntime(availableParallelism()),
  });
  return {
    name: `this project, ${ours.label}`,
    work: async () => ({
      [STEP_ROW]: await ours.step(),
      ...(gguf && (await decodedBy((rows) => ours.decode(rows)))),
    }),
    close: () => ours.dispose(),
  };
}

async function torch(): Promise<Worker> {
  const python = process.env['PYTHON'] ?? 'python3';
  const sizes = [STEP.rows, STEP.tokens, STEP.rank, STEP.alpha, availableParallelism()].map(String);
  const script = join(import.meta.dirname, 'peers/torch_step.py');
  const child = spawn(python, [script, join(NANO, 'config.json'), ...sizes], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await Promise.race([
      lines.next(),
      once(child, 'error').then(() => ({ done: true }) as const),
    ]);
    if (next.done === true) throw new Error(`PyTorch (${python} has no torch, transformers and peft)`);
    return next.value;
  };
  const told = JSON.parse(await line()) as { readonly torch: string; readonly threads: number };
  return {
    name: `PyTorch ${told.torch} with peft, ${told.threads} threads`,
    async work() {
      child.stdin.write('\n');
      return { [STEP_ROW]: Number(await line()) };
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function llamaCpp(model: string): Promise<Worker> {
  const program = 'llama-batched-bench';
  const run = () => {
    const args = ['-m', model, '-ngl', '0', '-t', String(availableParallelism()), '-c', '2048'];
    const work = ['-npp', '32', '-ntg', String(NEW_TOKENS), '-npl', BATCHES.join()];
    return spawnSync(program, [...args, ...work, '--output-format', 'jsonl'], { encoding: 'utf8' });
  };
  if (spawnSync(program, ['--version']).error) throw new Error(`llama.cpp (${program} is not on the PATH)`);
  return Promise.resolve({
    name: 'llama.cpp, native (decoding alone)',
    work: () => {
      const measured: Record<string, number> = {};
      for (const text of run()
        .stdout.split('\n')
        .filter((one) => one.startsWith('{'))) {
        const { pl, speed_tg } = JSON.parse(text) as { readonly pl: number; readonly speed_tg: number };
        measured[decodeRow(pl)] = speed_tg;
      }
      return Promise.resolve(measured);
    },
    close: () => Promise.resolve(),
  });
}
