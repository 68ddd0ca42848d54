/**
 * The sandbox in Node: each interpreter in a process of its own, without the parent's environment. It starts
 * processes, and knows where Python's files and the memory snapshot lie.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { writeCacheFile } from './cache-file.ts';
import { SandboxStartError } from './errors.ts';
import type { FleetOptions, SnapshotStore } from './fleet.ts';
import { Pool } from './pool.ts';
import { spawnPython, type PythonProcess } from './node-process.ts';
import { processScript } from './process-script.ts';
import { snapshotContent } from './python/index.ts';

export type NodeSandboxOptions = Partial<Omit<FleetOptions, 'boundary'>>;

/** One per core, at most 8. */
export const workersByDefault = (): number => Math.min(8, availableParallelism());

/**
 * Starts a sandbox of `workers` interpreters (default: one per core, at most 8). Dispose it, or the process
 * waits for it only while jobs run.
 * @throws SandboxStartError
 */
export async function createSandbox(options: NodeSandboxOptions = {}): Promise<Pool> {
  const python = await pythonProcess();
  const store = snapshotFile(cache, await readFile(manifest, 'utf8'));
  return Pool.start({
    workers: workersByDefault(),
    store,
    spawn: () => spawnPython(python),
    ...options,
    boundary: 'process',
  });
}

const manifest = createRequire(import.meta.url).resolve('pyodide/package.json');
const cache = join(dirname(dirname(manifest)), '.cache', 'tracewise');

/** What an interpreter's process starts from. @throws SandboxStartError */
export async function pythonProcess(): Promise<PythonProcess> {
  script ??= processScript(cache);
  const path = await script.catch((error: unknown) => {
    script = undefined;
    throw new SandboxStartError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  return { script: path, folder: dirname(manifest) };
}

/** Found, or made, once for all sandboxes of a process. */
let script: Promise<string> | undefined;

/**
 * One file in `node_modules/.cache`, named by all it depends on; starting from it takes a sixth of the time.
 */
function snapshotFile(folder: string, pyodide: string): SnapshotStore {
  const key = createHash('sha256').update(pyodide).update(snapshotContent).digest('hex').slice(0, 16);
  const name = `python-${key}.snapshot`;
  return {
    load: () => readFile(join(folder, name)).catch(() => undefined),
    async save(snapshot) {
      try {
        await writeCacheFile(folder, name, snapshot);
        const old = (await readdir(folder)).filter(
          (file) => /^python-.*\.snapshot$/.test(file) && file !== name,
        );
        await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
      } catch {
        // Without it every start takes longer, and is right.
      }
    },
  };
}
