/**
 * The architecture of a model: its family and its sizes, read from a checkpoint's
 * config.json, and what follows from them (shapes, counts). It holds no weights.
 */
import { shown } from '../../base/shown.ts';
import { PolicyError } from '../errors.ts';
import { familyOfModelType, SUPPORTED_BIASES, SUPPORTED_MODEL_TYPES } from '../families/families.ts';
import { readRotary, type Refuse, type Rotary } from '../families/rotary.ts';
import {
  checkpointName,
  headNorms,
  layerNorms,
  layerTensor,
  linearsOf,
  type Family,
  type Linear,
  type Variation,
} from '../families/family.ts';

export interface Architecture {
  readonly family: Family;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly ropeTheta: number;
  /** Rotary positions that differ from `ropeTheta` over whole heads; absent: they do not. */
  readonly rotary?: Rotary;
  /** Absent where layers are a Llama's. */
  readonly variation?: Variation;
  readonly normEps: number;
  /** The linear maps of every layer that have a bias. */
  readonly biases: readonly Linear[];
  readonly tiedHead: boolean;
  readonly contextLength: number;
}

/** [outFeatures, inFeatures] of a layer's linear map. */
export function linearShape(a: Architecture, linear: Linear): [number, number] {
  const queries = a.heads * a.headDim;
  const keys = a.keyValueHeads * a.headDim;
  switch (linear) {
    case 'q':
      return [queries, a.hiddenSize];
    case 'k':
    case 'v':
      return [keys, a.hiddenSize];
    case 'o':
      return [a.hiddenSize, queries];
    case 'qkv':
      return [queries + 2 * keys, a.hiddenSize];
    case 'gate':
    case 'up':
      return [a.intermediateSize, a.hiddenSize];
    case 'gateUp':
      return [2 * a.intermediateSize, a.hiddenSize];
    case 'down':
      return [a.hiddenSize, a.intermediateSize];
  }
}

