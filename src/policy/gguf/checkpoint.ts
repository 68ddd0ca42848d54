/**
 * The weights of a GGUF file under the names that transformers gives them. Rows of queries and keys are put back in their order; blocks
 * are repacked without loss where block-types.ts knows how.
 */
import { checkFinite, type Checkpoint, type StoredMatrix } from '../files/checkpoint.ts';
import { CheckpointError } from '../errors.ts';
import { fingerprint } from '../files/fingerprint.ts';
import type { RangeSource } from '../files/range-source.ts';
import { BLOCK_TYPES, decodeBlocks, repackBlocks } from './block-types.ts';
import type { GgufHeader, GgufTensor } from './header.ts';

const NAMES: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
};

/** `model.layers.0.mlp.up_proj` -> `blk.0.ffn_up` */
export function ggufName(name: string): string {
  const layer = /^model\.layers\.(\d+)\.(.*)$/.exec(name);
  const known = NAMES[layer ? layer[2]! : name];
  if (known === undefined) throw new Error(`no GGUF name for ${name}`);
  return layer ? `blk.${layer[1]}.${known}` : known;
}

/**
 * Rows of a llama's queries and keys as transformers orders them. GGUF keeps the two halves of a rotated pair side by side, transformers
 * keeps all first halves of a head before the second ones.
 */
export function unpermuteRows(bytes: Uint8Array, rows: number, headWidth: number): Uint8Array {
  const rowBytes = bytes.byteLength / rows;
  const out = new Uint8Array(bytes.byteLength);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / headWidth), row % headWidth];
    const half = headWidth / 2;
    const from = head * headWidth + (within < half ? 2 * within : 2 * (within - half) + 1);
    out.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
  }
  return out;
}

export interface GgufLayout {
  readonly headWidth: number;
  /** Whether queries and keys are permuted in the file: llama's are, qwen2's are not. */
  readonly isPermuted: boolean;
}

export function openGgufWeights(source: RangeSource, header: GgufHeader, layout: GgufLayout): Checkpoint {
  const find = (name: string, dims: readonly number[]): GgufTensor => {
    const tensor = header.tensors.get(name);
    if (!tensor) throw new CheckpointError(source.name, `tensor ${name} is missing`);
    if (tensor.dims.join() !== dims.join()) {
      throw new CheckpointError(
        source.name,
        `tensor ${name} has shape [${tensor.dims}], its metadata asks for [${dims}]`,
      );
    }
    return tensor;
  };
  const isPermuted = (name: string): boolean => layout.isPermuted && /\.(q|k)_proj(\.bias)?$/.test(name);
  const bytesOf = async (name: string, { begin, end, dims }: GgufTensor): Promise<Uint8Array> => {
    const bytes = await source.read(begin, end);
    return isPermuted(name) ? unpermuteRows(bytes, dims[0]!, layout.headWidth) : bytes;
  };
  const finite = (values: Float32Array, name: string) => checkFinite(values, source.name, name);
  return {
    bytes: source.size,
    fingerprint: () => fingerprint([source]),
    has: (name) => header.tensors.has(`${ggufName(name)}.weight`),
    async matrix(name, shape): Promise<StoredMatrix> {
      const stored = `${ggufName(name)}.weight`;
      const tensor = find(stored, shape);
      const [outFeatures, inFeatures] = shape;
      const bytes = await bytesOf(name, tensor);
      const blocks = repackBlocks(tensor.type, bytes, outFeatures, inFeatures);
      if (blocks) {
        for (const values of [blocks.scales, blocks.offsets]) if (values) finite(values, stored);
        return { weight: { kind: 'quantised', blocks }, stored: tensor.type };
      }
      const data = finite(decodeBlocks(tensor.type, bytes), stored);
      const { nearest } = BLOCK_TYPES[tensor.type];
      return {
        weight: { kind: 'dense', outFeatures, inFeatures, data },
        stored: tensor.type,
        ...(nearest !== undefined && { nearest }),
      };
    },
    async vector(name, length) {
      const [, stem, ending] = /^(.*)(\.weight|\.bias)$/.exec(name)!;
      const stored = `${ggufName(stem!)}${ending}`;
      const tensor = find(stored, [length]);
      return finite(decodeBlocks(tensor.type, await bytesOf(name, tensor)), stored);
    },
  };
}
