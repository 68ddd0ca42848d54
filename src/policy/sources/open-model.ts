/**
 * Recognises a model among files and opens it: its architecture, its checkpoint, its
 * tokenizer. Files are read in ranges; no weight is read before it is asked for.
 */
import type { JsonObject } from '../../base/json-object.ts';
import { parseArchitecture, type Architecture } from '../model/architecture.ts';
import { openSafetensors, type Checkpoint } from '../files/checkpoint.ts';
import { CheckpointError } from '../errors.ts';
import { openGgufWeights, ropeDivisors } from '../gguf/checkpoint.ts';
import { configOfGguf } from '../gguf/config.ts';
import { tokenizerOfGguf } from '../gguf/tokenizer.ts';
import { loadTokenizer, withChat } from '../tokenizer/tokenizer.ts';
import type { Tokenizer } from '../types.ts';
import type { RangeSource } from '../files/range-source.ts';

/** The files of a model, wherever they are. */
export interface ModelFiles {
  /** For messages. */
  readonly name: string;
  has(name: string): Promise<boolean>;
  /** @throws an error of the place they are in, when the file is missing */
  open(name: string): Promise<RangeSource>;
}

export interface OpenedModel {
  readonly name: string;
  readonly architecture: Architecture;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  /** `gguf` or `safetensors` */
  readonly format: string;
  /** What whoever writes the model again needs of its files; read when it is asked for. */
  readonly documents: () => Promise<ModelDocuments>;
}

/**
 * Contents of config.json, tokenizer.json and tokenizer_config.json, or what a GGUF file says in their place.
 */
export interface ModelDocuments {
  readonly config: JsonObject;
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
}

/** A folder as transformers writes it. @throws PolicyError, TokenizerError */
export async function openModel(files: ModelFiles): Promise<OpenedModel> {
  const [config, tokenizerJson, tokenizerConfig, generation, specials, template] = await Promise.all([
    readJson(files, 'config.json'),
    readJson(files, 'tokenizer.json'),
    readJson(files, 'tokenizer_config.json'),
    optional(files, 'generation_config.json', parseJson),
    optional(files, 'special_tokens_map.json', parseJson),
    optional(files, 'chat_template.jinja', (text) => text),
  ]);
  const architecture = parseArchitecture(config);
  const shards = await shardNames(files);
  const checkpoint = await openSafetensors(await Promise.all(shards.map((name) => files.open(name))));
  const settings = {
    ...(typeof specials === 'object' && specials),
    ...(tokenizerConfig as object),
    ...(template !== undefined && { chat_template: template }),
  };
  const plain = loadTokenizer(tokenizerJson, settings, { endIds: endIds(config, generation) });
  const tokenizer = await withChat(plain, settings);
  const documents = async (): Promise<ModelDocuments> => ({
    config: config as JsonObject,
    // Not held: it may be large, and is seldom asked for.
    tokenizer: (await readJson(files, 'tokenizer.json')) as JsonObject,
    tokenizerConfig: settings as JsonObject,
  });
  return { name: files.name, architecture, checkpoint, tokenizer, format: 'safetensors', documents };
}

/** A GGUF file, or the parts of one in their order. @throws PolicyError, TokenizerError */
export async function openGgufModel(...sources: readonly RangeSource[]): Promise<OpenedModel> {
  // Its parser is loaded when there is such a file: a page with a model of its own has no use for it.
  const { readGgufFiles } = await import('../gguf/header.ts');
  const header = await readGgufFiles(sources);
  const { name } = sources[0]!;
  const config = configOfGguf(header, name, await ropeDivisors(header));
  const architecture = parseArchitecture(config, name);
  const { tokenizerJson, tokenizerConfig, endIds } = tokenizerOfGguf(header, name);
  const checkpoint = openGgufWeights(sources, header, architecture);
  const tokenizer = await withChat(
    loadTokenizer(tokenizerJson, tokenizerConfig, { endIds }),
    tokenizerConfig,
  );
  const documents = (): Promise<ModelDocuments> => {
    const read = tokenizerOfGguf(header, name);
    return Promise.resolve({ config, tokenizer: read.tokenizerJson, tokenizerConfig: read.tokenizerConfig });
  };
  return { name, architecture, checkpoint, tokenizer, format: 'gguf', documents };
}

/** The weight files: one, or those an index names. */
async function shardNames(files: ModelFiles): Promise<readonly string[]> {
  // As transformers does: an index beside the whole file is what an older upload left.
  if (await files.has('model.safetensors')) return ['model.safetensors'];
  const index = await optional(files, 'model.safetensors.index.json', parseJson);
  if (index === undefined) return ['model.safetensors'];
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  const names = typeof map === 'object' && map !== null ? [...new Set(Object.values(map as object))] : [];
  // A name is a file of the same folder, never a path out of it.
  if (
    names.length === 0 ||
    !names.every((name) => typeof name === 'string' && /^[\w.-]+\.safetensors$/.test(name))
  )
    throw new CheckpointError('model.safetensors.index.json', 'its weight_map names no safetensors files');
  return names as string[];
}

/**
 * Token ids that end a text, where config or generation_config name several (an
 * instruct model's turn, a base model's text).
 */
function endIds(...sources: readonly unknown[]): readonly number[] {
  const ids = sources.flatMap((json) => {
    const value = (json as { eos_token_id?: unknown } | null | undefined)?.eos_token_id;
    return Array.isArray(value) ? value : [value];
  });
  return [...new Set(ids.filter((id): id is number => Number.isInteger(id)))];
}

async function readJson(files: ModelFiles, name: string): Promise<unknown> {
  const source = await files.open(name);
  return parseJson(new TextDecoder().decode(await source.read(0, source.size)), name);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckpointError(name, 'it is not JSON');
  }
}

async function optional<T>(
  files: ModelFiles,
  name: string,
  read: (text: string, name: string) => T,
): Promise<T | undefined> {
  if (!(await files.has(name))) return undefined;
  const source = await files.open(name);
  return read(new TextDecoder().decode(await source.read(0, source.size)), name);
}
