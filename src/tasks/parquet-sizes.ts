/**
 * What a parquet file claims, checked before its reader allocates any of it: sizes of
 * pages, numbers of values, and the runs of repeated values, of which a few bytes can stand
 * for billions. It reads no values. Format: Apache Parquet, file format and encodings.
 */
import { readStruct, type ThriftStruct, type ThriftValue } from './thrift.ts';

export interface ParquetLimits {
  /** Of all pages unpacked. */
  readonly bytes: number;
  /** In all pages. */
  readonly values: number;
}

/** The file claims more than it may. */
export class ParquetSizeError extends Error {
  override readonly name = 'ParquetSizeError';
}

/** Unpacks snappy into memory of the size that the page claims. */
export type Unsnappy = (packed: Uint8Array, into: Uint8Array) => void;

const SNAPPY = 1;
const UNCOMPRESSED = 0;
const OPTIONAL = 1;
const REPEATED = 2;
const BOOLEAN = 0;
const DICTIONARY_ENCODINGS: readonly unknown[] = [2, 8];

/** @throws ParquetSizeError, ThriftError */
export function checkParquetSizes(file: Uint8Array, limits: ParquetLimits, unsnappy: Unsnappy): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12) throw new ParquetSizeError('it is too short');
  const length = view.getUint32(file.length - 8, true);
  if (length > file.length - 12) throw new ParquetSizeError('its footer is longer than the file');
  const { value: footer } = readStruct(file.subarray(0, file.length - 8), file.length - 8 - length);
  const columns = levelsOf(structs(footer[2]));
  const left = { ...limits };
  for (const group of structs(footer[4])) {
    if (numberOf(group[3]) > limits.values)
      throw new ParquetSizeError(`it claims ${numberOf(group[3])} rows`);
    structs(group[1]).forEach((column, i) => {
      const meta = structOf(column[3]);
      const levels = columns[i];
      if (levels === undefined) throw new ParquetSizeError('it has columns that its schema does not name');
      const starts = [numberOf(meta[9]), numberOf(meta[11] ?? 0)].filter((start) => start > 0);
      const begin = Math.min(...starts);
      const end = begin + numberOf(meta[7]);
      if (!(begin >= 4 && end <= file.length))
        throw new ParquetSizeError('a column lies outside of the file');
      checkColumn(file.subarray(begin, end), numberOf(meta[4]), levels, left, unsnappy);
    });
  }
}

interface Levels {
  readonly definition: number;
  readonly repetition: number;
  readonly isBoolean: boolean;
}

/**
 * Of the columns, in the order in which row groups have them: the leaves of the
 * schema, which is written depth first.
 */
function levelsOf(schema: readonly ThriftStruct[]): readonly Levels[] {
  const leaves: Levels[] = [];
  const open: { left: number; definition: number; repetition: number }[] = [];
  schema.forEach((element, i) => {
    while (open.at(-1)?.left === 0) open.pop();
    const parent = open.at(-1);
    if (parent) parent.left--;
    const kind = i === 0 ? 0 : element[3];
    const definition = (parent?.definition ?? 0) + (kind === OPTIONAL || kind === REPEATED ? 1 : 0);
    const repetition = (parent?.repetition ?? 0) + (kind === REPEATED ? 1 : 0);
    const children = numberOf(element[5] ?? 0);
    if (children > 0) open.push({ left: children, definition, repetition });
    else leaves.push({ definition, repetition, isBoolean: element[1] === BOOLEAN });
  });
  return leaves;
}

function checkColumn(
  column: Uint8Array,
  codec: number,
  levels: Levels,
  left: { bytes: number; values: number },
  unsnappy: Unsnappy,
): void {
  let at = 0;
  // The reader stops one byte before the end as well.
  while (at < column.length - 1) {
    const { value: header, end } = readStruct(column, at);
    const [unpacked, packed] = [numberOf(header[2]), numberOf(header[3])];
    const [plain, dictionary, second] = [header[5], header[7], header[8]].map((part) =>
      part === undefined ? null : structOf(part),
    );
    const count = numberOf((plain ?? dictionary ?? second ?? {})[1] ?? 0);
    left.bytes -= unpacked;
    left.values -= count;
    if (packed < 0 || unpacked < 0 || count < 0 || packed > column.length - end)
      throw new ParquetSizeError('a page lies outside of its column');
    if (left.bytes < 0) throw new ParquetSizeError('its pages are larger than any set of problems');
    if (left.values < 0) throw new ParquetSizeError('its pages claim more values than any set of problems');
    at = end + packed;
    const isIndexed = DICTIONARY_ENCODINGS.includes((plain ?? second)?.[2]);
    const body = column.subarray(end, at);
    if (plain) {
      const page =
        codec === UNCOMPRESSED ? body : codec === SNAPPY ? unsnapped(body, unpacked, unsnappy) : null;
      // Another compression is refused by the reader, before it reads a value.
      if (page !== null) checkRuns(page, count, levels, isIndexed);
    } else if (second)
      checkSecondVersion(body, second, { codec, unpacked, count, isIndexed, levels }, unsnappy);
  }
}

