/**
 * Times steps of the real trainer on nano: 64 rollouts from tests alone (8 prompts of 8), and 64 of which
 * 24 are alignment answers (5 + 3 prompts of 8). The two arms take turns, so that a slow minute slows both.
 */
import { builtInTasks, openModelWithAdapter, openSandbox } from '../src/cli/engine.ts';
import { presetConfig } from '../src/experiment/presets.ts';
import type { ConfigOverrides } from '../src/learning/config.ts';
import type { TrainerEvent } from '../src/learning/events.ts';
import { train } from '../src/learning/trainer.ts';
import { addSamples } from './statistics.ts';

/** Graphs are compiled, and the record buffer is empty, in the first steps. */
const WARM_UP = 2;

const ARMS: Readonly<Record<string, { readonly preset: string; readonly overrides: ConfigOverrides }>> = {
  'rlvr 64': { preset: 'rlvr', overrides: { 'code.prompts': 8, 'code.groupSize': 8 } },
  'coderl-plus 40+24': {
    preset: 'coderl-plus',
    overrides: { 'code.prompts': 5, 'code.groupSize': 8, 'alignment.prompts': 3, 'alignment.groupSize': 8 },
  },
};

/** Seconds per phase and per step, by arm. */
export async function benchStep(
  repeat: number,
  progress: (line: string) => void,
): Promise<Record<string, readonly number[]>> {
  // Without held-out tasks the trainer has nothing to evaluate.
  const tasks = (await builtInTasks()).filter(({ split }) => split === 'train');
  const sandbox = await openSandbox();
  const samples: Record<string, number[]> = {};
  const arms = await Promise.all(
    Object.entries(ARMS).map(async ([name, { preset, overrides }]) => {
      const config = presetConfig(preset, overrides, { steps: WARM_UP + repeat });
      const policy = await openModelWithAdapter({
        rank: config['adapter.rank'],
        alpha: config['adapter.alpha'],
        seed: config.seed,
      });
      return { name, policy, events: train({ policy, sandbox, tasks, config }) };
    }),
  );
  for (let step = 1; step <= WARM_UP + repeat; step++) {
    for (const { name, events } of arms) {
      const seconds = await nextTiming(events);
      if (step <= WARM_UP) continue;
      addSamples(samples, seconds, (phase) => `${name}, ${phase} (s)`);
    }
    progress(`step ${step} of ${WARM_UP + repeat}${step <= WARM_UP ? ' (warm-up)' : ''}`);
  }
  for (const { policy, events } of arms) {
    await events.return();
    await policy.dispose();
  }
  await sandbox.dispose();
  return samples;
}

async function nextTiming(
  events: AsyncGenerator<TrainerEvent, void, void>,
): Promise<Readonly<Record<string, number>>> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) throw new Error('The run ended before its steps were done.');
    if (next.value.type !== 'timing') continue;
    // `time/compile` says it, and graphs are no seconds.
    const named = Object.entries(next.value.seconds).filter(([name]) => !name.startsWith('compile/'));
    return Object.fromEntries(named);
  }
}
