/** OLMo 2: norms after the blocks in place of those before, queries and keys normed over all heads. */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const olmo2: Family = {
  ...llama,
  title: 'OLMo 2',
  modelType: 'olmo2',
  gguf: { architecture: 'olmo2', rotaryRows: 'halves' },
  norms: {
    afterAttention: { name: 'post_attention_layernorm', gguf: 'post_attention_norm' },
    afterMlp: { name: 'post_feedforward_layernorm', gguf: 'post_ffw_norm' },
  },
  queryKeyNorms: {
    q: { name: 'self_attn.q_norm', gguf: 'attn_q_norm' },
    k: { name: 'self_attn.k_norm', gguf: 'attn_k_norm' },
    over: 'all',
  },
};
