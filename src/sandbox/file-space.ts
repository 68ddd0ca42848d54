/**
 * How much the files of one job may hold. Emscripten keeps files in JavaScript's memory, beside Python's,
 * where no limit of the heap counts them: a file with one byte at the end of 40 GB would take the process
 * along. It says too what is no file: a terminal holds all that is written to it until a line ends.
 */

/** Bytes that the files of a job may take in all; what is deleted counts on. */
const MOST_BYTES = 128 * 2 ** 20;
/** Emscripten's number of "no space left on device". */
const ENOSPC = 51;
const KIND = 0o170000;
const PLAIN_FILE = 0o100000;

interface MemoryFile {
  readonly contents: Uint8Array;
}
type Write = (
  stream: { readonly node: MemoryFile },
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
  canOwn?: boolean,
) => number;

/** What is used of Emscripten's file system. */
export interface FileSystem {
  readonly streams: readonly (undefined | null | { readonly node?: { readonly mode: number } })[];
  readonly filesystems: {
    readonly MEMFS: {
      resizeFileStorage(file: MemoryFile, size: number): void;
      readonly ops_table: { readonly file: { readonly stream: { write: Write } } };
    };
  };
  readonly ErrnoError: new (number: number) => Error;
}

export class FileSpace {
  private taken = 0;

  /** Stands before all growth of files from now on. */
  constructor(private readonly files: FileSystem) {
    const { MEMFS } = files.filesystems;
    const { resizeFileStorage } = MEMFS;
    MEMFS.resizeFileStorage = (file, size) => {
      this.grow(file, size, () => resizeFileStorage.call(MEMFS, file, size));
    };
    const { stream: operations } = MEMFS.ops_table.file;
    const { write } = operations;
    operations.write = (stream, buffer, offset, length, position, canOwn) =>
      this.grow(stream.node, position + length, () =>
        write(stream, buffer, offset, length, position, canOwn),
      );
  }

  /** A new job begins. */
  reset(): void {
    this.taken = 0;
  }

  /**
   * Whether an open descriptor leads to something that is no file in memory: a terminal, a device, a pipe.
   */
  isDevice(descriptor: number): boolean {
    const mode = this.files.streams[descriptor]?.node?.mode;
    return mode !== undefined && (mode & KIND) !== PLAIN_FILE;
  }

  private grow<T>(file: MemoryFile, size: number, perform: () => T): T {
    const before = file.contents.length;
    if (this.taken + size - before > MOST_BYTES) throw new this.files.ErrnoError(ENOSPC);
    const result = perform();
    this.taken += Math.max(0, file.contents.length - before);
    return result;
  }
}
