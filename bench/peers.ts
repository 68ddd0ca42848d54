/**
 * `npm run bench -- --peers`: this project and others at the same work (peers/work.ts), in
 * turns, on this machine: a LoRA step of nano's sizes and, with `--model FILE.gguf`,
 * decoding. Peers are no dependencies: those from npm are installed into .cache/peers when
 * first asked for, without their install scripts; PyTorch takes part where it is. One that
 * is not there is said. `--setting TEXT` takes only those with that in their names. Nothing
 * here checks what a peer computes.
 *
 *   in Chromium, on the CPU   this project (WASM), tfjs (wasm), wllama
 *   native                    this project (onnxruntime-node), PyTorch ($PYTHON with torch, transformers and
 *                             peft), llama.cpp (node-llama-cpp, its prebuilt libraries)
 *
 * transformers.js reads ONNX files, which the model's package has not, so it is not measured.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from '../scripts/built-site.ts';
import { serve } from '../scripts/serve.ts';
import { copySiteAssets, ISOLATION_HEADERS } from '../scripts/site-assets.ts';
import { shared } from '../vite.config.ts';
import { openNativeRuntime } from '../src/cli/native.ts';
import { installPeers, MODULES, VERSIONS } from './peers/install.ts';
import { openLlamaCpp } from './peers/llama.ts';
import { openOurs, type Ours } from './peers/ours.ts';
import { BATCHES, NEW_TOKENS, PROMPT, STEP } from './peers/work.ts';
import { addSamples } from './statistics.ts';

const ROOT = resolve(import.meta.dirname, '..');
const NANO = join(ROOT, 'public/models/nano');
const BUILT = join(ROOT, '.cache/peers-page');

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
  filter = '',
): Promise<Record<string, readonly number[]>> {
  const gguf = model === undefined ? undefined : new Uint8Array(await readFile(model));
  if (gguf === undefined) say('No --model FILE.gguf: nothing is decoded.');
  installPeers(say);
  let page: Promise<OpenPage> | undefined;
  const opened = async (): Promise<Page> => (await (page ??= openPage(model))).page;
  const samples: Record<string, number[]> = {};
  const workers: Worker[] = [];
  try {
    const gives = model === undefined ? () => Promise.resolve(null) : null;
    const openers: Readonly<Record<string, () => Promise<Worker | null>>> = {
      'ours in Chromium': async () => oursInPage(await opened(), model),
      tfjs: async () => tfjs(await opened()),
      wllama: gives ?? (async () => wllama(await opened())),
      'ours natively': () => oursNatively(gguf),
      pytorch: () => torch(),
      'llama.cpp': gives ?? (() => llamaCpp(model!)),
    };
    for (const [name, open] of Object.entries(openers)) {
      if (!name.includes(filter)) continue;
      const worker = await open().catch((error: unknown) => {
        say(`not there: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        return null;
      });
      if (worker === null) continue;
      say(`takes part: ${worker.name}`);
      workers.push(worker);
    }
    for (let round = 0; round <= repeat; round++) {
      for (const worker of [...workers]) {
        try {
          const measured = await worker.work();
          if (round > 0) addSamples(samples, measured, (what) => `${what}: ${worker.name}`);
        } catch (error) {
          // The others are worth their time.
          say(`${worker.name} failed: ${error instanceof Error ? error.message : String(error)}`);
          workers.splice(workers.indexOf(worker), 1);
          await worker.close();
        }
      }
      say(round === 0 ? 'warm-up done' : `round ${round} of ${repeat}`);
    }
  } finally {
    for (const worker of workers) await worker.close();
    await (await page)?.close();
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

interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

async function openPage(model: string | undefined): Promise<OpenPage> {
  // Not the site's own build: its page may load no peers, and what goes with it is not here.
  await build({
    ...shared,
    root: ROOT,
    configFile: false,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: BUILT,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { input: join(ROOT, 'bench/peers/page.html') },
    },
  });
  await copySiteAssets(BUILT, 'ort');
  const beside = join(BUILT, 'bench/peers');
  symlinkSync(MODULES, join(beside, 'node_modules'), 'junction');
  symlinkSync(NANO, join(beside, 'nano'), 'junction');
  // Isolated, so that all have threads; without the site's policy, which peers would not run under.
  const served = await serve(BUILT, 0, '127.0.0.1', () => ISOLATION_HEADERS);
  const browser = await launchChromium();
  const page = await browser.newPage();
  // What the compiler of these files puts around functions that have names.
  await page.addInitScript('globalThis.__name = (named) => named;');
  await page.goto(`${served.url}bench/peers/page.html`);
  await page.waitForFunction(() => 'openOurs' in window);
  if (model !== undefined) await giveModel(page, model);
  return {
    page,
    async close() {
      await browser.close();
      await served.close();
    },
  };
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

async function giveModel(page: Page, model: string): Promise<void> {
  await page.evaluate(() => {
    document.body.innerHTML = '<input type="file" />';
  });
  await page.locator('input').setInputFiles(model);
  await page.evaluate(() => {
    const input = document.querySelector('input') as { files?: FileList } | null;
    (globalThis as unknown as PageGlobals).model = input!.files![0]!;
  });
}

async function oursInPage(page: Page, model: string | undefined): Promise<Worker> {
  const label = await page.evaluate(async () => {
    const globals = globalThis as unknown as PageGlobals;
    const file = globals.model;
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

async function llamaCpp(model: string): Promise<Worker> {
  const llama = await openLlamaCpp(MODULES, model, availableParallelism(), Math.max(...BATCHES));
  return {
    name: `llama.cpp (node-llama-cpp ${VERSIONS['node-llama-cpp']}), ${availableParallelism()} threads`,
    work: () => decodedBy((rows) => llama.decode(rows, PROMPT, NEW_TOKENS)),
    close: () => llama.close(),
  };
}
