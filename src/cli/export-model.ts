/**
 * `export --format hf` and `--format gguf`: nano, or another model, as a folder that
 * transformers loads or as a file that llama.cpp loads, with an adapter merged or
 * without. Where the model came from makes no difference.
 */
import { GGUF_TYPES, type GgufType } from '../policy/gguf/write-model.ts';
import type { AdapterToMerge } from '../policy/files/model-tensors.ts';
import type { StreamedFile } from '../policy/files/streamed-file.ts';
import { fitAdapter } from '../policy/lora/fit-adapter.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import { transformersFolder, modelGguf } from '../policy/sources/write-model.ts';
import { readAdapterFile } from './adapter-file.ts';
import { UsageError } from './errors.ts';
import { openModelAt } from './models.ts';

interface ModelExportRequest {
  /** A folder, a GGUF file or an id of the Hub; nano when absent. */
  readonly model: string | undefined;
  /** Merged into the weights. */
  readonly adapter?: string | undefined;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A folder that transformers loads. @throws UsageError, PolicyError */
export async function modelFiles(request: ModelExportRequest): Promise<readonly StreamedFile[]> {
  const { opened, merge } = await partsOf(request);
  return transformersFolder(opened, merge);
}

/** One file that llama.cpp loads. @throws UsageError, PolicyError */
export async function ggufFiles(
  request: ModelExportRequest,
  type: GgufType,
): Promise<readonly StreamedFile[]> {
  const { opened, merge } = await partsOf(request);
  return [await modelGguf(opened, type, merge)];
}

/** The value of `--type`. @throws UsageError */
export function ggufTypeOf(text: string | undefined): GgufType {
  const type = GGUF_TYPES.find((known) => known === (text ?? 'F16'));
  if (type === undefined)
    throw new UsageError(`--type is ${GGUF_TYPES.join(', ')}, got ${JSON.stringify(text)}`);
  return type;
}

async function partsOf({ model, adapter, progress, signal }: ModelExportRequest): Promise<{
  readonly opened: OpenedModel;
  readonly merge: AdapterToMerge | undefined;
}> {
  const file = adapter === undefined ? undefined : await readAdapterFile(adapter);
  const opened = await openModelAt(model, progress, signal);
  if (file === undefined) return { opened, merge: undefined };
  const settings = { rank: file.rank, alpha: file.alpha };
  return { opened, merge: { settings, snapshot: fitAdapter(file, opened.architecture, settings) } };
}
