/**
 * A model as a GGUF file that llama.cpp loads: weights as F16, F32 or Q8_0 under its
 * names, an adapter merged into them where one is given, and the tokenizer. write.ts
 * lays the file out; checkpoint.ts reads such files.
 */
import { PolicyError } from '../errors.ts';
import { ggufName, rotatedLinears } from '../families/family.ts';
import { halvesOf } from '../files/half.ts';
import {
  modelTensors,
  type AdapterToMerge,
  type ModelTensor,
  type TensorSource,
} from '../files/model-tensors.ts';
import { rowPieces, type StreamedFile } from '../files/streamed-file.ts';
import type { Rotary } from '../families/rotary.ts';
import type { Architecture } from '../model/architecture.ts';
import { RMS_EPS } from './config.ts';
import type { JsonObject } from '../../base/json-object.ts';
import { rowsFromPairs } from './rotary-rows.ts';
import { ggufTokenizer } from './write-tokenizer.ts';
import {
  ggufHead,
  ggufPadding,
  ggufReal,
  ggufText,
  ggufWhole,
  type GgufEntryToStore,
  type GgufValue,
} from './write.ts';

export const GGUF_TYPES = ['F32', 'F16', 'Q8_0'] as const;
export type GgufType = (typeof GGUF_TYPES)[number];

export interface GgufModel extends TensorSource {
  readonly name: string;
  readonly adapter?: AdapterToMerge | undefined;
  /** tokenizer.json and tokenizer_config.json, parsed. */
  readonly tokenizer: { readonly json: JsonObject; readonly config: JsonObject };
  /** Of matrices; norms and biases are F32, and rows that are no multiple of 32 stay F16 under Q8_0. */
  readonly type: GgufType;
}

/**
 * The file, made piece by piece.
 * @throws PolicyError for a model that llama.cpp would compute otherwise, or a tokenizer that it has not
 */
export function ggufModel({ name, adapter, tokenizer, type, ...source }: GgufModel): StreamedFile {
  const { architecture } = source;
  const own = ownKeys(name, architecture);
  const { family, headDim } = architecture;
  const isRotated = (tensor: string): boolean =>
    family.gguf.rotaryRows === 'pairs' &&
    rotatedLinears(family).some((linear) => tensor.includes(`.${linear.name}.`));
  const tensors = modelTensors(source, adapter, 'whole').map((tensor): TensorToWrite => {
    const [, stem = '', ending = ''] = /^(.*)\.(weight|bias)$/.exec(tensor.name) ?? [];
    const entry = entryOf(`${ggufName(family, stem)}.${ending}`, tensor.dims, type);
    if (!isRotated(tensor.name)) return { ...entry, unit: 1, rows: tensor.rows };
    const rows = async (first: number, count: number) =>
      inPairs(await tensor.rows(first, count), count, headDim);
    return { ...entry, unit: headDim, rows };
  });
  tensors.push(...divisorTensors(architecture));
  const metadata = {
    ...sizes(name, architecture, type),
    ...own,
    ...ggufTokenizer(tokenizer.json, tokenizer.config, architecture.vocabSize, name),
  };
  const head = ggufHead(metadata, tensors);
  return {
    name: `${name}-${type}.gguf`,
    size: tensors.reduce(
      (sum, { byteLength }) => sum + byteLength + ggufPadding(byteLength),
      head.byteLength,
    ),
    async *pieces() {
      yield head;
      for (const tensor of tensors) {
        for (const [first, count] of rowPieces(tensor.dims, tensor.unit))
          yield encoded(await tensor.rows(first, count), tensor.type);
        yield new Uint8Array(ggufPadding(tensor.byteLength));
      }
    },
  };
}

/**
 * Metadata of the family beside the sizes. @throws PolicyError for what llama.cpp would compute otherwise
 */
function ownKeys(name: string, architecture: Architecture): Readonly<Record<string, GgufValue>> {
  const { family, rotary, headDim } = architecture;
  const keys = family.gguf.write?.(architecture) ?? {};
  const isFactored = family.gguf.divisors === 'rope_factors';
  const problem =
    typeof keys === 'string'
      ? keys
      : rotary !== undefined &&
          !isFactored &&
          ((rotary.attention ?? 1) !== 1 ||
            rotary.dims !== headDim ||
            (rotary.divisors !== undefined && !isLinear(rotary) && family.gguf.divisors === undefined))
        ? 'its rotary positions are scaled in a way that llama.cpp does not have for it'
        : undefined;
  if (problem !== undefined || typeof keys === 'string')
    throw new PolicyError(
      `${name}: ${family.title} is not written as GGUF: ${problem}.`,
      'Write a folder instead (--format hf), and convert it with llama.cpp.',
    );
  const typed = (values: Readonly<Record<string, number>> = {}, as: (value: number) => GgufValue) =>
    Object.entries(values).map(([key, value]) => [`${family.gguf.architecture}.${key}`, as(value)] as const);
  return Object.fromEntries([...typed(keys.whole, ggufWhole), ...typed(keys.real, ggufReal)]);
}

