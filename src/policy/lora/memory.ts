/**
 * Predicts how much memory a run will take, before anything is loaded. It is arithmetic on
 * sizes: an estimate of the most that is held at once, not a measurement. `npm run bench --
 * --only memory` compares it with processes; the numbers of COSTS come from there. Where it
 * is too much, fit-sizes.ts chooses smaller working sizes.
 *
 *   weights      one copy in host memory
 *   graphs       one each for prompts, tokens, scores and updates, whatever the lengths. Those with weights
 *                of their own have copies of them, together at most as many whole ones as fit under
 *                GRAPH_CAP. Where they share weights there is one copy on the device, none where the device
 *                is the host
 *   adapter      8 x 4 bytes a parameter: A and B, two moments, the gradient, the zero gradient, the base's
 *                zero adapter, and about two for what graphs/merge.ts makes of A and B (for small models a
 *                merged copy of the layers instead, which other graphs then have none of); two more moments
 *                for each further optimizer
 *   activations  of one micro-batch of M tokens, sequences of T at most, fp32, kept for the backward pass:
 *                a layer     M x (4 hiddenSize + 2 query + 3 key/value + 4 intermediateSize + heads x T);
 *                              nothing below the first adapted layer, and one layer more for what is computed
 *                              at the moment
 *                the head    4 x M x vocabulary; of a large vocabulary three pieces, for the quarter of the
 *                              tokens that is asked about
 *   cache        keys and values of the rollouts decoded together, 2 x layers x rows x capacity x key/value
 *                width x 4 bytes, as input and output of a chunk. Rows that share a prompt share its part,
 *                but a measurement asks each prompt once, and then there is a whole one for each row. Where
 *                the device has no product with blocks of 8 bits, also a head in such blocks, which is made
 *                floats for each token
 *
 * Rollouts and updates take turns, so the larger of the two counts. The heap of WebAssembly never shrinks,
 * so it keeps the larger of the two as well. On the host, caches outlive their use until they are collected.
 */
import type { DeviceKind } from '../../tensor/types.ts';
import { adapterMatrices } from '../model/adapter.ts';
import { allLinears, parameterCount, type Architecture } from '../model/architecture.ts';
import { HEAD_PIECE, isLarge } from '../model/lora-model.ts';
import { LONGEST_ROW, MICRO_BATCH_TOKENS, packedShape } from './packing.ts';
import { MAX_ROWS } from './rollout-batch.ts';
import type { BytesPerWeight } from './weight-bytes.ts';

const MIB = 2 ** 20;

/**
 * Sizes of the work done at once. Smaller ones are slower and sum in another order; they change nothing else.
 */
export interface WorkingSizes {
  /** Tokens of a micro-batch of the update. */
  readonly microBatchTokens: number;
  /** Rollouts decoded together. */
  readonly rows: number;
  /** Compiled graphs held. */
  readonly programs: number;
  /** What compiled graphs may hold, bytes; one is always held. */
  readonly graphBytes: number;
}

/** What compiled graphs may hold, bytes. */
export const GRAPH_CAP = 1.5 * 2 ** 30;
/** What the backward pass of a micro-batch may keep, bytes. */
const ACTIVATION_CAP = 640 * MIB;

/** A step uses six kinds of graphs; what a page looks at brings some more. */
export const FULL_SIZES: WorkingSizes = {
  microBatchTokens: MICRO_BATCH_TOKENS,
  rows: MAX_ROWS,
  programs: 24,
  graphBytes: GRAPH_CAP,
};

interface Costs {
  /** The runtime itself, bytes. */
  readonly runtime: number;
  /**
   * Copies of its weights that a compiled graph has on the device: as given, and as the operators want them.
   */
  readonly copies: number;
  /** Caches that live on the device, beside those of the host. */
  readonly caches: number;
  /** Caches in host memory during rollouts, live ones and those not yet collected. */
  readonly hostCaches: number;
  /** What an allocator needs for a byte asked of it. */
  readonly slack: number;
  /** Whether a head in blocks of 8 bits is made floats for each token. */
  readonly floatHead: boolean;
}

