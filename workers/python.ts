/** The sandbox's worker in a browser: a module worker that holds one interpreter and offers it through comlink. Nothing else. */
import { expose } from 'comlink';
import { Interpreter } from '../src/sandbox/interpreter.ts';
import type { WorkerApi } from '../src/sandbox/protocol.ts';

const post = self.postMessage.bind(self) as (message: unknown) => void;
const interpreter = new Interpreter((progress) => post(progress));
const api: WorkerApi = {
  boot: (request) => interpreter.boot(request),
  job: (request) => interpreter.job(request),
};
expose(api);
