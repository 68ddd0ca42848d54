/**
 * Writes the adapter as PEFT's two files, adapter_model.safetensors and
 * adapter_config.json, and as GGUF. Matrices are held in PEFT's layout and need no
 * transposing. Optimizer moments are not part of these files; a PolicySnapshot has them.
 * read-adapter.ts reads files of this kind, and fit-adapter.ts puts them on a model.
 */
import { adapterMatrices, type AdapterSettings } from '../model/adapter.ts';
import { targetModules } from '../families/family.ts';
import type { Architecture } from '../model/architecture.ts';
import { RequestError } from '../errors.ts';
import { floatBytes, writeSafetensors } from '../files/safetensors.ts';
import { ggufAdapter } from './write-gguf-adapter.ts';
import type { PolicySnapshot } from '../types.ts';
import { openPeft } from './read-adapter.ts';
import type { ModelIdentity } from './same-model.ts';

/** `layers.0.self_attn.q_proj.lora_A` -> `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` */
const peftName = (name: string): string => `base_model.model.model.${name}.weight`;

export interface PeftFiles {
  readonly 'adapter_model.safetensors': Uint8Array;
  readonly 'adapter_config.json': string;
  /** For llama.cpp, beside a GGUF of the same model; archives of older versions of the page lack it. */
  readonly 'adapter.gguf'?: Uint8Array;
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
    'adapter.gguf': ggufAdapter(snapshot, architecture, settings, base),
  };
}

/** Rank of an adapter file, so that a policy can be opened for it. @throws CheckpointError */
export const adapterRank = (file: Uint8Array, place: string): number =>
  openPeft({ bytes: file, name: place }).rank;
