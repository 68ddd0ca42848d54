/** The events of a small run by the scripted learner, and its tasks. */
import { presetConfig } from '../../../src/experiment/presets.ts';
import type { ConfigOverrides } from '../../../src/learning/config.ts';
import type { TrainerEvent } from '../../../src/learning/events.ts';
import { fakeTask, script } from '../../ui/session/fake-learner.ts';

export function aRun(overrides: ConfigOverrides = {}): TrainerEvent[] {
  return [
    ...script(
      presetConfig('coderl-plus', {
        steps: 2,
        'eval.every': 1,
        'code.prompts': 4,
        'code.groupSize': 3,
        'alignment.prompts': 2,
        'alignment.groupSize': 3,
        ...overrides,
      }),
    ),
  ];
}

export const theTasks = [0, 1, 2].map((i) => ({ ...fakeTask(`task-${i}`), id: `task-${i}` }));
