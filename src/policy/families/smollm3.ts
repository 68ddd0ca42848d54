/** SmolLM3: a Llama of which every fourth layer, or those that its configuration lists, rotates nothing. */
import type { Family } from './family.ts';
import { areLastOfEach, lastOfEach, listedKinds } from './layer-kinds.ts';
import { llama } from './llama.ts';

/** One layer of so many, unless the configuration says which. */
const EVERY = 4;

export const smollm3: Family = {
  ...llama,
  title: 'SmolLM3',
  modelType: 'smollm3',
  gguf: {
    architecture: 'smollm3',
    rotaryRows: 'pairs',
    write: ({ layers, variation }) =>
      areLastOfEach(variation?.unrotated ?? [], layers, EVERY)
        ? {}
        : `llama.cpp rotates nothing in every layer ${EVERY}, and this model in others`,
  },
  isTied: true,
  variation: (source) => {
    const listed = listedKinds(source, 'no_rope_layers');
    const every = source.positive('no_rope_layer_interval', EVERY);
    // An entry is 1 for a layer that does rotate.
    const unrotated =
      listed === null
        ? lastOfEach(source.layers, every)
        : [...listed.keys()].filter((layer) => listed[layer] !== 1);
    return { unrotated };
  },
};
