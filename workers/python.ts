/**
 * The sandbox's worker in a browser: a module worker that holds one interpreter and
 * offers it through comlink. Nothing else.
 */
import { expose } from 'comlink';
import { Interpreter } from '../src/sandbox/interpreter.ts';
import type { StartMessage, WorkerApi } from '../src/sandbox/protocol.ts';
import { canEvaluate } from '../src/sandbox/scope.ts';

/** A worker's stack in Chromium carried 2,400 levels and ended at 3,000. */
const JSON_LEVELS = 2_000;

// One message to the worker itself, the first; all others go through the port that it
// brings, which no program can name.
self.addEventListener(
  'message',
  ({ data }: MessageEvent<StartMessage>) => {
    const { port, files } = data;
    const interpreter = new Interpreter(files, JSON_LEVELS, (progress) => port.postMessage(progress));
    const api: WorkerApi = {
      boot(request) {
        if (canEvaluate()) throw new Error('no Content-Security-Policy is in force in the Python worker');
        return interpreter.boot(request);
      },
      job: (request) => interpreter.job(request),
    };
    expose(api, port);
  },
  { once: true },
);
