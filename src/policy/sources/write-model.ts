/**
 * A model that was opened as files that other programs load, whatever it was opened from: a folder for
 * transformers, or a GGUF file for llama.cpp, with an adapter merged into it or without. The files are made
 * while they are read (files/streamed-file.ts); where they go is the caller's.
 */
import type { JsonObject } from '../../base/json-object.ts';
import { PolicyError } from '../errors.ts';
import { modelTensors, type AdapterToMerge } from '../files/model-tensors.ts';
import { givenFile, PIECE_VALUES, type StreamedFile } from '../files/streamed-file.ts';
import { completeConfig, completeTokenizer, tensorsFile } from '../files/write-folder.ts';
import { ggufModel, type GgufType } from '../gguf/write-model.ts';
import type { OpenedModel } from './open-model.ts';

/** The files of a folder that transformers loads, weights as float32. @throws PolicyError */
export async function transformersFolder(
  opened: OpenedModel,
  adapter?: AdapterToMerge,
): Promise<readonly StreamedFile[]> {
  const documents = await opened.documents();
  const scaling = documents.config['rope_scaling'] as JsonObject | null | undefined;
  if (scaling?.['rope_type'] === 'divisors')
    throw new PolicyError(
      `${opened.name}: its file holds the scaled rotary frequencies but not how they were made, which config.json needs.`,
      'Take the model’s folder instead, or write a GGUF file.',
    );
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const config = completeConfig(documents.config, opened.tokenizer);
  const ends = { bos_token_id: config['bos_token_id'], eos_token_id: config['eos_token_id'] };
  const tokenizerConfig = { tokenizer_class: 'PreTrainedTokenizerFast', ...documents.tokenizerConfig };
  return [
    givenFile('config.json', text(config)),
    givenFile('generation_config.json', text(ends)),
    givenFile('tokenizer.json', text(completeTokenizer(documents.tokenizer))),
    givenFile('tokenizer_config.json', text(tokenizerConfig)),
    tensorsFile('model.safetensors', modelTensors(opened, adapter, 'stored')),
  ];
}

/** One file that llama.cpp loads. @throws PolicyError */
export async function modelGguf(
  opened: OpenedModel,
  type: GgufType,
  adapter?: AdapterToMerge,
): Promise<StreamedFile> {
  const documents = await opened.documents();
  return ggufModel({
    name: shortName(opened.name),
    architecture: opened.architecture,
    checkpoint: opened.checkpoint,
    adapter,
    tokenizer: { json: documents.tokenizer, config: documents.tokenizerConfig },
    type,
  });
}

/** `owner/name` and `name.gguf` -> `name` */
export const shortName = (name: string): string =>
  name
    .replace(/\.gguf$/, '')
    .split('/')
    .at(-1)!;

/**
 * Bytes in hand while such files are written: of a piece as it is read, as floats, merged and encoded. What
 * is read whole beside them (a tokenizer, matrices that a file has in another order) is small by comparison.
 */
export const WRITING_BYTES = 4 * 4 * PIECE_VALUES;
