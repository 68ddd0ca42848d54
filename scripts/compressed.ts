/**
 * Brotli copies of a site's files, for servers that send them to browsers that take
 * them. They live in a folder of their own, never in the site, which is uploaded as
 * it is. A copy is made when it is first wanted, and again when its file has changed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

/** A sixth of the highest quality's time a byte, and files a few per cent longer. */
const QUALITY = 5;
/** Shorter files fit into one packet as they are. */
const SHORTEST = 1400;
/** What is compressed already, or is nearly noise: weights lose 7 %, and what is left costs a reader time. */
const DENSE = /\.(png|webp|jpg|woff2|zip|gz|parquet|gguf|safetensors|br)$/;

const compress = promisify(brotliCompress);

export class CompressedFiles {
  readonly #folder: string;
  readonly #made = new Map<string, Promise<string | null>>();

  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  /**
   * Path of the copy of a file of this tag, which changes whenever the file does;
   * null where the file is sent as it is, also when no copy can be made.
   */
  copyOf(file: string, tag: string): Promise<string | null> {
    const key = `${file}\0${tag}`;
    const made = this.#made.get(key) ?? this.#make(file, tag).catch(() => null);
    this.#made.set(key, made);
    return made;
  }

  /** Makes the copies of all files under a folder beforehand. @param tagOf as the server tags them */
  async warm(root: string, tagOf: (info: { size: number; mtimeMs: number }) => string): Promise<void> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    await Promise.all(files.map(async (file) => this.copyOf(resolve(file), tagOf(await stat(file)))));
  }

  async #make(file: string, tag: string): Promise<string | null> {
    if (DENSE.test(file)) return null;
    const name = createHash('sha256').update(`${file}\0${QUALITY}`).digest('hex').slice(0, 24);
    const version = tag.replaceAll(/[^0-9a-z-]/g, '');
    const path = join(this.#folder, `${name}.${version}.br`);
    if ((await stat(path).catch(() => null)) !== null) return path;
    const content = await readFile(file);
    if (content.length < SHORTEST) return null;
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    const copy = await compress(content, { params });
    await mkdir(this.#folder, { recursive: true });
    // Whole or not there at all, whoever else makes it at the same time.
    const unfinished = join(this.#folder, `${randomUUID()}.part`);
    await writeFile(unfinished, copy);
    await rename(unfinished, path);
    await this.#dropOlder(name, path);
    return path;
  }

  async #dropOlder(name: string, path: string): Promise<void> {
    for (const other of await readdir(this.#folder))
      if (other.startsWith(`${name}.`) && extname(other) === '.br' && other !== basename(path))
        await rm(join(this.#folder, other), { force: true });
  }
}
