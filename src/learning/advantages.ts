/**
 * From rewards to advantages: groups of one prompt go in, one number per rollout comes out. It knows no
 * tokens, no loss, and kinds only by name. Two kinds never share a group, and whitening over a batch is
 * done kind by kind. Otherwise the kind with the higher mean reward would get advantage for nothing.
 */

import { grpo, moments } from './moments.ts';
import { against, gfpo, kindMeans, opo, passAtKAdvantages } from './more-estimators.ts';

export { grpo, moments };

export interface RewardGroup {
  readonly kind: string;
  /**
   * One per rollout; null where no reward applies. Such a rollout is left out of
   * every mean and gets advantage 0.
   */
  readonly rewards: readonly (number | null)[];
  /** The components by name, for `gdpo`; absent: the reward is the only component. */
  readonly components?: Readonly<Record<string, readonly (number | null)[]>>;
  /** Tokens per rollout, for `opo` and `gfpo`; absent: all are as long. */
  readonly lengths?: readonly number[];
  /** The reward of a greedy rollout of the prompt, for `remax`; null or absent: there is none. */
  readonly greedy?: number | null;
  /** Advantages per token, for `gae`, which a critic gives (ppo.ts); null where there is no reward. */
  readonly perToken?: readonly (Float32Array | null)[];
}

/** The groups of a batch to their advantages, one per rollout. */
type EstimatorFunction = (groups: readonly RewardGroup[], settings: EstimateSettings) => number[][];

interface EstimateSettings {
  /** Added to standard deviations. */
  readonly eps: number;
  /** Of the components by name, for `gdpo`; one without a weight has 1. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Mean rewards of the steps before by kind, for `reinforce`; a kind without one has the batch's own. */
  readonly running?: Readonly<Record<string, number>>;
  /** Rollouts that count together, for `pass@k`. */
  readonly k?: number;
  /** What `gfpo` keeps of a group. */
  readonly filter?: { readonly keep: number; readonly by: 'length' | 'efficiency' };
}

const lengthsOf = ({ lengths, rewards }: RewardGroup): readonly number[] => lengths ?? rewards.map(() => 1);

/** By the value of `advantage.estimator`. */
export const ESTIMATORS = {
  grpo: (groups, { eps }) => groups.map(({ rewards }) => grpo(rewards, eps)),
  'dr-grpo': (groups) => groups.map(({ rewards }) => centred(rewards)),
  rloo: (groups) => groups.map(({ rewards }) => rloo(rewards)),
  'reinforce++': (groups, { eps }) =>
    whitenByKind(
      groups,
      groups.map(({ rewards }) => rewards),
      eps,
    ),
  'reinforce++-baseline': (groups, { eps }) =>
    whitenCentred(
      groups,
      groups.map(({ rewards }) => keepNulls(rewards, centred(rewards))),
      eps,
    ),
  gdpo: (groups, { eps, weights }) =>
    whitenCentred(
      groups,
      groups.map((group) => keepNulls(group.rewards, normalisedSum(group, eps, weights))),
      eps,
    ),
  reinforce: (groups, { running }) => {
    const means = { ...kindMeans(groups), ...running };
    return groups.map(({ kind, rewards }) => against(rewards, means[kind] ?? null));
  },
  remax: (groups) => groups.map(({ rewards, greedy }) => against(rewards, greedy ?? null)),
  opo: (groups) => groups.map((group) => opo(group.rewards, lengthsOf(group))),
  'pass@k': (groups, { k }) => groups.map(({ rewards }) => passAtKAdvantages(rewards, k ?? 1)),
  gfpo: (groups, { eps, filter }) =>
    groups.map((group) =>
      gfpo(group.rewards, lengthsOf(group), { eps, keep: group.rewards.length, by: 'length', ...filter }),
    ),
  // What a rollout's tokens have on average; the loss has them token by token.
  gae: (groups) =>
    groups.map(({ rewards, perToken }) =>
      rewards.map((_, i) => {
        const own = perToken?.[i];
        return own ? own.reduce((sum, a) => sum + a, 0) / Math.max(1, own.length) : 0;
      }),
    ),
} satisfies Readonly<Record<string, EstimatorFunction>>;

export type Estimator = keyof typeof ESTIMATORS;

/**
 * Settings that each of them reads and not all do; effects.ts says of the others that
 * they have no effect. What `gae` reads of them, its critic does (ppo.ts).
 */
