/** Starts the learner's worker and wraps it: from here on the page sees only `Learner`. */
import { proxy, transfer, wrap } from 'comlink';
import { frameWhereNeeded } from '../sandbox/browser.ts';
import type { Learner } from './protocol.ts';
import type { Connection } from './state/session.svelte.ts';

export function connectWorker(): Connection {
  const worker = new Worker(new URL('../../workers/learner.ts', import.meta.url), {
    type: 'module',
    name: 'learner',
  });
  const remote = wrap<Learner>(worker);
  const learner: Learner = {
    listen: (listener) => remote.listen(proxy(listener)),
    async load(request) {
      const frame = await frameWhereNeeded(new URL('pyodide/', request.base).href);
      await remote.load(frame === undefined ? request : transfer({ ...request, frame }, [frame]));
    },
    start: () => remote.start(),
    pause: () => remote.pause(),
    step: () => remote.step(),
    reset: (config) => remote.reset(config),
    change: (key, value) => remote.change(key, value),
    task: (id) => remote.task(id),
    dispose: () => remote.dispose(),
  };
  return {
    learner,
    end: () => worker.terminate(),
    onFailure(listener) {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        listener(event.message ?? '');
      });
      worker.addEventListener('messageerror', () => listener(''));
    },
  };
}
