/** The sandbox in a browser (page or worker): interpreters in module workers. The boundary is the browser's worker and its policy. */
import { Pool, type PoolOptions, type WorkerHandle } from './pool.ts';

export type SandboxOptions = Partial<Omit<PoolOptions, 'spawn'>>;

/**
 * Starts a sandbox of `workers` interpreters (default: one per core, at most 4). The pyodide files are fetched from
 * `indexURL`, by default `pyodide/` under the site's base.
 * @throws SandboxStartError
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Pool> {
  const indexURL = new URL(`${import.meta.env.BASE_URL}pyodide/`, self.location.href).href;
  const workers = Math.max(1, Math.min(4, navigator.hardwareConcurrency));
  return Pool.start({ workers, indexURL, ...options, spawn });
}

function spawn(): WorkerHandle {
  const worker = new Worker(new URL('../../workers/python.ts', import.meta.url), {
    type: 'module',
    name: 'python',
  });
  return {
    endpoint: worker,
    onEnd(listener) {
      worker.addEventListener('error', (event) => listener(event.message || 'the worker script failed'));
      worker.addEventListener('messageerror', () => listener('unreadable message'));
    },
    keepAlive() {},
    async terminate() {
      worker.terminate();
    },
  };
}
