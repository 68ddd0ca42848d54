/**
 * A source of weights, tensor by tensor, so that no more than one is held beside the
 * result. This file has the source for safetensors (one file or shards);
 * gguf/checkpoint.ts has the one for GGUF. read-weights.ts makes weights of the tensors.
 */
import { sizeOf } from '../../tensor/types.ts';
import { CheckpointError } from '../errors.ts';
import { BLOCK } from '../model/quantise.ts';
import { parseSafetensorsHeader, toFloat32, type SafetensorsEntry } from './safetensors.ts';
import { fingerprint } from './fingerprint.ts';
import type { RangeSource } from './range-source.ts';
import { dense, type LinearWeight } from '../model/weights.ts';

export interface StoredMatrix {
  readonly weight: LinearWeight;
  /** As the file names it: `BF16`, `Q4_1`. */
  readonly stored: string;
  /** Bits to quantise to where the file is quantised in a way that has no lossless form here. */
  readonly nearest?: 4 | 8;
}

/** Tensors by their names in a checkpoint of transformers, without `.weight`. */
export interface Checkpoint {
  /** Size of all files, bytes. */
  readonly bytes: number;
  /** Tells these weights from others' (fingerprint.ts). */
  fingerprint(): Promise<string>;
  has(name: string): boolean;
  /** As transformers stores them, for the families that do so; GGUF has them whole. */
  readonly hasNormsLessOne?: boolean;
  /** @throws CheckpointError when it is missing or not [outFeatures, inFeatures] */
  matrix(name: string, shape: readonly [number, number]): Promise<StoredMatrix>;
  /**
   * Rows `first` to `first + count` of such a matrix as floats, in memory of their own; no others are read
   * unless the file has them in another order. @throws CheckpointError as `matrix`
   */
  rows(name: string, shape: readonly [number, number], first: number, count: number): Promise<Float32Array>;
  /**
   * `name` with its ending, `.weight` or `.bias`. @throws CheckpointError when it is
   * missing or not `length` long
   */
  vector(name: string, length: number): Promise<Float32Array>;
}

/**
 * The numbers themselves, for a file whose bytes were damaged where no header tells. @throws CheckpointError
 */
export function checkFinite(values: Float32Array, place: string, tensor: string): Float32Array {
  // A call for each of half a billion values would take seconds.
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new CheckpointError(place, `tensor ${tensor} holds ${values[i]}, which no weight is`);
  return values;
}

/**
 * Read at once, bytes: the file's form of a large tensor never lies whole beside its
 * floats. A multiple of every type's size.
 */
const PIECE_BYTES = 16 * 2 ** 20;

interface TensorPlace {
  readonly source: RangeSource;
  readonly entry: SafetensorsEntry;
}

/**
 * A model in one or several safetensors files. A tensor in two of them is an error. @throws CheckpointError
 */
export async function openSafetensors(sources: readonly RangeSource[]): Promise<Checkpoint> {
  const places = new Map<string, TensorPlace>();
  for (const source of sources) {
    for (const [name, entry] of (await parseSafetensorsHeader(source)).tensors) {
      if (places.has(name)) throw new CheckpointError(source.name, `tensor ${name} is in two files`);
      places.set(name, { source, entry });
    }
  }
  const all = sources.map(({ name }) => name).join(', ');
  const find = (name: string, dims: readonly number[]): TensorPlace => {
    const place = places.get(name);
    if (!place) throw new CheckpointError(all, `tensor ${name} is missing`);
    const { source, entry } = place;
    if (entry.dims.join() !== dims.join()) {
      throw new CheckpointError(
        source.name,
        `tensor ${name} has shape [${entry.dims}], config.json asks for [${dims}]`,
      );
    }
    return place;
  };
  /** Of the first dimension `first` to `first + count`; absent: all. */
  const floats = async (name: string, dims: readonly number[], first = 0, count = dims[0]!) => {
    const { source, entry } = find(name, dims);
    const { dtype } = entry;
    const each = (entry.end - entry.begin) / dims[0]!;
    const begin = entry.begin + first * each;
    const end = begin + count * each;
    const data = new Float32Array((sizeOf(dims) / dims[0]!) * count);
    let filled = 0;
    for (let from = begin; from < end; from += PIECE_BYTES) {
      const bytes = await source.read(from, Math.min(end, from + PIECE_BYTES));
      const piece = toFloat32({ dtype, bytes }, `${source.name}, tensor ${name}`);
      data.set(piece, filled);
      filled += piece.length;
    }
    return { data: checkFinite(data, source.name, name), stored: dtype };
  };

  /**
   * Our own pair: `NAME.quants` (U8 [out, in * bits / 8]) and `NAME.scales` ([out, in
   * / 32]), see model/quantise.ts.
   */
  const ownBlocks = async (
    name: string,
    [rows, inFeatures]: readonly [number, number],
    first = 0,
    count = rows,
  ) => {
    const bits = places.get(`${name}.quants`)!.entry.dims[1] === inFeatures ? 8 : 4;
    const rowBytes = (inFeatures * bits) / 8;
    const { source, entry } = find(`${name}.quants`, [rows, rowBytes]);
    if (entry.dtype !== 'U8')
      throw new CheckpointError(all, `tensor ${name}.quants is ${entry.dtype}, not U8`);
    const begin = entry.begin + first * rowBytes;
    const quants = await source.read(begin, begin + count * rowBytes);
    const scales = (await floats(`${name}.scales`, [rows, inFeatures / BLOCK], first, count)).data;
    const blocks = { bits, block: BLOCK, outFeatures: count, inFeatures, quants, scales } as const;
    return { weight: { kind: 'quantised', blocks }, stored: `int${bits}` } as const;
  };

  return {
    bytes: sources.reduce((sum, { size }) => sum + size, 0),
    fingerprint: () => fingerprint(sources),
    hasNormsLessOne: true,
    has: (name) => places.has(`${name}.weight`) || places.has(`${name}.quants`),
    async matrix(name, shape) {
      if (places.has(`${name}.quants`)) return ownBlocks(name, shape);
      const { data, stored } = await floats(`${name}.weight`, shape);
      return { weight: { kind: 'dense', outFeatures: shape[0], inFeatures: shape[1], data }, stored };
    },
    async rows(name, shape, first, count) {
      if (!places.has(`${name}.quants`)) return (await floats(`${name}.weight`, shape, first, count)).data;
      return dense((await ownBlocks(name, shape, first, count)).weight);
    },
    vector: async (name, length) => (await floats(name, [length])).data,
  };
}