export const ESTIMATOR_READS = {
  grpo: ['advantage.eps'],
  'dr-grpo': [],
  rloo: [],
  'reinforce++': ['advantage.eps'],
  'reinforce++-baseline': ['advantage.eps'],
  gdpo: ['advantage.eps', 'gdpo.variables', 'gdpo.returned', 'gdpo.trajectory'],
  reinforce: ['advantage.momentum'],
  remax: [],
  opo: [],
  'pass@k': ['advantage.k'],
  gfpo: ['advantage.eps', 'gfpo.keep', 'gfpo.by'],
  gae: ['value.gamma', 'value.lambda', 'value.rate', 'value.updates', 'value.clip'],
} as const satisfies Readonly<Record<Estimator, readonly string[]>>;

export interface AdvantageSettings extends EstimateSettings {
  readonly estimator: Estimator;
  /** Bound on the size of an advantage; 0 is off. */
  readonly clip: number;
}

/** Advantages of all groups of a batch, same shape as their rewards. */
export function advantages(groups: readonly RewardGroup[], settings: AdvantageSettings): number[][] {
  const { estimator, clip } = settings;
  return ESTIMATORS[estimator](groups, settings).map((group) => group.map((value) => bound(value, clip)));
}

/** Dr.GRPO: r - mean, no standard deviation. */
export function centred(rewards: readonly (number | null)[]): number[] {
  const { mean, constant } = moments(rewards);
  return constant ? rewards.map(() => 0) : rewards.map((r) => (r === null ? 0 : r - mean));
}

/** RLOO: r_i minus the mean of the others, which is n / (n - 1) times the centred reward. */
export function rloo(rewards: readonly (number | null)[]): number[] {
  const { n } = moments(rewards);
  return n < 2 ? rewards.map(() => 0) : centred(rewards).map((a) => (a * n) / (n - 1));
}

/**
 * The first half of GDPO (arXiv 2601.05242): each reward component is normalised within the group,
 * then they are summed with their weights. The second half whitens these sums over the batch.
 */
export function normalisedSum(
  group: RewardGroup,
  eps: number,
  weights: Readonly<Record<string, number>> = {},
): number[] {
  const parts = Object.entries(group.components ?? { reward: group.rewards });
  const normalised = parts.map(([name, part]) => ({ weight: weights[name] ?? 1, values: grpo(part, eps) }));
  return group.rewards.map((reward, i) =>
    reward === null ? 0 : normalised.reduce((sum, { weight, values }) => sum + weight * (values[i] ?? 0), 0),
  );
}

/**
 * Whitens values whose mean within each group is 0, over the batch, kind by kind. The
 * mean that whitening takes off is then a rounding error. It must not become the
 * advantage of a group without one, which would no longer count as constant.
 */
function whitenCentred(
  groups: readonly RewardGroup[],
  values: readonly (readonly (number | null)[])[],
  eps: number,
): number[][] {
  return whitenByKind(groups, values, eps).map((whitened, g) =>
    values[g]!.every((value) => value === null || value === 0) ? whitened.map(() => 0) : whitened,
  );
}

/** REINFORCE++: whitened over all rollouts of a kind in the batch. */
function whitenByKind(
  groups: readonly RewardGroup[],
  values: readonly (readonly (number | null)[])[],
  eps: number,
): number[][] {
  const kinds = new Map<string, (number | null)[]>();
  groups.forEach((group, g) => {
    const all = kinds.get(group.kind) ?? [];
    all.push(...(values[g] ?? []));
    kinds.set(group.kind, all);
  });
  const whitened = new Map([...kinds].map(([kind, all]) => [kind, grpo(all, eps)]));
  const position = new Map<string, number>();
  return groups.map((group) => {
    const from = position.get(group.kind) ?? 0;
    position.set(group.kind, from + group.rewards.length);
    return (whitened.get(group.kind) ?? []).slice(from, from + group.rewards.length);
  });
}

function keepNulls(rewards: readonly (number | null)[], values: readonly number[]): (number | null)[] {
  return rewards.map((reward, i) => (reward === null ? null : (values[i] ?? 0)));
}

/** Clipped to this size; 0 is off. */
export function bound(value: number, clip: number): number {
  return clip > 0 ? Math.min(clip, Math.max(-clip, value)) : value;
}
