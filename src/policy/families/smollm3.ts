/** SmolLM3: a Llama of which every fourth layer, or those that its configuration lists, rotates nothing. */
import type { Family } from './family.ts';
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
    write: ({ layers, variation }) => {
      const isUsual = Array.from({ length: layers }, (_, layer) => (layer + 1) % EVERY === 0).every(
        (isPlain, layer) => isPlain === (variation?.unrotated?.includes(layer) ?? false),
      );
      return isUsual ? {} : `llama.cpp rotates nothing in every layer ${EVERY}, and this model in others`;
    },
  },
  isTied: true,
  variation: ({ config, layers, positive, refuse }) => {
    const listed = config['no_rope_layers'];
    const every = positive('no_rope_layer_interval', EVERY);
    if (listed !== undefined && listed !== null && !(Array.isArray(listed) && listed.length === layers))
      refuse(
        `no_rope_layers does not have an entry for each of ${layers} layers`,
        'Use a complete checkpoint.',
      );
    // An entry is 1 for a layer that does rotate.
    const rotates = (layer: number): boolean =>
      Array.isArray(listed) ? listed[layer] === 1 : (layer + 1) % every !== 0;
    const all = Array.from({ length: layers }, (_, layer) => layer);
    return { unrotated: all.filter((layer) => !rotates(layer)) };
  },
};
