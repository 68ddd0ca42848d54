// Entry of a worker thread in Node: lets Node read TypeScript, then starts the worker. Plain
// JavaScript, because a thread's entry file is loaded before any loader can be registered.
import { register } from 'tsx/esm/api';

const { process } = globalThis;
const unregister = register();
const { startNodeWorker } = await import('./worker-node.ts');
// What is imported from here on is Pyodide's own JavaScript, which needs no loader in
// between. Only the loader's end needs `process`.
globalThis.process = process;
await unregister();
Reflect.deleteProperty(globalThis, 'process');
startNodeWorker();
