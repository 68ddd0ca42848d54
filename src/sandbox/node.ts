/** The sandbox in Node: interpreters in worker threads without the parent's environment. For programs one would run anyway: threads share the process. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { nodeEndpoint } from './node-endpoint.ts';
import { Pool, type PoolOptions, type WorkerHandle } from './pool.ts';

export type SandboxOptions = Partial<Omit<PoolOptions, 'spawn' | 'indexURL'>>;

/**
 * Starts a sandbox of `workers` interpreters (default: one per core, at most 8). Dispose it, or the process waits for it only while jobs run.
 * @throws SandboxStartError
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Pool> {
  const indexURL = dirname(createRequire(import.meta.url).resolve('pyodide/package.json')) + '/';
  return Pool.start({ workers: Math.min(8, availableParallelism()), ...options, indexURL, spawn });
}

function spawn(): WorkerHandle {
  const worker = new Worker(new URL('./worker-node.mjs', import.meta.url), {
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { stackSizeMb: 8 },
  });
  return {
    endpoint: nodeEndpoint(worker),
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
