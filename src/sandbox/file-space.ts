/**
 * How much the files of one job may hold, with their names, and how many of them may be
 * open. Emscripten keeps all that in JavaScript's memory, beside Python's, where no limit of
 * the heap counts it: a file with one byte at the end of 40 GB would take the process along.
 * It says too what is no file: a terminal holds all that is written to it until a line ends.
 */

/** Bytes that the files of a job may take in all; what is deleted counts on. */
const MOST_BYTES = 128 * 2 ** 20;
/** Bytes that a file, folder or link takes beside its content and its texts: measured, and rounded up. */
const NODE_BYTES = 1024;
/** Bytes that JavaScript takes for a character of a text. */
const CHARACTER_BYTES = 2;
/** Descriptors are below it: Emscripten's own limit, which it leaves out where a program names the number. */
const MOST_DESCRIPTORS = 4096;
/** Emscripten's numbers of "no space left on device" and "invalid argument". */
const ENOSPC = 51;
const EINVAL = 28;
const KIND = 0o170000;
const PLAIN_FILE = 0o100000;

interface MemoryFile {
  readonly contents: Uint8Array;
}
type CreateNode = (parent: unknown, name: string, mode: number, device: number) => unknown;
type Link = (parent: unknown, name: string, target: string) => unknown;
type Rename = (node: unknown, folder: unknown, name: string) => unknown;
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
      createNode: CreateNode;
      readonly ops_table: {
        readonly file: { readonly stream: { write: Write } };
        readonly dir: { readonly node: { symlink: Link; rename: Rename } };
      };
    };
  };
  createStream(stream: object, descriptor?: number): unknown;
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
    this.countNames();
    const createStream = files.createStream.bind(files);
    files.createStream = (stream, descriptor = -1) => {
      if (descriptor >= MOST_DESCRIPTORS) throw new files.ErrnoError(EINVAL);
      return createStream(stream, descriptor);
    };
  }

  private countNames(): void {
    const { MEMFS } = this.files.filesystems;
    const { node: operations } = MEMFS.ops_table.dir;
    const { createNode } = MEMFS;
    const { symlink, rename } = operations;
    MEMFS.createNode = (parent, name, mode, device) => {
      this.take(NODE_BYTES + CHARACTER_BYTES * name.length);
      return createNode.call(MEMFS, parent, name, mode, device);
    };
    operations.symlink = (parent, name, target) => {
      this.take(CHARACTER_BYTES * target.length);
      return symlink(parent, name, target);
    };
    operations.rename = (node, folder, name) => {
      this.take(CHARACTER_BYTES * name.length);
      return rename(node, folder, name);
    };
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

  private take(bytes: number): void {
    if (this.taken + bytes > MOST_BYTES) throw new this.files.ErrnoError(ENOSPC);
    this.taken += bytes;
  }
}
