/** The learner's worker: offers one learner through comlink, and holds a lock by which the page sees that it lives. */
import { expose } from 'comlink';
import type { Listener } from '../src/learner/protocol.ts';
import { watchHeaps } from '../src/learner/heaps.ts';
import { WorkerLearner } from '../src/learner/worker-learner.ts';

watchHeaps();

const alive = new Promise<void>((resolve) => {
  if (!('locks' in navigator)) return resolve();
  const forever = new Promise<never>(() => undefined);
  navigator.locks
    .request(self.name, () => {
      resolve();
      return forever;
    })
    .catch(() => resolve());
});

expose(
  new (class extends WorkerLearner {
    override async listen(listener: Listener): Promise<void> {
      // The page asks for the lock after this call.
      await alive;
      return super.listen(listener);
    }
  })(),
);
