/**
 * Qwen2 and Qwen2.5: a Llama with biases on queries, keys and values, whose rows GGUF leaves in their order.
 */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const qwen2: Family = {
  ...llama,
  title: 'Qwen2',
  modelType: 'qwen2',
  gguf: { architecture: 'qwen2', rotaryRows: 'halves' },
  biases: ['q', 'k', 'v'],
};
