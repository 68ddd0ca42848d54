/** Starts the learner's worker and wraps it: from here on the page sees only `Learner`. */
import { proxy, wrap } from 'comlink';
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
    load: (request) => remote.load(request),
    start: () => remote.start(),
    pause: () => remote.pause(),
    step: () => remote.step(),
    reset: (config) => remote.reset(config),
    change: (key, value) => remote.change(key, value),
    adapter: () => remote.adapter(),
    task: (id) => remote.task(id),
    pace: (milliseconds) => remote.pace(milliseconds),
    // comlink's types lose the link between question and answer.
    ask: ((question) => remote.ask(question)) as Learner['ask'],
    adopt: (adapter) => remote.adopt(adapter),
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
