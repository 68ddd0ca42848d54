/** A lab with the scripted learner and a store in memory. */
import { Lab } from '../../../src/ui/lab/lab.svelte.ts';
import { MemoryLabStore, type LabStore } from '../../../src/ui/lab/lab-store.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import type { ConfigOverrides } from '../../../src/learning/config.ts';
import { FakeLearner } from '../session/fake-learner.ts';

export interface ALab {
  readonly lab: Lab;
  readonly session: Session;
  readonly learner: FakeLearner;
  readonly store: LabStore;
}

export function aLab(
  options: {
    event?: number;
    fail?: string;
    store?: LabStore;
    given?: ConfigOverrides;
    /** As large as the presets say. */
    isWhole?: boolean;
  } = {},
): ALab {
  const learner = new FakeLearner({ load: 0, event: options.event ?? 0 }, options.fail ?? null);
  const session = new Session({
    connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
    base: 'http://localhost/',
    device: 'wasm',
    given: { ...(!options.isWhole && { 'code.prompts': 3, 'code.groupSize': 3 }), ...options.given },
  });
  const store = options.store ?? new MemoryLabStore();
  let clock = 1_700_000_000_000;
  const lab = new Lab({ session, store: async () => store, now: () => (clock += 1000) });
  lab.plan.steps = 2;
  lab.plan.evalEvery = 1;
  lab.plan.seeds = 2;
  return { lab, session, learner, store };
}
