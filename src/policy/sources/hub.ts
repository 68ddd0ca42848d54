/**
 * A model on the Hugging Face Hub by its id. It finds out which files the model needs and
 * how large they are before anything is fetched, and then fetches them through the cache.
 */
import { CheckpointError, PolicyError } from '../errors.ts';
import { parseArchitecture, type Architecture } from '../model/architecture.ts';
import { peekArchitecture, PEEK_BYTES } from '../gguf/peek.ts';
import { onlyGguf, partNames } from '../gguf/parts.ts';
import { downloadSet, fetchRange } from './download.ts';
import type { CachedFile, ModelCache } from './model-cache.ts';
import { openGgufModel, openModel, type ModelFiles, type OpenedModel } from './open-model.ts';
import type { RangeSource } from '../files/range-source.ts';
import { authorised, hubFiles, hubFileUrl, remoteFile, type HubAccess, type HubFile } from './hub-listing.ts';
import { cachePrefix } from './hub-origin.ts';
import { ModelAccessError } from './source-errors.ts';

export interface HubRequest extends HubAccess {
  /** `owner/name`, optionally `owner/name/FILE.gguf` where a repository holds several. */
  readonly id: string;
}

export interface HubModel {
  readonly id: string;
  readonly files: readonly HubFile[];
  /** Of all files that would be fetched, bytes. */
  readonly bytes: number;
}

const ID = /^([\w.-]+\/[\w.-]+)(?:\/([\w.-]+\.gguf))?$/;
/** What a model in safetensors consists of; anything else in a repository is not fetched. */
const WANTED =
  /^(config|tokenizer|tokenizer_config|generation_config|special_tokens_map)\.json$|^chat_template\.jinja$|^model.*\.safetensors(\.index\.json)?$/;

/** What would be fetched. Nothing is. @throws ModelAccessError, DownloadError, PolicyError */
export async function describeHubModel(request: HubRequest): Promise<HubModel> {
  const [, repository, file] = ID.exec(request.id) ?? [];
  if (repository === undefined)
    throw new ModelAccessError(
      `"${request.id}" is no model id`,
      'An id is owner/name, as in the address of its page.',
    );
  const files = chosen(await hubFiles('model', repository, request), repository, file);
  return { id: request.id, files, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

function chosen(all: readonly HubFile[], repository: string, file: string | undefined): readonly HubFile[] {
  const ggufs = all.filter(({ path }) => path.endsWith('.gguf'));
  if (file !== undefined) {
    const parts = partNames(file);
    const named = ggufs.filter(({ path }) => parts.includes(path));
    if (named.length < parts.length)
      throw new ModelAccessError(`${repository} has no file ${file}`, 'Check its list of files.');
    return named;
  }
  if (
    all.some(({ path }) => path === 'config.json') &&
    all.some(({ path }) => /^model.*\.safetensors$/.test(path))
  )
    return all.filter(({ path }) => WANTED.test(path));
  if (onlyGguf(ggufs.map(({ path }) => path))) return ggufs;
  if (ggufs.length > 1) {
    const names = ggufs.map(({ path }) => path).join(', ');
    throw new ModelAccessError(
      `${repository} holds several GGUF files`,
      `Name one of them: ${repository}/FILE with ${names}.`,
    );
  }
  throw new PolicyError(
    `${repository} holds no model that can be read`,
    'Supported: safetensors with config.json and tokenizer.json, or GGUF.',
  );
}

export interface HubProgress {
  readonly path: string;
  readonly bytes: number;
  readonly size: number;
}

/**
 * Fetches what is not in the cache and opens the model. @throws ModelAccessError,
 * DownloadError, StorageError, PolicyError
 */
export async function openHubModel(
  request: HubRequest,
  model: HubModel,
  cache: ModelCache,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: HubProgress) => void } = {},
): Promise<OpenedModel> {
  const { files } = model;
  const [, repository, named] = ID.exec(request.id)!;
  const remotes = files.map((file) => ({
    ...remoteFile('model', repository!, file, cacheKey(request, file.path), request),
    isNamed: named !== undefined,
  }));
  // An index of shards would speak of some that are not there any more. A GGUF file
  // is a model by itself, beside the others.
  const isPartOfModel = (key: string) => key.startsWith(cacheKey(request, '')) && !key.endsWith('.gguf');
  const isOfSet = remotes.every(({ key }) => isPartOfModel(key)) ? isPartOfModel : undefined;
  const sources = await downloadSet(request.id, remotes, cache, isOfSet, (i) => ({
    fetch: authorised(request),
    ...(signal && { signal }),
    onProgress: (bytes) => onProgress?.({ path: files[i]!.path, bytes, size: files[i]!.size }),
  }));
  return open(request.id, new Map(files.map(({ path }, i) => [path, sources[i]!])));
}

