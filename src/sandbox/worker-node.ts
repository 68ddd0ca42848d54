/**
 * The sandbox's worker in Node: a thread that holds one interpreter and offers it through comlink. It does
 * nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import { nodeEndpoint } from './node-endpoint.ts';
import type { PythonFiles, WorkerApi } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('worker-node.ts runs in a worker thread');

// Pyodide looks around when it is imported. Without a `process` it takes this thread for a
// browser's worker, and uses none of Node's files, sockets and shells on behalf of a program.
Reflect.deleteProperty(globalThis, 'process');
Object.assign(globalThis, { self: globalThis, WorkerGlobalScope: Object });
const { Interpreter } = await import('./interpreter.ts');

/** As CPython 3.13 reads; node.ts gives the stack for it. */
const JSON_LEVELS = 10_000;

/** Takes its first message from here on. */
export function startNodeWorker(): void {
  const interpreter = new Interpreter(workerData as PythonFiles, JSON_LEVELS, (progress) =>
    port!.postMessage(progress),
  );
  const api: WorkerApi = {
    boot: (request) => interpreter.boot(request),
    job: (request) => interpreter.job(request),
  };
  expose(api, nodeEndpoint(port!));
}
