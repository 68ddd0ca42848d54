/**
 * The learner's worker: offers one learner through comlink, and holds a lock by which
 * the page sees that it lives.
 */
import { expose } from 'comlink';
import { openEngine } from '../src/learner/engine.ts';
import { watchHeaps } from '../src/learner/heaps.ts';
import type { LearnerListener } from '../src/learner/protocol.ts';
import { WorkerLearner } from '../src/learner/worker-learner.ts';
import pythonWorker from './python.ts?worker&url';

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
    override async listen(listener: LearnerListener): Promise<void> {
      // The page asks for the lock after this call.
      await alive;
      return super.listen(listener);
    }
  })({ openEngine: (request, onStage) => openEngine(pythonWorker, request, onStage) }),
);