/** Name of a file in the cache. */
export const cacheKey = (request: HubRequest, path: string): string =>
  `${cachePrefix(request)}${ID.exec(request.id)?.[1]}@${request.revision ?? 'main'}/${path}`;

/** Address of a file. */
export const fileUrl = (request: HubRequest, path: string): string =>
  hubFileUrl('model', ID.exec(request.id)![1]!, path, request);

/**
 * The sizes of a model from a few kilobytes: its config.json, or the first bytes of
 * its GGUF file. Null where they do not say.
 * @throws DownloadError; PolicyError for an architecture that is not supported
 */
export async function hubArchitecture(request: HubRequest, model: HubModel): Promise<Architecture | null> {
  const gguf = model.files.find(({ path }) => path.endsWith('.gguf'));
  const path = gguf?.path ?? 'config.json';
  const size = model.files.find((file) => file.path === path)?.size ?? 0;
  const remote = { key: path, url: fileUrl(request, path), size, etag: '' };
  return readArchitecture(path, size, (length) =>
    fetchRange(remote, 0, length, authorised(request), undefined),
  );
}

/** The architecture of a model in the cache; null when its files there do not say it. */
export async function cachedArchitecture(
  sources: ReadonlyMap<string, RangeSource>,
): Promise<Architecture | null> {
  const path = [...sources.keys()].find((name) => name.endsWith('.gguf')) ?? 'config.json';
  const source = sources.get(path);
  return source === undefined
    ? null
    : readArchitecture(path, source.size, (length) => source.read(0, length));
}

async function readArchitecture(
  path: string,
  size: number,
  read: (length: number) => Promise<Uint8Array>,
): Promise<Architecture | null> {
  if (path.endsWith('.gguf')) return peekArchitecture(await read(Math.min(size, PEEK_BYTES)), path);
  try {
    return parseArchitecture(JSON.parse(new TextDecoder().decode(await read(size))) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CheckpointError(path, 'it is not JSON');
    throw error;
  }
}

/** A model that is wholly in the cache, without a connection; null where it is not. @throws PolicyError */
export async function openCachedModel(request: HubRequest, cache: ModelCache): Promise<OpenedModel | null> {
  const sources = await cachedSources(request, cache);
  return sources === null ? null : open(request.id, sources);
}

/** The files of a model that is wholly in the cache, by path; null where it is not. */
export async function cachedSources(
  request: HubRequest,
  cache: ModelCache,
): Promise<ReadonlyMap<string, RangeSource> | null> {
  const [, , file] = ID.exec(request.id) ?? [];
  const prefix = cacheKey(request, '');
  const all = (await cache.list()).filter(({ key }) => key.startsWith(prefix));
  const known =
    file === undefined
      ? ofRepository(all)
      : all.filter(({ key }) => partNames(file).includes(key.slice(prefix.length)));
  if (file !== undefined && known.length < partNames(file).length) return null;
  const sources = await cache.openAll(known);
  return sources && new Map([...sources].map(([key, source]) => [key.slice(prefix.length), source]));
}

/**
 * Which of a repository's cached files are its model. The choice is the one that is
 * made among the repository's own files.
 */
function ofRepository(files: readonly CachedFile[]): readonly CachedFile[] {
  const others = files.filter(({ key }) => !key.endsWith('.gguf'));
  if (others.length > 0) return others;
  const only = onlyGguf(files.map(({ key }) => key.split('/').at(-1)!));
  return only?.length === files.length && files.every(({ isNamed }) => !isNamed) ? files : [];
}

function open(id: string, sources: ReadonlyMap<string, RangeSource>): Promise<OpenedModel> {
  const ggufs = [...sources].filter(([path]) => path.endsWith('.gguf')).sort(([a], [b]) => (a < b ? -1 : 1));
  if (ggufs.length > 0) return openGgufModel(...ggufs.map(([, source]) => source));
  const files: ModelFiles = {
    name: id,
    has: (name) => Promise.resolve(sources.has(name)),
    open(name) {
      const source = sources.get(name);
      if (source) return Promise.resolve(source);
      return Promise.reject(
        new ModelAccessError(`${id} has no ${name}`, 'Choose a model with all of its files.'),
      );
    },
  };
  return openModel(files);
}
