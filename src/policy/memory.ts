/**
 * How much memory a run will take, before anything is loaded, and smaller working sizes where that is more than it may. Pure arithmetic on
 * sizes: an estimate of what is held at once, not a measurement.
 *
 *   weights      one copy in host memory, and one in each compiled graph that holds them: parameters x bytes each; graphs together at most
 *                GRAPH_CAP and the one being compiled
 *   adapter      6 x 4 bytes a parameter: A and B, two moments, the gradient, the zero gradient, the base's zero adapter
 *   activations  of one micro-batch of M tokens in rows of T, fp32, kept for the backward pass:
 *                a layer     M x (8 width + 3 query + 3 key/value + 5 hidden)  +  3 x heads x M x T; below the first adapted one nothing
 *                the head    4 x M x vocabulary; of a large vocabulary three pieces
 *   cache        keys and values of the rollouts decoded together, as input and as output of a chunk:
 *                2 x 2 x layers x rows x capacity x key/value width x 4 bytes
 */
import { adapterMatrices } from './adapter.ts';
import { parameterCount, type Architecture } from './architecture.ts';
import { PolicyError } from './errors.ts';
import { HEAD_PIECE, isLarge } from './head.ts';
import { MICRO_BATCH_TOKENS } from './packing.ts';
import { MAX_ROWS } from './rollout-batch.ts';
import type { LinearFormat } from './weights.ts';

/** Sizes of the work done at once. Smaller ones are slower and sum in another order; they change nothing else. */
export interface WorkingSizes {
  /** Tokens of a micro-batch of the update. */
  readonly microBatchTokens: number;
  /** Rollouts decoded together. */
  readonly rows: number;
  /** Compiled graphs held. */
  readonly programs: number;
}

/**
 * A step of code and alignment rollouts uses about fifteen shapes and an evaluation as many again; fewer programs than that would be compiled
 * anew in every step.
 */
export const FULL_SIZES: WorkingSizes = {
  microBatchTokens: MICRO_BATCH_TOKENS,
  rows: MAX_ROWS,
  programs: 48,
};

/** In the order they are tried: micro-batches first, they cost the most and slow down the least. */
const SMALLER: readonly WorkingSizes[] = [
  { ...FULL_SIZES, microBatchTokens: 1024 },
  { ...FULL_SIZES, microBatchTokens: 512 },
  { microBatchTokens: 512, rows: 32, programs: 24 },
  { microBatchTokens: 512, rows: 8, programs: 12 },
  { microBatchTokens: 256, rows: 8, programs: 6 },
];

/** Graphs that a run with code and alignment rollouts and its evaluations compiles, when nothing limits them. */
const GRAPHS = 30;

/** What compiled graphs may hold, bytes. */
export const GRAPH_CAP = 1.5 * 2 ** 30;
/** What the backward pass of a micro-batch may keep, bytes. */
const ACTIVATION_CAP = 2 ** 30;

/** Bytes that the backward pass keeps per token, at rows of `time` tokens. @param adapterLayers adapted ones, the last; absent: all */
export function activationBytes(
  { width, hiddenWidth, heads, keyValueHeads, headWidth, layers, vocabSize }: Architecture,
  adapterLayers = layers,
  time: number,
): number {
  const [query, keyValue] = [heads * headWidth, keyValueHeads * headWidth];
  const layer = 8 * width + 3 * query + 3 * keyValue + 5 * hiddenWidth + 3 * heads * time;
  const logits = isLarge({ vocabSize }) ? 3 * HEAD_PIECE : 4 * vocabSize;
  return 4 * (Math.min(layers, adapterLayers) * layer + logits);
}

/** Tokens of a micro-batch whose activations stay under the cap, at most `most`; a row of `time` tokens is the least there is. */
export function microBatchTokens(
  architecture: Architecture,
  adapterLayers: number | undefined,
  time: number,
  most: number,
): number {
  const fitting = Math.floor(ACTIVATION_CAP / activationBytes(architecture, adapterLayers, time));
  return Math.max(time, Math.min(most, fitting));
}

/**
 * Bytes a weight takes as it is held: a float, or a code with its share of a scale and an offset per block of 32.
 * @param inFile bytes per weight of the files, which say how `stored` weights are held
 */
export function bytesPerWeight(format: LinearFormat, inFile: number): number {
  if (format === 'int4') return 0.75;
  if (format === 'int8') return 1.25;
  // Floats of two bytes are held as four; scales of two bytes, too.
  return format === 'fp32' || inFile >= 2 ? 4 : 1.2 * inFile;
}

export interface MemoryRequest {
  readonly architecture: Architecture;
  readonly rank: number;
  /** Only the last this many layers are adapted; absent: all. */
  readonly adapterLayers?: number;
  /** Bytes a weight takes in a graph: 4 dense, about 0.6 in blocks of int4 with their scales. */
  readonly bytesPerWeight: number;
  /** Longest sequence of prompt and completion, tokens. */
  readonly longest: number;
  /** What else the run holds, bytes: interpreters. */
  readonly otherBytes: number;
}

/** Bytes. */
export interface MemoryPrediction {
  readonly weights: number;
  readonly adapter: number;
  readonly activations: number;
  readonly cache: number;
  readonly other: number;
  readonly total: number;
}

export function predictMemory(request: MemoryRequest, sizes: WorkingSizes = FULL_SIZES): MemoryPrediction {
  const { architecture: a, rank, adapterLayers, longest, otherBytes } = request;
  const keyValue = a.keyValueHeads * a.headWidth;
  const tokens = microBatchTokens(a, adapterLayers, longest, sizes.microBatchTokens);
  const settings = { rank, ...(adapterLayers !== undefined && { layers: adapterLayers }) };
  const adapterParameters = adapterMatrices(a, settings).reduce(
    (sum, { dims }) => sum + dims[0] * dims[1],
    0,
  );
  const graph = parameterCount(a) * request.bytesPerWeight;
  const parts = {
    weights: graph + Math.min(graph * Math.min(GRAPHS, sizes.programs), GRAPH_CAP + graph),
    adapter: 6 * 4 * adapterParameters,
    activations: tokens * activationBytes(a, adapterLayers, longest),
    cache: 4 * a.layers * sizes.rows * longest * keyValue * 4,
    other: otherBytes,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** The run does not fit under the cap, however small its working sizes. */
export class MemoryCapError extends PolicyError {
  override readonly name = 'MemoryCapError';
  readonly kept = 'Nothing was loaded.';
  constructor(needed: number, cap: number) {
    super(
      `The run would take about ${inMiB(needed)} MiB at its smallest, and ${inMiB(cap)} MiB is the cap.`,
      'Raise memory.capMiB, shorten the completion budgets, or choose a smaller model.',
    );
  }
}

/** The largest working sizes that fit. @param cap bytes; 0: no cap @throws MemoryCapError */
export function sizesUnder(cap: number, request: MemoryRequest): WorkingSizes {
  if (cap === 0) return FULL_SIZES;
  const fitting = [FULL_SIZES, ...SMALLER].find((sizes) => predictMemory(request, sizes).total <= cap);
  if (fitting) return fitting;
  throw new MemoryCapError(predictMemory(request, SMALLER.at(-1)!).total, cap);
}

const inMiB = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
