/**
 * Quantises a weight matrix in blocks: 4 or 8 bits, symmetric around the middle code, one
 * scale per block of 32 inputs. This is the layout that onnxruntime's MatMulNBits reads.
 */
import type { BlockQuantised } from '../../tensor/ops/matmul.ts';
import { PolicyError } from '../errors.ts';

export const BLOCK = 32;

/**
 * weight [outFeatures, inFeatures] to blocks. The scale of each block is the one of a few candidates with the
 * least squared error; at 4 bits the extreme of the block is placed on code -8 or 7, whichever sign it has.
 */
export function quantise(
  weight: Float32Array,
  outFeatures: number,
  inFeatures: number,
  bits: 4 | 8,
): BlockQuantised {
  if (inFeatures % BLOCK !== 0) {
    throw new PolicyError(
      `a layer with ${inFeatures} inputs cannot be quantised in blocks of ${BLOCK}`,
      'Load the model in fp32.',
    );
  }
  const blocks = inFeatures / BLOCK;
  const half = 2 ** (bits - 1);
  const quants = new Uint8Array((outFeatures * inFeatures * bits) / 8);
  const scales = new Float32Array(outFeatures * blocks);
  const codes = new Uint8Array(BLOCK);
  for (let block = 0; block < outFeatures * blocks; block++) {
    const values = weight.subarray(block * BLOCK, (block + 1) * BLOCK);
    const scale = bestScale(values, half);
    scales[block] = scale;
    for (let i = 0; i < BLOCK; i++) codes[i] = encode(values[i]!, scale, half) + half;
    if (bits === 8) quants.set(codes, block * BLOCK);
    else
      for (let i = 0; i < BLOCK; i += 2) quants[(block * BLOCK + i) / 2] = codes[i]! | (codes[i + 1]! << 4);
  }
  return { bits, block: BLOCK, outFeatures, inFeatures, quants, scales };
}

function encode(value: number, scale: number, half: number): number {
  if (scale === 0) return 0;
  return Math.max(-half, Math.min(half - 1, Math.round(value / scale)));
}

function bestScale(values: Float32Array, half: number): number {
  let extreme = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  if (extreme === 0) return 0;
  let best = 0;
  let bestError = Infinity;
  // A negative scale lets the largest positive value use code -half; shrinking trades
  // its clipping for finer steps.
  for (const base of [-extreme / half, extreme / (half - 1)]) {
    // At 8 bits the steps are fine already, and the search would cost minutes on a large model.
    for (let shrink = 1; shrink > (half > 8 ? 0.99 : 0.8); shrink -= 0.04) {
      const scale = Math.fround(base * shrink);
      let error = 0;
      for (const value of values) error += (value - encode(value, scale, half) * scale) ** 2;
      if (error < bestError) {
        bestError = error;
        best = scale;
      }
    }
  }
  return best;
}

/** Back to float32, row-major: values `begin` to `end` of [outFeatures, inFeatures]. Absent: all. */
export function dequantise(
  { bits, block, outFeatures, inFeatures, quants, scales, offsets }: BlockQuantised,
  begin = 0,
  end = outFeatures * inFeatures,
): Float32Array {
  const half = 2 ** (bits - 1);
  const weight = new Float32Array(end - begin);
  for (let i = begin; i < end; i++) {
    const code = bits === 8 ? quants[i]! : (quants[i >> 1]! >> (4 * (i & 1))) & 0xf;
    const at = Math.floor(i / block);
    weight[i - begin] = (code - half) * scales[at]! + (offsets?.[at] ?? 0);
  }
  return weight;
}

/** Values that are compared at once. */
const PIECE_VALUES = 1 << 20;

/**
 * |held - exact| / |exact|, both as vectors of `length` values that are asked for
 * piece by piece: neither need be held as floats whole. 0 for equal ones.
 */
export function relativeError(
  length: number,
  exact: (begin: number, end: number) => Float32Array,
  held: (begin: number, end: number) => Float32Array,
): number {
  let [error, size] = [0, 0];
  for (let begin = 0; begin < length; begin += PIECE_VALUES) {
    const end = Math.min(length, begin + PIECE_VALUES);
    const [wanted, got] = [exact(begin, end), held(begin, end)];
    for (let i = 0; i < wanted.length; i++) {
      error += (wanted[i]! - got[i]!) ** 2;
      size += wanted[i]! ** 2;
    }
  }
  return error === 0 ? 0 : Math.sqrt(error / size);
}
