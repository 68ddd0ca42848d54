/**
 * Starts Python in a worker: loads Pyodide from the files that the page handed over (from a memory snapshot
 * where one is given), installs the harness, and takes away what programs have no use for. The border is
 * closed by the caller (interpreter.ts), who also runs jobs.
 */
import { loadPyodide } from 'pyodide';
import type { Border, Imports } from './border.ts';
import type { FileSystem } from './file-space.ts';
import type { WebAssemblyState } from './pristine.ts';
import { harnessSources, installSource, preloaded, removeSource } from './python/index.ts';
import type { BootRequest, PythonFiles } from './protocol.ts';
import { closeScope } from './scope.ts';
import type { SignalClock } from './turns.ts';

type Pyodide = Awaited<ReturnType<typeof loadPyodide>>;
export type PyFunction = (...args: (string | number)[]) => unknown;

/** Names the harness gives to JavaScript. */
const exported = [
  'classify',
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
export type Harness = Record<(typeof exported)[number], PyFunction>;

/**
 * Bridges to JavaScript and the network: a program has no use for them. Defence in depth, not the boundary.
 */
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

/** What the worker keeps of Pyodide's module once Python has started. */
export type PythonMachine = WebAssemblyState & SignalClock & { readonly FS: FileSystem };

export interface StartedPython {
  readonly harness: Harness;
  readonly machine: PythonMachine;
  /** Of its memory before anything has run, where one was asked for and this build makes one. */
  readonly snapshot: Uint8Array | undefined;
}

/** @throws when Pyodide does not load */
export async function startPython(
  files: PythonFiles,
  request: BootRequest,
  border: Border,
): Promise<StartedPython> {
  const { script, wasm, stdlib, lock } = files;
  const { default: createPyodideModule } = (await import(/* @vite-ignore */ script)) as {
    default: unknown;
  };
  limitMemory(request.heapLimit);
  const started = closeScope({
    files: new Map([['python_stdlib.zip', new Uint8Array(stdlib)]]),
    module: wasm,
    instantiate: async (imports) => {
      border.guard(wasm, imports as Imports);
      const instance = await WebAssembly.instantiate(wasm, imports);
      border.attach(instance);
      return instance;
    },
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
    // Pyodide decodes its header as text, which browsers refuse for shared memory:
    // a copy of its own, dropped after the start.
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
  dropModules(pyodide);
  const { _module: machine } = pyodide as unknown as { _module: PythonMachine };
  return { harness: harness as Harness, machine, snapshot };
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

/**
 * Growth of any WebAssembly memory in this worker fails above the limit, which Python sees as a MemoryError.
 */
function limitMemory(bytes: number): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages: number): number {
    if (this.buffer.byteLength + pages * 65536 > bytes) throw new RangeError('memory limit of the sandbox');
    return grow.call(this, pages);
  };
}
