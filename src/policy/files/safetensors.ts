/**
 * The safetensors container: a JSON header and raw little-endian tensors, read and written. Sizes and
 * offsets are checked before anything is allocated. read-weights.ts knows which tensor means what.
 */
import { isRecord } from '../../base/is-record.ts';
import { shown } from '../../base/shown.ts';
import { CheckpointError } from '../errors.ts';
import { brainToFloat, halfToFloat } from './half.ts';
import type { RangeSource } from './range-source.ts';

export type SafetensorsType = 'F32' | 'F16' | 'BF16' | 'U8' | 'I8' | 'I64';

export interface StoredTensor {
  readonly dtype: SafetensorsType;
  readonly dims: readonly number[];
  /** A view into the file. */
  readonly bytes: Uint8Array;
}

const BYTES: Record<SafetensorsType, number> = { F32: 4, F16: 2, BF16: 2, U8: 1, I8: 1, I64: 8 };
const MAX_HEADER_BYTES = 100_000_000;

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a tensor lies in its file. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsType;
  readonly dims: readonly number[];
  /** Byte range in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads a file in memory whole or not at all; the tensors are views into it. @throws CheckpointError */
export function parseSafetensors(bytes: Uint8Array, place = 'model.safetensors'): Safetensors {
  // A plain view: a Node Buffer's own slice would share memory instead of copying.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = dataStart(file.subarray(0, 8), file.byteLength, place);
  const { tensors, metadata } = readHeader(file.subarray(8, start), start, file.byteLength, place);
  const stored = [...tensors].map(
    ([name, { dtype, dims, begin, end }]) =>
      [name, { dtype, dims, bytes: file.subarray(begin, end) }] as const,
  );
  return { tensors: new Map(stored), metadata };
}

/** The header alone, so that tensors can be read one by one. @throws CheckpointError */
export async function parseSafetensorsHeader(source: RangeSource): Promise<SafetensorsHeader> {
  const { name, size } = source;
  const start = dataStart(await source.read(0, Math.min(8, size)), size, name);
  return readHeader(await source.read(8, start), start, size, name);
}

/** Where the header ends, from the first eight bytes. */
function dataStart(first: Uint8Array, size: number, place: string): number {
  if (first.byteLength < 8) throw new CheckpointError(place, `${size} bytes are too few for a header`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, size - 8)))
    throw new CheckpointError(place, `the header claims ${length} bytes of ${size}`);
  return 8 + Number(length);
}

function readHeader(bytes: Uint8Array, start: number, size: number, place: string): SafetensorsHeader {
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(parseHeader(bytes, place))) {
    if (name === '__metadata__') metadata = readMetadata(entry, place);
    else tensors.set(name, readEntry(name, entry, start, size, place));
  }
  checkLayout(tensors, start, size, place);
  return { tensors, metadata };
}

/**
 * Tensors lie end to end: every byte belongs to one, as the format asks. Else a small file
 * could claim the same bytes a thousand times, and be a large one once its tensors are copied.
 */
function checkLayout(
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  start: number,
  size: number,
  place: string,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let last = start;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== last) {
      const problem = begin < last ? 'overlaps the one before it' : 'leaves a gap before it';
      throw new CheckpointError(`${place}, tensor ${shown(name)}`, `it ${problem}, at byte ${last - start}`);
    }
    last = end;
  }
  if (last !== size)
    throw new CheckpointError(place, `${size - last} bytes after the last tensor belong to none`);
}

/** The format allows text alone. */
function readMetadata(entry: unknown, place: string): Record<string, string> {
  const isText = (pair: [string, unknown]): pair is [string, string] => typeof pair[1] === 'string';
  const pairs = isRecord(entry) ? Object.entries(entry) : null;
  if (!pairs?.every(isText)) throw new CheckpointError(place, '__metadata__ does not map texts to texts');
  return Object.fromEntries(pairs);
}

