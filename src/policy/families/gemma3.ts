/**
 * Gemma 3, text only: norms before and after each block, of queries and keys too, an
 * embedding that is scaled up, and most layers of a narrow window with rotary
 * positions of their own. Weights of norms are stored less one.
 */
import { readRotary } from './rotary.ts';
import type { Family } from './family.ts';
import { areLastOfEach, lastOfEach, listedKinds, otherLayers } from './layer-kinds.ts';
import { llama } from './llama.ts';

/** One layer of so many looks at everything, unless the configuration says which. */
const PATTERN = 6;
/** Rotary base of the other layers, unless it says so. */
const LOCAL_THETA = 10000;

export const gemma3: Family = {
  ...llama,
  title: 'Gemma 3',
  modelType: 'gemma3_text',
  gguf: {
    architecture: 'gemma3',
    rotaryRows: 'halves',
    config: (of) => ({
      sliding_window: of('attention.sliding_window'),
      query_pre_attn_scalar: of('attention.key_length'),
    }),
    write: ({ layers, headDim, variation }) => {
      const { attentionScale = 1, local, window = 0 } = variation ?? {};
      if (Math.abs(attentionScale * Math.sqrt(headDim) - 1) > 1e-6)
        return 'llama.cpp takes query_pre_attn_scalar to be head_dim';
      if (!areLastOfEach(otherLayers(layers, local?.layers ?? []), layers, PATTERN))
        return `llama.cpp has one global layer in ${PATTERN}, and this model others`;
      if (local?.rotary.theta !== LOCAL_THETA || local.rotary.divisors !== undefined)
        return `llama.cpp takes the local layers' rotary base to be ${LOCAL_THETA}`;
      return { whole: { 'attention.sliding_window': window } };
    },
  },
  norms: {
    beforeAttention: { name: 'input_layernorm', gguf: 'attn_norm' },
    afterAttention: { name: 'post_attention_layernorm', gguf: 'post_attention_norm' },
    beforeMlp: { name: 'pre_feedforward_layernorm', gguf: 'ffn_norm' },
    afterMlp: { name: 'post_feedforward_layernorm', gguf: 'post_ffw_norm' },
  },
  queryKeyNorms: {
    q: { name: 'self_attn.q_norm', gguf: 'attn_q_norm' },
    k: { name: 'self_attn.k_norm', gguf: 'attn_k_norm' },
    over: 'head',
  },
  normsLessOne: true,
  activation: 'gelu',
  isTied: true,
  headDim: 256,
  ropeTheta: 1e6,
  variation: (source) => {
    const { config, layers, headDim, hiddenSize, contextLength, positive, refuse } = source;
    for (const field of ['attn_logit_softcapping', 'final_logit_softcapping'])
      if ((config[field] ?? null) !== null)
        refuse(`${field} is set`, 'Models with capped logits are not supported.');
    if (config['use_bidirectional_attention'] === true)
      refuse('use_bidirectional_attention is true', 'Models that look ahead are not supported.');
    const kinds = listedKinds(source, 'layer_types');
    const pattern = positive('sliding_window_pattern', PATTERN);
    const global =
      kinds === null
        ? lastOfEach(layers, pattern)
        : [...kinds.keys()].filter((layer) => kinds[layer] !== 'sliding_attention');
    // Older files name the base alone, and scale the others' positions alone.
    const local = {
      rope_theta: config['rope_local_base_freq'] ?? LOCAL_THETA,
      rope_parameters: config['rope_parameters'],
    };
    const rotary = readRotary(local, headDim, contextLength, refuse, 'sliding_attention');
    return {
      embeddingScale: Math.sqrt(hiddenSize),
      attentionScale: 1 / Math.sqrt(positive('query_pre_attn_scalar', 256)),
      local: { layers: otherLayers(layers, global), rotary },
      window: positive('sliding_window', 4096),
    };
  },
};
