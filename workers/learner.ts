/** The learner's worker: offers one learner through comlink. Nothing else. */
import { expose } from 'comlink';
import { WorkerLearner } from '../src/ui/learner/worker-learner.ts';

expose(new WorkerLearner());
