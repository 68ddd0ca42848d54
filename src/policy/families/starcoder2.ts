/**
 * StarCoder2: norms by mean and variance, biases everywhere, an MLP without a gate, a window of attention.
 */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const starcoder2: Family = {
  ...llama,
  title: 'StarCoder2',
  modelType: 'starcoder2',
  gguf: { architecture: 'starcoder2', rotaryRows: 'halves' },
  normKind: 'layer',
  normEps: { field: 'norm_epsilon', gguf: 'attention.layer_norm_epsilon', usual: 1e-5 },
  linears: {
    q: { name: 'self_attn.q_proj', gguf: 'attn_q' },
    k: { name: 'self_attn.k_proj', gguf: 'attn_k' },
    v: { name: 'self_attn.v_proj', gguf: 'attn_v' },
    o: { name: 'self_attn.o_proj', gguf: 'attn_output' },
    up: { name: 'mlp.c_fc', gguf: 'ffn_up' },
    down: { name: 'mlp.c_proj', gguf: 'ffn_down' },
  },
  biases: ['q', 'k', 'v', 'o', 'up', 'down'],
  activation: 'gelu',
  isTied: true,
};