/** Every linear map with its full name, e.g. `layers.0.self_attn.q_proj`, in the order of computation. */
export function allLinears(a: Architecture): { name: string; linear: Linear; shape: [number, number] }[] {
  return Array.from({ length: a.layers }, (_, layer) =>
    linearsOf(a.family).map((linear) => ({
      name: layerTensor(layer, a.family.linears[linear]!),
      linear,
      shape: linearShape(a, linear),
    })),
  ).flat();
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

export interface NormShape {
  /** As weights have it: that of the norm, and `NAME.bias` of its bias. */
  readonly name: string;
  /** Of the norm. */
  readonly norm: string;
  readonly ending: 'weight' | 'bias';
  readonly length: number;
}

/** Every norm's weight, and its bias where it has one, the last norm included. */
export function normShapes(a: Architecture): readonly NormShape[] {
  const weight = (norm: string, length: number): NormShape => ({
    name: norm,
    norm,
    ending: 'weight',
    length,
  });
  const whole = (norm: string): readonly NormShape[] => [
    weight(norm, a.hiddenSize),
    ...(a.family.normKind === 'layer'
      ? [{ name: `${norm}.bias`, norm, ending: 'bias' as const, length: a.hiddenSize }]
      : []),
  ];
  return [
    ...layerNorms(a.family, a.layers).flatMap(whole),
    ...headNorms(a.family, a.layers).map(([which, name]) =>
      weight(name, a.family.queryKeyNorms?.over === 'all' ? linearShape(a, which)[0] : a.headDim),
    ),
    ...whole(a.family.finalNorm.name),
  ];
}

/** Parameters of the model, adapter not counted. */
export function parameterCount(a: Architecture): number {
  const linears = allLinears(a).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  const biases = a.layers * a.biases.reduce((sum, linear) => sum + linearShape(a, linear)[0], 0);
  const embeddings = a.vocabSize * a.hiddenSize * (a.tiedHead ? 1 : 2);
  const norms = normShapes(a).reduce((sum, { length }) => sum + length, 0);
  return linears + biases + embeddings + norms;
}

/** As config.json calls them. */
const ACTIVATION_NAMES: Readonly<Record<Family['activation'], readonly string[]>> = {
  silu: ['silu', 'swish'],
  gelu: ['gelu_pytorch_tanh', 'gelu_new', 'gelu_fast'],
};

/**
 * Tokens that layers look back, where the model has such layers: texts are kept
 * within it, where it changes nothing.
 */
function slidingWindow(
  family: Family,
  config: Readonly<Record<string, unknown>>,
  layers: number,
  refuse: Refuse,
): number | undefined {
  const window = config['sliding_window'] ?? null;
  if (window === null || config['use_sliding_window'] === false) return undefined;
  if (family.usesWindow?.(config, layers) === false) return undefined;
  if (!Number.isInteger(window) || (window as number) < 1)
    return refuse(`sliding_window is ${shown(window)}, not a number of tokens`, 'Use a complete checkpoint.');
  return window as number;
}

/**
 * Reads config.json as transformers writes it; `place` is the file for messages.
 * Throws a PolicyError naming the field.
 */
export function parseArchitecture(json: unknown, place = 'config.json'): Architecture {
  const refuse = (problem: string, advice: string): never => {
    throw new PolicyError(`${place}: ${problem}`, advice);
  };
  const config = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const modelType = config['model_type'];
  const family = familyOfModelType(modelType);
  if (!family) return refuse(`model_type is ${shown(modelType)}`, SUPPORTED_MODEL_TYPES);
  const quantisation = config['quantization_config'] as Record<string, unknown> | null | undefined;
  if (quantisation !== null && quantisation !== undefined)
    refuse(
      `its weights are quantised by ${shown(quantisation['quant_method'])}`,
      'AWQ, GPTQ and the like are not read: use the model that was quantised, or a GGUF file of it.',
    );
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
  const hiddenSize = count('hidden_size', 1 << 17);
  const heads = count('num_attention_heads', 1024);
  const keyValueHeads = count('num_key_value_heads', 1024, heads);
  const headDim = count('head_dim', 1024, family.headDim ?? hiddenSize / heads);
  if (heads % keyValueHeads !== 0) {
    refuse(`${heads} heads do not share ${keyValueHeads} key-value heads`, 'Use a complete checkpoint.');
  }
  if (headDim % 2 !== 0) refuse(`head_dim ${headDim} is odd`, 'Rotary positions need pairs.');
  const activation = config['hidden_activation'] ?? config['hidden_act'];
  if (activation !== undefined && !ACTIVATION_NAMES[family.activation].includes(activation as string))
    refuse(`hidden_act is not ${family.activation}`, 'Models with another activation are not supported.');
  const saysBias = config['attention_bias'];
  if (config['mlp_bias'] === true || (saysBias === true && family.biases.length === 0)) {
    refuse('mlp_bias or attention_bias is set', SUPPORTED_BIASES);
  }
  const contextLength = count('max_position_embeddings', 1 << 24, 2048);
  const layers = count('num_hidden_layers', 1024);
  const withTheta = { ...config, rope_theta: config['rope_theta'] ?? family.ropeTheta };
  const rotary = readRotary(withTheta, headDim, contextLength, refuse, 'full_attention');
  const source = { config, layers, headDim, hiddenSize, contextLength, positive: number, refuse };
  const variation = family.variation?.(source);
  const window = variation?.window ?? slidingWindow(family, config, layers, refuse);
  return {
    family,
    // Token ids are compared as float32, exact to 2^24.
    vocabSize: count('vocab_size', 1 << 24),
    hiddenSize,
    layers,
    heads,
    keyValueHeads,
    headDim,
    intermediateSize: count('intermediate_size', 1 << 20),
    ropeTheta: rotary.theta,
    ...((rotary.divisors ?? rotary.attention ?? rotary.dims !== headDim) && { rotary }),
    normEps: number(family.normEps?.field ?? 'rms_norm_eps', family.normEps?.usual ?? 1e-6),
    biases: saysBias === false || config['use_bias'] === false ? [] : family.biases,
    tiedHead: (config['tie_word_embeddings'] ?? family.isTied) === true,
    ...(variation && { variation }),
    contextLength: Math.min(contextLength, rotary.mostTokens ?? Infinity, window ?? Infinity),
  };
}
