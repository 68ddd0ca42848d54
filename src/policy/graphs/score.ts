/**
 * The scoring graph. It computes log-probabilities and entropies of given tokens and, on
 * request, the hidden states after some layers or the most probable tokens at each place.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { mul, sub } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { argMax, oneHot, pick } from '../../tensor/ops/gather.ts';
import { concat } from '../../tensor/ops/layout.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { decoderLayers, finalNorm } from '../model/decoder.ts';
import { loraModel } from '../model/lora-model.ts';
import type { Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { tokenStatistics } from './rows.ts';
import { ownPart, spanAttention, spanInputs, type SpanShape } from './spans.ts';

export interface ScoreShape extends SpanShape {
  /** Also output `hidden.K` [own, hiddenSize] after these many layers, 0 to all of them. */
  readonly hiddenAfterLayers?: readonly number[];
  /**
   * Also output the most probable tokens, this many: `topIds` and `topLogProbs`,
   * [own, alternatives].
   */
  readonly alternatives?: number;
}

export const HIDDEN = 'hidden.';
export const hiddenName = (layers: number): string => `${HIDDEN}${layers}`;

/** Outputs `logProb` and `entropy`, [own]. */
export function scoreGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: ScoreShape,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): Graph {
  const graph = new Graph(`score ${shape.own}+${shape.shared}`, device);
  const model = loraModel(graph, weights, settings, 'made', precision);
  const inputs = spanInputs(graph, shape);
  const inverseTemperature = graph.input('inverseTemperature', 'float32', []);
  const attend = spanAttention(model, inputs);
  const wanted = (x: Tensor): Tensor => ownPart(inputs, x);
  const { layers } = weights.architecture;
  let [hidden, done] = [model.embed(inputs.ids), 0];
  const states = [...new Set(shape.hiddenAfterLayers)]
    .sort((a, b) => a - b)
    .map((count) => {
      hidden = decoderLayers(model, hidden, attend, done, count, wanted);
      done = count;
      return { count, hidden };
    });
  const last = decoderLayers(model, hidden, attend, done, layers, wanted);
  const { logProb, entropy, logits, normaliser } = tokenStatistics(
    model,
    finalNorm(model, last),
    inputs.targets,
    inverseTemperature,
  );
  graph.output('logProb', logProb);
  graph.output('entropy', entropy);
  for (const state of states) graph.output(hiddenName(state.count), wanted(state.hidden));
  if (shape.alternatives !== undefined) {
    const top = mostProbable(logits(), normaliser, shape.alternatives);
    graph.output('topIds', top.ids);
    graph.output('topLogProbs', top.logProbs);
  }
  return graph;
}

/** A logit below every other: a token that was taken already. */
const TAKEN = 1e9;

/**
 * The `count` largest of logits [n, vocab], one after another: ids as float32 and
 * log-probabilities, both [n, count]. Comparisons instead of TopK, which WebGPU does not have.
 */
function mostProbable(logits: Tensor, normaliser: Tensor, count: number): { ids: Tensor; logProbs: Tensor } {
  const [n, vocab] = [logits.dim(0), logits.dim(1)];
  const ids: Tensor[] = [];
  const logProbs: Tensor[] = [];
  let rest = logits;
  for (let i = 0; i < count; i++) {
    const id = argMax(rest);
    const hot = oneHot(id, vocab);
    ids.push(reshape(id, [n, 1]));
    logProbs.push(sub(reshape(pick(logits, hot), [n, 1]), normaliser));
    rest = sub(rest, mul(hot, TAKEN));
  }
  return { ids: concat(ids, 1), logProbs: concat(logProbs, 1) };
}
