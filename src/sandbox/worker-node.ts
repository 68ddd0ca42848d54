/**
 * The sandbox's worker in Node: the thread of a process (process-node.ts) that holds one interpreter and
 * offers it through comlink over a pipe. It does nothing else.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expose } from 'comlink';
import { lockWithoutPackages } from './files.ts';
import { WorkerPipe } from './pipe.ts';
import type { PythonFiles, WorkerApi } from './protocol.ts';

/** As CPython 3.13 reads; process-node.ts gives the stack for it. */
const JSON_LEVELS = 10_000;
/** The first after standard input, output and error. */
const PIPE = 3;

/** Works until the host has gone. The first argument of the process is the folder of Python's files. */
export async function serveInterpreter(): Promise<void> {
  const files = await readFiles(process.argv[2]!);
  // Pyodide looks around when it is imported. Without a `process` it takes this thread for a
  // browser's worker, and uses none of Node's files, sockets and shells on behalf of a program.
  Reflect.deleteProperty(globalThis, 'process');
  Object.assign(globalThis, { self: globalThis, WorkerGlobalScope: Object });
  const { Interpreter } = await import('./interpreter.ts');
  const pipe = new WorkerPipe(PIPE);
  const interpreter = new Interpreter(
    files,
    JSON_LEVELS,
    (progress) => pipe.send(progress),
    () => pipe.answer(),
  );
  const api: WorkerApi = {
    boot: (request) => interpreter.boot(request),
    job: (request) => interpreter.job(request),
  };
  let hear: (event: MessageEvent) => void = () => undefined;
  let replied: () => void = () => undefined;
  expose(api, {
    addEventListener: (_type: string, listener: EventListenerOrEventListenerObject) => {
      hear = listener as (event: MessageEvent) => void;
    },
    removeEventListener: () => undefined,
    postMessage: (reply: unknown) => {
      pipe.send(reply);
      replied();
    },
  });
  for (let data = pipe.next(); data !== undefined; data = pipe.next()) {
    const reply = new Promise<void>((resolve) => (replied = resolve));
    hear({ data } as MessageEvent);
    await reply;
  }
}

async function readFiles(folder: string): Promise<PythonFiles> {
  const read = (name: string) => readFileSync(join(folder, name));
  const stdlib = read('python_stdlib.zip');
  return {
    script: pathToFileURL(join(folder, 'pyodide.asm.mjs')).href,
    wasm: await WebAssembly.compile(new Uint8Array(read('pyodide.asm.wasm'))),
    stdlib: new Uint8Array(stdlib).buffer,
    lock: lockWithoutPackages(read('pyodide-lock.json').toString()),
  };
}
