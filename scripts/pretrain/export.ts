/**
 * From a checkpoint to public/models/nano: config.json and model.safetensors, with linear maps in 4-bit and
 * the embedding in 8-bit blocks. It also says what of a parameter the file keeps, which quantisation-aware
 * training has to see.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../../src/policy/model/architecture.ts';
import { modelParameters } from '../../src/policy/model/architecture.ts';
import { BLOCK, dequantise, quantise } from '../../src/policy/model/quantise.ts';
import { floatBytes, writeSafetensors, type TensorToStore } from '../../src/policy/files/safetensors.ts';
import type { BlockQuantised } from '../../src/tensor/ops/matmul.ts';
import type { TrainingState } from './checkpoint.ts';

/**
 * A matrix [out, in] in the blocks that the file holds; `bits` is that of linears,
 * the embedding always has 8.
 */
function blocksOf(
  name: string,
  [outFeatures, inFeatures]: readonly [number, number],
  data: Float32Array,
  bits: 4 | 8,
): BlockQuantised {
  return quantise(data, outFeatures, inFeatures, name.includes('embed') ? 8 : bits);
}

/** The parameters as whoever loads the 4-bit file will see them, in float32; norms are themselves. */
export function asStored(architecture: Architecture, state: TrainingState): Map<string, Float32Array> {
  return new Map(
    modelParameters(architecture).map(({ name, dims }) => {
      const data = state.tensors.get(name)!;
      return [name, dims.length === 1 ? data : dequantise(blocksOf(name, dims as [number, number], data, 4))];
    }),
  );
}

export async function exportModel(
  folder: string,
  architecture: Architecture,
  state: TrainingState,
  bits: 4 | 8 | 32 = 4,
): Promise<number> {
  const tensors = modelParameters(architecture).flatMap(({ name, dims }): TensorToStore[] => {
    const data = state.tensors.get(name)!;
    if (dims.length === 1 || bits === 32) return [{ name, dtype: 'F32', dims, bytes: floatBytes(data) }];
    const [outFeatures, inFeatures] = dims as [number, number];
    const { quants, scales } = blocksOf(name, [outFeatures, inFeatures], data, bits);
    const stem = name.replace(/\.weight$/, '');
    return [
      {
        name: `${stem}.quants`,
        dtype: 'U8',
        dims: [outFeatures, quants.length / outFeatures],
        bytes: quants,
      },
      {
        name: `${stem}.scales`,
        dtype: 'F32',
        dims: [outFeatures, inFeatures / BLOCK],
        bytes: floatBytes(scales),
      },
    ];
  });
  const file = writeSafetensors(tensors, { format: 'pt', step: String(state.step) });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.safetensors'), file);
  await writeFile(
    join(folder, 'config.json'),
    `${JSON.stringify(huggingFaceConfig(architecture), null, 2)}\n`,
  );
  return file.byteLength;
}

function huggingFaceConfig(a: Architecture): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: a.family.modelType,
    vocab_size: a.vocabSize,
    hidden_size: a.hiddenSize,
    num_hidden_layers: a.layers,
    num_attention_heads: a.heads,
    num_key_value_heads: a.keyValueHeads,
    head_dim: a.headDim,
    intermediate_size: a.intermediateSize,
    rope_theta: a.ropeTheta,
    rms_norm_eps: a.normEps,
    tie_word_embeddings: a.tiedHead,
    attention_bias: a.biases.length > 0,
    max_position_embeddings: a.contextLength,
  };
}
