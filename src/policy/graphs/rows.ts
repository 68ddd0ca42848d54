/**
 * The log-probability and entropy of tokens that follow, which scoring, updating and
 * pretraining share; and for pretraining packed rows of tokens through the decoder,
 * whose inputs `ids`, `positions`, `segments`, `prompts`, `targets` are made by
 * lora/packing.ts. Sequences that are scored or learned from have spans.ts instead.
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, exp, mul, sub } from '../../tensor/ops/arithmetic.ts';
import { equal, mask } from '../../tensor/ops/compare.ts';
import { oneHot, pick } from '../../tensor/ops/gather.ts';
import { reduceSum, reshape } from '../../tensor/ops/broadcast.ts';
import { logSumExp } from '../../tensor/ops/reduce.ts';
import { attendRows, causalMask, decoderLayers, finalNorm, splitHeads } from '../model/decoder.ts';
import type { Model } from '../model/parts.ts';
import { statisticsByPiece } from './vocabulary.ts';

export interface RowInputs {
  /** int32 [rows, sequenceLength] */
  readonly ids: Tensor;
  /** int32 [rows * sequenceLength] */
  readonly positions: Tensor;
  /** float32 [rows, sequenceLength] */
  readonly segments: Tensor;
  /** float32 [rows, sequenceLength] */
  readonly prompts: Tensor;
  /** int32 [rows * sequenceLength] */
  readonly targets: Tensor;
  readonly rows: number;
  readonly sequenceLength: number;
}

export function rowInputs(graph: Graph, rows: number, sequenceLength: number): RowInputs {
  return {
    ids: graph.input('ids', 'int32', [rows, sequenceLength]),
    positions: graph.input('positions', 'int32', [rows * sequenceLength]),
    segments: graph.input('segments', 'float32', [rows, sequenceLength]),
    prompts: graph.input('prompts', 'float32', [rows, sequenceLength]),
    targets: graph.input('targets', 'int32', [rows * sequenceLength]),
    rows,
    sequenceLength,
  };
}

/**
 * Additive mask [rows, 1, sequenceLength, sequenceLength]: 0 where a token may look,
 * -1e9 elsewhere (later tokens, other segments).
 */
function segmentMask(graph: Graph, { segments, prompts, rows, sequenceLength }: RowInputs): Tensor {
  const seen = reshape(segments, [rows, 1, 1, sequenceLength]);
  const isAt = (segment: Tensor) => mask(equal(reshape(segment, [rows, 1, sequenceLength, 1]), seen));
  // No token has its own segment for its prompt's: the sum is 0 or 1.
  const near = add(isAt(segments), isAt(prompts));
  return mul(sub(1, mul(near, causalMask(graph, sequenceLength))), -1e9);
}

/** Attention for whole packed rows. */
function rowAttention(model: Model, inputs: RowInputs) {
  const bias = segmentMask(model.graph, inputs);
  const { rows, sequenceLength, positions } = inputs;
  return (q: Tensor, k: Tensor, v: Tensor, layer: number) =>
    attendRows(
      model,
      splitHeads(model, q, k, v, rows, sequenceLength, { at: positions, room: sequenceLength }, layer),
      bias,
      rows,
      sequenceLength,
    );
}

/** Normalised last hidden states [rows * sequenceLength, hiddenSize]. */
export function rowHidden(model: Model, inputs: RowInputs): Tensor {
  const hidden = decoderLayers(model, model.embed(inputs.ids), rowAttention(model, inputs));
  return finalNorm(model, hidden);
}

export interface TokenStatistics {
  /** log pi(target), [n] */
  readonly logProb: Tensor;
  /** Entropy of the distribution, nats, [n] */
  readonly entropy: Tensor;
  /** At the temperature, [n, vocab], the whole vocabulary at once: for few places. */
  logits(): Tensor;
  /** log sum exp of the logits, [n, 1] */
  readonly normaliser: Tensor;
}

/**
 * hidden [n, hiddenSize] and targets [n] to log-probabilities at 1 / `inverseTemperature`.
 * The hidden state is scaled and not the logits: the logits come out equal, and a hidden
 * state is much smaller than a vocabulary. entropy = lse - sum(softmax(z) z).
 */
export function tokenStatistics(
  model: Model,
  hidden: Tensor,
  targets: Tensor,
  inverseTemperature: Tensor,
): TokenStatistics {
  const scaled = mul(hidden, inverseTemperature);
  const pieces = model.headPieces();
  if (pieces.length > 1)
    return { ...statisticsByPiece(pieces, scaled, targets), logits: () => model.head(scaled) };
  const logits = pieces[0]!.logits(scaled);
  const normaliser = logSumExp(logits);
  const n = logits.dim(0);
  const chosen = pick(logits, oneHot(targets, logits.dim(1)));
  const expected = reduceSum(mul(exp(sub(logits, normaliser)), logits), [-1]);
  const flat = reshape(normaliser, [n]);
  return { logProb: sub(chosen, flat), entropy: sub(flat, expected), logits: () => logits, normaliser };
}
