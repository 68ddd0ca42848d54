/** Qwen3: a Qwen2 without biases whose queries and keys are normed, each head by itself. */
import type { Family } from './family.ts';
import { qwen2 } from './qwen2.ts';

export const qwen3: Family = {
  ...qwen2,
  title: 'Qwen3',
  modelType: 'qwen3',
  gguf: { architecture: 'qwen3', rotaryRows: 'halves' },
  queryKeyNorms: {
    q: { name: 'self_attn.q_norm', gguf: 'attn_q_norm' },
    k: { name: 'self_attn.k_norm', gguf: 'attn_k_norm' },
    over: 'head',
  },
  biases: [],
  headDim: 128,
};
