/** The sandbox's worker in Node: a thread that holds one interpreter and offers it through comlink. Nothing else. */
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import { nodeEndpoint } from './node-endpoint.ts';
import { Interpreter } from './interpreter.ts';
import type { WorkerApi } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('worker-node.ts runs in a worker thread');
const interpreter = new Interpreter((progress) => port.postMessage(progress));
const api: WorkerApi = {
  boot: (request) => interpreter.boot(request),
  job: (request) => interpreter.job(request),
};
expose(api, nodeEndpoint(port));
