/**
 * Which decoder: the sizes of a Llama-family model, read from a checkpoint's config.json. No weights.
 */
import { PolicyError } from './errors.ts';

export interface Architecture {
  readonly vocabSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly hiddenWidth: number;
  readonly ropeTheta: number;
  readonly normEps: number;
  /** Whether q, k and v have biases (Qwen2). */
  readonly qkvBias: boolean;
  readonly tiedHead: boolean;
  readonly contextLength: number;
}

/** The seven linear maps of a layer, by their names in a checkpoint. */
export const LAYER_LINEARS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;

export type LayerLinear = (typeof LAYER_LINEARS)[number];

/** [outFeatures, inFeatures] of a layer's linear map. */
export function linearShape(a: Architecture, linear: LayerLinear): [number, number] {
  const queries = a.heads * a.headWidth;
  const keys = a.keyValueHeads * a.headWidth;
  switch (linear) {
    case 'self_attn.q_proj':
      return [queries, a.width];
    case 'self_attn.k_proj':
    case 'self_attn.v_proj':
      return [keys, a.width];
    case 'self_attn.o_proj':
      return [a.width, queries];
    case 'mlp.gate_proj':
    case 'mlp.up_proj':
      return [a.hiddenWidth, a.width];
    case 'mlp.down_proj':
      return [a.width, a.hiddenWidth];
  }
}

/** Every linear map with its full name, e.g. `layers.0.self_attn.q_proj`, in the order of computation. */
export function allLinears(
  a: Architecture,
): { name: string; linear: LayerLinear; shape: [number, number] }[] {
  return Array.from({ length: a.layers }, (_, layer) =>
    LAYER_LINEARS.map((linear) => ({
      name: `layers.${layer}.${linear}`,
      linear,
      shape: linearShape(a, linear),
    })),
  ).flat();
}

/** Parameters of the model, adapter not counted. */
export function parameterCount(a: Architecture): number {
  const linears = allLinears(a).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  const biases = a.qkvBias ? a.layers * (a.heads + 2 * a.keyValueHeads) * a.headWidth : 0;
  const embeddings = a.vocabSize * a.width * (a.tiedHead ? 1 : 2);
  return linears + biases + embeddings + (2 * a.layers + 1) * a.width;
}

const SUPPORTED = ['llama', 'qwen2'];

/** Reads config.json as transformers writes it. Throws a PolicyError naming the field. */
export function parseArchitecture(json: unknown): Architecture {
  const config = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const modelType = config['model_type'];
  if (typeof modelType !== 'string' || !SUPPORTED.includes(modelType)) {
    throw new PolicyError(
      `config.json: model_type is ${JSON.stringify(modelType)}`,
      `Supported architectures: ${SUPPORTED.join(', ')}.`,
    );
  }
  const number = (key: string, fallback?: number): number => {
    const value = config[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw new PolicyError(
        `config.json: ${key} is ${JSON.stringify(value)}, not a positive number`,
        'Use a complete checkpoint.',
      );
    }
    return value;
  };
  const width = number('hidden_size');
  const heads = number('num_attention_heads');
  const rope = config['rope_scaling'];
  if (rope !== undefined && rope !== null) {
    throw new PolicyError(
      'config.json: rope_scaling is set',
      'Models with scaled rotary positions are not supported.',
    );
  }
  return {
    vocabSize: number('vocab_size'),
    width,
    layers: number('num_hidden_layers'),
    heads,
    keyValueHeads: number('num_key_value_heads', heads),
    headWidth: number('head_dim', width / heads),
    hiddenWidth: number('intermediate_size'),
    ropeTheta: number('rope_theta', 10000),
    normEps: number('rms_norm_eps', 1e-6),
    qkvBias: typeof config['attention_bias'] === 'boolean' ? config['attention_bias'] : modelType === 'qwen2',
    tiedHead: config['tie_word_embeddings'] === true,
    contextLength: number('max_position_embeddings', 2048),
  };
}
