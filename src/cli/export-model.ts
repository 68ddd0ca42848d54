/**
 * `export --format hf` and `--format gguf`: nano, or another model, as a folder that
 * transformers loads or as a file that llama.cpp loads, with an adapter merged or
 * without. Where the model came from makes no difference.
 */
import type { JsonObject } from '../base/json-object.ts';
import { GGUF_TYPES, ggufModel, type GgufType } from '../policy/gguf/write-model.ts';
import { readWeights } from '../policy/files/read-weights.ts';
import { writeSafetensors } from '../policy/files/safetensors.ts';
import {
  checkpointTensors,
  completeConfig,
  completeTokenizer,
  type AdapterToMerge,
} from '../policy/files/write-model.ts';
import { fitAdapter } from '../policy/lora/fit-adapter.ts';
import type { Weights } from '../policy/model/weights.ts';
import type { ModelDocuments, OpenedModel } from '../policy/sources/open-model.ts';
import { readAdapterFile } from './adapter-file.ts';
import { UsageError } from './errors.ts';
import { openModelAt } from './models.ts';

type NamedFiles = ReadonlyMap<string, string | Uint8Array>;

interface ModelExportRequest {
  /** A folder, a GGUF file or an id of the Hub; nano when absent. */
  readonly model: string | undefined;
  /** Merged into the weights. */
  readonly adapter?: string | undefined;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Parts {
  readonly opened: OpenedModel;
  readonly documents: ModelDocuments;
  readonly weights: Weights;
  readonly merge: AdapterToMerge | undefined;
}

/** A folder that transformers loads, files by name. @throws UsageError, PolicyError */
export async function modelFiles(request: ModelExportRequest): Promise<NamedFiles> {
  const { opened, documents, weights, merge } = await partsOf(request);
  const scaling = documents.config['rope_scaling'] as JsonObject | null | undefined;
  if (scaling?.['rope_type'] === 'divisors')
    throw new UsageError(
      `${opened.name}: its file holds the scaled rotary frequencies but not how they were made, which config.json needs; take the model's folder instead`,
    );
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const config = completeConfig(documents.config, opened.tokenizer);
  return new Map<string, string | Uint8Array>([
    ['config.json', text(config)],
    [
      'generation_config.json',
      text({ bos_token_id: config['bos_token_id'], eos_token_id: config['eos_token_id'] }),
    ],
    ['tokenizer.json', text(completeTokenizer(documents.tokenizer))],
    [
      'tokenizer_config.json',
      text({ tokenizer_class: 'PreTrainedTokenizerFast', ...documents.tokenizerConfig }),
    ],
    ['model.safetensors', writeSafetensors(checkpointTensors(weights, merge), { format: 'pt' })],
  ]);
}

/** One file that llama.cpp loads. @throws UsageError, PolicyError */
export async function ggufFiles(request: ModelExportRequest, type: GgufType): Promise<NamedFiles> {
  const { opened, documents, weights, merge } = await partsOf(request);
  const name = opened.name
    .replace(/\.gguf$/, '')
    .split('/')
    .at(-1)!;
  const bytes = ggufModel({
    name,
    weights,
    adapter: merge,
    tokenizer: { json: documents.tokenizer, config: documents.tokenizerConfig },
    type,
  });
  return new Map([[`${name}-${type}.gguf`, bytes]]);
}

/** The value of `--type`. @throws UsageError */
export function ggufTypeOf(text: string | undefined): GgufType {
  const type = GGUF_TYPES.find((known) => known === (text ?? 'F16'));
  if (type === undefined)
    throw new UsageError(`--type is ${GGUF_TYPES.join(', ')}, got ${JSON.stringify(text)}`);
  return type;
}

async function partsOf({ model, adapter, progress, signal }: ModelExportRequest): Promise<Parts> {
  const file = adapter === undefined ? undefined : await readAdapterFile(adapter);
  const opened = await openModelAt(model, progress, signal);
  const { architecture } = opened;
  const settings = file && { rank: file.rank, alpha: file.alpha };
  return {
    opened,
    documents: await opened.documents(),
    weights: await readWeights(opened.checkpoint, architecture, 'fp32'),
    merge: file && settings && { settings, snapshot: fitAdapter(file, architecture, settings) },
  };
}
