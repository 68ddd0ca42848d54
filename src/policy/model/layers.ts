/**
 * The layers of every family. Beside a Llama's there may be norms after a block, norms of
 * queries and keys, factors on what a layer adds, layers whose positions are rotated
 * otherwise or not at all. One function has all of it, so that whole rows, gradients and
 * decoding share it. Plain families decode in fewer operators, in graphs/step.ts.
 */
import type { Tensor } from '../../tensor/graph.ts';
import { add, mul } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { split } from '../../tensor/ops/layout.ts';
import { rmsNorm } from '../../tensor/ops/normal.ts';
import { layerTensor, type LayerNorm, type Linear } from '../families/family.ts';
import { linearShape, type Architecture } from './architecture.ts';
import { ACTIVATIONS } from './activations.ts';
import type { Attention, Model } from './parts.ts';
import type { Rotary } from '../families/rotary.ts';

/** Whether a layer is a Llama's: two norms, before the blocks, and nothing else. */
export function hasLlamaLayers({ family, variation, rotary, headDim }: Architecture): boolean {
  const { norms, queryKeyNorms } = family;
  const isUsual = norms.beforeAttention !== undefined && norms.beforeMlp !== undefined;
  const hasMore = norms.afterAttention ?? norms.afterMlp ?? queryKeyNorms ?? variation;
  return isUsual && hasMore === undefined && (rotary?.dims ?? headDim) === headDim;
}

/** The rotary positions of most layers. */
export const usualRotary = ({ ropeTheta, headDim, rotary }: Architecture): Rotary =>
  rotary ?? { theta: ropeTheta, dims: headDim };

/** How a layer's queries and keys are rotated; null: they are not. */
export function rotaryOf(architecture: Architecture, layer: number): Rotary | null {
  const { variation } = architecture;
  if (variation?.unrotated?.includes(layer)) return null;
  if (variation?.local?.layers.includes(layer)) return variation.local.rotary;
  return usualRotary(architecture);
}

/** What scores of attention are multiplied by. */
export const attentionScale = ({ headDim, variation }: Architecture): number =>
  variation?.attentionScale ?? 1 / Math.sqrt(headDim);

/** x itself where there is no factor. */
export const scaled = (x: Tensor, factor: number | undefined): Tensor =>
  factor === undefined || factor === 1 ? x : mul(x, factor);

/** Layers `from` (inclusive) to `to` (exclusive) over hidden states x [n, hiddenSize]. */
export function decoderLayers(
  model: Model,
  x: Tensor,
  attend: Attention,
  from = 0,
  to = model.architecture.layers,
): Tensor {
  const { architecture } = model;
  const { normEps, family, variation } = architecture;
  const activate = ACTIVATIONS[family.activation];
  let hidden = x;
  for (let layer = from; layer < to; layer++) {
    const norm = (which: LayerNorm, x: Tensor): Tensor => {
      const tensor = family.norms[which];
      return tensor ? rmsNorm(x, model.norm(layerTensor(layer, tensor)), normEps) : x;
    };
    const linear = (which: Linear, x: Tensor) => model.linear(layerTensor(layer, family.linears[which]), x);
    const several = (which: readonly Linear[], x: Tensor) => {
      const sizes = which.map((one) => linearShape(architecture, one)[0]);
      const names = which.map((one) => layerTensor(layer, family.linears[one]));
      return split(model.joined(names, x), sizes, 1);
    };
    const addTo = (residual: Tensor, change: Tensor) =>
      add(residual, scaled(change, variation?.residualScale));

    const [q, k, v] = several(['q', 'k', 'v'], norm('beforeAttention', hidden));
    const [queries, keys] = [normedHeads(model, q!, 'q', layer), normedHeads(model, k!, 'k', layer)];
    const mixed = linear('o', attend(queries, keys, v!, layer));
    hidden = addTo(hidden, norm('afterAttention', mixed));

    const [gate, up] = several(['gate', 'up'], norm('beforeMlp', hidden));
    const out = linear('down', mul(activate(gate!), up!));
    hidden = addTo(hidden, norm('afterMlp', out));
  }
  return hidden;
}

/**
 * Queries or keys [n, heads * headDim] normed, each head by itself or all together, where the family does so.
 */
function normedHeads(model: Model, x: Tensor, which: 'q' | 'k', layer: number): Tensor {
  const { family, headDim, normEps } = model.architecture;
  const norms = family.queryKeyNorms;
  if (!norms) return x;
  const weight = model.norm(layerTensor(layer, norms[which]));
  if (norms.over === 'all') return rmsNorm(x, weight, normEps);
  const byHead = reshape(x, [x.dim(0) * (x.dim(1) / headDim), headDim]);
  return reshape(rmsNorm(byHead, weight, normEps), x.dims);
}
