/**
 * From verdicts and graded answers to the rewards of a step: functions of one's own beside the tests, the
 * punishment of overlong programs, KL to the base. Each is a file of its own; here is their order.
 */
import type { GradedGroup } from './alignment-rollouts.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { Clock } from './clock.ts';
import { customRewards, type CustomRewardsContext } from './custom-rewards.ts';
import { penaliseKl, type KlRewardContext } from './kl-reward.ts';
import { punishOverlong } from './overlong.ts';

export interface Rewarded {
  readonly code: readonly JudgedGroup[];
  readonly alignment: readonly GradedGroup[];
  /** What reward functions got wrong, a line each. */
  readonly problems: readonly string[];
}

/** @throws RewardFunctionError where reward functions do not load */
export async function rewardStep(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  context: CustomRewardsContext & KlRewardContext,
  clock: Clock,
): Promise<Rewarded> {
  const { groups, problems } = await clock.time('time/execute', () => customRewards(code, context));
  const punished = punishOverlong(groups, context.config);
  const rewarded = await clock.time('time/score', () => penaliseKl(punished, alignment, context));
  return { ...rewarded, problems };
}
