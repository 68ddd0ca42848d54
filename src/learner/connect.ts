/** Starts the learner's worker and wraps it: from here on the page sees only `Learner`. */
import { proxy, transfer, wrap } from 'comlink';
import { frameWhereNeeded } from '../sandbox/browser.ts';
import type { Learner } from './protocol.ts';

/** A learner and the way to end it for good. */
export interface Connection {
  readonly learner: Learner;
  end(): void;
  /** Called when the worker itself fails. */
  onFailure(listener: (message: string) => void): void;
}

let nextWorker = 1;

/**
 * @param start starts the worker's script under the name given, which the worker holds a lock of
 * @param pythonWorker address of the Python worker's script
 */
export function connectWorker(start: (name: string) => Worker, pythonWorker: string): Connection {
  const name = `learner-${nextWorker++}-${Date.now().toString(36)}`;
  const worker = start(name);
  const remote = wrap<Learner>(worker);
  const learner: Learner = {
    listen: (listener) => remote.listen(proxy(listener)),
    async load(request) {
      const frame = await frameWhereNeeded(pythonWorker, new URL('pyodide/', request.base).href);
      await remote.load(frame === undefined ? request : transfer({ ...request, frame }, [frame]));
    },
    start: () => remote.start(),
    pause: () => remote.pause(),
    halt: () => remote.halt(),
    skipMeasuring: () => remote.skipMeasuring(),
    step: () => remote.step(),
    reset: (config) => remote.reset(config),
    change: (key, value) => remote.change(key, value),
    adapter: () => remote.adapter(),
    task: (id) => remote.task(id),
    pace: (milliseconds) => remote.pace(milliseconds),
    // comlink's types lose the link between question and answer.
    ask: ((question, goesOn) => remote.ask(question, goesOn && proxy(goesOn))) as Learner['ask'],
    adopt: (adapter, config) => remote.adopt(adapter, config),
    resume: () => remote.resume(),
    importRun: (bytes) => remote.importRun(bytes),
    exportRun: () => remote.exportRun(),
    autosave: (isOn) => remote.autosave(isOn),
    dispose: () => remote.dispose(),
  };
  let isEnded = false;
  let onDeath: () => void = () => undefined;
  /**
   * The worker holds a lock of its name for as long as it lives, however it ends; most of its ends raise no
   * event.
   */
  const watch = (): void => {
    if (!('locks' in navigator)) return;
    void navigator.locks.request(name, () => onDeath()).catch(() => undefined);
  };
  return {
    learner: { ...learner, listen: (listener) => learner.listen(listener).then(() => watch()) },
    end() {
      isEnded = true;
      worker.terminate();
    },
    onFailure(listener) {
      onDeath = () => !isEnded && listener('');
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        listener(event.message ?? '');
      });
      worker.addEventListener('messageerror', () => listener(''));
    },
  };
}
