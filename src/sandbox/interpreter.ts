/**
 * One Python interpreter inside a worker: boots Pyodide (from a memory snapshot where one is given), installs the harness, runs jobs one at a
 * time. Runs in the worker, beside the program, and is therefore trusted by nobody: the pool checks all it says.
 */
import { loadPyodide } from 'pyodide';
import { harnessSources, installSource, preloaded, removeSource } from './python/index.ts';
import type {
  Asking,
  BootReply,
  BootRequest,
  JobReply,
  JobRequest,
  Progress,
  PythonFiles,
} from './protocol.ts';
import { addDevice } from './device.ts';
import { receive } from './mailbox.ts';
import { closeScope } from './scope.ts';

type Pyodide = Awaited<ReturnType<typeof loadPyodide>>;
type PyFunction = (...args: (string | number)[]) => unknown;

/** Names the harness gives to JavaScript. */
const exported = [
  'load',
  'call',
  'trace',
  'operations',
  'step',
  'check',
  'finish',
  'fingerprint',
  'ready',
] as const;
type Harness = Record<(typeof exported)[number], PyFunction>;

/** Bridges to JavaScript and the network: a program has no use for them. Defence in depth, not the boundary. */
const removed = [
  'js',
  'pyodide_js',
  'ctypes',
  '_ctypes',
  'micropip',
  'pyodide',
  '_pyodide',
  '_pyodide_core',
  'pyodide_abi',
  'socket',
  '_socket',
  'webbrowser',
  'ssl',
  '_ssl',
];

export class Interpreter {
  private harness: Harness | undefined;
  private pyodide: Pyodide | undefined;
  /** Of the request that is being served. */
  private nonce = 0;

  constructor(
    private readonly files: PythonFiles,
    private readonly report: (progress: Progress | Asking) => void,
  ) {}

  /** @throws when Pyodide does not load; the pool turns that into a typed error. */
  async boot(request: BootRequest): Promise<BootReply> {
    const { script, wasm, stdlib, lock } = this.files;
    const { default: createPyodideModule } = (await import(/* @vite-ignore */ script)) as {
      default: unknown;
    };
    limitMemory(request.heapLimit);
    const started = closeScope({
      files: new Map([['python_stdlib.zip', new Uint8Array(stdlib)]]),
      module: wasm,
    });
    const common = {
      indexURL: 'memory://python/',
      createPyodideModule,
      lockFileContents: lock,
      jsglobals: Object.create(null) as object,
      // A fixed seed of str hashes: sets of strings have one order everywhere.
      env: { PYTHONHASHSEED: '0', HOME: '/home/pyodide' },
      stdout: () => {},
      stderr: () => {},
    };
    let snapshot: Uint8Array | undefined;
    let pyodide: Pyodide;
    if (request.snapshot) {
      // Pyodide decodes its header as text, which browsers refuse for shared memory: a copy of its own, dropped after the start.
      const own = new Uint8Array(request.snapshot).slice();
      pyodide = await loadPyodide({ ...common, _loadSnapshot: own } as never);
    } else {
      pyodide = await loadPyodide({ ...common, _makeSnapshot: request.makeSnapshot } as never);
      install(pyodide);
      if (request.makeSnapshot) snapshot = makeSnapshot(pyodide);
    }
    started();
    pyodide.unregisterJsModule('js');
    pyodide.unregisterJsModule('pyodide_js');
    const space = pyodide.globals.get('_harness') as { get(name: string): PyFunction | undefined };
    const harness = {} as Record<string, PyFunction>;
    for (const name of exported) {
      const found = space.get(name);
      if (found) harness[name] = found;
    }
    pyodide.globals.delete('_harness');
    this.pyodide = pyodide;
    this.harness = harness as Harness;
    dropModules(pyodide);
    const { mailbox } = request;
    if (mailbox) addDevice(pyodide.FS as never, (text) => this.exchange(mailbox, text));
    this.harness.ready();
    return { heap: this.heap(), ...(snapshot ? { snapshot } : {}) };
  }

  job(request: JobRequest): JobReply {
    const harness = this.harness;
    if (!harness) throw new Error('not booted');
    this.nonce = request.nonce;
    try {
      const state = this.run(harness, request);
      return { nonce: request.nonce, state, heap: this.heap() };
    } catch (error) {
      // Exceptions of programs never come this far: the interpreter itself has failed.
      return { nonce: request.nonce, state: 'dead', heap: 0, fatal: describe(error) };
    }
  }

  private run(harness: Harness, request: JobRequest): JobReply['state'] {
    const { nonce } = request;
    if (request.kind === 'fingerprint') {
      const hashes = request.codes.map(
        (code) => (harness.fingerprint(code) as string | null | undefined) ?? '',
      );
      this.report({ nonce, part: hashes.join(',') });
      return 'clean';
    }
    if (request.kind === 'close') return harness.finish() as JobReply['state'];
    if (request.kind === 'say') {
      const say = request.to === 'test' ? harness.check : harness.step;
      this.report({ nonce, part: say(request.text) as string });
      return 'open';
    }
    const loaded = harness.load(request.code, request.limits) as string;
    this.report({ nonce, part: loaded });
    if (request.kind === 'open') return 'open';
    if (loaded === '{"outcome":"ok"}') {
      for (const { entryPoint, args } of request.calls) {
        this.report({ nonce, part: this.call(harness, request, entryPoint, args) as string });
      }
    }
    return harness.finish() as JobReply['state'];
  }

  /** From inside a running program: asks the host, and sleeps until the answer is there. */
  private exchange(mailbox: SharedArrayBuffer, text: string): Uint8Array {
    const { nonce } = this;
    this.report({ nonce, ask: text });
    return receive(mailbox, () => this.report({ nonce, wantsMore: true }));
  }

  private call(harness: Harness, request: JobRequest, entryPoint: string, args: string): unknown {
    if (request.kind === 'trace') return harness.trace(entryPoint, args, request.mode, request.viewBytes);
    return request.kind === 'operations'
      ? harness.operations(entryPoint, args)
      : harness.call(entryPoint, args);
  }

  private heap(): number {
    return (this.pyodide as unknown as { _module: { HEAP8: Int8Array } })._module.HEAP8.byteLength;
  }
}

function install(pyodide: Pyodide): void {
  pyodide.globals.set('_sources', JSON.stringify(harnessSources));
  pyodide.globals.set('_preloaded', preloaded.join(','));
  pyodide.runPython(installSource);
}

function dropModules(pyodide: Pyodide): void {
  pyodide.globals.set('_removed', removed.join(' '));
  pyodide.runPython(removeSource);
}

/** Undefined where this build cannot make one: the plain start works without it. */
function makeSnapshot(pyodide: Pyodide): Uint8Array | undefined {
  try {
    return (pyodide as unknown as { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot();
  } catch {
    return undefined;
  }
}

/** Growth of any WebAssembly memory in this worker fails above the limit, which Python sees as a MemoryError. */
function limitMemory(bytes: number): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages: number): number {
    if (this.buffer.byteLength + pages * 65536 > bytes) throw new RangeError('memory limit of the sandbox');
    return grow.call(this, pages);
  };
}

function describe(error: unknown): { name: string; message: string } {
  const shape = error as { name?: unknown; message?: unknown; status?: unknown } | null;
  return {
    name: String(shape?.name ?? 'unknown').slice(0, 100),
    message: String(shape?.message ?? error).slice(0, 500),
  };
}
