/**
 * DAPO's soft overlong punishment (arXiv 2503.14476, equation 13): what comes near its budget of tokens loses
 * reward before it is cut off. It is added to the reward of programs, and logged under TRL's name beside it.
 */
import type { JudgedGroup } from './code-rollouts.ts';
import type { Config } from './config.ts';

/** The name under which it is logged, as in TRL. */
export const OVERLONG_REWARD = 'soft_overlong_punishment';

/**
 * 0 up to budget - cache tokens, then falling linearly to -1 at the budget.
 * @param cache tokens before the budget; 0 is no punishment
 */
export function overlongPunishment(length: number, budget: number, cache: number): number {
  const within = budget - cache - length;
  return cache === 0 || within >= 0 ? 0 : Math.max(-1, within / cache);
}

/** The groups with punished rewards. A rollout without a reward keeps none. */
export function punishOverlong(groups: readonly JudgedGroup[], config: Config): readonly JudgedGroup[] {
  const cache = config['code.overlongCache'];
  if (cache === 0) return groups;
  const budget = config['code.maxNewTokens'];
  return groups.map(({ task, rollouts }) => ({
    task,
    rollouts: rollouts.map((rollout) => {
      if (rollout.reward === null) return rollout;
      const punishment =
        config['code.overlongPenalty'] * overlongPunishment(rollout.tokens.length, budget, cache);
      return { ...rollout, reward: rollout.reward + punishment, punishment };
    }),
  }));
}
