/**
 * A model in a graph: weights frozen, the LoRA adapter (Hu et al. 2021) as inputs. It knows how matrices are
 * held (floats, blocks, joined) and multiplied, and in which precision. What is computed with them is
 * decoder.ts's, and losses and sampling are in graphs/.
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { half } from '../../tensor/ops/compare.ts';
import { gather, gatherQuantised } from '../../tensor/ops/gather.ts';
import { linearHalf, matmulHalf } from '../../tensor/ops/half.ts';
import { concat } from '../../tensor/ops/layout.ts';
import { addProduct, gemm, matmul, matmulQuantised, pullbackQuantised } from '../../tensor/ops/matmul.ts';
import { sizeOf } from '../../tensor/types.ts';
import { adapterMatrices, adapterScale, type AdapterSettings } from './adapter.ts';
import type { Architecture } from './architecture.ts';
import { scaled } from './decoder.ts';
import { joinedWeight, joinedKey } from './joined.ts';
import { adapterGroups, downName, adapterForm, mergedName, sideBySide, upName } from './merged.ts';
import type { HeadPiece, Model } from './parts.ts';
import type { Precision } from './precision.ts';
import { rowsOf, type LinearWeight, type Weights } from './weights.ts';

/** Tokens of the vocabulary in one piece. */
export const HEAD_PIECE = 8192;

/** Whether logits are computed in pieces, and only where they are asked for. */
export const isLarge = ({ vocabSize }: Pick<Architecture, 'vocabSize'>): boolean => vocabSize > HEAD_PIECE;

/** Consecutive pieces of nearly equal size that cover the vocabulary. */
export function headPieces(vocabSize: number): readonly { readonly first: number; readonly size: number }[] {
  const count = Math.ceil(vocabSize / HEAD_PIECE);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * vocabSize) / count));
  return bounds.slice(0, -1).map((first, i) => ({ first, size: bounds[i + 1]! - first }));
}

const linearRows = (weight: LinearWeight): number =>
  weight.kind === 'dense' ? weight.outFeatures : weight.blocks.outFeatures;

/**
 * `separate` computes x W^T + scale (x A^T) B^T from the adapter's own matrices, which gradients need. `made`
 * takes what graphs/merge.ts makes of them, which means fewer operators where a graph decodes many tokens:
 * W + scale B A, or A and scale B of maps that share an input side by side (merged.ts).
 */
export type AdapterUse = 'made' | 'separate';

export interface LoraModel extends Model {
  /** The adapter's matrices as graph inputs, in the order of `adapterMatrices`; none where it is `made`. */
  readonly adapter: readonly Tensor[];
}

/** Weights frozen in the graph, the LoRA adapter (Hu et al. 2021) as inputs: the policy. */
export function loraModel(
  graph: Graph,
  weights: Weights,
  settings: AdapterSettings,
  use: AdapterUse,
  precision: Precision = 'fp32',
): LoraModel {
  const { architecture } = weights;
  const matrices = adapterMatrices(architecture, settings);
  const inputs = new Map(
    use === 'separate' ? matrices.map(({ name, dims }) => [name, graph.parameter(name, dims)] as const) : [],
  );
  const groups = new Map(adapterGroups(weights, settings).map((group) => [group.key, group]));
  const table = (name: string, dims: readonly number[], data: Float32Array) =>
    graph.cached(name, () => graph.constant('float32', dims, data, name));
  const { embedding: embeddingName, head: ownHead } = architecture.family;
  const headName = (architecture.tiedHead ? embeddingName : ownHead).name;
  const scale = adapterScale(settings);
  const inHalf = precision === 'fp16';

  /** x [n, in] times the transpose of a weight held under `name`. */
  const times = (x: Tensor, name: string, weight: LinearWeight, rounded = false): Tensor => {
    if (weight.kind === 'quantised') return matmulQuantised(x, weight.blocks, name, rounded);
    const held = table(name, [weight.outFeatures, weight.inFeatures], weight.data);
    return rounded ? linearHalf(x, held) : gemm(x, held, false, true);
  };

  /** Maps of one input whose matrix is `weight`, with what the adapter adds to each. */
  const adapted = (names: readonly string[], weight: LinearWeight, x: Tensor): Tensor => {
    const group = groups.get(joinedKey(names));
    if (!group) return times(x, joinedKey(names), weight, inHalf);
    const { key } = group;
    const once = (name: string, make: () => Tensor) => graph.outside(() => graph.cached(name, make));
    if (use === 'made') {
      const given = (name: string, dims: readonly number[]): Tensor =>
        once(name, () => graph.input(name, 'float32', dims));
      const form = adapterForm(weights, settings, group, precision, graph.device);
      if (form.kind === 'merged') return gemm(x, given(mergedName(key), form.dims), false, true);
      const base = times(x, key, form.base, inHalf);
      const down = gemm(x, given(downName(key), form.down), false, true);
      return addProduct(base, down, given(upName(key), form.up), 1);
    }
    const base = times(x, key, weight, inHalf);
    const { down, up } = sideBySide(
      names.map((name) => ({ a: inputs.get(`${name}.lora_A`)!, b: inputs.get(`${name}.lora_B`)! })),
      settings,
      (name, make) => once(`${key}.${name}`, make),
    );
    return addProduct(base, gemm(x, down, false, true), up, scale);
  };

  const biased = (names: readonly string[], out: Tensor): Tensor => {
    if (!names.some((name) => weights.biases.has(name))) return out;
    const parts = names.map(
      (name) => weights.biases.get(name) ?? new Float32Array(linearRows(weights.linears.get(name)!)),
    );
    const values = parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));
    return add(
      out,
      graph.cached(`${names.join('+')}.bias`, () => graph.constant('float32', [values.length], values)),
    );
  };
  const linear = (name: string, x: Tensor): Tensor =>
    biased([name], adapted([name], weights.linears.get(name)!, x));

  return {
    graph,
    architecture,
    adapter: [...inputs.values()],
    embed(ids) {
      const { embedding } = weights;
      const flat = reshape(ids, [sizeOf(ids.dims)]);
      const found =
        embedding.kind === 'quantised'
          ? gatherQuantised(flat, embedding.blocks, `${embeddingName.name}.rows`)
          : gather(
              table(embeddingName.name, [architecture.vocabSize, architecture.hiddenSize], embedding.data),
              flat,
            );
      return scaled(found, architecture.variation?.embeddingScale);
    },
    linear,
    joined(names, x) {
      const weight = joinedWeight(weights, names);
      return weight
        ? biased(names, adapted(names, weight, x))
        : concat(
            names.map((name) => linear(name, x)),
            1,
          );
    },
    product: inHalf ? matmulHalf : matmul,
    cached: inHalf ? half : (x) => x,
    norm: (name) => table(name, [weights.norms.get(name)!.length], weights.norms.get(name)!),
    head: (hidden) => times(hidden, headName, weights.head),
    headPieces: () =>
      headPieces(architecture.vocabSize).map(({ first, size }): HeadPiece => {
        const name = size === architecture.vocabSize ? headName : `${headName}.${first}`;
        const piece = rowsOf(weights.head, first, size);
        return {
          first,
          size,
          logits: (hidden) => times(hidden, name, piece),
          pullback: (gradient) =>
            piece.kind === 'quantised'
              ? pullbackQuantised(gradient, piece.blocks, name)
              : gemm(gradient, table(name, [piece.outFeatures, piece.inFeatures], piece.data)),
        };
      }),
  };
}
