/**
 * Rows of a parquet file, the form in which the Hub keeps datasets, as lines of JSON. hyparquet reads the
 * file and is loaded only where there is one. It allocates what a file claims, so it gets only files whose
 * claims were checked (parquet-sizes.ts).
 */
import { MAX_TEXT_BYTES } from '../base/bytes.ts';
import { TaskFileError } from './errors.ts';
import { checkParquetSizes } from './parquet-sizes.ts';

/** Values of all columns: TACO, the largest set that is read, has fewer in a file. */
const MOST_VALUES = 4_000_000;

/** Such a file begins, and ends, with these four letters. */
export const isParquet = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.subarray(0, 4)) === 'PAR1';

/**
 * One JSON object per row. @throws TaskFileError for a damaged file, one too large,
 * or a compression that is not read (snappy is)
 */
export async function parquetLines(bytes: Uint8Array, file: string): Promise<string> {
  const { parquetMetadata, parquetReadObjects, parquetSchema, snappyUncompress } = await import('hyparquet');
  // A copy: its own memory from the first byte on is what the reader wants.
  const buffer = bytes.slice().buffer;
  try {
    checkParquetSizes(bytes, { bytes: MAX_TEXT_BYTES, values: MOST_VALUES }, snappyUncompress);
    const metadata = parquetMetadata(buffer);
    const size = metadata.row_groups.reduce((sum, { total_byte_size }) => sum + Number(total_byte_size), 0);
    if (size > MAX_TEXT_BYTES)
      throw new TaskFileError(
        { file },
        `holds more than ${MAX_TEXT_BYTES / 2 ** 20} MiB.`,
        'Split it into smaller files.',
      );
    // One column of one group at a time: of several that fail the reader would leave all but one unhandled.
    const rows: Record<string, unknown>[] = [];
    for (const { num_rows } of metadata.row_groups) {
      const [rowStart, rowEnd] = [rows.length, rows.length + Number(num_rows)];
      const group: Record<string, unknown>[] = [];
      for (const { element } of parquetSchema(metadata).children) {
        const columns = [element.name];
        const values = await parquetReadObjects({ file: buffer, metadata, columns, rowStart, rowEnd });
        values.forEach((value, i) => (group[i] = { ...group[i], ...value }));
      }
      rows.push(...group);
    }
    return rows.map((row) => JSON.stringify(row, plain)).join('\n');
  } catch (error) {
    if (error instanceof TaskFileError) throw error;
    throw new TaskFileError(
      { file },
      `cannot be read as parquet (${(error as Error).message}).`,
      'Fetch it again, or bring the problems as JSONL.',
    );
  }
}

/** Sixty-four-bit numbers of a problem are small ones. */
const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
