/**
 * A model as a GGUF file that llama.cpp loads: weights as F16, F32 or Q8_0 under its
 * names, an adapter merged into them where one is given, and the tokenizer. write.ts
 * lays the file out; checkpoint.ts reads such files.
 */
import { PolicyError } from '../errors.ts';
import { ggufName } from '../families/family.ts';
import { checkpointTensors, type AdapterToMerge } from '../files/write-model.ts';
import { halvesOf } from '../files/half.ts';
import type { Architecture } from '../model/architecture.ts';
import type { Weights } from '../model/weights.ts';
import type { JsonObject } from '../../base/json-object.ts';
import { rowsFromPairs } from './rotary-rows.ts';
import { ggufTokenizer } from './write-tokenizer.ts';
import { ggufReal, ggufText, ggufWhole, writeGguf, type GgufTensorToStore, type GgufValue } from './write.ts';

export const GGUF_TYPES = ['F32', 'F16', 'Q8_0'] as const;
export type GgufType = (typeof GGUF_TYPES)[number];

export interface GgufModel {
  readonly name: string;
  readonly weights: Weights;
  readonly adapter?: AdapterToMerge | undefined;
  /** tokenizer.json and tokenizer_config.json, parsed. */
  readonly tokenizer: { readonly json: JsonObject; readonly config: JsonObject };
  /** Of matrices; norms and biases are F32, and rows that are no multiple of 32 stay F16 under Q8_0. */
  readonly type: GgufType;
}

/**
 * @throws PolicyError for a family whose files were not compared with llama.cpp, or a
 * tokenizer that it has not
 */
export function ggufModel({ name, weights, adapter, tokenizer, type }: GgufModel): Uint8Array {
  const { architecture } = weights;
  const { family, headDim } = architecture;
  if (family.gguf.isUntested === true)
    throw new PolicyError(
      `${name}: ${family.title} is not written as GGUF; its files were not compared with llama.cpp.`,
      'Write a folder instead (--format hf), and convert it with llama.cpp.',
    );
  const { rotary } = architecture;
  if ((rotary?.attention ?? 1) !== 1 || (rotary !== undefined && rotary.dims !== headDim))
    throw new PolicyError(
      `${name}: its rotary positions are scaled in a way that is not written as GGUF.`,
      'Write a folder instead (--format hf), and convert it with llama.cpp.',
    );
  const isRotated = (tensor: string): boolean =>
    family.gguf.rotaryRows === 'pairs' &&
    [family.linears.q, family.linears.k].some((linear) => tensor.includes(`.${linear.name}.`));
  const tensors = checkpointTensors(weights, adapter).map(({ name: stored, dims, bytes }) => {
    const [, stem = '', ending = ''] = /^(.*)\.(weight|bias)$/.exec(stored) ?? [];
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const rows = dims[0]!;
    const ordered = isRotated(stored) ? inPairs(values, rows, headDim) : values;
    return tensorOf(`${ggufName(family, stem)}.${ending}`, dims, ordered, type);
  });
  // llama.cpp has one tensor for whatever frequencies are divided by.
  const divisors: readonly GgufTensorToStore[] =
    rotary?.divisors === undefined
      ? []
      : [tensorOf('rope_freqs.weight', [rotary.divisors.length], Float32Array.from(rotary.divisors), 'F32')];
  return writeGguf(
    {
      ...sizes(name, architecture, type),
      ...ggufTokenizer(tokenizer.json, tokenizer.config, architecture.vocabSize, name),
    },
    [...tensors, ...divisors],
  );
}

/** The rows of a matrix, or the entries of a bias, the two of a rotated pair side by side. */
function inPairs(values: Float32Array, rows: number, headDim: number): Float32Array {
  const width = values.length / rows;
  const out = new Float32Array(values.length);
  rowsFromPairs(rows, headDim).forEach((to, row) =>
    out.set(values.subarray(row * width, (row + 1) * width), to * width),
  );
  return out;
}

function tensorOf(
  name: string,
  dims: readonly number[],
  values: Float32Array,
  wanted: GgufType,
): GgufTensorToStore {
  const type = dims.length === 1 ? 'F32' : wanted === 'Q8_0' && dims.at(-1)! % BLOCK !== 0 ? 'F16' : wanted;
  const bytes =
    type === 'F32' ? new Uint8Array(values.slice().buffer) : type === 'F16' ? halves(values) : blocks(values);
  return { name, type, dims, bytes };
}

const halves = (values: Float32Array): Uint8Array => new Uint8Array(halvesOf(values).buffer);

/** Values of a Q8_0 block: a half-precision scale and 32 bytes. */
const BLOCK = 32;

/** ggml's quantize_row_q8_0: scale = largest magnitude / 127, each value rounded to the nearest step. */
function blocks(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK) * (BLOCK + 2));
  const view = new DataView(out.buffer);
  for (let at = 0, to = 0; at < values.length; at += BLOCK, to += BLOCK + 2) {
    const block = values.subarray(at, at + BLOCK);
    const largest = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.fround(largest / 127);
    view.setUint16(to, halvesOf(Float32Array.of(scale))[0]!, true);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    block.forEach((value, i) => {
      const steps = Math.fround(value * inverse);
      // Halves away from zero, as roundf does.
      view.setInt8(to + 2 + i, Math.sign(steps) * Math.floor(Math.abs(steps) + 0.5));
    });
  }
  return out;
}

/** ggml's numbers for what most of a file is made of (`general.file_type`). */
const FILE_TYPES: Readonly<Record<GgufType, number>> = { F32: 0, F16: 1, Q8_0: 7 };

function sizes(name: string, of: Architecture, type: GgufType): Record<string, GgufValue> {
  const key = of.family.gguf.architecture;
  return {
    'general.architecture': ggufText(key),
    'general.type': ggufText('model'),
    'general.name': ggufText(name),
    'general.file_type': ggufWhole(FILE_TYPES[type]),
    'general.quantization_version': ggufWhole(2),
    [`${key}.context_length`]: ggufWhole(of.contextLength),
    [`${key}.embedding_length`]: ggufWhole(of.hiddenSize),
    [`${key}.block_count`]: ggufWhole(of.layers),
    [`${key}.feed_forward_length`]: ggufWhole(of.intermediateSize),
    [`${key}.attention.head_count`]: ggufWhole(of.heads),
    [`${key}.attention.head_count_kv`]: ggufWhole(of.keyValueHeads),
    [`${key}.attention.key_length`]: ggufWhole(of.headDim),
    [`${key}.attention.value_length`]: ggufWhole(of.headDim),
    [`${key}.attention.layer_norm_rms_epsilon`]: ggufReal(of.normEps),
    [`${key}.rope.freq_base`]: ggufReal(of.rotary?.theta ?? of.ropeTheta),
    [`${key}.rope.dimension_count`]: ggufWhole(of.rotary?.dims ?? of.headDim),
    [`${key}.vocab_size`]: ggufWhole(of.vocabSize),
  };
}
