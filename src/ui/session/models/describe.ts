/**
 * What a model would cost, before anything of it is fetched or loaded: bytes to download, bytes that a run
 * takes, and what the browser has of it already. Reads no weights, and no tokenizer but that of a folder of
 * this machine.
 */
import { createConfig } from '../../../learning/config.ts';
import type { ConfigOverrides } from '../../../learning/config.ts';
import { browserMemory } from '../../../experiment/memory.ts';
import { planOwnModel, realModelSettings } from '../../../experiment/real-model.ts';
import { parameterCount, parseArchitecture, type Architecture } from '../../../policy/model/architecture.ts';
import { ModelAccessError } from '../../../policy/sources/source-errors.ts';
import { blobSource } from '../../../policy/files/range-source.ts';
import { s } from '../../strings/index.ts';
import type { OwnModel } from '../../../learner/protocol.ts';
import { openModelCache } from '../../../learner/model-cache.ts';

export interface Description {
  readonly model: OwnModel;
  readonly name: string;
  /** Null where a few kilobytes do not say. */
  readonly parameters: number | null;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Bytes that would be downloaded; 0 for files of this machine and for models that are there whole. */
  readonly download: number;
  /** Bytes of an earlier download that was broken off. */
  readonly there: number;
  /** Bytes that a run takes, at most about. Null where the sizes are not known. */
  readonly memory: number | null;
  readonly settings: ConfigOverrides;
}

/** Easy tasks in a chat template. */
const PROMPT_TOKENS = 160;

/** The template is read with the tokenizer, later. */
const settings = realModelSettings({});

function costOf(
  architecture: Architecture | null,
  bytes: number,
  device: 'webgpu' | 'wasm',
): Pick<Description, 'parameters' | 'memory'> {
  if (architecture === null) return { parameters: null, memory: null };
  const config = createConfig(settings);
  const machine = { device, pythonWorkers: 2, place: 'page', ...browserMemory() } as const;
  const model = { architecture, checkpoint: { bytes } };
  const { prediction } = planOwnModel(config, model, machine, PROMPT_TOKENS);
  return { parameters: parameterCount(architecture), memory: prediction.total };
}

/**
 * @throws PolicyError for files that are no model or one that is not supported, MemoryCapError for one that
 * cannot fit
 */
export async function describeFiles(files: readonly File[], device: 'webgpu' | 'wasm'): Promise<Description> {
  const gguf = files.find((file) => file.name.endsWith('.gguf'));
  if (gguf) {
    const [{ readGgufFiles }, { configOfGguf }, { partNames }] = await Promise.all([
      import('../../../policy/gguf/header.ts'),
      import('../../../policy/gguf/config.ts'),
      import('../../../policy/gguf/parts.ts'),
    ]);
    const names = partNames(gguf.name);
    const parts = names.flatMap((part) => files.find((file) => file.name === part) ?? []);
    const bytes = parts.reduce((sum, { size }) => sum + size, 0);
    const header = await readGgufFiles(parts.map((part) => blobSource(part, part.name)));
    const architecture = parseArchitecture(configOfGguf(header, gguf.name), gguf.name);
    const model = { kind: 'files', name: gguf.name, files: parts } as const;
    const cost = costOf(architecture, bytes, device);
    return { model, name: gguf.name, bytes, download: 0, there: 0, settings, ...cost };
  }
  const name = files[0]?.webkitRelativePath.split('/')[0] || 'model';
  // What lies deeper is no part of it, whatever it is called.
  const own = files.filter(({ webkitRelativePath }) => webkitRelativePath.split('/').length <= 2);
  if (!own.some((file) => file.name === 'config.json')) {
    throw new ModelAccessError(
      s.models.noModel(files.length === 1 ? files[0]!.name : name),
      s.models.whatModelIs,
    );
  }
  const wanted = own.filter(({ name: file }) => /\.(json|safetensors|jinja)$/.test(file));
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  const model = { kind: 'files', name, files: wanted } as const;
  // Opened once before it is loaded: for a folder that is damaged the loaded model need not give way.
  const { openFiles } = await import('../../../learner/own-model.ts');
  const { architecture, tokenizer } = await openFiles(name, wanted);
  const cost = costOf(architecture, bytes, device);
  return { model, name, bytes, download: 0, there: 0, settings: realModelSettings(tokenizer), ...cost };
}

/** @throws PolicyError with advice: no such model, gated, no connection, not supported, too large */
export async function describeHub(
  model: OwnModel & { readonly kind: 'hub' },
  device: 'webgpu' | 'wasm',
): Promise<Description> {
  const hub = await import('../../../policy/sources/hub.ts');
  const { cacheKey, describeHubModel, hubArchitecture } = hub;
  const { kind: _, ...request } = model;
  const { id } = request;
  const cache = await openModelCache();
  const whole = await hub.cachedSources(request, cache);
  if (whole !== null) {
    // Without a connection.
    const bytes = [...whole.values()].reduce((sum, { size }) => sum + size, 0);
    const own = costOf(await hub.cachedArchitecture(whole), bytes, device);
    return { model, name: id, bytes, download: 0, there: bytes, settings, ...own };
  }
  const found = await describeHubModel(request);
  const architecture = await hubArchitecture(request, found);
  const cached = await cache.list();
  const have = found.files.map(({ path, size }) => {
    const file = cached.find(({ key }) => key === cacheKey(request, path));
    return file === undefined ? 0 : file.isWhole ? size : file.there;
  });
  const there = have.reduce((sum, bytes) => sum + bytes, 0);
  const cost = costOf(architecture, found.bytes, device);
  return { model, name: id, bytes: found.bytes, download: found.bytes - there, there, settings, ...cost };
}
