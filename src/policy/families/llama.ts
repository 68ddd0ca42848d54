/**
 * Llama, and what is built like it (SmolLM2, nano): RMS norms before each block,
 * rotary positions, a gated MLP, no biases.
 */
import type { Family } from './family.ts';

export const llama: Family = {
  title: 'Llama',
  modelType: 'llama',
  gguf: { architecture: 'llama', rotaryRows: 'pairs', divisors: 'rope_freqs' },
  embedding: { name: 'embed_tokens', gguf: 'token_embd' },
  finalNorm: { name: 'norm', gguf: 'output_norm' },
  head: { name: 'lm_head', gguf: 'output' },
  norms: {
    beforeAttention: { name: 'input_layernorm', gguf: 'attn_norm' },
    beforeMlp: { name: 'post_attention_layernorm', gguf: 'ffn_norm' },
  },
  linears: {
    q: { name: 'self_attn.q_proj', gguf: 'attn_q' },
    k: { name: 'self_attn.k_proj', gguf: 'attn_k' },
    v: { name: 'self_attn.v_proj', gguf: 'attn_v' },
    o: { name: 'self_attn.o_proj', gguf: 'attn_output' },
    gate: { name: 'mlp.gate_proj', gguf: 'ffn_gate' },
    up: { name: 'mlp.up_proj', gguf: 'ffn_up' },
    down: { name: 'mlp.down_proj', gguf: 'ffn_down' },
  },
  biases: [],
  activation: 'silu',
};
