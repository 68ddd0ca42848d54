/**
 * From verdicts and graded answers to the rewards of a step: functions of one's own beside the tests, the
 * punishment of overlong programs, KL to the base. Each is a file of its own; here is their order.
 */
import type { GradedGroup } from './alignment-rollouts.ts';
import type { JudgedGroup } from './code-rollouts.ts';
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
): Promise<Rewarded> {
  const { groups, problems } = await customRewards(code, context);
  const rewarded = await penaliseKl(punishOverlong(groups, context.config), alignment, context);
  return { ...rewarded, problems };
}
