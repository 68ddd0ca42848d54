/**
 * The model of the present run as files for other programs: what there is to take, how large it is and what
 * memory it needs while it is written, and the writing itself. The adapter is the one of this moment. Files
 * are written piece by piece into the browser's own storage (written-file.ts), and saving them is the page's.
 */
import { adapterExport, exportFiles } from '../experiment/export/index.ts';
import { zipStream } from '../experiment/export/zip-stream.ts';
import { givenFile, type StreamedFile } from '../policy/files/streamed-file.ts';
import type { AdapterToMerge } from '../policy/files/model-tensors.ts';
import { adapterMatrices, type AdapterSettings } from '../policy/model/adapter.ts';
import type { Architecture } from '../policy/model/architecture.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import { transformersFolder, modelGguf, shortName, WRITING_BYTES } from '../policy/sources/write-model.ts';
import type { Policy } from '../policy/types.ts';
import { toFailure, type Failure } from './errors.ts';
import { placeToWrite } from './written-file.ts';

/** The adapter alone, or the model with it merged in: a folder for transformers, or GGUF for llama.cpp. */
const TAKEN_AS = ['adapter', 'folder', 'gguf-F16', 'gguf-Q8_0'] as const;
export type TakenAs = (typeof TAKEN_AS)[number];

export interface TakeOffer {
  readonly as: TakenAs;
  /** Of the file, of an adapter those of its matrices; null for one that cannot be had. */
  readonly bytes: number | null;
  /** In hand at most while it is written, beside what the run takes. */
  readonly memory: number;
  /** Why it cannot be had. */
  readonly refused?: Failure;
}

export interface TakeOffers {
  readonly offers: readonly TakeOffer[];
  /** `memory`: this browser keeps no files for the page now, so that the whole file lies in memory. */
  readonly place: 'storage' | 'memory';
  /** Bytes that the storage still takes; null where nobody knows. */
  readonly free: number | null;
}

export interface TakenFile {
  readonly name: string;
  readonly file: Blob;
}

/** What is taken from. */
export interface TakeSource {
  readonly model: OpenedModel;
  readonly policy: Policy;
  readonly adapter: AdapterSettings;
  /** Finished updates, for the name. */
  readonly step: number;
  /** Work on the policy takes its turn. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Told how many bytes are written of how many; false: no more are wanted. */
export type GoesOn = (done: number, total: number) => boolean | Promise<boolean>;

/** The policy is not asked: sizes do not depend on what it has learned. */
export async function takeOffers({
  model,
  adapter,
}: Omit<TakeSource, 'policy' | 'inTurn'>): Promise<TakeOffers> {
  const place = await placeToWrite();
  const offers: TakeOffer[] = [];
  for (const as of TAKEN_AS) {
    try {
      const size =
        as === 'adapter'
          ? adapterBytes(model.architecture, adapter)
          : (await modelFile(as, model, 'model')).size;
      offers.push({ as, bytes: size, memory: WRITING_BYTES + (place.kind === 'memory' ? size : 0) });
    } catch (error) {
      offers.push({ as, bytes: null, memory: 0, refused: toFailure(error, 'question') });
    }
  }
  return { offers, place: place.kind, free: place.free };
}

/** Null when the page wanted no more of it. @throws PolicyError, or the storage's error when it is full */
export async function take(as: TakenAs, source: TakeSource, goesOn: GoesOn): Promise<TakenFile | null> {
  const file = await fileToTake(as, source);
  const written = await (await placeToWrite()).write(file, goesOn);
  return written && { name: file.name, file: written };
}

async function fileToTake(as: TakenAs, source: TakeSource): Promise<StreamedFile> {
  const { model, step, adapter: settings } = source;
  const name = `${shortName(model.name)}-step-${step}`;
  if (as !== 'adapter') {
    const snapshot = await source.inTurn(() => source.policy.snapshot());
    return modelFile(as, model, name, { snapshot, settings });
  }
  const { policy, inTurn } = source;
  const exported = await inTurn(() => adapterExport(policy, model.architecture, settings));
  const files = exportFiles('peft', { events: [], adapter: exported });
  return zipStream(
    `${name}-adapter.zip`,
    [...files].map(([path, content]) => givenFile(path, content)),
  );
}

async function modelFile(
  as: Exclude<TakenAs, 'adapter'>,
  model: OpenedModel,
  name: string,
  merge?: AdapterToMerge,
): Promise<StreamedFile> {
  if (as === 'folder') return zipStream(`${name}.zip`, await transformersFolder(model, merge));
  const type = as === 'gguf-F16' ? 'F16' : 'Q8_0';
  return { ...(await modelGguf(model, type, merge)), name: `${name}-${type}.gguf` };
}

/** As safetensors and as GGUF, both of float32. */
const adapterBytes = (architecture: Architecture, settings: AdapterSettings): number =>
  adapterMatrices(architecture, settings).reduce((sum, { dims }) => sum + 2 * 4 * dims[0] * dims[1], 0);
