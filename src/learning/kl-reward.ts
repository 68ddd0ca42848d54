/**
 * The KL to the base model as a part of the reward instead of the loss: each token costs
 * `kl.coefficient` times the estimate at it, by the log-probabilities with which it was sampled, and a
 * rollout's reward loses the sum (verl's use_kl_in_reward, TRL's RLOOTrainer). It scores and subtracts;
 * how an advantage comes of it is the estimator's business.
 */
import type { Policy } from '../policy/types.ts';
import type { GradedGroup } from './alignment-rollouts.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { Config } from './config.ts';
import { klTerm } from './objective.ts';
import { sequenceOf, type Rollout } from './sample.ts';

/** The name under which it is logged. */
const KL_REWARD = 'kl_penalty';

/** Per token, at most 0 for k2 and k3. @param sampler, base log-probabilities in nats, one per token */
export function klPenalties(
  sampler: ArrayLike<number>,
  base: ArrayLike<number>,
  coefficient: number,
  estimator: Config['kl.estimator'],
): Float32Array {
  return Float32Array.from(sampler, (logProb, t) => -coefficient * klTerm(logProb, base[t]!, estimator).kl);
}

export interface KlRewardContext {
  readonly policy: Pick<Policy, 'score'>;
  readonly config: Config;
  readonly signal?: AbortSignal | undefined;
}

/** A rollout with what KL takes off its reward. */
interface Penalised {
  readonly reward: number | null;
  /** Per token; absent: the KL is no part of the reward. */
  readonly klPenalties?: Float32Array;
}

const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

/** The groups of both kinds with penalised rewards, where the settings say so. */
export async function penaliseKl(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  { policy, config, signal }: KlRewardContext,
): Promise<{ readonly code: readonly JudgedGroup[]; readonly alignment: readonly GradedGroup[] }> {
  const coefficient = config['kl.coefficient'];
  if (config['kl.in'] !== 'reward' || coefficient === 0) return { code, alignment };
  const on = config['kl.on'];
  const held = [...(on === 'alignment' ? [] : code), ...(on === 'code' ? [] : alignment)];
  const rollouts = held.flatMap((group): readonly Rollout[] => group.rollouts);
  if (rollouts.length === 0) return { code, alignment };
  const scores = await policy.score({
    sequences: rollouts.map(sequenceOf),
    temperature: config['rollouts.temperature'],
    adapter: 'base',
    ...(signal !== undefined && { signal }),
  });
  const found = new Map(rollouts.map((rollout, i) => [rollout, scores[i]!.logProbs]));
  const penalise = <R extends Rollout & Penalised>(rollout: R): R => {
    const base = found.get(rollout);
    if (base === undefined) return rollout;
    const penalties = klPenalties(rollout.logProbs, base, coefficient, config['kl.estimator']);
    const reward = rollout.reward === null ? null : rollout.reward + total(penalties);
    return { ...rollout, reward, klPenalties: penalties };
  };
  return {
    code: code.map((group) => ({ ...group, rollouts: group.rollouts.map(penalise) })),
    alignment: alignment.map((group) => ({ ...group, rollouts: group.rollouts.map(penalise) })),
  };
}

/** What it is logged as: the sum over the tokens, beside what the reward was made of before. */
export const klReward = ({ klPenalties: penalties }: Penalised): Readonly<Record<string, number>> =>
  penalties === undefined ? {} : { [KL_REWARD]: total(penalties) };
