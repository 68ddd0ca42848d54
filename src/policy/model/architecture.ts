/**
 * Which decoder: the sizes of a Llama-family model, read from a checkpoint's config.json. No weights.
 */
import { shown } from '../../base/shown.ts';
import { PolicyError } from '../errors.ts';

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

/**
 * Length of rows, tokens, at which attention is about as much work as a layer's linear maps: two products of heads x headWidth for each
 * token looked at, and half of that again for the softmax between them.
 */
export function attentionTime(a: Architecture): number {
  const weights = LAYER_LINEARS.map((linear) => linearShape(a, linear)).reduce(
    (sum, [o, i]) => sum + o * i,
    0,
  );
  return weights / (3 * a.heads * a.headWidth);
}

const SUPPORTED = ['llama', 'qwen2'];

/** Reads config.json as transformers writes it; `place` is the file for messages. Throws a PolicyError naming the field. */
export function parseArchitecture(json: unknown, place = 'config.json'): Architecture {
  const refuse = (problem: string, advice: string): never => {
    throw new PolicyError(`${place}: ${problem}`, advice);
  };
  const config = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const modelType = config['model_type'];
  if (typeof modelType !== 'string' || !SUPPORTED.includes(modelType)) {
    return refuse(`model_type is ${shown(modelType)}`, `Supported architectures: ${SUPPORTED.join(', ')}.`);
  }
  const number = (key: string, fallback?: number): number => {
    const value = config[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      return refuse(`${key} is ${shown(value)}, not a positive number`, 'Use a complete checkpoint.');
    }
    return value;
  };
  // Bounds that no real model comes near, so that a damaged file cannot ask for endless lists.
  const count = (key: string, most: number, fallback?: number): number => {
    const value = number(key, fallback);
    if (!Number.isInteger(value) || value > most) {
      return refuse(`${key} is ${value}, not a whole number up to ${most}`, 'Use a complete checkpoint.');
    }
    return value;
  };
  const width = count('hidden_size', 1 << 17);
  const heads = count('num_attention_heads', 1024);
  const keyValueHeads = count('num_key_value_heads', 1024, heads);
  const headWidth = count('head_dim', 1024, width / heads);
  if (heads % keyValueHeads !== 0) {
    refuse(`${heads} heads do not share ${keyValueHeads} key-value heads`, 'Use a complete checkpoint.');
  }
  if (headWidth % 2 !== 0) refuse(`head_dim ${headWidth} is odd`, 'Rotary positions need pairs.');
  if ((config['hidden_act'] ?? 'silu') !== 'silu') {
    refuse('hidden_act is not silu', 'Models with another activation are not supported.');
  }
  if (config['mlp_bias'] === true || (modelType === 'llama' && config['attention_bias'] === true)) {
    refuse('mlp_bias or attention_bias is set', 'Only the q, k and v biases of Qwen2 are supported.');
  }
  return {
    // Token ids are compared as float32, exact to 2^24.
    vocabSize: count('vocab_size', 1 << 24),
    width,
    layers: count('num_hidden_layers', 1024),
    heads,
    keyValueHeads,
    headWidth,
    hiddenWidth: count('intermediate_size', 1 << 20),
    ropeTheta: rotaryBase(config, refuse) ?? number('rope_theta', 10000),
    normEps: number('rms_norm_eps', 1e-6),
    qkvBias: typeof config['attention_bias'] === 'boolean' ? config['attention_bias'] : modelType === 'qwen2',
    tiedHead: config['tie_word_embeddings'] === true,
    contextLength: count('max_position_embeddings', 1 << 24, 2048),
  };
}

/** The base of rope_parameters (transformers 5), undefined where there are none (transformers 4: rope_theta at the top). */
function rotaryBase(
  config: Record<string, unknown>,
  refuse: (problem: string, advice: string) => never,
): number | undefined {
  const advice = 'Models with scaled rotary positions are not supported.';
  if ((config['rope_scaling'] ?? null) !== null) refuse('rope_scaling is set', advice);
  const parameters = config['rope_parameters'] as Record<string, unknown> | null | undefined;
  if (parameters === undefined || parameters === null) return undefined;
  if ((parameters['rope_type'] ?? 'default') !== 'default')
    refuse('rope_parameters are not the default', advice);
  const theta = parameters['rope_theta'];
  return typeof theta === 'number' && theta > 0 && theta < Infinity
    ? theta
    : refuse('rope_parameters.rope_theta is not a positive number', 'Use a complete checkpoint.');
}