function parseHeader(bytes: Uint8Array, place: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CheckpointError(place, 'the header is not JSON');
  }
  if (!isRecord(parsed)) throw new CheckpointError(place, 'the header is not a JSON object');
  return parsed;
}

function readEntry(
  name: string,
  entry: unknown,
  start: number,
  fileSize: number,
  place: string,
): SafetensorsEntry {
  const at = `${place}, tensor ${shown(name)}`;
  if (!isRecord(entry)) throw new CheckpointError(at, 'its header entry is not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') throw new CheckpointError(at, 'its type is not a text');
  if (!Object.hasOwn(BYTES, dtype))
    throw new CheckpointError(at, `type ${shown(dtype, 20)} is not supported`);
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new CheckpointError(at, 'its shape is not a list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new CheckpointError(at, 'its offsets are not two numbers');
  }
  const [begin, end] = offsets as [number, number];
  const size = (shape as number[]).reduce((product, dim) => product * dim, BYTES[dtype as SafetensorsType]);
  if (end < begin || end > fileSize - start || end - begin !== size) {
    throw new CheckpointError(
      at,
      `bytes ${begin} to ${end} of ${fileSize - start} do not hold ${dtype} [${shape.slice(0, 8).join()}${shape.length > 8 ? ',…' : ''}]`,
    );
  }
  return { dtype: dtype as SafetensorsType, dims: shape as number[], begin: start + begin, end: start + end };
}

/**
 * V8's `Float32Array.from` collects what it is given in a list first, which for the
 * embedding of a large vocabulary is too long a one.
 */
function eachAs(words: Uint16Array, toFloat: (word: number) => number): Float32Array {
  const floats = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) floats[i] = toFloat(words[i]!);
  return floats;
}

/** Any stored floating-point tensor as float32, copied. */
export function toFloat32(
  tensor: Omit<StoredTensor, 'dims'> & Partial<StoredTensor>,
  place: string,
): Float32Array {
  const { bytes, dtype } = tensor;
  const copy = bytes.slice().buffer;
  switch (dtype) {
    case 'F32':
      return new Float32Array(copy);
    case 'BF16':
      return eachAs(new Uint16Array(copy), brainToFloat);
    case 'F16':
      return eachAs(new Uint16Array(copy), halfToFloat);
    default:
      throw new CheckpointError(place, `${dtype} where floating point was expected`);
  }
}

export interface TensorToStore {
  readonly name: string;
  readonly dtype: SafetensorsType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** What stands before the tensors, which lie end to end in the given order. Padded to a multiple of 8. */
export function safetensorsHead(
  tensors: readonly (Omit<TensorToStore, 'bytes'> & { readonly byteLength: number })[],
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, dtype, dims, byteLength } of tensors) {
    header[name] = { dtype, shape: dims, data_offsets: [offset, offset + byteLength] };
    offset += byteLength;
  }
  const json = JSON.stringify(header);
  const encoded = new TextEncoder().encode(
    json + ' '.repeat((8 - (new TextEncoder().encode(json).byteLength % 8)) % 8),
  );
  const head = new Uint8Array(8 + encoded.byteLength);
  new DataView(head.buffer).setBigUint64(0, BigInt(encoded.byteLength), true);
  head.set(encoded, 8);
  return head;
}

/** A safetensors file, tensors in the given order, the header padded with spaces to a multiple of 8. */
export function writeSafetensors(
  tensors: readonly TensorToStore[],
  metadata: Record<string, string> = {},
): Uint8Array {
  const entries = tensors.map(({ name, dtype, dims, bytes }) => ({
    name,
    dtype,
    dims,
    byteLength: bytes.byteLength,
  }));
  const head = safetensorsHead(entries, metadata);
  const file = new Uint8Array(entries.reduce((sum, { byteLength }) => sum + byteLength, head.byteLength));
  file.set(head);
  let at = head.byteLength;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += bytes.byteLength;
  }
  return file;
}

export const floatBytes = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
