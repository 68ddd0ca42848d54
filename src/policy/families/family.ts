/**
 * A family of models as data: the names of its tensors in both file formats, and where
 * its decoder differs from others'. The readers of both formats and the graphs use it.
 * Sizes are not in it, since they are each model's own (model/architecture.ts).
 *
 * A new family is one file beside this one and one line in families.ts. What it has
 * that no family here has (norms of queries and keys, a norm after a block, a scale
 * on the logits) becomes a field here. Only model/decoder.ts reads such a field.
 */

/** The linear maps of a layer: attention's four, then the gated MLP's three. */
export type Linear = 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down';

/** Where a norm stands in a layer. */
export type LayerNorm = 'beforeAttention' | 'beforeMlp';

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
  };
  readonly embedding: TensorName;
  /** RMS norm after the last layer. */
  readonly finalNorm: TensorName;
  /** Where the model is not tied to its embedding. */
  readonly head: TensorName;
  /** RMS norms of a layer. */
  readonly norms: Readonly<Record<LayerNorm, TensorName>>;
  /** In the order of computation, which is the order in adapters and snapshots. */
  readonly linears: Readonly<Record<Linear, TensorName>>;
  /** Linear maps with a bias, where config.json does not take it away. */
  readonly biases: readonly Linear[];
  /** Of the MLP's gate; `hidden_act` in config.json. */
  readonly activation: 'silu';
}

/** The linear maps in the order of computation. */
export const linearsOf = (family: Family): readonly Linear[] => Object.keys(family.linears) as Linear[];

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
      : [...Object.values(family.norms), ...Object.values(family.linears)];
  const known = tensors.find(
    ({ name }) => (inLayer ?? checkpoint) === (inLayer === undefined ? checkpointName(family, name) : name),
  );
  if (known === undefined) throw new Error(`no GGUF name for ${checkpoint}`);
  return layer === undefined ? known.gguf : `blk.${layer}.${known.gguf}`;
}
