/**
 * Reads a LoRA adapter that was trained somewhere: PEFT's adapter_model.safetensors with its
 * adapter_config.json, the same file with our header, or a GGUF file. Everything in it has a place
 * in the result, or the file is refused by what has none. fit-adapter.ts puts it on a model.
 */
import { CheckpointError } from '../errors.ts';
import { checkFinite } from '../files/checkpoint.ts';
import { parseSafetensors, toFloat32, type StoredTensor } from '../files/safetensors.ts';
import { readPeftConfig, type AdapterRecipe } from './peft-config.ts';
import type { ModelIdentity } from './same-model.ts';

/** The files of an adapter as PEFT saves it. */
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
export const ADAPTER_CONFIG = 'adapter_config.json';

/** An adapter as it lies somewhere. */
export interface AdapterFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** adapter_config.json, where there is one. */
  readonly config?: string;
}

/** The change of one linear map: scale * B A. */
export interface LowRankPair {
  readonly rank: number;
  readonly scale: number;
  /** [rank, inFeatures] */
  readonly a: Float32Array;
  /** [outFeatures, rank] */
  readonly b: Float32Array;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

export interface OpenedAdapter {
  /** For messages. */
  readonly place: string;
  /** The largest of its pairs. */
  readonly rank: number;
  /** What `rank` and this make of most pairs' scale, alpha / rank. */
  readonly alpha: number;
  /** The first layer it has a pair for. */
  readonly firstLayer: number;
  /** What it says of the model it was trained on. */
  readonly base: Partial<ModelIdentity>;
  /** By linear map, `layers.0.self_attn.q_proj`. */
  readonly pairs: ReadonlyMap<string, LowRankPair>;
  /** Whether there must be a pair for a linear map; null: the pairs alone tell. */
  targets(name: string): boolean | null;
  /** Whether B's rows of queries and keys keep the two of a rotated pair side by side (GGUF). */
  readonly rowsInPairs?: boolean;
  /** `model_type` of the models it is for; absent: its names tell. */
  readonly modelType?: string;
}

/** No adapter comes near; a file that claims more would make every list of shapes as long. */
const MAX_RANK = 4096;

/**
 * `base_model.model.model.layers.0.mlp.up_proj.lora_A.default.weight`; the part
 * before `.weight` is an adapter's name in a state dict.
 */
const NAME = /^base_model\.model\.model\.(layers\.\d+\.[\w.]+)\.lora_([AB])(?:\.[\w-]+)?\.weight$/;

export const layerOf = (name: string): number => Number(/^layers\.(\d+)\./.exec(name)?.[1] ?? -1);

/** @throws CheckpointError naming what is not understood */
export function openPeft({ bytes, name: place, config }: AdapterFile): OpenedAdapter {
  const { tensors, metadata } = parseSafetensors(bytes, place);
  const recipe =
    config === undefined
      ? ofHeader(metadata, place)
      : readPeftConfig(config, `${place}, adapter_config.json`);
  const halves = new Map<string, { A?: StoredTensor; B?: StoredTensor }>();
  for (const [name, tensor] of tensors) {
    const [, module, side] = NAME.exec(name) ?? [];
    if (module === undefined)
      throw new CheckpointError(
        place,
        `${name} is no LoRA matrix of a layer's linear map, and the rest alone would be another adapter`,
        'Merge the adapter into its model with PEFT, and load that.',
      );
    const pair = halves.get(module) ?? {};
    if (pair[side as 'A' | 'B'] !== undefined)
      throw new CheckpointError(place, `it has two adapters for ${module}`, 'Save one adapter to a file.');
    pair[side as 'A' | 'B'] = tensor;
    halves.set(module, pair);
  }
  const pairs = new Map(
    [...halves].map(([module, { A, B }]) => {
      const path = `base_model.model.model.${module}`;
      if (!A || !B) throw new CheckpointError(place, `${path}.lora_${A ? 'B' : 'A'}.weight is missing`);
      const floats = (tensor: StoredTensor, side: string) =>
        checkFinite(toFloat32(tensor, place), place, `${path}.lora_${side}.weight`);
      const shapes = pairShapes(A.dims, B.dims, path, place);
      const scale = recipe.scaleOf(`model.${module}`, shapes.rank);
      return [module, { ...shapes, scale, a: floats(A, 'A'), b: floats(B, 'B') }] as const;
    }),
  );
  return summary({
    place,
    pairs,
    base: baseOf(metadata),
    alphaAt: (rank) => recipe.alphaAt(rank),
    targets: (name) => recipe.targets(`model.${name}`, layerOf(name)),
  });
}

export function pairShapes(
  a: readonly number[],
  b: readonly number[],
  path: string,
  place: string,
): { rank: number; inFeatures: number; outFeatures: number } {
  const rank = a[0] ?? 0;
  if (a.length !== 2 || b.length !== 2 || b[1] !== rank)
    throw new CheckpointError(
      place,
      `${path} has matrices [${a.slice(0, 8)}] and [${b.slice(0, 8)}], which are no pair`,
    );
  if (rank < 1 || rank > MAX_RANK) throw new CheckpointError(place, `${path} is of rank ${rank}`);
  return { rank, inFeatures: a[1]!, outFeatures: b[0]! };
}

export function summary({
  alphaAt,
  ...found
}: Pick<OpenedAdapter, 'place' | 'pairs' | 'base' | 'targets' | 'rowsInPairs' | 'modelType'> & {
  readonly alphaAt: AdapterRecipe['alphaAt'];
}): OpenedAdapter {
  const { pairs, place } = found;
  if (pairs.size === 0) throw new CheckpointError(place, 'it holds no LoRA matrices');
  const rank = [...pairs.values()].reduce((most, { rank }) => Math.max(most, rank), 0);
  const firstLayer = [...pairs.keys()].reduce((first, name) => Math.min(first, layerOf(name)), Infinity);
  return { ...found, rank, alpha: alphaAt(rank), firstLayer };
}

/** Whether a file's header has what adapter_config.json would say, as ours have. */
export function saysAlpha(bytes: Uint8Array): boolean {
  try {
    return parseSafetensors(bytes).metadata['alpha'] !== undefined;
  } catch {
    return true; // it is no such file, whatever lies beside it
  }
}

/** Our own header says alpha; the shapes say the rank. @throws CheckpointError where it does not */
function ofHeader({ alpha: text }: Readonly<Record<string, string>>, place: string): AdapterRecipe {
  const alpha = Number(text);
  if (text === undefined)
    throw new CheckpointError(
      place,
      'neither its header nor an adapter_config.json says the adapter’s alpha',
      'Bring adapter_config.json with it: the folder as PEFT saved it.',
    );
  if (!(alpha > 0 && alpha < Infinity))
    throw new CheckpointError(
      place,
      `its header says alpha ${text.slice(0, 20)}, which is no positive number`,
    );
  return { scaleOf: (_module, rank) => alpha / rank, alphaAt: () => alpha, targets: () => null };
}

/** What an adapter file says of the model it was trained on. */
function baseOf(metadata: Readonly<Record<string, string>>): Partial<ModelIdentity> {
  const { base_model: name, base_hash: hash, base_parameters: parameters } = metadata;
  return {
    ...(name !== undefined && { name }),
    ...(hash !== undefined && { hash }),
    ...(Number(parameters) > 0 && { parameters: Number(parameters) }),
  };
}