/** Measured by the bench, WebGPU's not: there was no such device to measure. */
const COSTS: Readonly<Record<DeviceKind, Costs>> = {
  wasm: { runtime: 165 * MIB, copies: 1.15, caches: 2, hostCaches: 2.5, slack: 1.2, floatHead: true },
  native: { runtime: 45 * MIB, copies: 1.83, caches: 0, hostCaches: 2.5, slack: 1, floatHead: false },
  webgpu: { runtime: 200 * MIB, copies: 2, caches: 2, hostCaches: 0, slack: 1.1, floatHead: true },
};

/**
 * Models up to this size have their weights in every graph: a copy is small, and an
 * operator may keep its own in an order it likes better.
 */
const SMALL = 20e6;

/**
 * Whether graphs take weights as inputs, so that there is one copy. Blocks are not shared on a
 * CPU: operators want them in an order of their own, which they can only make of what is theirs.
 */
export const sharesWeights = (device: DeviceKind, a: Architecture, linear: number): boolean =>
  device === 'webgpu' || (parameterCount(a) > SMALL && linear === 4);

/** @returns bytes that a compiled graph takes for `bytes` of weights */
export const graphCost = (device: DeviceKind, bytes: number): number => COSTS[device].copies * bytes;

/**
 * Values in JavaScript for a node of a graph while it is encoded: a layer of a decoded token has about 60.
 */
const BYTES_A_LAYER_BUILT = 240 * 1024;

/** Of the caches of rollouts, what is not yet collected while the update runs. Measured. */
const CACHES_LEFT = 0.5;

const parameterBytes = 4;

/**
 * Bytes that the backward pass keeps per token, in sequences of `sequenceLength` tokens.
 * @param adapterLayers how many of the last layers are adapted; absent: all
 */
export function activationBytes(
  { hiddenSize, intermediateSize, heads, keyValueHeads, headDim, layers, vocabSize }: Architecture,
  adapterLayers = layers,
  sequenceLength: number,
): number {
  const [query, keyValue] = [heads * headDim, keyValueHeads * headDim];
  const layer = 4 * hiddenSize + 2 * query + 3 * keyValue + 4 * intermediateSize + heads * sequenceLength;
  const logits = isLarge({ vocabSize }) ? (3 / 4) * HEAD_PIECE : 4 * vocabSize;
  return parameterBytes * ((Math.min(layers, adapterLayers) + 1) * layer + logits);
}

/**
 * Tokens of a micro-batch whose activations stay under the cap, at most `most`; a row
 * of `sequenceLength` tokens is the least there is.
 */
export function microBatchTokens(
  architecture: Architecture,
  adapterLayers: number | undefined,
  sequenceLength: number,
  most: number,
): number {
  const fitting = Math.floor(ACTIVATION_CAP / activationBytes(architecture, adapterLayers, sequenceLength));
  return Math.max(sequenceLength, Math.min(most, fitting));
}

export interface MemoryRequest {
  readonly architecture: Architecture;
  readonly device: DeviceKind;
  readonly rank: number;
  /** Only the last this many layers are adapted; absent: all. */
  readonly adapterLayers?: number;
  readonly bytesPerWeight: BytesPerWeight;
  /** Longest sequence of prompt and completion, tokens. */
  readonly longest: number;
  /** Rollouts of a step. */
  readonly rollouts: number;
  /** Each with moments of its own; absent: one. */
  readonly optimizers?: number;
  /** Whether a reference is scored. */
  readonly scored: boolean;
  /** What else the run holds, bytes: the process, interpreters. */
  readonly otherBytes: number;
}

/** Bytes. */
export interface MemoryPrediction {
  readonly weights: number;
  readonly graphs: number;
  readonly adapter: number;
  /** Of rollouts or of updates, whichever is more. */
  readonly work: number;
  readonly other: number;
  readonly total: number;
}

/**
 * Bytes of weights in a graph that runs the model, and in one that goes back through
 * it, which has blocks a second time.
 */
