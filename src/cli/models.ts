/**
 * Opens the model that a command was given: a folder, a GGUF file, or nano. It says what the model costs
 * before weights are read, and what became of them afterwards.
 */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { planOwnModel, realModelSettings } from '../experiment/real-model.ts';
import { createConfig } from '../learning/config.ts';
import type { Architecture } from '../policy/model/architecture.ts';
import { onlyGguf, partNames } from '../policy/gguf/parts.ts';
import { openGgufModel, openModel, type ModelFiles, type OpenedModel } from '../policy/sources/open-model.ts';
import {
  describeHubModel,
  hubArchitecture,
  openCachedModel,
  openHubModel,
  type HubModel,
} from '../policy/sources/hub.ts';
import { megabytes } from '../policy/sources/model-cache.ts';
import { blobSource } from '../policy/files/range-source.ts';
import type { MatrixReport } from '../policy/model/weights.ts';
import { workersByDefault } from '../sandbox/node.ts';
import { CommandError, UsageError } from './errors.ts';
import { fromWhereTheUserIs } from './files.ts';
import { hubAccess, openCache, sizeLine } from './hub.ts';

/** Longest prompt of the easy tasks in a chat template, about. */
const PROMPT_TOKENS = 160;

export const NANO = resolve(import.meta.dirname, '../../public/models/nano');

/** The files of a folder, read in ranges. */
function folderFiles(folder: string, shown: string, missing: (name: string) => Error): ModelFiles {
  const at = (name: string): string => join(folder, name);
  return {
    name: shown,
    has: (name) =>
      stat(at(name)).then(
        (found) => found.isFile(),
        () => false,
      ),
    async open(name) {
      const isThere = await this.has(name);
      if (!isThere) throw missing(name);
      return blobSource(await openAsBlob(at(name)), name);
    },
  };
}

/**
 * Nano, a folder as transformers writes it, a GGUF file (itself, or the only one of a folder), or
 * a model of the Hub by its id, from the cache or fetched into it. @throws UsageError, PolicyError
 */
export async function openModelAt(
  path: string | undefined,
  progress: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<OpenedModel> {
  if (path === undefined) {
    return openModel(
      folderFiles(
        NANO,
        'nano',
        (name) => new CommandError(`public/models/nano/${name} is missing; "npm run pretrain" makes it`),
      ),
    );
  }
  const place = fromWhereTheUserIs(path);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) {
    if (!HUB_ID.test(path))
      throw new UsageError(`${path}: no such file or folder, and no id of the Hub (owner/name)`);
    return openFromHub(path, progress, signal);
  }
  if (!found.isDirectory()) return openFile(place, path);
  const names = await readdir(place);
  const ggufs = names.filter((name) => name.endsWith('.gguf'));
  if (!names.includes('config.json') && ggufs.length > 0) {
    const [first] = onlyGguf(ggufs) ?? [];
    if (first === undefined)
      throw new UsageError(`${path}: holds ${ggufs.length} GGUF files; name one of them`);
    return openFile(join(place, first), join(path, first));
  }
  return openModel(
    folderFiles(place, basename(place), (name) => new UsageError(`${join(path, name)}: no such file`)),
  );
}

/** `owner/name` or `owner/name/FILE.gguf`; a path that begins with a dot or a slash is none. */
const HUB_ID = /^\w[\w.-]*\/[\w.-]+(\/[\w.-]+\.gguf)?$/;

/** Sizes are said before anything is fetched; Ctrl-C keeps what has come. */
async function openFromHub(
  id: string,
  progress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<OpenedModel> {
  const cache = openCache();
  const request = { id, ...hubAccess(progress) };
  const cached = await openCachedModel(request, cache);
  if (cached !== null) return cached;
  const model = await describeHubModel(request);
  progress(sizeLine(id, model.files.length, model.bytes));
  const architecture = await hubArchitecture(request, model);
  if (architecture !== null)
    progress(`  training it takes about ${megabytes(memoryOf(architecture, model))}`);
  let told = 0;
  return openHubModel(request, model, cache, {
    ...(signal && { signal }),
    onProgress({ path, bytes, size }) {
      const tenth = Math.floor((10 * bytes) / size);
      if (tenth !== told) progress(`  ${path}: ${megabytes(bytes)} of ${megabytes(size)}`);
      told = tenth;
    },
  });
}

/** With the settings of real models and easy tasks; a run says it again for its own. */
function memoryOf(architecture: Architecture, { bytes }: HubModel): number {
  const config = createConfig(realModelSettings({}));
  const machine = { device: 'wasm', pythonWorkers: workersByDefault(), place: 'node' } as const;
  return planOwnModel(config, { architecture, checkpoint: { bytes } }, machine, PROMPT_TOKENS).prediction
    .total;
}

async function openFile(place: string, shown: string): Promise<OpenedModel> {
  if (!place.endsWith('.gguf'))
    throw new UsageError(`${shown}: a model is a folder with config.json or a .gguf file`);
  const folder = dirname(place);
  const names = partNames(basename(place));
  for (const name of names)
    if (!(await stat(join(folder, name)).catch(() => null)))
      throw new UsageError(`${join(dirname(shown), name)}: this part of the model is missing`);
  const parts = names.map(async (name) => blobSource(await openAsBlob(join(folder, name)), name));
  return openGgufModel(...(await Promise.all(parts)));
}

/** How the matrices came over, one line a kind. */
export function reportLines(report: readonly MatrixReport[]): string[] {
  const kinds = new Map<string, MatrixReport[]>();
  for (const matrix of report) {
    const kind = `${matrix.stored} held as ${matrix.held}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), matrix]);
  }
  return [...kinds].map(([kind, matrices]) => {
    const worst = matrices.reduce((a, b) => (b.error > a.error ? b : a));
    const loss =
      worst.error === 0
        ? 'without loss'
        : `requantised, relative error at most ${worst.error.toFixed(4)} (${worst.name})`;
    return `  ${matrices.length} matrices in ${kind}, ${loss}`;
  });
}
