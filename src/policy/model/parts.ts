/**
 * Two ways a decoder gets its weights: frozen in the graph with a LoRA adapter as inputs (the policy), or all of them as
 * parameters (pretraining).
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, mul } from '../../tensor/ops/arithmetic.ts';
import { gather, gatherQuantised } from '../../tensor/ops/gather.ts';
import { half } from '../../tensor/ops/compare.ts';
import { linearHalf, matmulHalf } from '../../tensor/ops/half.ts';
import { gemm, matmul, matmulQuantised, pullbackQuantised } from '../../tensor/ops/matmul.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { sizeOf } from '../../tensor/types.ts';
import { checkpointName, layerNorms } from '../families/family.ts';
import { adapterMatrices, adapterScale, type AdapterSettings } from './adapter.ts';
import { allLinears, type Architecture } from './architecture.ts';
import type { HeadPiece, Parts } from './decoder.ts';
import { headPieces } from './head.ts';
import type { Precision } from './precision.ts';
import { rowsOf, type LinearWeight, type Weights } from './weights.ts';

/**
 * `merged` adds B A to a dense weight once per run instead of applying it per token: fewer operators where a graph
 * decodes many tokens (quantised weights cannot be merged and stay separate, and in fp16 small changes would be rounded away). `separate` is
 * what gradients need. The base model is no case of its own: its adapter has B = 0.
 */
export type AdapterUse = 'merged' | 'separate';

function embedRows(table: Tensor, ids: Tensor): Tensor {
  return gather(table, reshape(ids, [sizeOf(ids.dims)]));
}

export interface FrozenParts extends Parts {
  /** The adapter's matrices as graph inputs, in the order of `adapterMatrices`. */
  readonly adapter: readonly Tensor[];
}

export function frozenParts(
  graph: Graph,
  weights: Weights,
  settings: AdapterSettings,
  use: AdapterUse,
  precision: Precision = 'fp32',
): FrozenParts {
  const { architecture } = weights;
  const matrices = adapterMatrices(architecture, settings);
  const inputs = new Map(matrices.map(({ name, dims }) => [name, graph.parameter(name, dims)] as const));
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
  const base = (name: string, x: Tensor): Tensor => times(x, name, weights.linears.get(name)!, inHalf);

  const adapted = (name: string, x: Tensor): Tensor => {
    const [a, b] = [inputs.get(`${name}.lora_A`), inputs.get(`${name}.lora_B`)];
    if (!a || !b) return base(name, x);
    const weight = weights.linears.get(name)!;
    if (use === 'merged' && weight.kind === 'dense' && !inHalf) {
      const merged = graph.cached(`${name}.merged`, () => {
        const fixed = table(name, [weight.outFeatures, weight.inFeatures], weight.data);
        return add(fixed, mul(gemm(b, a), scale));
      });
      return gemm(x, merged, false, true);
    }
    return add(base(name, x), mul(gemm(gemm(x, a, false, true), b, false, true), scale));
  };

  return {
    graph,
    architecture,
    adapter: [...inputs.values()],
    embed(ids) {
      const { embedding } = weights;
      const flat = reshape(ids, [sizeOf(ids.dims)]);
      return embedding.kind === 'quantised'
        ? gatherQuantised(flat, embedding.blocks, `${embeddingName.name}.rows`)
        : gather(
            table(embeddingName.name, [architecture.vocabSize, architecture.hiddenSize], embedding.data),
            flat,
          );
    },
    linear(name, x) {
      const out = adapted(name, x);
      const bias = weights.biases.get(name);
      return bias ? add(out, table(`${name}.bias`, [bias.length], bias)) : out;
    },
    product: inHalf ? matmulHalf : matmul,
    cached: inHalf ? half : (x) => x,
    norm: (name) => table(name, [architecture.hiddenSize], weights.norms.get(name)!),
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

export interface ModelParameter {
  /** Name in a checkpoint, e.g. `model.layers.0.mlp.up_proj.weight`. */
  readonly name: string;
  readonly dims: readonly number[];
  /** Whether weight decay applies: matrices yes, norms and biases no. */
  readonly decay: boolean;
}

/** Every parameter of a tied model without biases, in a fixed order. */
export function modelParameters(architecture: Architecture): ModelParameter[] {
  const { family } = architecture;
  const weightName = (name: string): string => `${checkpointName(family, name)}.weight`;
  const norm = (name: string): ModelParameter => ({
    name: weightName(name),
    dims: [architecture.hiddenSize],
    decay: false,
  });
  return [
    {
      name: weightName(family.embedding.name),
      dims: [architecture.vocabSize, architecture.hiddenSize],
      decay: true,
    },
    ...allLinears(architecture).map(({ name, shape }) => ({
      name: weightName(name),
      dims: shape,
      decay: true,
    })),
    ...layerNorms(family, architecture.layers).map(norm),
    norm(family.finalNorm.name),
  ];
}

export interface TrainableParts extends Parts {
  /** In the order of `modelParameters`. */
  readonly parameters: readonly Tensor[];
}

export function trainableParts(graph: Graph, architecture: Architecture): TrainableParts {
  const byName = new Map(
    modelParameters(architecture).map(({ name, dims }) => [name, graph.parameter(name, dims)] as const),
  );
  const { family } = architecture;
  const get = (name: string) => byName.get(`${checkpointName(family, name)}.weight`)!;
  const embedding = get(family.embedding.name);
  return {
    graph,
    architecture,
    parameters: [...byName.values()],
    embed: (ids) => embedRows(embedding, ids),
    linear: (name, x) => gemm(x, get(name), false, true),
    product: matmul,
    cached: (x) => x,
    norm: get,
    head: (hidden) => gemm(hidden, embedding, false, true),
    // A vocabulary that is trained here is small.
    headPieces: () => [
      {
        first: 0,
        size: architecture.vocabSize,
        logits: (hidden) => gemm(hidden, embedding, false, true),
        pullback: (gradient) => gemm(gradient, embedding),
      },
    ],
  };
}