function graphBytes(a: Architecture, { linear, table }: BytesPerWeight, adapterLayers = a.layers) {
  const linears = allLinears(a).map(({ shape }) => shape[0] * shape[1]);
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  const vocabulary = a.vocabSize * a.hiddenSize;
  // Rows that are looked up and the head are two tables, also where they are one
  // matrix, unless they are floats.
  const tables = table < 4 || !a.tiedHead ? 2 : 1;
  const forward = sum(linears) * linear + vocabulary * table * tables;
  const adapted = sum(linears.slice(Math.max(0, a.layers - adapterLayers) * (linears.length / a.layers)));
  const again = (linear < 4 ? adapted * (linear < 1 ? 0.5 : 1) : 0) + (table < 4 ? vocabulary : 0);
  const held = sum(linears) * linear + vocabulary * table * (a.tiedHead ? 1 : 2);
  return { forward, backward: forward + again, held };
}

export const predictMemory = (request: MemoryRequest, sizes: WorkingSizes = FULL_SIZES): MemoryPrediction =>
  estimateMemory(request, sizes).prediction;

/** The prediction, and `heap`: what of it is the device's own memory, which may be bounded. */
export function estimateMemory(
  request: MemoryRequest,
  sizes: WorkingSizes,
): { readonly prediction: MemoryPrediction; readonly heap: number } {
  const { architecture: a, device, rank, adapterLayers, longest, rollouts } = request;
  const costs = COSTS[device];
  const { forward, backward, held } = graphBytes(a, request.bytesPerWeight, adapterLayers);
  const batch = Math.min(rollouts, sizes.rows);
  const forwards = 2 + (request.scored ? 1 : 0);
  const kept = Math.min(1, sizes.programs / (forwards + 1));
  const isShared = sharesWeights(device, a, request.bytesPerWeight.linear);
  const one = isShared ? (device === 'native' ? 0 : costs.slack * forward) : 0;
  const [there, back] = isShared
    ? [0, costs.copies * (backward - forward)]
    : [costs.copies * forward, costs.copies * backward];
  const all = forwards * there + back;
  const graphs = one + Math.max(back, Math.min(all * kept, wholeGraphs(sizes.graphBytes, there, back)));

  const { sequenceLength } = packedShape(Math.min(longest, LONGEST_ROW), Infinity);
  const tokens = microBatchTokens(a, adapterLayers, sequenceLength, sizes.microBatchTokens);
  const { rows } = packedShape(sequenceLength, Infinity, tokens);
  const needed = isLarge(a) ? 2 ** Math.ceil(Math.log2(rollouts)) : Infinity;
  const activations =
    Math.min(rows, needed) * sequenceLength * activationBytes(a, adapterLayers, sequenceLength);

  const capacity = Math.ceil(longest / 64) * 64;
  const cache = 2 * a.layers * batch * capacity * a.keyValueHeads * a.headDim * parameterBytes;
  const isFloatHead = costs.floatHead && request.bytesPerWeight.table < 4;
  const head = isFloatHead ? parameterBytes * a.vocabSize * a.hiddenSize : 0;
  const settings = { rank, ...(adapterLayers !== undefined && { layers: adapterLayers }) };
  const adapterParameters = adapterMatrices(a, settings).reduce(
    (sum, { dims }) => sum + dims[0] * dims[1],
    0,
  );
  const decoding = costs.caches * cache + head;
  const largest = costs.slack * Math.max(activations, decoding);
  const work = Math.max(
    costs.slack * decoding + costs.hostCaches * cache,
    (device === 'wasm' ? largest : costs.slack * activations) + CACHES_LEFT * cache,
  );
  const parts = {
    weights: held,
    graphs,
    adapter: (6 + 2 * (request.optimizers ?? 1)) * parameterBytes * adapterParameters,
    work,
    other: costs.runtime + 8 * a.layers * BYTES_A_LAYER_BUILT + request.otherBytes,
  };
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { prediction: { ...parts, total }, heap: graphs + largest };
}

/**
 * The most that whole graphs take under a limit, bytes. Large ones leave much of it
 * empty. One of the second kind is held whatever the limit.
 * @param there, back sizes of a graph of either kind
 */
function wholeGraphs(limit: number, there: number, back: number): number {
  if (there === 0) return Infinity;
  const beside = (taken: number): number => taken + Math.floor(Math.max(0, limit - taken) / there) * there;
  return Math.max(beside(0), beside(back));
}
