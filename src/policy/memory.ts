/**
 * How much memory a model needs, before it is loaded: from its sizes, how its matrices are held, and the shape of a step. Pure arithmetic; the
 * constants are counts of the tensors that the graphs keep; they have not been fitted to measurements (docs/real-models.md). It also chooses micro-batches that stay under a cap.
 */
import { adapterMatrices, type AdapterSettings } from './adapter.ts';
import { allLinears, type Architecture } from './architecture.ts';
import { HEAD_PIECE, isLarge } from './head.ts';
import { DENSE_TABLE_VALUES, type LinearFormat } from './weights.ts';

export interface MemoryRequest {
  readonly architecture: Architecture;
  /** How linear layers are held; `stored` needs `storedBits`. */
  readonly format: LinearFormat;
  /** Bits of a weight in the file, for `stored`: 4, 8, or 32 for anything held dense. */
  readonly storedBits?: 4 | 8 | 32;
  readonly adapter: AdapterSettings;
  /** Rollouts decoded together, rounded up as generate.ts does, and their longest length, prompt included. */
  readonly rows: number;
  readonly context: number;
}

/** Bytes by what they are for; `total` is their sum. */
export interface MemoryEstimate {
  /** The weights in host memory. */
  readonly weights: number;
  /** Copies of the weights that compiled graphs hold. */
  readonly graphs: number;
  /** Keys and values of the rollouts, old and new at once. */
  readonly cache: number;
  /** What the backward pass keeps of a micro-batch. */
  readonly activations: number;
  /** Adapter, moments, gradients. */
  readonly adapter: number;
  readonly total: number;
}

/** What the backward pass of a micro-batch may keep, bytes. */
export const ACTIVATION_CAP = 2 ** 30;
/** What compiled graphs may hold of weights, bytes. */
export const GRAPH_CAP = 1.5 * 2 ** 30;

/** Tensors of the model's width, of the hidden width, and of heads x time that a layer keeps per token. */
const KEPT = { width: 14, hidden: 6, attention: 3 } as const;

/** Bytes that the backward pass keeps per token, at rows of `time` tokens. */
export function activationBytes(architecture: Architecture, adapter: AdapterSettings, time: number): number {
  const { width, hiddenWidth, heads, layers, vocabSize } = architecture;
  const kept = KEPT.width * width + KEPT.hidden * hiddenWidth + KEPT.attention * heads * time;
  // Below the first adapted layer nothing is kept. Of logits a few pieces exist at once, at half the places.
  const logits = isLarge(architecture) ? 3 * HEAD_PIECE : 6 * vocabSize;
  return 4 * (kept * Math.min(layers, adapter.layers ?? layers) + logits);
}

/** Tokens of a micro-batch that stays under the cap, at most `most`; a row of `time` tokens is the least there is. */
export function microBatchTokens(
  architecture: Architecture,
  adapter: AdapterSettings,
  time: number,
  most: number,
  cap = ACTIVATION_CAP,
): number {
  const fitting = Math.floor(cap / activationBytes(architecture, adapter, time));
  return Math.max(time, Math.min(most, fitting));
}

/** Bytes of a weight: quants with a scale and an offset per block of 32, or floats. */
const bytesPerWeight = (bits: 4 | 8 | 32): number =>
  bits === 32 ? 4 : bits / 8 + 4 / 32 + (bits === 4 ? 4 / 32 : 0);

export function estimateMemory(request: MemoryRequest): MemoryEstimate {
  const { architecture, format, storedBits = 32, adapter, rows, context } = request;
  const { vocabSize, width, layers, keyValueHeads, headWidth, tiedHead } = architecture;
  const bits = format === 'int4' ? 4 : format === 'int8' ? 8 : format === 'fp32' ? 32 : storedBits;
  const linears = allLinears(architecture).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  const linearBytes = linears * bytesPerWeight(bits);
  const isDenseTable = bits === 32 || vocabSize * width <= DENSE_TABLE_VALUES;
  const table = vocabSize * width * (isDenseTable ? 4 : bytesPerWeight(8));
  const weights = linearBytes + table * (tiedHead ? 1 : 2);
  // A graph holds embedding and head; the update graph reads quantised matrices in two layouts.
  const graph = linearBytes + table * 2;
  const updateGraph = linearBytes * (bits === 32 ? 1 : 2) + table * 2;
  const held = Math.max(updateGraph, Math.min(GRAPH_CAP, updateGraph + 4 * graph));
  const cache = 2 * 2 * 4 * rows * context * layers * keyValueHeads * headWidth;
  const tokens = microBatchTokens(architecture, adapter, context, 2048);
  const activations = tokens * activationBytes(architecture, adapter, context);
  const matrices = adapterMatrices(architecture, adapter).reduce(
    (sum, { dims }) => sum + dims[0] * dims[1],
    0,
  );
  const adapterBytes = 4 * matrices * 7;
  return {
    weights,
    graphs: held,
    cache,
    activations,
    adapter: adapterBytes,
    total: weights + held + cache + activations + adapterBytes,
  };
}
