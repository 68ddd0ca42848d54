/**
 * Checkpoints of a pretraining run: parameters, moments and the step in one
 * safetensors file, written whole or not at all.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { momentNames } from '../../src/policy/graphs/optimizer.ts';
import { modelParameters } from '../../src/policy/model/architecture.ts';
import type { Architecture } from '../../src/policy/model/architecture.ts';
import { openSafetensors } from '../../src/policy/files/checkpoint.ts';
import {
  floatBytes,
  parseSafetensors,
  toFloat32,
  writeSafetensors,
} from '../../src/policy/files/safetensors.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import { dense } from '../../src/policy/model/weights.ts';
import type { Random } from '../../src/base/random.ts';
import { sizeOf } from '../../src/tensor/types.ts';

export interface TrainingState {
  step: number;
  /** Parameters and moments by name. */
  readonly tensors: Map<string, Float32Array>;
}

/**
 * Normal with deviation 0.02 (Box-Muller), residual outputs scaled down by sqrt(2
 * layers) as in GPT-2; norms 1, moments 0.
 */
export function initialState(architecture: Architecture, random: Random): TrainingState {
  const tensors = new Map<string, Float32Array>();
  for (const { name, dims } of modelParameters(architecture)) {
    const size = sizeOf(dims);
    const residual = /o_proj|down_proj/.test(name);
    const deviation =
      (dims.length === 2 ? 1 / Math.sqrt(dims[1]!) : 0) *
      (residual ? 1 / Math.sqrt(2 * architecture.layers) : 1);
    const scale = name.includes('embed') ? 0.02 : deviation * 0.7;
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    tensors.set(
      name,
      dims.length === 1
        ? new Float32Array(size).fill(1)
        : Float32Array.from({ length: size }, () => normal() * scale),
    );
    const moments = momentNames(name);
    tensors.set(moments.first, new Float32Array(size));
    tensors.set(moments.second, new Float32Array(size));
  }
  return { step: 0, tensors };
}

/**
 * The weights of an exported model as the file holds them, with no moments yet: where another stage begins.
 */
export async function stateOfModel(folder: string, architecture: Architecture): Promise<TrainingState> {
  const path = join(folder, 'model.safetensors');
  const checkpoint = await openSafetensors([bytesSource(new Uint8Array(await readFile(path)), path)]);
  const tensors = new Map<string, Float32Array>();
  for (const { name, dims } of modelParameters(architecture)) {
    const stem = name.replace(/\.weight$/, '');
    if (!checkpoint.has(stem)) throw new Error(`The model has no ${name}; give the folder of a nano.`);
    const data =
      dims.length === 1
        ? await checkpoint.vector(name, dims[0]!)
        : dense((await checkpoint.matrix(stem, dims as [number, number])).weight);
    tensors.set(name, data);
    const moments = momentNames(name);
    for (const moment of [moments.first, moments.second]) tensors.set(moment, new Float32Array(sizeOf(dims)));
  }
  return { step: 0, tensors };
}

export async function saveCheckpoint(path: string, state: TrainingState): Promise<void> {
  const file = writeSafetensors(
    [...state.tensors].map(([name, data]) => ({
      name,
      dtype: 'F32',
      dims: [data.length],
      bytes: floatBytes(data),
    })),
    { step: String(state.step) },
  );
  await writeFile(`${path}.part`, file);
  await rename(`${path}.part`, path);
}

export async function loadCheckpoint(path: string): Promise<TrainingState | null> {
  if (!existsSync(path)) return null;
  const { tensors, metadata } = parseSafetensors(new Uint8Array(await readFile(path)), path);
  return {
    step: Number(metadata['step']),
    tensors: new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor, name)])),
  };
}