/** Scaled alike at all frequencies. */
const isLinear = ({ divisors }: Rotary): boolean =>
  divisors !== undefined && divisors.every((divisor) => divisor === divisors[0]);

/** llama.cpp has tensors for whatever frequencies are divided by, one or two for texts of any length. */
function divisorTensors({ family, rotary }: Architecture): readonly TensorToWrite[] {
  const divisors = rotary?.divisors;
  const { divisors: kind } = family.gguf;
  if (divisors === undefined || kind === undefined || (kind === 'rope_freqs' && isLinear(rotary!))) return [];
  // Texts are kept within those that have the factors of short ones.
  const names = kind === 'rope_freqs' ? ['rope_freqs'] : ['rope_factors_short', 'rope_factors_long'];
  return names.map((name) => ({
    ...entryOf(`${name}.weight`, [divisors.length], 'F32'),
    unit: 1,
    rows: (first, count) => Promise.resolve(Float32Array.from(divisors.slice(first, first + count))),
  }));
}

interface TensorToWrite extends GgufEntryToStore {
  readonly rows: ModelTensor['rows'];
  /** Rows that are put in another order together. */
  readonly unit: number;
}

/** Rows of a matrix, or entries of a bias, whole heads of them, the two of a rotated pair side by side. */
function inPairs(values: Float32Array, rows: number, headDim: number): Float32Array {
  const width = values.length / rows;
  const out = new Float32Array(values.length);
  rowsFromPairs(rows, headDim).forEach((to, row) =>
    out.set(values.subarray(row * width, (row + 1) * width), to * width),
  );
  return out;
}

function entryOf(name: string, dims: readonly number[], wanted: GgufType): GgufEntryToStore {
  const type = dims.length === 1 ? 'F32' : wanted === 'Q8_0' && dims.at(-1)! % BLOCK !== 0 ? 'F16' : wanted;
  const values = dims.reduce((product, dim) => product * dim, 1);
  const byteLength =
    type === 'F32' ? 4 * values : type === 'F16' ? 2 * values : (values / BLOCK) * BLOCK_BYTES;
  return { name, type, dims, byteLength };
}

function encoded(values: Float32Array, type: GgufType): Uint8Array<ArrayBuffer> {
  if (type === 'F32') return new Uint8Array(values.slice().buffer);
  return type === 'F16' ? new Uint8Array(halvesOf(values).buffer) : q80Blocks(values);
}

/** Values of a Q8_0 block: a half-precision scale and 32 bytes. */
const BLOCK = 32;
const BLOCK_BYTES = BLOCK + 2;

/** ggml's quantize_row_q8_0: scale = largest magnitude / 127, each value rounded to the nearest step. */
export function q80Blocks(values: Float32Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((values.length / BLOCK) * BLOCK_BYTES);
  const view = new DataView(out.buffer);
  for (let at = 0, to = 0; at < values.length; at += BLOCK, to += BLOCK_BYTES) {
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
    [`${key}.${of.family.normEps?.gguf ?? RMS_EPS}`]: ggufReal(of.normEps),
    [`${key}.rope.freq_base`]: ggufReal(of.rotary?.theta ?? of.ropeTheta),
    [`${key}.rope.dimension_count`]: ggufWhole(of.rotary?.dims ?? of.headDim),
    [`${key}.vocab_size`]: ggufWhole(of.vocabSize),
    ...Object.fromEntries(
      Object.entries(scaling(of)).map(([name, value]) => [`${key}.rope.scaling.${name}`, value]),
    ),
  };
}

/** How the rotary positions are scaled, where a tensor alone does not say it. */
function scaling({ family, rotary, contextLength }: Architecture): Readonly<Record<string, GgufValue>> {
  if (rotary?.divisors === undefined) return {};
  if (family.gguf.divisors === 'rope_factors')
    return {
      original_context_length: ggufWhole(contextLength),
      attn_factor: ggufReal(rotary.attention ?? 1),
    };
  return isLinear(rotary) ? { type: ggufText('linear'), factor: ggufReal(rotary.divisors[0]!) } : {};
}
