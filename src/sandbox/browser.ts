/**
 * The sandbox in a browser (page or worker): interpreters in module workers behind a policy
 * that the browser enforces. It chooses between the two ways a worker comes by that policy.
 * The worker's script is the caller's, and one that has no policy refuses to start.
 */
import { SandboxStartError } from './errors.ts';
import { lockWithoutPackages, shared } from './files.ts';
import { openFrame, spawnInFrame } from './frame.ts';
import { isStrictEnough } from './policy.ts';
import type { FleetOptions } from './fleet.ts';
import { Pool } from './pool.ts';
import type { WorkerHandle } from './interpreter-worker.ts';
import type { PythonFiles, StartMessage } from './protocol.ts';

export interface BrowserSandboxOptions extends Partial<Omit<FleetOptions, 'spawn' | 'boundary'>> {
  /** Address of the Python worker's script: `import address from '.../workers/python.ts?worker&url'`. */
  readonly worker: string;
  /**
   * Folder of the pyodide files, an absolute address that ends in a slash. Default:
   * `pyodide/` under the site's base.
   */
  readonly indexURL?: string;
  /** From `frameWhereNeeded`, where this runs in a worker, which cannot open a frame itself. */
  readonly frame?: MessagePort | undefined;
}

/**
 * Starts a sandbox of `workers` interpreters (default: one per core, at most 4).
 * @throws SandboxStartError, also where no policy would be in force
 */
export async function createSandbox(options: BrowserSandboxOptions): Promise<Pool> {
  const { worker, indexURL = defaultFolder(), frame: given, ...own } = options;
  const pool = { workers: Math.max(1, Math.min(4, navigator.hardwareConcurrency)), ...own };
  const frame = given ?? (await frameWhereNeeded(worker, indexURL));
  if (frame) return Pool.start({ ...pool, boundary: 'frame', spawn: () => spawnInFrame(frame) });
  const files = await fetchFiles(indexURL);
  return Pool.start({ ...pool, boundary: 'headers', spawn: () => spawn(worker, files) });
}

/**
 * A port to a frame that starts Python workers, where the site sends the Python worker no
 * policy of its own; undefined where it does, and in a worker. To be called on the page.
 * @param address of the Python worker's script; both are as in `BrowserSandboxOptions`
 * @throws SandboxStartError
 */
export async function frameWhereNeeded(
  address: string,
  indexURL = defaultFolder(),
): Promise<MessagePort | undefined> {
  if (typeof document === 'undefined' || (await sendsPolicy(address))) return undefined;
  const [worker, script, wasm, stdlib, lock] = await Promise.all([
    get(address).then((response) => response.text()),
    get(`${indexURL}pyodide.asm.js`).then((response) => response.text()),
    get(`${indexURL}pyodide.asm.wasm`).then((response) => response.arrayBuffer()),
    get(`${indexURL}python_stdlib.zip`).then((response) => response.arrayBuffer()),
    get(`${indexURL}pyodide-lock.json`).then((response) => response.text()),
  ]);
  return openFrame({ worker, script, wasm, stdlib, lock: lockWithoutPackages(lock) });
}

/** Whether the Python worker's own response carries a policy that is strict enough. */
async function sendsPolicy(address: string): Promise<boolean> {
  const response = await fetch(address, { method: 'HEAD' }).catch(() => undefined);
  return isStrictEnough(response?.headers.get('content-security-policy') ?? null);
}

function defaultFolder(): string {
  return new URL(`${import.meta.env.BASE_URL}pyodide/`, self.location.href).href;
}

async function fetchFiles(folder: string): Promise<PythonFiles> {
  const [wasm, stdlib, lock] = await Promise.all([
    get(`${folder}pyodide.asm.wasm`).then(compiled),
    get(`${folder}python_stdlib.zip`).then((response) => response.arrayBuffer()),
    get(`${folder}pyodide-lock.json`).then((response) => response.text()),
  ]);
  return {
    script: `${folder}pyodide.asm.js`,
    wasm,
    stdlib: shared(new Uint8Array(stdlib)),
    lock: lockWithoutPackages(lock),
  };
}

/** While it comes, where the server knows the type; some plain ones send octets. */
async function compiled(response: Response): Promise<WebAssembly.Module> {
  const isKnown = response.headers.get('content-type')?.startsWith('application/wasm') === true;
  return isKnown ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** @throws SandboxStartError */
async function get(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => String(error));
  if (typeof response === 'string') throw new SandboxStartError(`${url}: ${response}`);
  if (!response.ok) throw new SandboxStartError(`${url}: status ${response.status}`);
  return response;
}

function spawn(address: string, files: PythonFiles): WorkerHandle {
  const worker = new Worker(address, { type: 'module', name: 'python' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2, files } satisfies StartMessage, [port2]);
  return {
    endpoint: port1,
    sharesMemory: true,
    onEnd(listener) {
      worker.addEventListener('error', (event) => listener(event.message || 'the worker script failed'));
      worker.addEventListener('messageerror', () => listener('unreadable message'));
    },
    keepAlive() {},
    async terminate() {
      port1.close();
      worker.terminate();
    },
  };
}
