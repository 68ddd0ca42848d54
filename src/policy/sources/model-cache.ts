/**
 * Downloaded models in a folder: the browser's private file system (OPFS), or anything with
 * these few operations. A file being fetched lies beside its finished form with a note of
 * which pieces are there, so that a download resumes. A finished file has its hash noted.
 */
import { PolicyError } from '../errors.ts';
import { blobSource, type RangeSource } from '../files/range-source.ts';
import { ModelStorageError } from './source-errors.ts';

/** A flat folder of files. */
export interface Folder {
  list(): Promise<readonly string[]>;
  /** Null where there is no such file. */
  file(name: string): Promise<Blob | null>;
  /** Writes at a place of the file, which is made when it is not there. */
  write(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All of a file at once: stopped half way, the file is as it was. */
  replace(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(name: string): Promise<void>;
  /** Bytes that may still be written, null where nobody knows. */
  free(): Promise<number | null>;
}

/** A file of a server, as the cache tells it from others. */
export interface ServedFile {
  /** e.g. `owner/name@revision/model.safetensors` */
  readonly key: string;
  readonly size: number;
  /** Of the server, to know whether the rest belongs to the same file. */
  readonly etag: string;
  /** It was asked for by its own name: whether it is its repository's model nobody has said. */
  readonly isNamed?: boolean;
}

/** What is known of a cached file; JSON beside it. */
interface Note extends ServedFile {
  /** SHA-256, hexadecimal, once all of it is there. */
  readonly sha256?: string;
  /** Pieces that are there, by number, while it is not whole. */
  readonly pieces?: readonly number[];
}

const isOf = (note: Note | null, { size, etag }: ServedFile): note is Note =>
  note?.etag === etag && note.size === size;

export interface CachedFile extends Omit<ServedFile, 'etag'> {
  readonly sha256: string | null;
  readonly isWhole: boolean;
  /** Bytes of it that are there. */
  readonly there: number;
}

/** Bytes of one request, and of one piece in a note. */
export const PIECE = 8 * 2 ** 20;

/** How many bytes of a file are there, by its note. */
const bytesOf = ({ size, sha256, pieces = [] }: Note): number =>
  sha256 === undefined
    ? pieces.reduce((sum, piece) => sum + Math.max(0, Math.min(PIECE, size - piece * PIECE)), 0)
    : size;

/** Unambiguous and allowed everywhere. */
const fileName = (key: string): string => encodeURIComponent(key).replaceAll('*', '%2A');
const noteName = (key: string): string => `${fileName(key)}.json`;

export class ModelCache {
  constructor(private readonly folder: Folder) {}

  /** Everything there is, downloads under way included. */
  async list(): Promise<readonly CachedFile[]> {
    const names = (await this.folder.list()).filter((name) => name.endsWith('.json'));
    const notes = await Promise.all(names.map((name) => this.readNote(name)));
    return notes.flatMap((note) =>
      note === null
        ? []
        : [
            {
              key: note.key,
              size: note.size,
              sha256: note.sha256 ?? null,
              isWhole: note.sha256 !== undefined,
              there: bytesOf(note),
              ...(note.isNamed && { isNamed: true }),
            },
          ],
    );
  }

  async delete(key: string): Promise<void> {
    await this.folder.remove(noteName(key));
    await this.folder.remove(fileName(key));
  }

  /** A whole file, or null. */
  async open(key: string): Promise<RangeSource | null> {
    const note = await this.note(key);
    const blob = note?.sha256 === undefined ? null : await this.folder.file(fileName(key));
    if (note === null || blob === null || blob.size !== note.size) return null;
    return blobSource(blob, key.split('/').at(-1)!);
  }

  /** The files of a set by their keys; null where there are none, or one of them is not whole. */
  async openAll(files: readonly CachedFile[]): Promise<ReadonlyMap<string, RangeSource> | null> {
    if (files.length === 0 || files.some(({ isWhole }) => !isWhole)) return null;
    const sources = new Map<string, RangeSource>();
    for (const { key } of files) {
      const source = await this.open(key);
      if (source === null) return null;
      sources.set(key, source);
    }
    return sources;
  }

  note(key: string): Promise<Note | null> {
    return this.readNote(noteName(key));
  }

  private async readNote(name: string, tries = 2): Promise<Note | null> {
    const blob = await this.folder.file(name);
    if (blob === null) return null;
    try {
      const note = JSON.parse(await blob.text()) as Note;
      return typeof note.key === 'string' && Number.isSafeInteger(note.size) ? note : null;
    } catch (error) {
      // Another process put a newer one in its place while it was read.
      if (!(error instanceof SyntaxError) && tries > 1) return this.readNote(name, tries - 1);
      // A note that was cut off while it was written: the download begins anew.
      return null;
    }
  }

  /**
   * @param what the files are, to whoever asked for them. @throws StorageError when
   * what is missing of all of them does not fit
   */
  async requireRoom(what: string, files: readonly ServedFile[]): Promise<void> {
    const notes = await Promise.all(files.map(({ key }) => this.note(key)));
    // What is there of another version gives way, and its room is free then.
    const missing = files.reduce((sum, { size }, i) => sum + size - (notes[i] ? bytesOf(notes[i]) : 0), 0);
    const free = missing > 0 ? await this.folder.free() : null;
    if (free === null || free >= missing) return;
    throw new ModelStorageError(
      `${what} needs ${megabytes(missing)}, the cache has room for ${megabytes(Math.max(0, free))}`,
      'Delete models from the cache, or free disk space.',
    );
  }

  /** Notes a file that is going to be fetched, where nothing is known of it yet. @throws StorageError */
  async announce(file: ServedFile): Promise<void> {
    const note = await this.note(file.key);
    if (!isOf(note, file)) await this.begin(file);
    else if (note.isNamed && !file.isNamed) await this.save(file, note);
  }

  /**
   * Lets go of what is cached of a set and is none of its files any more: it would pass for a part of it.
   * @param files announced before: with fewer notes, what is left could pass for whole
   * @throws StorageError
   */
  async dropOthers(files: readonly ServedFile[], isOfSet: (key: string) => boolean): Promise<void> {
    const wanted = new Set(files.map(({ key }) => key));
    for (const { key } of await this.list())
      if (isOfSet(key) && !wanted.has(key)) await this.guard(key, () => this.delete(key));
  }

  /** The pieces that are there. @throws StorageError */
  async begin(file: ServedFile): Promise<Set<number>> {
    const known = await this.note(file.key);
    if (isOf(known, file) && known.pieces) {
      // Without a piece noted, the bytes may be another process' first: they stay,
      // and only what is too long for the file goes.
      const part = known.pieces.length > 0 ? null : await this.part(file.key);
      if (part === null || part.size <= file.size) return new Set(known.pieces);
    }
    await this.restart(file);
    return new Set();
  }

  /**
   * All of it is to be fetched again. The note stays: without it the other files
   * would pass for whole. @throws StorageError
   */
  async restart(file: ServedFile): Promise<void> {
    await this.save(file, { pieces: [] });
    await this.guard(file.key, () => this.folder.remove(fileName(file.key)));
  }

  async put(key: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.guard(key, () => this.folder.write(fileName(key), at, bytes));
  }

  async remember(file: ServedFile, pieces: ReadonlySet<number>): Promise<void> {
    await this.save(file, { pieces: [...pieces] });
  }

  /** The file as it is on disk, whole or not, for hashing. */
  part(key: string): Promise<Blob | null> {
    return this.folder.file(fileName(key));
  }

  async finish(file: ServedFile, sha256: string): Promise<void> {
    await this.save(file, { sha256 });
  }

  private async save(
    { key, size, etag, isNamed }: ServedFile,
    { pieces, sha256 }: Pick<Note, 'pieces' | 'sha256'>,
  ): Promise<void> {
    // Once asked for as its repository's model, a file stays that, also when its name finishes the download.
    const known = await this.note(key);
    const note = { key, size, etag, isNamed: isNamed && (known === null || known.isNamed), pieces, sha256 };
    const bytes = new TextEncoder().encode(JSON.stringify(note));
    await this.guard(key, () => this.folder.replace(noteName(key), bytes));
  }

  private async guard(key: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof PolicyError) throw error;
      // A worker holds a file for itself while it writes a piece.
      const isHeld = (error as Error).name === 'NoModificationAllowedError';
      throw new ModelStorageError(
        `${key} could not be written (${(error as Error).message})`,
        isHeld
          ? 'What was downloaded is kept. If another page is loading the same model, let it finish; then load it again.'
          : 'What was downloaded is kept. Free disk space and load it again.',
        { cause: error },
      );
    }
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
