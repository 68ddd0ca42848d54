/**
 * The block formats of GGUF that are read, and what each becomes. Formats of up to 8
 * bits with a scale and an offset per 32 inputs become blocks as onnxruntime reads
 * them, without loss; all others become float32. Layouts are those of ggml's quants.
 */
import type { BlockQuantised } from '../../tensor/ops/matmul.ts';
import { brainToFloat, halfToFloat } from '../files/half.ts';

interface BlockType {
  /** Values in a block. */
  readonly values: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** One block at `at` of `view` to `values` floats at `to` of `out`. */
  readonly decode: (view: DataView, at: number, out: Float32Array, to: number) => void;
  /** Bits of our blocks that hold these values without loss; absent where none do. */
  readonly bits?: 4 | 8;
  /** Bits to quantise to where no blocks of ours hold the values and floats are too large. */
  readonly nearest?: 4 | 8;
}

const half = (view: DataView, at: number): number => halfToFloat(view.getUint16(at, true));

/** Values that stand alone. */
const plain = (bytes: number, read: (view: DataView, at: number) => number): BlockType => ({
  values: 1,
  bytes,
  decode: (view, at, out, to) => {
    out[to] = read(view, at);
  },
});

/** Scale and offset of each 32 values of a block, and the code of value i, in the terms of BlockQuantised. */
interface Repack {
  readonly scale: (view: DataView, at: number, group: number) => number;
  readonly offset?: (view: DataView, at: number, group: number) => number;
  readonly code: (view: DataView, at: number, i: number) => number;
}

/** Two nibbles to a byte: the lower ones are values 0 to 15, the upper ones 16 to 31. */
const nibble = (view: DataView, at: number, i: number): number =>
  (view.getUint8(at + (i & 15)) >> (i < 16 ? 0 : 4)) & 15;

/**
 * Five bits: a nibble, and the fifth of all 32 values in a word before it. @param
 * high where the word lies @param low the nibbles
 */
const fiveBits = (view: DataView, high: number, low: number, i: number): number =>
  nibble(view, low, i) | (((view.getUint32(high, true) >>> i) & 1) << 4);

/** What the codes of IQ4_NL stand for. */
const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/**
 * The 6-bit scale and minimum of a group of Q4_K and Q5_K; the upper four groups keep
 * their high bits with the lower four.
 */
function groupOf(view: DataView, at: number, group: number): { scale: number; min: number } {
  const byte = (i: number): number => view.getUint8(at + 4 + i);
  if (group < 4) return { scale: byte(group) & 63, min: byte(group + 4) & 63 };
  const low = byte(group + 4);
  return {
    scale: (low & 15) | ((byte(group - 4) >> 6) << 4),
    min: (low >> 4) | ((byte(group) >> 6) << 4),
  };
}

const REPACK = {
  // d * (q - 8)
  Q4_0: { scale: half, code: (view, at, i) => nibble(view, at + 2, i) },
  // d * q + m = d * (q - 8) + (m + 8 d)
  Q4_1: {
    scale: half,
    offset: (view, at) => half(view, at + 2) + 8 * half(view, at),
    code: (view, at, i) => nibble(view, at + 4, i),
  },
  // d * (q - 16)
  Q5_0: { scale: half, code: (view, at, i) => fiveBits(view, at + 2, at + 6, i) - 16 + 128 },
  // d * q + m = d * (q - 16) + (m + 16 d)
  Q5_1: {
    scale: half,
    offset: (view, at) => half(view, at + 2) + 16 * half(view, at),
    code: (view, at, i) => fiveBits(view, at + 4, at + 8, i) - 16 + 128,
  },
  // d times one of sixteen signed bytes
  IQ4_NL: { scale: half, code: (view, at, i) => IQ4_VALUES[nibble(view, at + 2, i)]! + 128 },
  // d * q, q signed
  Q8_0: { scale: half, code: (view, at, i) => view.getInt8(at + 2 + i) + 128 },
  // d * scale * q - dmin * min, by groups of 32; a pair of groups shares 32 bytes
  Q4_K: {
    scale: (view, at, group) => half(view, at) * groupOf(view, at, group).scale,
    offset: (view, at, group) => {
      const { scale, min } = groupOf(view, at, group);
      return 8 * half(view, at) * scale - half(view, at + 2) * min;
    },
    code: (view, at, i) => {
      const group = i >> 5;
      return (view.getUint8(at + 16 + (group >> 1) * 32 + (i & 31)) >> (4 * (group & 1))) & 15;
    },
  },
  // as Q4_K, with the fifth bits of a group's values in one bit of 32 bytes
  Q5_K: {
    scale: (view, at, group) => half(view, at) * groupOf(view, at, group).scale,
    offset: (view, at, group) => {
      const { scale, min } = groupOf(view, at, group);
      return 16 * half(view, at) * scale - half(view, at + 2) * min;
    },
    code: (view, at, i) => {
      const group = i >> 5;
      const low = (view.getUint8(at + 48 + (group >> 1) * 32 + (i & 31)) >> (4 * (group & 1))) & 15;
      const high = (view.getUint8(at + 16 + (i & 31)) >> group) & 1;
      return (low | (high << 4)) - 16 + 128;
    },
  },
} as const satisfies Record<string, Repack>;

function packed(values: number, bytes: number, bits: 4 | 8, { scale, offset, code }: Repack): BlockType {
  return {
    values,
    bytes,
    bits,
    decode(view, at, out, to) {
      for (let group = 0; group < values / 32; group++) {
        const [d, c] = [scale(view, at, group), offset?.(view, at, group) ?? 0];
        for (let i = group * 32; i < (group + 1) * 32; i++)
          out[to + i] = d * (code(view, at, i) - 2 ** (bits - 1)) + c;
      }
    },
  };
}

