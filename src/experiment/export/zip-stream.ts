/**
 * Files as one zip archive that is made while it is read, so that a model larger than memory fits into it.
 * The files lie in it as they are: weights do not compress. index.ts makes the small archives, compressed.
 */
import { Zip, ZipPassThrough } from 'fflate';
import type { StreamedFile } from '../../policy/files/streamed-file.ts';

/** A zip without its later extension counts bytes in 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;
/** Before a file, after it and in the list at the end, its name not counted; and the end of the list. */
const BYTES_OF = { before: 30, after: 16, listed: 46, end: 22 } as const;

/** The date of every file: the same files make the same archive. The earliest that a zip can hold. */
export const ZIP_DATE = new Date(1980, 0, 1);

/** What an archive cannot hold. */
export class ArchiveTooLargeError extends Error {
  override readonly name = 'ArchiveTooLargeError';
  readonly kept = 'The run and the model are untouched.';
  readonly advice = 'Take a GGUF file, or write the folder on the command line (export --format hf).';
  constructor(bytes: number) {
    super(`The folder has ${bytes} bytes; an archive of this kind holds ${MOST_BYTES} at most.`);
  }
}

/** @throws ArchiveTooLargeError */
export function zipStream(name: string, files: readonly StreamedFile[]): StreamedFile {
  const size = files.reduce<number>((sum, file) => {
    const named = 2 * new TextEncoder().encode(file.name).byteLength;
    return sum + BYTES_OF.before + BYTES_OF.after + BYTES_OF.listed + named + file.size;
  }, BYTES_OF.end);
  if (size > MOST_BYTES) throw new ArchiveTooLargeError(size);
  return {
    name,
    size,
    async *pieces() {
      let ready: Uint8Array<ArrayBuffer>[] = [];
      const zip = new Zip((error, bytes) => {
        if (error) throw error;
        ready.push(new Uint8Array(bytes));
      });
      const take = (): Uint8Array<ArrayBuffer>[] => {
        const taken = ready;
        ready = [];
        return taken;
      };
      for (const file of files) {
        const entry = new ZipPassThrough(file.name);
        entry.mtime = ZIP_DATE;
        zip.add(entry);
        for await (const piece of file.pieces()) {
          entry.push(piece);
          yield* take();
        }
        entry.push(new Uint8Array(0), true);
        yield* take();
      }
      zip.end();
      yield* take();
    },
  };
}
