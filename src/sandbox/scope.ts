/**
 * Takes everything out of a worker's global scope that a Python program has no use for: what is not of
 * the language itself, and what turns text into code. It keeps a list of what stays, so that an interface
 * that a browser invents tomorrow is gone as well. Defence in depth in a browser, whose policy is the
 * boundary; in Node, where there is no policy, it is what stands between programs and the process.
 */

/** The language's own names, and the few others that CPython's port calls while a program runs. */
const kept = new Set(
  `globalThis undefined NaN Infinity Object Array Number Boolean String Symbol BigInt Math JSON Reflect Proxy Promise Date RegExp
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry Iterator AsyncIterator DisposableStack AsyncDisposableStack
  ArrayBuffer SharedArrayBuffer Atomics DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float16Array Float32Array Float64Array BigInt64Array BigUint64Array Intl WebAssembly Temporal
  parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  TextDecoder TextEncoder DOMException`.split(/\s+/),
);

type WorkerScope = Record<string, unknown>;

/** What the interpreter needs while it starts and never again. */
export interface Starting {
  /** Answers `fetch` from memory; a name it does not hold fails. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly module: WebAssembly.Module;
  /** Makes the instance, with the imports that Pyodide would give it. */
  readonly instantiate: (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>;
}

/**
 * Whether text can become code here: true means that the worker's response carried no policy, or not ours.
 */
export function canEvaluate(): boolean {
  try {
    // eslint-disable-next-line no-new-func -- the question is whether this is refused
    return new Function('return 1')() === 1;
  } catch {
    return false;
  }
}

/**
 * Empties the scope, gives Pyodide what it starts with, and returns the function that takes
 * that away again. To be called before Pyodide looks around: it then finds a browser's worker,
 * in Node as well, and none of its ways to Node's files, processes and sockets are laid.
 */
export function closeScope({ files, module, instantiate }: Starting): () => void {
  const scope = globalThis as unknown as WorkerScope;
  const clock = performance.now.bind(performance);
  const random = crypto.getRandomValues.bind(crypto);
  const later = setTimeout;
  let isStarting = true;
  for (let level: object | null = scope; level && level !== Object.prototype; level = prototypeOf(level))
    empty(level);
  silenceEvaluation(scope);
  set(scope, 'performance', Object.freeze({ now: clock, timeOrigin: 0 }));
  set(scope, 'crypto', Object.freeze({ getRandomValues: random }));
  const quiet = () => undefined;
  set(scope, 'console', Object.freeze({ log: quiet, warn: quiet, error: quiet, info: quiet, debug: quiet }));

  const starting: WorkerScope = {
    self: scope,
    WorkerGlobalScope: class {
      static [Symbol.hasInstance](): boolean {
        return true;
      }
    },
    location: 'memory://python/',
    // Pyodide keeps what it finds; after the start nothing may run between two jobs.
    setTimeout: (work: () => void, ms?: number) => (isStarting ? later(work, ms) : 0),
    clearTimeout: quiet,
    addEventListener: quiet,
    fetch: (url: unknown) => Promise.resolve(responseOf(files, String(url))),
    URL: MemoryAddress,
  };
  for (const [name, value] of Object.entries(starting)) set(scope, name, value);
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_source, imports) => ({
    instance: await instantiate(imports ?? {}),
    module,
  });
  return () => {
    isStarting = false;
    WebAssembly.instantiateStreaming = instantiateStreaming;
    for (const name of Object.keys(starting)) delete scope[name];
  };
}

/** Stands for URL while Pyodide joins the names of its files to their folder. */
class MemoryAddress {
  readonly href: string;
  constructor(path: string, base = '') {
    this.href = path.includes('://') ? path : base + path;
  }
  toString(): string {
    return this.href;
  }
}

function responseOf(files: ReadonlyMap<string, Uint8Array>, url: string): object {
  const bytes = files.get(url.slice(url.lastIndexOf('/') + 1));
  return { ok: bytes !== undefined, arrayBuffer: () => Promise.resolve(bytes?.slice().buffer) };
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}

function empty(level: object): void {
  for (const key of Reflect.ownKeys(level)) {
    if (typeof key === 'string' && kept.has(key)) continue;
    // What cannot be deleted is at least no longer there to be called.
    if (!Reflect.deleteProperty(level, key)) Reflect.set(level, key, undefined);
  }
}

function set(scope: WorkerScope, name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, configurable: true, writable: true, enumerable: false });
}

/**
 * Every function leads to a constructor that compiles text, `f.constructor('...')`;
 * from here on to one that refuses.
 */
function silenceEvaluation(scope: WorkerScope): void {
  const refuse = function Function(): never {
    throw new EvalError('text is not evaluated in this worker');
  };
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    Object.defineProperty(Object.getPrototypeOf(kind), 'constructor', {
      value: refuse,
      writable: false,
      configurable: false,
    });
  }
  // `instanceof Function` goes on to work.
  refuse.prototype = Object.getPrototypeOf(refuse) as object;
  set(scope, 'Function', refuse);
}
