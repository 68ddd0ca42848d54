/**
 * A model as the files that transformers loads: its weights as floats under their
 * names in a checkpoint, an adapter merged into them where one is given, its
 * configuration and tokenizer so that neither leaves anything to a default.
 */
import { checkpointName } from '../families/family.ts';
import { adapterScale, type AdapterSettings } from '../model/adapter.ts';
import { allLinears } from '../model/architecture.ts';
import { dense, type LinearWeight, type Weights } from '../model/weights.ts';
import type { JsonObject } from '../../base/json-object.ts';
import type { PolicySnapshot, Tokenizer } from '../types.ts';
import { floatBytes, type TensorToStore } from './safetensors.ts';

/** What is merged into the weights. */
export interface AdapterToMerge {
  readonly snapshot: PolicySnapshot;
  readonly settings: AdapterSettings;
}

/** All weights as float32, in the order in which they are computed with. */
export function checkpointTensors(weights: Weights, adapter?: AdapterToMerge): TensorToStore[] {
  const { architecture, linears, biases, norms, embedding, head } = weights;
  const { family } = architecture;
  const tensor = (
    name: string,
    ending: string,
    dims: readonly number[],
    data: Float32Array,
  ): TensorToStore => ({
    name: `${checkpointName(family, name)}.${ending}`,
    dtype: 'F32',
    dims,
    bytes: floatBytes(data),
  });
  const table = [architecture.vocabSize, architecture.hiddenSize];
  const less = family.normsLessOne === true ? 1 : 0;
  return [
    tensor(family.embedding.name, 'weight', table, dense(embedding)),
    ...allLinears(architecture).flatMap(({ name, shape }) => {
      const bias = biases.get(name);
      return [
        tensor(name, 'weight', shape, merged(linears.get(name)!, name, shape, adapter)),
        ...(bias ? [tensor(name, 'bias', [bias.length], bias)] : []),
      ];
    }),
    ...[...norms].map(([name, data]) =>
      tensor(name, 'weight', [data.length], less === 0 ? data : data.map((value) => value - less)),
    ),
    ...(architecture.tiedHead ? [] : [tensor(family.head.name, 'weight', table, dense(head))]),
  ];
}

/** W + scale B A. */
function merged(
  weight: LinearWeight,
  name: string,
  [rows, columns]: readonly [number, number],
  adapter: AdapterToMerge | undefined,
): Float32Array {
  const [a, b] = ['A', 'B'].map((side) => adapter?.snapshot.tensors[`${name}.lora_${side}`]?.data);
  if (!adapter || !a || !b) return dense(weight);
  const { rank } = adapter.settings;
  const scale = adapterScale(adapter.settings);
  const out = dense(weight).slice();
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < rank; k++) {
      const factor = scale * b[row * rank + k]!;
      if (factor === 0) continue;
      for (let column = 0; column < columns; column++)
        out[row * columns + column]! += factor * a[k * columns + column]!;
    }
  return out;
}

/** config.json with the ids that end a text; transformers would take its own where there are none. */
export const completeConfig = (config: JsonObject, { eosId, endIds, beginId }: Tokenizer): JsonObject => ({
  ...config,
  dtype: 'float32',
  bos_token_id: beginId ?? null,
  eos_token_id: endIds && endIds.length > 1 ? [...endIds] : eosId,
});

/**
 * tokenizer.json with every added token in the vocabulary at its id. The tokenizers library
 * numbers those that are not in it anew, after all others, whatever id the file says.
 */
export function completeTokenizer(tokenizer: JsonObject): JsonObject {
  const model = tokenizer['model'] as JsonObject;
  const vocab = model['vocab'];
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) return tokenizer;
  const added = (tokenizer['added_tokens'] ?? []) as readonly {
    readonly id: number;
    readonly content: string;
  }[];
  const ids = {
    ...(vocab as Record<string, number>),
    ...Object.fromEntries(added.map(({ id, content }) => [content, id])),
  };
  const inOrder = Object.entries(ids).sort(([, a], [, b]) => a - b);
  return { ...tokenizer, model: { ...model, vocab: Object.fromEntries(inOrder) } };
}
