/**
 * A family of models as data: the names of its tensors in both file formats, and where
 * its decoder differs from others'. The readers of both formats and the graphs use it.
 * Sizes are not in it, since they are each model's own (model/architecture.ts).
 *
 * A new family is one file beside this one and one line in families.ts. What it has
 * that no family here has (norms of queries and keys, a norm after a block, a scale
 * on the logits) becomes a field here. model/decoder.ts reads what changes the computation. Of the files,
 * files/read-weights.ts and files/model-tensors.ts read what changes the weights, gguf/config.ts and
 * gguf/write-model.ts what changes the metadata of GGUF.
 */

import type { Refuse, Rotary } from './rotary.ts';

/**
 * The linear maps of a layer: attention's four, then the MLP's three. Some families keep queries,
 * keys and values as one map, the gate and its other half too; an MLP without a gate has none.
 */
export type Linear = 'q' | 'k' | 'v' | 'qkv' | 'o' | 'gate' | 'up' | 'gateUp' | 'down';

/** Where a norm stands in a layer. */
export type LayerNorm = 'beforeAttention' | 'afterAttention' | 'beforeMlp' | 'afterMlp';

/** What a model of some families has beside the sizes of a Llama. Layers count from 0. */
export interface Variation {
  /** Factors. Absent: 1, and 1 / sqrt(headDim) for `attentionScale`. */
  readonly embeddingScale?: number;
  readonly attentionScale?: number;
  readonly residualScale?: number;
  readonly logitScale?: number;
  /** Layers whose queries and keys are not rotated. */
  readonly unrotated?: readonly number[];
  /** Layers with rotary positions of their own. */
  readonly local?: { readonly layers: readonly number[]; readonly rotary: Rotary };
  /** Tokens that some layers look back; texts are kept within it, where it changes nothing. */
  readonly window?: number;
}

/** What a family reads its variation from. */
export interface VariationSource {
  /** config.json */
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: number;
  readonly headDim: number;
  readonly hiddenSize: number;
  readonly contextLength: number;
  /** A number of config.json. @throws PolicyError where it is no positive number */
  positive(key: string, fallback: number): number;
  readonly refuse: Refuse;
}

/** Metadata as whole numbers and as others: a GGUF file tells them apart. */
export interface OwnGgufKeys {
  readonly whole?: Readonly<Record<string, number>>;
  readonly real?: Readonly<Record<string, number>>;
}

/** What a family says more about in a GGUF file. */
export interface GgufSource {
  readonly layers: number;
  readonly headDim: number;
  readonly variation?: Variation;
}

/** A tensor without its ending (`.weight`, `.bias`); those of a layer without the layer's prefix. */
export interface TensorName {
  /** In a checkpoint of transformers, `model.` left out. Ours, too: adapters, reports and graphs use it. */
  readonly name: string;
  readonly gguf: string;
}

