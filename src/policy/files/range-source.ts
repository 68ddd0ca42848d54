/**
 * A file of which parts can be read: a Blob, bytes in memory, or whatever a caller
 * makes one from. It knows sizes and ranges, not what is in the file, so that a
 * checkpoint larger than memory can be read tensor by tensor.
 */
import { CheckpointError } from '../errors.ts';

export interface RangeSource {
  /** For messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Bytes `begin` to `end` (exclusive), in memory of their own. @throws
   * CheckpointError when the file ends before `end`
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

function checkRange({ name, size }: { name: string; size: number }, begin: number, end: number): void {
  if (begin < 0 || end < begin || end > size)
    throw new CheckpointError(name, `bytes ${begin} to ${end} were wanted, the file has ${size}`);
}

/** A Blob or File, which browsers and Node read without loading it whole. */
export function blobSource(blob: Blob, name: string): RangeSource {
  const source = { name, size: blob.size };
  return {
    ...source,
    async read(begin, end) {
      checkRange(source, begin, end);
      const bytes = new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      if (bytes.length !== end - begin)
        throw new CheckpointError(name, `${bytes.length} of ${end - begin} bytes came`);
      return bytes;
    },
  };
}

export function bytesSource(bytes: Uint8Array, name: string): RangeSource {
  const source = { name, size: bytes.byteLength };
  return {
    ...source,
    async read(begin, end) {
      checkRange(source, begin, end);
      // Not slice: a Node Buffer's own shares its memory.
      return new Uint8Array(bytes.subarray(begin, end));
    },
  };
}
