/**
 * From a model's files to a policy: a folder (config.json, safetensors in one file or
 * shards, tokenizer.json) or one GGUF file. The caller reaches the files: a file
 * system in Node, fetch with progress or a picked folder in a page.
 */
import { createRuntime, type Runtime } from '../../tensor/runtime/runtime.ts';
import type { DeviceRequest } from '../../tensor/runtime/device.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import { allLinears, parameterCount, type Architecture } from '../model/architecture.ts';
import { CheckpointError } from '../errors.ts';
import type { WorkingSizes } from './memory.ts';
import { LoraPolicy } from './policy.ts';
import { withJoined } from '../model/joined.ts';
import { untrained } from '../model/untrained.ts';
import { measurePrecision, type TrialOptions } from './measure-precision.ts';
import { checkPrecision, choosePrecision, type PrecisionWish } from '../model/precision.ts';
import { BLOCK } from '../model/quantise.ts';
import { openModel, type OpenedModel } from '../sources/open-model.ts';
import { bytesSource } from '../files/range-source.ts';
import { holdsFloats } from './weight-bytes.ts';
import type { LinearFormat, MatrixReport } from '../model/weights.ts';
import { readWeights } from '../files/read-weights.ts';

/** Reads one file of the model folder. */
export type ReadFile = (name: string) => Promise<Uint8Array>;

export interface LoadOptions {
  readonly name: string;
  readonly read: ReadFile;
  readonly device: DeviceRequest | Runtime;
  readonly rank: number;
  readonly alpha: number;
  /** Only the last this many layers get an adapter; default all. */
  readonly adapterLayers?: number;
  readonly seed: number;
  /** How much is worked on at once; default: the full sizes. */
  readonly sizes?: WorkingSizes;
  /** How linear layers are held; default see `defaultFormat`. */
  readonly linears?: LinearFormat;
  /** What the forward pass is computed in; default `auto`. */
  readonly precision?: PrecisionWish;
  /** The seed of a network that learned nothing, with the sizes of this one (model/untrained.ts). */
  readonly untrained?: number;
  /** How `auto` times. */
  readonly trial?: TrialOptions;
  readonly onStage?: (stage: 'reading' | 'opening-device' | 'building' | 'timing') => void;
}

/**
 * Reads a folder's files whole, as a page does with its own model.
 * @throws PolicyError, TokenizerError for the files; TensorError for the device
 */
export async function loadPolicy(options: LoadOptions): Promise<LoraPolicy> {
  options.onStage?.('reading');
  const { read } = options;
  const model = await openModel({
    name: options.name,
    open: async (name) => bytesSource(await read(name), name),
    // Its files are known: there are no shards, and one token ends a text.
    has: () => Promise.resolve(false),
  });
  return buildPolicy(model, options);
}

export type BuildOptions = Omit<LoadOptions, 'read'> & {
  readonly onMatrix?: (done: number, total: number) => void;
  /** What became of every matrix, once they are read. */
  readonly onReport?: (report: readonly MatrixReport[]) => void;
};

/** An opened model on a device, with a fresh adapter. @throws PolicyError */
export async function buildPolicy(model: OpenedModel, options: BuildOptions): Promise<LoraPolicy> {
  const { onStage, rank, alpha, adapterLayers } = options;
  onStage?.('opening-device');
  const runtime = 'compile' in options.device ? options.device : await createRuntime(options.device);
  checkPrecision(options.precision ?? 'auto', runtime.device);
  onStage?.('building');
  const format =
    options.linears ?? defaultFormat(model.architecture, runtime.device.kind, model.checkpoint.bytes);
  const rows = model.architecture.vocabSize;
  if (model.tokenizer.vocabSize > rows)
    throw new CheckpointError(
      model.name,
      `its tokenizer has ${model.tokenizer.vocabSize} tokens, the model ${rows}`,
    );
  const read = await readWeights(model.checkpoint, model.architecture, format, options.onMatrix);
  const weights = withJoined(
    options.untrained === undefined ? read : untrained(read, options.untrained),
    true,
  );
  options.onReport?.(weights.report);
  const policy = new LoraPolicy({
    name: options.name,
    hash: await model.checkpoint.fingerprint(),
    runtime,
    weights,
    tokenizer: model.tokenizer,
    adapter: { rank, alpha, ...(adapterLayers !== undefined && { layers: adapterLayers }) },
    seed: options.seed,
    ...(options.sizes && { sizes: options.sizes }),
  });
  try {
    const trial = () => {
      onStage?.('timing');
      return measurePrecision(policy, options.trial);
    };
    await policy.settle(await choosePrecision(options.precision ?? 'auto', runtime.device, trial));
    return policy;
  } catch (error) {
    await policy.dispose();
    throw error;
  }
}

/** Parameters up to which dense weights are no burden. */
const SMALL = 20e6;

/**
 * How weights may be held unless asked otherwise, the best first. On a CPU floats are several
 * times faster than blocks, where there is memory for them. Without it, and on WebGPU, blocks
 * stay as the file has them, and the floats of large models become blocks of four bits.
 * @param fileBytes of the model's files
 */
export function formatsOf(
  architecture: Architecture,
  device: DeviceKind,
  fileBytes: number,
): readonly [LinearFormat, ...LinearFormat[]] {
  if (parameterCount(architecture) <= SMALL) return device === 'webgpu' ? ['stored'] : ['fp32'];
  const fitsBlocks = allLinears(architecture).every(({ shape }) => shape[1] % BLOCK === 0);
  const small = holdsFloats(architecture, fileBytes) && fitsBlocks ? 'int4' : 'stored';
  return device === 'webgpu' ? [small] : ['fp32', small];
}

/** The one that takes the least memory. */
export const defaultFormat = (
  architecture: Architecture,
  device: DeviceKind,
  fileBytes: number,
): LinearFormat => formatsOf(architecture, device, fileBytes).at(-1)!;
