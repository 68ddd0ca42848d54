/**
 * Writes and reads the adapter as PEFT's two files, adapter_model.safetensors and adapter_config.json. Matrices are held in PEFT's
 * layout and need no transposing. Optimizer moments are not part of these files; a PolicySnapshot has them.
 */
import { adapterMatrices, type AdapterMatrix, type AdapterSettings } from '../model/adapter.ts';
import { targetModules } from '../families/family.ts';
import type { Architecture } from '../model/architecture.ts';
import { CheckpointError, RequestError } from '../errors.ts';
import { floatBytes, parseSafetensors, toFloat32, writeSafetensors } from '../files/safetensors.ts';
import type { PolicySnapshot } from '../types.ts';
import { momentNames } from '../graphs/optimizer.ts';
import { checkSameModel, type ModelIdentity } from './same-model.ts';

/** `layers.0.self_attn.q_proj.lora_A` -> `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` */
const peftName = (name: string): string => `base_model.model.model.${name}.weight`;

export interface PeftFiles {
  readonly 'adapter_model.safetensors': Uint8Array;
  readonly 'adapter_config.json': string;
}

export function exportAdapter(
  snapshot: PolicySnapshot,
  architecture: Architecture,
  settings: AdapterSettings,
  base: Pick<ModelIdentity, 'name' | 'hash' | 'parameters'>,
): PeftFiles {
  const tensors = adapterMatrices(architecture, settings).map(({ name, dims }) => {
    const stored = snapshot.tensors[name];
    if (!stored)
      throw new RequestError(
        `the snapshot has no ${name}`,
        'Export with the rank the adapter was trained with.',
      );
    return { name: peftName(name), dtype: 'F32' as const, dims, bytes: floatBytes(stored.data) };
  });
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base.name,
    revision: null,
    r: settings.rank,
    lora_alpha: settings.alpha,
    lora_dropout: 0,
    target_modules: targetModules(architecture.family),
    bias: 'none',
    use_rslora: false,
    use_dora: false,
    init_lora_weights: true,
    fan_in_fan_out: false,
    modules_to_save: null,
    rank_pattern: {},
    alpha_pattern: {},
    inference_mode: true,
    ...(settings.layers !== undefined && {
      layers_to_transform: Array.from({ length: architecture.layers }, (_, layer) => layer).slice(
        -settings.layers,
      ),
    }),
  };
  return {
    'adapter_model.safetensors': writeSafetensors(tensors, {
      format: 'pt',
      rank: String(settings.rank),
      alpha: String(settings.alpha),
      base_model: base.name,
      ...(base.hash !== undefined && { base_hash: base.hash, base_parameters: String(base.parameters) }),
    }),
    'adapter_config.json': `${JSON.stringify(config, null, 2)}\n`,
  };
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

/** No adapter comes near; a file that claims more would make every list of shapes as long. */
const MAX_RANK = 4096;

/** Rank of an adapter file, so that a policy can be opened for it. @throws CheckpointError */
export function adapterRank(file: Uint8Array, place: string): number {
  for (const [name, { dims }] of parseSafetensors(file, place).tensors) {
    if (!name.endsWith('lora_A.weight') || dims.length !== 2) continue;
    const rank = dims[0]!;
    if (rank < 1 || rank > MAX_RANK) throw new CheckpointError(place, `its rank is ${rank}`);
    return rank;
  }
  throw new CheckpointError(place, 'it holds no LoRA matrices');
}

/** The first layer an adapter file has matrices for; it adapts all from there on. */
export function adapterFirstLayer(file: Uint8Array, place: string): number {
  const layers = [...parseSafetensors(file, place).tensors.keys()].map((name) =>
    Number(/\.layers\.(\d+)\./.exec(name)?.[1] ?? 0),
  );
  return layers.reduce((first, layer) => Math.min(first, layer), Infinity);
}

/**
 * An adapter file as a snapshot with fresh optimizer state. Every name, shape and number is checked. So is that the policy applies
 * all of the adapter, as strongly as it was trained.
 * @param loaded the base model it is to be put on
 * @throws CheckpointError; OtherModelError when the file says that it belongs to another model
 */
export function importAdapter(
  file: Uint8Array,
  architecture: Architecture,
  settings: AdapterSettings,
  place: string,
  loaded?: ModelIdentity,
): PolicySnapshot {
  const { tensors, metadata } = parseSafetensors(file, place);
  if (loaded !== undefined) checkSameModel(place, baseOf(metadata), loaded);
  const snapshot: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
  const matrices = adapterMatrices(architecture, settings);
  for (const { name, dims } of matrices) {
    const stored = tensors.get(peftName(name));
    if (!stored) throw new CheckpointError(place, `${peftName(name)} is missing`);
    if (stored.dims.join() !== dims.join()) {
      throw new CheckpointError(
        place,
        `${peftName(name)} is [${stored.dims.slice(0, 8)}], this model needs [${dims}]`,
      );
    }
    const moments = momentNames(name);
    const zeros = () => ({ dims, data: new Float32Array(dims[0] * dims[1]) });
    const data = toFloat32(stored, place);
    // One of them would turn every output into NaN, long after the file was chosen.
    if (!data.every(Number.isFinite))
      throw new CheckpointError(place, `${peftName(name)} holds NaN or infinity`);
    snapshot[name] = { dims, data };
    snapshot[moments.first] = zeros();
    snapshot[moments.second] = zeros();
  }
  checkWhole(tensors.keys(), matrices, place);
  checkStrength(metadata, settings, place);
  return { step: 0, tensors: snapshot };
}

/** @throws CheckpointError when a LoRA matrix of the file is none of the adapter's */
function checkWhole(names: Iterable<string>, matrices: readonly AdapterMatrix[], place: string): void {
  const known = new Set(matrices.map(({ name }) => peftName(name)));
  for (const name of names)
    if (name.includes('lora_') && !known.has(name))
      throw new CheckpointError(
        place,
        `${name} has no place in this adapter, and the rest alone would be another`,
        'Load the model with the layers adapted that the file has matrices for.',
      );
}

/** Matrices are scaled by alpha / rank, and of the rank the shapes are proof. @throws CheckpointError */
function checkStrength(
  { alpha }: Readonly<Record<string, string>>,
  settings: AdapterSettings,
  place: string,
): void {
  if (alpha === undefined || Number(alpha) === settings.alpha) return;
  throw new CheckpointError(
    place,
    `it was trained with alpha ${alpha.slice(0, 20)}, and would be applied with ${settings.alpha}`,
    'Load the model with the alpha of the file (adapter.alpha).',
  );
}
