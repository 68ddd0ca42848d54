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
  // Switched off unless the file says otherwise, and then for the layers from one on.
  usesWindow: (config, layers) =>
    config['use_sliding_window'] === true && Number(config['max_window_layers'] ?? 28) < layers,
};
