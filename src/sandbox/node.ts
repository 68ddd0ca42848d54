/**
 * The sandbox in Node: interpreters in worker threads without the parent's environment. It is for programs
 * that one would run anyway, because threads share the process.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SandboxStartError } from './errors.ts';
import { lockWithoutPackages, shared } from './files.ts';
import { nodeEndpoint } from './node-endpoint.ts';
import type { FleetOptions, SnapshotStore } from './fleet.ts';
import { Pool } from './pool.ts';
import type { WorkerHandle } from './interpreter-worker.ts';
import type { PythonFiles } from './protocol.ts';
import { snapshotContent } from './python/index.ts';

export type NodeSandboxOptions = Partial<Omit<FleetOptions, 'spawn' | 'boundary'>>;

/** One per core, at most 8. */
export const workersByDefault = (): number => Math.min(8, availableParallelism());

/**
 * Starts a sandbox of `workers` interpreters (default: one per core, at most 8). Dispose it, or the process
 * waits for it only while jobs run.
 * @throws SandboxStartError
 */
export async function createSandbox(options: NodeSandboxOptions = {}): Promise<Pool> {
  const manifest = createRequire(import.meta.url).resolve('pyodide/package.json');
  files ??= readFiles(dirname(manifest));
  const python = await files.catch((error: unknown) => {
    files = undefined;
    throw new SandboxStartError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  const store = snapshotFile(
    join(dirname(dirname(manifest)), '.cache', 'tracewise'),
    await readFile(manifest, 'utf8'),
  );
  return Pool.start({
    workers: workersByDefault(),
    store,
    ...options,
    boundary: 'thread',
    spawn: () => spawn(python),
  });
}

/** Read and compiled once per process: all its interpreters share them. */
let files: Promise<PythonFiles> | undefined;

async function readFiles(folder: string): Promise<PythonFiles> {
  const read = (name: string) => readFile(join(folder, name));
  const [wasm, stdlib, lock] = await Promise.all([
    read('pyodide.asm.wasm').then((bytes) => WebAssembly.compile(new Uint8Array(bytes))),
    read('python_stdlib.zip').then(shared),
    read('pyodide-lock.json'),
  ]);
  const script = pathToFileURL(join(folder, 'pyodide.asm.mjs')).href;
  return { script, wasm, stdlib, lock: lockWithoutPackages(lock.toString()) };
}

/**
 * One file in `node_modules/.cache`, named by all it depends on; starting from it takes a sixth of the time.
 */
function snapshotFile(folder: string, pyodide: string): SnapshotStore {
  const key = createHash('sha256').update(pyodide).update(snapshotContent).digest('hex').slice(0, 16);
  const name = `python-${key}.snapshot`;
  return {
    load: () => readFile(join(folder, name)).catch(() => undefined),
    async save(snapshot) {
      const temporary = join(folder, `${name}.${process.pid}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(temporary, snapshot);
        await rename(temporary, join(folder, name));
        const old = (await readdir(folder)).filter(
          (file) => /^python-.*\.snapshot$/.test(file) && file !== name,
        );
        await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
      } catch {
        await rm(temporary, { force: true }).catch(() => {});
      }
    },
  };
}

function spawn(workerData: PythonFiles): WorkerHandle {
  const worker = new Worker(new URL('./worker-node.mjs', import.meta.url), {
    workerData,
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    // Python guards its own stack of 10 MiB; JavaScript's, on which the same calls lie, must not end first.
    resourceLimits: { stackSizeMb: 128, maxOldGenerationSizeMb: 384 },
  });
  return {
    endpoint: nodeEndpoint(worker),
    sharesMemory: true,
    onEnd(listener) {
      worker.once('error', (error) => listener(error instanceof Error ? error.message : String(error)));
      worker.once('exit', (code) => listener(`the worker ended with code ${code}`));
    },
    keepAlive(busy) {
      if (busy) worker.ref();
      else worker.unref();
    },
    async terminate() {
      await worker.terminate();
    },
  };
}