export interface Family {
  /** For people. */
  readonly title: string;
  /** `model_type` of config.json. */
  readonly modelType: string;
  readonly gguf: {
    /** `general.architecture`, which also begins the keys of the sizes. */
    readonly architecture: string;
    /**
     * How a file keeps the rows of queries and keys: the two of a rotated pair side by side, or
     * all first ones of a head before the second ones. The graphs and transformers have halves.
     */
    readonly rotaryRows: 'pairs' | 'halves';
    /**
     * Tensors that the rotary frequencies are divided by: one for all lengths of text, or one
     * for short and one for long texts. Absent: llama.cpp has none for this architecture.
     */
    readonly divisors?: 'rope_freqs' | 'rope_factors';
    /**
     * Metadata beside the sizes, by keys without the architecture; or why llama.cpp would compute this model
     * otherwise, for what it has fixed in its code.
     */
    readonly write?: (of: GgufSource) => OwnGgufKeys | string;
    /**
     * Fields of config.json beside the sizes, of the metadata. @param of the value of
     * a key of the architecture
     */
    readonly config?: (of: (key: string) => unknown) => Readonly<Record<string, unknown>>;
  };
  readonly embedding: TensorName;
  /** Norm after the last layer. */
  readonly finalNorm: TensorName;
  /** Where the model is not tied to its embedding. */
  readonly head: TensorName;
  /** Norms of a layer. */
  readonly norms: Readonly<Partial<Record<LayerNorm, TensorName>>>;
  /**
   * Of these norms and the last: by the root of the mean square with a weight
   * (absent), or by mean and variance with a weight and a bias (LayerNorm).
   */
  readonly normKind?: 'layer';
  /** Field of config.json with the norms' epsilon, and what transformers takes where there is none. */
  readonly normEps?: { readonly field: string; readonly gguf: string; readonly usual: number };
  /** RMS norms of queries and keys, of each head by itself or of all together. */
  readonly queryKeyNorms?: {
    readonly q: TensorName;
    readonly k: TensorName;
    readonly over: 'head' | 'all';
  };
  /** A checkpoint of transformers has the weights of norms less one. */
  readonly normsLessOne?: boolean;
  /** In the order of computation, which is the order in adapters and snapshots. */
  readonly linears: Readonly<Partial<Record<Linear, TensorName>>>;
  /** Linear maps with a bias, where config.json does not take it away. */
  readonly biases: readonly Linear[];
  /** Of the MLP's gate, or of what stands in its place; `hidden_act` in config.json. */
  readonly activation: 'silu' | 'gelu';
  /** What transformers takes where config.json does not say. */
  readonly isTied?: boolean;
  readonly headDim?: number;
  readonly ropeTheta?: number;
  /** Whether a `sliding_window` in config.json holds for any of the layers; absent: it does. */
  readonly usesWindow?: (config: Readonly<Record<string, unknown>>, layers: number) => boolean;
  readonly variation?: (source: VariationSource) => Variation;
}

/** The linear maps in the order of computation. */
export const linearsOf = (family: Family): readonly Linear[] => Object.keys(family.linears) as Linear[];

/**
 * Queries and keys, whose rows some GGUF files keep in another order; none where they
 * are one map with values.
 */
export const rotatedLinears = ({ linears }: Family): readonly TensorName[] =>
  [linears.q, linears.k].filter((linear) => linear !== undefined);

/** The last part of their names, `q_proj`, as PEFT lists what an adapter changes. */
export const targetModules = (family: Family): string[] =>
  Object.values(family.linears).map(({ name }) => name.split('.').at(-1)!);

/** `layers.0.mlp.up_proj` */
export const layerTensor = (layer: number, { name }: TensorName): string => `layers.${layer}.${name}`;

/** Names of the norms of all layers, by layer. */
export const layerNorms = ({ norms }: Family, layers: number): readonly string[] =>
  Array.from({ length: layers }, (_, layer) =>
    Object.values(norms).map((norm) => layerTensor(layer, norm)),
  ).flat();

/** Names of the norms of queries and keys of all layers. */
export const headNorms = (
  { queryKeyNorms }: Family,
  layers: number,
): readonly (readonly ['q' | 'k', string])[] =>
  queryKeyNorms === undefined
    ? []
    : Array.from({ length: layers }, (_, layer) =>
        (['q', 'k'] as const).map((which) => [which, layerTensor(layer, queryKeyNorms[which])] as const),
      ).flat();

/**
 * `layers.0.mlp.up_proj` -> `model.layers.0.mlp.up_proj`, as a checkpoint of
 * transformers has it; the head stands outside the model.
 */
export const checkpointName = ({ head }: Family, name: string): string =>
  name === head.name ? name : `model.${name}`;

/**
 * The name in GGUF of a tensor of a transformers checkpoint: `model.layers.0.mlp.up_proj` -> `blk.0.ffn_up`.
 */
export function ggufName(family: Family, checkpoint: string): string {
  const [, layer, inLayer] = /^model\.layers\.(\d+)\.(.*)$/.exec(checkpoint) ?? [];
  const tensors: readonly TensorName[] =
    inLayer === undefined
      ? [family.embedding, family.finalNorm, family.head]
      : [
          ...Object.values(family.norms),
          ...Object.values(family.linears),
          ...(family.queryKeyNorms ? [family.queryKeyNorms.q, family.queryKeyNorms.k] : []),
        ];
  const known = tensors.find(
    ({ name }) => (inLayer ?? checkpoint) === (inLayer === undefined ? checkpointName(family, name) : name),
  );
  if (known === undefined) throw new Error(`no GGUF name for ${checkpoint}`);
  return layer === undefined ? known.gguf : `blk.${layer}.${known.gguf}`;
}
