/**
 * The code half of a step: samples groups of completions for code prompts and judges them. It computes no advantages and no loss.
 */
import type { Policy } from '../policy/types.ts';
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { judge, type JudgeOptions, type Judgement } from './judge.ts';
import { codePrompt, type PromptStyle } from './prompts.ts';
import { codeReward } from './rewards.ts';
import { sampleGroups, type Rollout, type SampleSettings } from './sample.ts';

export interface JudgedRollout extends Rollout, Judgement {
  readonly reward: number | null;
}

export interface JudgedGroup {
  readonly task: Task;
  readonly rollouts: readonly JudgedRollout[];
}

/** The name under which the code reward is logged and exported. */
export const CODE_REWARD = 'tests_reward';

/** Judges every rollout of sampled groups; equal programs of one task are run once. */
export async function judgeGroups(
  tasks: readonly Task[],
  groups: readonly (readonly Rollout[])[],
  options: JudgeOptions,
): Promise<JudgedGroup[]> {
  return Promise.all(
    tasks.map(async (task, g) => {
      const running = new Map<string, Promise<Judgement>>();
      const rollouts = await Promise.all(
        (groups[g] ?? []).map(async (rollout) => {
          const known = running.get(rollout.text) ?? judge(task, rollout.text, options);
          running.set(rollout.text, known);
          const judgement = await known;
          return { ...rollout, ...judgement, reward: codeReward(judgement.verdict) };
        }),
      );
      return { task, rollouts };
    }),
  );
}

/** Samples one group per task and judges it. */
export async function sampleCode(
  policy: Policy,
  tasks: readonly Task[],
  settings: SampleSettings & JudgeOptions & { readonly style: PromptStyle },
  random: Random,
): Promise<JudgedGroup[]> {
  const sampled = await sampleGroups(
    policy,
    tasks.map((task) => codePrompt(task, policy.tokenizer, settings.style)),
    settings,
    random,
  );
  return judgeGroups(tasks, sampled, settings);
}
