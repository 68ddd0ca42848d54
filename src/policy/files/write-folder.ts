/**
 * A model as the folder that transformers loads: its weights as floats under their names in a checkpoint,
 * written piece by piece, its configuration and tokenizer so that neither leaves anything to a default.
 */
import type { JsonObject } from '../../base/json-object.ts';
import type { Tokenizer } from '../types.ts';
import type { ModelTensor } from './model-tensors.ts';
import { floatBytes, safetensorsHead } from './safetensors.ts';
import { rowPieces, type StreamedFile } from './streamed-file.ts';

/** The tensors as float32 in one safetensors file. */
export function tensorsFile(name: string, tensors: readonly ModelTensor[]): StreamedFile {
  const entries = tensors.map((tensor) => ({
    name: tensor.name,
    dtype: 'F32' as const,
    dims: tensor.dims,
    byteLength: 4 * tensor.dims.reduce((product, dim) => product * dim, 1),
  }));
  const head = safetensorsHead(entries, { format: 'pt' });
  return {
    name,
    size: entries.reduce((sum, { byteLength }) => sum + byteLength, head.byteLength),
    async *pieces() {
      yield head;
      for (const tensor of tensors)
        for (const [first, count] of rowPieces(tensor.dims))
          yield floatBytes(await tensor.rows(first, count)).slice();
    },
  };
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