/**
 * 6 bits: four low in `ql`, two high in `qh`, a signed scale per 16 values; 128 values share 64 and 32 bytes.
 */
function decodeQ6K(view: DataView, at: number, out: Float32Array, to: number): void {
  const d = half(view, at + 208);
  for (let i = 0; i < 256; i++) {
    const [part, j] = [i >> 7, i & 127];
    const low = (view.getUint8(at + part * 64 + (j & 63)) >> (j < 64 ? 0 : 4)) & 15;
    const high = (view.getUint8(at + 128 + part * 32 + (j & 31)) >> (2 * (j >> 5))) & 3;
    out[to + i] = d * view.getInt8(at + 192 + (i >> 4)) * ((low | (high << 4)) - 32);
  }
}

/** The two bits of value i of Q2_K and Q3_K; 128 values share 32 bytes. */
const twoBits = (view: DataView, at: number, i: number): number =>
  (view.getUint8(at + (i >> 7) * 32 + (i & 31)) >> (2 * ((i & 127) >> 5))) & 3;

/** 2 bits, with a scale and a minimum of four bits per 16 values. */
function decodeQ2K(view: DataView, at: number, out: Float32Array, to: number): void {
  const [d, min] = [half(view, at + 80), half(view, at + 82)];
  for (let i = 0; i < 256; i++) {
    const group = view.getUint8(at + (i >> 4));
    out[to + i] = d * (group & 15) * twoBits(view, at + 16, i) - min * (group >> 4);
  }
}

/**
 * 3 bits: two low in `qs`, the third, which says that 4 is not taken off, in `hmask`;
 * a signed 6-bit scale per 16 values.
 */
function decodeQ3K(view: DataView, at: number, out: Float32Array, to: number): void {
  const d = half(view, at + 108);
  for (let i = 0; i < 256; i++) {
    const group = i >> 4;
    const low = (view.getUint8(at + 96 + (group & 7)) >> (group < 8 ? 0 : 4)) & 15;
    const high = (view.getUint8(at + 104 + (group & 3)) >> (2 * (group >> 2))) & 3;
    const isHigh = (view.getUint8(at + (i & 31)) >> (i >> 5)) & 1;
    out[to + i] = d * ((low | (high << 4)) - 32) * (twoBits(view, at + 32, i) - (isHigh ? 0 : 4));
  }
}

const TYPES = {
  F32: plain(4, (view, at) => view.getFloat32(at, true)),
  F16: plain(2, half),
  BF16: plain(2, (view, at) => brainToFloat(view.getUint16(at, true))),
  Q4_0: packed(32, 18, 4, REPACK.Q4_0),
  Q4_1: packed(32, 20, 4, REPACK.Q4_1),
  Q5_0: packed(32, 22, 8, REPACK.Q5_0),
  Q5_1: packed(32, 24, 8, REPACK.Q5_1),
  IQ4_NL: packed(32, 18, 8, REPACK.IQ4_NL),
  Q8_0: packed(32, 34, 8, REPACK.Q8_0),
  Q4_K: packed(256, 144, 4, REPACK.Q4_K),
  Q5_K: packed(256, 176, 8, REPACK.Q5_K),
  Q2_K: { values: 256, bytes: 84, decode: decodeQ2K, nearest: 8 },
  Q3_K: { values: 256, bytes: 110, decode: decodeQ3K, nearest: 8 },
  Q6_K: { values: 256, bytes: 210, decode: decodeQ6K, nearest: 8 },
} satisfies Record<string, BlockType>;

export type BlockTypeName = keyof typeof TYPES;
export const BLOCK_TYPES: Readonly<Record<BlockTypeName, BlockType>> = TYPES;

export const isBlockType = (name: string): name is BlockTypeName => Object.hasOwn(TYPES, name);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Every value of `bytes`, whole blocks of one type, as float32. */
export function decodeBlocks(type: BlockTypeName, bytes: Uint8Array): Float32Array {
  const { values, bytes: size, decode } = BLOCK_TYPES[type];
  const view = viewOf(bytes);
  const out = new Float32Array((bytes.byteLength / size) * values);
  for (let at = 0, to = 0; at < bytes.byteLength; at += size, to += values) decode(view, at, out, to);
  return out;
}

/** The same weights [outFeatures, inFeatures] in blocks of 32, or null where the type has no such form. */
export function repackBlocks(
  type: BlockTypeName,
  bytes: Uint8Array,
  outFeatures: number,
  inFeatures: number,
): BlockQuantised | null {
  const { bits, values, bytes: size } = BLOCK_TYPES[type];
  if (bits === undefined) return null;
  const { scale, offset, code }: Repack = REPACK[type as keyof typeof REPACK];
  const view = viewOf(bytes);
  const count = outFeatures * inFeatures;
  const quants = new Uint8Array((count * bits) / 8);
  const scales = new Float32Array(count / 32);
  const offsets = offset && new Float32Array(count / 32);
  for (let at = 0, first = 0; first < count; at += size, first += values) {
    for (let group = 0; group < values / 32; group++) {
      scales[first / 32 + group] = scale(view, at, group);
      if (offsets) offsets[first / 32 + group] = offset(view, at, group);
    }
    if (bits === 8) for (let i = 0; i < values; i++) quants[first + i] = code(view, at, i);
    else
      for (let i = 0; i < values; i += 2)
        quants[(first + i) / 2] = code(view, at, i) | (code(view, at, i + 1) << 4);
  }
  return { bits, block: 32, outFeatures, inFeatures, quants, scales, ...(offsets && { offsets }) };
}
