/**
 * Opens a model for programs in Node, with the defaults of the command line. It reads
 * and loads; it trains nothing.
 */
import type { CliDevice } from '../cli/device-options.ts';
import { openModelWithAdapter } from '../cli/engine.ts';
import { openModelAt } from '../cli/models.ts';
import { DEFAULTS } from '../learning/config.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { LinearFormat } from '../policy/model/weights.ts';

export interface OpenPolicyOptions {
  /**
   * A folder as transformers writes it, a .gguf file, or an id of the Hub. Default:
   * nano, which comes with the package.
   */
  readonly model?: string;
  /** Rank of the adapter; default 8. */
  readonly rank?: number;
  /** The adapter is scaled by alpha / rank; default 16. */
  readonly alpha?: number;
  /** Seed of the adapter's first matrices; default 1. */
  readonly seed?: number;
  /** LoRA on the last this many layers; default all. */
  readonly adapterLayers?: number;
  /** `wasm` (default), or `native`: onnxruntime-node, installed when it is first asked for. */
  readonly device?: CliDevice;
  /** Threads of the device; default one per core. */
  readonly threads?: number;
  /** How matrices are held in memory; default by the model's size. */
  readonly weights?: LinearFormat;
  /** Is told what a download is doing, a line at a time. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * A model with a fresh adapter. Until the first update it is the base model. Dispose of it when done.
 * @throws CommandError, UsageError, PolicyError (a file that is missing, damaged or not understood, by name)
 */
export async function openPolicy(options: OpenPolicyOptions = {}): Promise<LoraPolicy> {
  const { model, rank, alpha, seed = 1, weights, onProgress, signal, ...machine } = options;
  return openModelWithAdapter({
    ...machine,
    model: await openModelAt(model, onProgress, signal),
    rank: rank ?? DEFAULTS['adapter.rank'],
    alpha: alpha ?? DEFAULTS['adapter.alpha'],
    seed,
    linears: weights,
  });
}
