/**
 * A checkpoint's weights in host memory: config.json and model.safetensors to dense or block-quantised
 * matrices by name. Names are those of the checkpoint without the leading `model.`. No graphs.
 */
import type { BlockQuantised } from '../tensor/ops/matmul.ts';
import { allLinears, parseArchitecture, type Architecture } from './architecture.ts';
import { CheckpointError } from './errors.ts';
import { BLOCK, dequantise, quantise } from './quantise.ts';
import { parseSafetensors, toFloat32, type Safetensors, type StoredTensor } from './safetensors.ts';

/** A linear map, [outFeatures, inFeatures] row-major when dense. */
export type LinearWeight =
  | {
      readonly kind: 'dense';
      readonly outFeatures: number;
      readonly inFeatures: number;
      readonly data: Float32Array;
    }
  | { readonly kind: 'quantised'; readonly blocks: BlockQuantised };

export interface Weights {
  readonly architecture: Architecture;
  /** Layer linears by full name, e.g. `layers.0.mlp.up_proj`. */
  readonly linears: ReadonlyMap<string, LinearWeight>;
  /** q/k/v biases by linear name, where the architecture has them. */
  readonly biases: ReadonlyMap<string, Float32Array>;
  /** `layers.N.input_layernorm`, `layers.N.post_attention_layernorm`, `norm`. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** [vocabSize, width] */
  readonly embedding: Float32Array;
  /** [vocabSize, width]; the embedding itself when tied. */
  readonly head: Float32Array;
  /** Size of the checkpoint, bytes. */
  readonly bytes: number;
}

/** How layer linears are held: as they are stored, or converted. */
export type LinearFormat = 'stored' | 'fp32' | 'int4' | 'int8';

export function loadWeights(configJson: unknown, file: Uint8Array, format: LinearFormat): Weights {
  const architecture = parseArchitecture(configJson);
  const checkpoint = parseSafetensors(file);
  const linears = new Map<string, LinearWeight>();
  const biases = new Map<string, Float32Array>();
  for (const { name, linear, shape } of allLinears(architecture)) {
    linears.set(name, convert(readLinear(checkpoint, `model.${name}`, shape), format));
    const hasBias = architecture.qkvBias && /q_proj|k_proj|v_proj/.test(linear);
    if (hasBias) biases.set(name, readVector(checkpoint, `model.${name}.bias`, shape[0]));
  }
  const norms = new Map<string, Float32Array>();
  for (let layer = 0; layer < architecture.layers; layer++) {
    for (const norm of ['input_layernorm', 'post_attention_layernorm']) {
      const name = `layers.${layer}.${norm}`;
      norms.set(name, readVector(checkpoint, `model.${name}.weight`, architecture.width));
    }
  }
  norms.set('norm', readVector(checkpoint, 'model.norm.weight', architecture.width));
  const table: [number, number] = [architecture.vocabSize, architecture.width];
  const embedding = dense(readLinear(checkpoint, 'model.embed_tokens', table));
  const head = architecture.tiedHead ? embedding : dense(readLinear(checkpoint, 'lm_head', table));
  return { architecture, linears, biases, norms, embedding, head, bytes: file.byteLength };
}

function find(checkpoint: Safetensors, name: string, dims: readonly number[]): StoredTensor {
  const tensor = checkpoint.tensors.get(name);
  if (!tensor) throw new CheckpointError('model.safetensors', `tensor ${name} is missing`);
  if (tensor.dims.join() !== dims.join()) {
    throw new CheckpointError(
      'model.safetensors',
      `tensor ${name} has shape [${tensor.dims.slice(0, 8)}], config.json asks for [${dims}]`,
    );
  }
  return tensor;
}

function readVector(checkpoint: Safetensors, name: string, length: number): Float32Array {
  return toFloat32(find(checkpoint, name, [length]), name);
}

/**
 * `NAME.weight` in floating point, or our own quantised pair: `NAME.quants` (U8 [out, in * bits / 8]) and
 * `NAME.scales` ([out, in / 32]), see quantise.ts.
 */
function readLinear(checkpoint: Safetensors, name: string, shape: [number, number]): LinearWeight {
  const [outFeatures, inFeatures] = shape;
  const quants = checkpoint.tensors.get(`${name}.quants`);
  if (!quants) {
    const data = toFloat32(find(checkpoint, `${name}.weight`, shape), name);
    return { kind: 'dense', outFeatures, inFeatures, data };
  }
  const bits = quants.dims[1] === inFeatures ? 8 : 4;
  if (quants.dtype !== 'U8')
    throw new CheckpointError('model.safetensors', `tensor ${name}.quants is ${quants.dtype}, not U8`);
  const bytes = find(checkpoint, `${name}.quants`, [outFeatures, (inFeatures * bits) / 8]).bytes.slice();
  const scales = toFloat32(find(checkpoint, `${name}.scales`, [outFeatures, inFeatures / BLOCK]), name);
  return {
    kind: 'quantised',
    blocks: { bits, block: BLOCK, outFeatures, inFeatures, quants: bytes, scales },
  };
}

/** [outFeatures, inFeatures] as float32. */
function dense(weight: LinearWeight): Float32Array {
  return weight.kind === 'dense' ? weight.data : dequantise(weight.blocks);
}

function convert(weight: LinearWeight, format: LinearFormat): LinearWeight {
  const bits = format === 'int4' ? 4 : format === 'int8' ? 8 : null;
  if (format === 'stored' || (weight.kind === 'quantised' && weight.blocks.bits === bits)) return weight;
  const [outFeatures, inFeatures] =
    weight.kind === 'dense'
      ? [weight.outFeatures, weight.inFeatures]
      : [weight.blocks.outFeatures, weight.blocks.inFeatures];
  const data = dense(weight);
  return bits === null
    ? { kind: 'dense', outFeatures, inFeatures, data }
    : { kind: 'quantised', blocks: quantise(data, outFeatures, inFeatures, bits) };
}
