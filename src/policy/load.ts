/**
 * From a model folder (config.json, model.safetensors, tokenizer.json, tokenizer_config.json) to a policy. How bytes are read is the
 * caller's: a file system in Node, fetch with progress in a page.
 */
import { createRuntime, type Runtime } from '../tensor/runtime/runtime.ts';
import type { DeviceRequest } from '../tensor/runtime/device.ts';
import { CheckpointError } from './errors.ts';
import type { WorkingSizes } from './memory.ts';
import { LoraPolicy } from './policy.ts';
import { loadTokenizer } from './tokenizer.ts';
import { loadWeights, type LinearFormat } from './weights.ts';

/** Reads one file of the model folder. */
export type ReadFile = (name: string) => Promise<Uint8Array>;

export interface LoadOptions {
  readonly name: string;
  readonly read: ReadFile;
  readonly device: DeviceRequest | Runtime;
  readonly rank: number;
  readonly alpha: number;
  readonly seed: number;
  /** How much is worked on at once; default: the full sizes. */
  readonly sizes?: WorkingSizes;
  /** How linear layers are held; default: dense on WASM, where it is faster for small models, as stored on WebGPU. */
  readonly linears?: LinearFormat;
  readonly onStage?: (stage: 'reading' | 'opening-device' | 'building') => void;
}

/** @throws PolicyError, TokenizerError for the files; TensorError for the device */
export async function loadPolicy(options: LoadOptions): Promise<LoraPolicy> {
  const { read, onStage } = options;
  onStage?.('reading');
  const [config, tokenizerJson, tokenizerConfig, weightsFile] = await Promise.all([
    readJson(read, 'config.json'),
    readJson(read, 'tokenizer.json'),
    readJson(read, 'tokenizer_config.json'),
    read('model.safetensors'),
  ]);
  onStage?.('opening-device');
  const runtime = 'compile' in options.device ? options.device : await createRuntime(options.device);
  onStage?.('building');
  const format = options.linears ?? (runtime.device.kind === 'webgpu' ? 'stored' : 'fp32');
  const weights = loadWeights(config, weightsFile, format);
  const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig);
  const rows = weights.architecture.vocabSize;
  if (tokenizer.vocabSize > rows)
    throw new CheckpointError('tokenizer.json', `it has ${tokenizer.vocabSize} tokens, the model ${rows}`);
  return new LoraPolicy({
    name: options.name,
    runtime,
    weights,
    tokenizer,
    adapter: { rank: options.rank, alpha: options.alpha },
    seed: options.seed,
    ...(options.sizes && { sizes: options.sizes }),
  });
}

async function readJson(read: ReadFile, name: string): Promise<unknown> {
  const bytes = await read(name);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new CheckpointError(name, 'it is not JSON');
  }
}