function unsnapped(packed: Uint8Array, size: number, unsnappy: Unsnappy): Uint8Array {
  const page = new Uint8Array(size);
  unsnappy(packed, page);
  return page;
}

function checkSecondVersion(
  body: Uint8Array,
  header: ThriftStruct,
  page: {
    readonly codec: number;
    readonly unpacked: number;
    readonly count: number;
    readonly isIndexed: boolean;
    readonly levels: Levels;
  },
  unsnappy: Unsnappy,
): void {
  const [definition, repetition] = [numberOf(header[5]), numberOf(header[6])];
  const start = definition + repetition;
  if (definition < 0 || repetition < 0 || start > body.length)
    throw new ParquetSizeError('a page lies outside of its column');
  if (page.levels.repetition > 0) checkRun(body, 0, repetition, page.levels.repetition, page.count);
  if (page.levels.definition > 0) checkRun(body, repetition, start, page.levels.definition, page.count);
  const isPacked = page.codec === SNAPPY && header[7] !== false;
  const rest = isPacked
    ? unsnapped(body.subarray(start), Math.max(0, page.unpacked - start), unsnappy)
    : body.subarray(start);
  if (page.isIndexed && rest.length > 0) checkWidth(rest, 0, page.count, page.levels);
}

/**
 * Levels and indices of a page of the first version: each with its length before it,
 * indices with their width.
 */
function checkRuns(page: Uint8Array, count: number, levels: Levels, isIndexed: boolean): void {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let at = 0;
  for (const level of [levels.repetition, levels.definition]) {
    if (level === 0) continue;
    if (at + 4 > page.length) throw new ParquetSizeError('a page ends within its levels');
    const end = at + 4 + view.getUint32(at, true);
    if (end > page.length) throw new ParquetSizeError('a page ends within its levels');
    checkRun(page, at + 4, end, level, count);
    at = end;
  }
  if (isIndexed && at < page.length) checkWidth(page, at, count, levels);
}

function checkWidth(page: Uint8Array, at: number, count: number, { isBoolean }: Levels): void {
  const width = isBoolean ? 1 : page[at]!;
  if (width > 32) throw new ParquetSizeError('its indices are wider than any');
  checkRun(page, isBoolean ? at : at + 1, page.length, 2 ** width - 1, count);
}

/**
 * Runs of one value each, or groups of eight packed ones, until there are `count`. A
 * run beyond that is the trap.
 */
function checkRun(bytes: Uint8Array, begin: number, end: number, largest: number, count: number): void {
  const width = largest === 0 ? 0 : Math.floor(Math.log2(largest)) + 1;
  let at = begin;
  for (let seen = 0; seen < count && at < end;) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new ParquetSizeError('a run of values does not begin');
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const length = Math.floor(head / 2);
    const isPacked = head % 2 === 1;
    // The last group of eight may be filled up.
    if (isPacked ? length * 8 - seen > count + 8 * 64 : seen + length > count)
      throw new ParquetSizeError(`a run claims ${isPacked ? length * 8 : length} values of ${count}`);
    if (length === 0) throw new ParquetSizeError('a run is empty');
    seen += isPacked ? length * 8 : length;
    at += isPacked ? length * width : Math.ceil(width / 8);
  }
}

function structs(value: ThriftValue | undefined): readonly ThriftStruct[] {
  if (!Array.isArray(value)) throw new ParquetSizeError('its footer is incomplete');
  return value.map(structOf);
}

function structOf(value: ThriftValue | undefined): ThriftStruct {
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array)
    throw new ParquetSizeError('its footer is incomplete');
  return value as ThriftStruct;
}

function numberOf(value: ThriftValue | undefined): number {
  if (typeof value !== 'number') throw new ParquetSizeError('its footer is incomplete');
  return value;
}
