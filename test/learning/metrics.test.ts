/** Metrics of rollouts: what has no reward is in no mean, and what nobody has is not a mean of 0. */
import { expect, it } from 'vitest';
import type { CodeGroup } from '../../src/learning/events.ts';
import { rolloutMetrics } from '../../src/learning/metrics.ts';
import { codeGroup, uniform } from '../ui/session/fake-learner.ts';

const rewarded = (rewards: readonly (number | null)[], own: readonly (number | null)[]): CodeGroup => {
  const group = codeGroup(0, rewards.length, 0.5, uniform(1));
  const rollouts = group.rollouts.map((rollout, i) => ({
    ...rollout,
    reward: rewards[i]!,
    rewards: { tests_reward: rewards[i]!, own_reward: own[i]! },
  }));
  return { ...group, rollouts };
};

it('means are over the rewards that apply', () => {
  const found = rolloutMetrics([rewarded([1, 0, null, 1], [null, 3, null, 5])]);
  expect(found).toMatchObject({ 'rewards/own_reward/mean': 4, 'rewards/own_reward/std': Math.SQRT2 });
  expect(found['reward']).toBeCloseTo(2 / 3, 12);
  expect(found['reward_std']).toBeCloseTo(Math.sqrt(1 / 3), 12);
});

it('a function that applied to no program of the batch has no mean', () => {
  const found = rolloutMetrics([rewarded([1, 0], [null, null])]);
  expect(found).not.toHaveProperty('rewards/own_reward/mean');
  expect(found).not.toHaveProperty('rewards/own_reward/std');
  expect(found['rewards/tests_reward/mean']).toBe(0.5);
});

it('a batch without any reward has none', () => {
  const found = rolloutMetrics([rewarded([null, null], [null, null])]);
  expect(found).not.toHaveProperty('reward');
  expect(found).not.toHaveProperty('reward_std');
});
