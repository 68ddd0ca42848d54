/** Granite 3: a Llama with factors on embeddings, scores of attention, what a block adds, and logits. */
import type { Family } from './family.ts';
import { llama } from './llama.ts';

export const granite: Family = {
  ...llama,
  title: 'Granite',
  modelType: 'granite',
  gguf: {
    architecture: 'granite',
    rotaryRows: 'pairs',
    write: ({ variation: { embeddingScale, attentionScale, residualScale, logitScale } = {} }) => ({
      real: {
        embedding_scale: embeddingScale ?? 1,
        'attention.scale': attentionScale ?? 1,
        residual_scale: residualScale ?? 1,
        logit_scale: 1 / (logitScale ?? 1),
      },
    }),
    config: (of) => ({
      embedding_multiplier: of('embedding_scale'),
      attention_multiplier: of('attention.scale'),
      residual_multiplier: of('residual_scale'),
      logits_scaling: of('logit_scale'),
    }),
  },
  variation: ({ positive }) => ({
    embeddingScale: positive('embedding_multiplier', 1),
    attentionScale: positive('attention_multiplier', 1),
    residualScale: positive('residual_multiplier', 1),
    logitScale: 1 / positive('logits_scaling', 1),
  }),
};
