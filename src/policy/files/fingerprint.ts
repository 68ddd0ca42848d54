/**
 * Tells one model's weights from another's by a SHA-256 over the sizes of its files and over
 * pieces spread across them, so that a file of gigabytes need not be read twice. It
 * recognises a model. It does not show that a copy is undamaged; the hash of a download does.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { RangeSource } from './range-source.ts';

/** Files up to this size are read whole. */
const WHOLE = 1 << 20;
const PIECES = 128;
const PIECE = 4096;

/** Hexadecimal. Names of files take no part: a renamed file is the same model. */
export async function fingerprint(sources: readonly RangeSource[]): Promise<string> {
  const hash = sha256.create();
  for (const source of sources) {
    const { size } = source;
    hash.update(new TextEncoder().encode(`${size}\n`));
    if (size <= WHOLE) {
      hash.update(await source.read(0, size));
      continue;
    }
    for (let i = 0; i < PIECES; i++) {
      const at = Math.floor((i * (size - PIECE)) / (PIECES - 1));
      hash.update(await source.read(at, at + PIECE));
    }
  }
  return bytesToHex(hash.digest());
}
