/**
 * Phi-3, Phi-3.5 and Phi-4-mini: a Llama whose queries, keys and values are one
 * linear map, and the gate with its other half another. Long contexts have rotary
 * frequencies of their own: texts are kept within the first ones.
 */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const phi3: Family = {
  ...llama,
  title: 'Phi-3',
  modelType: 'phi3',
  gguf: { architecture: 'phi3', rotaryRows: 'halves', divisors: 'rope_factors' },
  linears: {
    qkv: { name: 'self_attn.qkv_proj', gguf: 'attn_qkv' },
    o: { name: 'self_attn.o_proj', gguf: 'attn_output' },
    gateUp: { name: 'mlp.gate_up_proj', gguf: 'ffn_up' },
    down: { name: 'mlp.down_proj', gguf: 'ffn_down' },
  },
  normEps: { field: 'rms_norm_eps', gguf: 'attention.layer_norm_rms_epsilon', usual: 1e-5 },
};
