/**
 * Advantages of one group that are not a centred or whitened reward: with a baseline
 * from elsewhere, of the best of k, of a filtered group. Plain functions from numbers
 * to numbers; advantages.ts says which setting names which.
 */
import { grpo, moments } from './moments.ts';

type Rewards = readonly (number | null)[];

/**
 * REINFORCE with a baseline that is not of the group, and ReMax: r - b.
 * @param baseline null: there is none, and no rollout gets an advantage
 */
export const against = (rewards: Rewards, baseline: number | null): number[] =>
  rewards.map((reward) => (reward === null || baseline === null ? 0 : reward - baseline));

/**
 * OPO (arXiv 2505.23585, equation 8): the baseline of least variance where gradients
 * are as large as completions are long, the mean of the rewards weighted by length.
 * @param lengths tokens per rollout
 */
export function opo(rewards: Rewards, lengths: readonly number[]): number[] {
  if (moments(rewards).constant) return rewards.map(() => 0);
  let [sum, tokens] = [0, 0];
  rewards.forEach((reward, i) => {
    if (reward === null) return;
    sum += reward * lengths[i]!;
    tokens += lengths[i]!;
  });
  return against(rewards, tokens === 0 ? null : sum / tokens);
}

/**
 * The reward of k rollouts together is their best, and a rollout's advantage is what the sets that
 * hold it get more than all sets do, in units of the deviation over sets: (E[max | i in it] - E[max])
 * / sd(max), over all sets of k of the group. With rewards of 0 and 1 that is the analytical form of
 * Pass@k training (arXiv 2508.10751, section 2.4). A group in which every set does as well has none.
 * @param k at most the rewarded rollouts of the group, else that many
 */
export function passAtKAdvantages(rewards: Rewards, k: number): number[] {
  const present = rewards.filter((reward) => reward !== null);
  const n = present.length;
  const size = Math.min(k, n);
  const nothing = rewards.map(() => 0);
  if (n < 2 || moments(rewards).constant) return nothing;
  const sorted = present.toSorted((a, b) => a - b);
  // The largest of a set of `size` is the j-th smallest (from 0) in C(j, size - 1) of all sets.
  const all = choose(n, size);
  const share = sorted.map((_, j) => choose(j, size - 1) / all);
  const mean = sorted.reduce((sum, reward, j) => sum + share[j]! * reward, 0);
  const deviation = Math.sqrt(sorted.reduce((sum, reward, j) => sum + share[j]! * (reward - mean) ** 2, 0));
  // Equal best rewards in all sets leave a rounding error, which must not become an advantage.
  if (deviation < 1e-9) return nothing;
  return rewards.map((reward) => {
    if (reward === null) return 0;
    const others = [...sorted];
    others.splice(others.indexOf(reward), 1);
    const sets = choose(n - 1, size - 1);
    const best =
      size === 1
        ? reward
        : others.reduce((sum, other, j) => sum + (choose(j, size - 2) / sets) * Math.max(reward, other), 0);
    return (best - mean) / deviation;
  });
}

/** n over k; 0 where k is larger or negative. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}

/**
 * GFPO (arXiv 2508.09726): of a group the `keep` best by a measure remain, with GRPO's
 * advantage among themselves; the others get 0. Of equals the earlier ones remain.
 * @param by `length`: the shortest; `efficiency`: the most reward per token
 */
export function gfpo(
  rewards: Rewards,
  lengths: readonly number[],
  { keep, by, eps }: { readonly keep: number; readonly by: 'length' | 'efficiency'; readonly eps: number },
): number[] {
  const measure = (i: number): number =>
    by === 'length' ? -lengths[i]! : rewards[i]! / Math.max(1, lengths[i]!);
  const order = rewards
    .flatMap((reward, i) => (reward === null ? [] : [i]))
    .sort((a, b) => measure(b) - measure(a) || a - b);
  const kept = new Set(order.slice(0, keep));
  return grpo(
    rewards.map((reward, i) => (kept.has(i) ? reward : null)),
    eps,
  );
}

/**
 * The mean reward of each kind of group after a batch, as it runs: momentum * before
 * + (1 - momentum) * mean of the batch.
 */
export function runningMeans(
  groups: readonly { readonly kind: string; readonly rewards: Rewards }[],
  before: Readonly<Record<string, number>>,
  momentum: number,
): Record<string, number> {
  const after: Record<string, number> = { ...before };
  for (const [kind, mean] of Object.entries(kindMeans(groups)))
    after[kind] = momentum * (before[kind] ?? mean) + (1 - momentum) * mean;
  return after;
}

/** Mean reward by kind, over the rollouts that have one; a kind without any is left out. */
export function kindMeans(
  groups: readonly { readonly kind: string; readonly rewards: Rewards }[],
): Record<string, number> {
  const kinds = [...new Set(groups.map(({ kind }) => kind))];
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const { n, mean } = moments(groups.flatMap((group) => (group.kind === kind ? group.rewards : [])));
      return n === 0 ? [] : [[kind, mean]];
    }),
  );
}
