/**
 * A file whose size is known before its bytes are made, piece by piece, so that a model
 * larger than memory can be written. Where the pieces go is the caller's. It knows no format.
 */

/** Values of a matrix that are made at once; what is in hand at a time is a few times their bytes. */
export const PIECE_VALUES = 1 << 20;

export interface StreamedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes in order; each time from the start. */
  pieces(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** A file that is there whole. */
export function givenFile(name: string, content: string | Uint8Array): StreamedFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  return {
    name,
    size: bytes.byteLength,
    async *pieces() {
      yield await Promise.resolve(bytes);
    },
  };
}

/** All bytes at once, for files that are small enough. */
export async function wholeOf(file: StreamedFile): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(file.size);
  let at = 0;
  for await (const piece of file.pieces()) {
    out.set(piece, at);
    at += piece.byteLength;
  }
  return out;
}

/**
 * Rows of a tensor in pieces of about `PIECE_VALUES` values: the first row and how many, in order.
 * @param unit rows that must not be torn apart
 */
export function rowPieces(dims: readonly number[], unit = 1): readonly (readonly [number, number])[] {
  const rows = dims[0] ?? 1;
  const columns = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const each = unit * Math.max(1, Math.floor(PIECE_VALUES / (columns * unit)));
  return Array.from({ length: Math.ceil(rows / each) }, (_, i) => [
    i * each,
    Math.min(each, rows - i * each),
  ]);
}
