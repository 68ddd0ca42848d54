/**
 * Advantages per token once the trainer's own log-probabilities and entropies are known: truncated and
 * masked importance sampling between sampler and trainer, and the policy loss on the tokens of most
 * entropy alone. Every policy loss is proportional to its advantages, clipped or not, so that a factor
 * on the advantage is the factor on the loss that TRL has. KL and entropy terms are left as they are.
 */
import type { Score } from '../policy/types.ts';
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';
import type { LossRollout } from './normalise.ts';
import { exponential } from './objectives/types.ts';

export type Correction = Config['sampling.correction'];

/** Whether the update needs every rollout scored before it. */
export const needsScores = (config: Config): boolean =>
  config['sampling.correction'] !== 'none' || config['entropy.quantile'] < 1;

/**
 * Factors on the policy loss of one completion: exp(trainer - sampler), per token or of the sum over the
 * completion, cut at `cap` (TIS) or 0 above it (MIS). TRL's vllm_importance_sampling_mode; verl's
 * rollout_is with rollout_is_threshold is the cut.
 * @param trainer, sampler log-probabilities in nats, one per token
 */
export function correctionFactors(
  trainer: ArrayLike<number>,
  sampler: ArrayLike<number>,
  mode: Correction,
  cap: number,
): Float32Array {
  const difference = Array.from(trainer, (logProb, t) => logProb - sampler[t]!);
  if (mode === 'none') return new Float32Array(difference.length).fill(1);
  const [level, how] = mode.split('-') as ['token' | 'sequence', 'truncate' | 'mask'];
  const whole = difference.reduce((sum, one) => sum + one, 0);
  return Float32Array.from(difference, (one) => {
    const ratio = exponential(level === 'sequence' ? whole : one);
    return how === 'truncate' ? Math.min(ratio, cap) : ratio > cap ? 0 : ratio;
  });
}

/**
 * The entropy from which tokens are kept: the (1 - share) quantile, linear between neighbours, as
 * torch.quantile has it (TRL's top_entropy_quantile, arXiv 2506.01939).
 * @param entropies nats @param share of tokens to keep, 0 to 1
 */
export function entropyThreshold(entropies: readonly number[], share: number): number {
  if (entropies.length === 0) return 0;
  const sorted = entropies.toSorted((a, b) => a - b);
  const at = (1 - share) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

export interface Reweighed {
  readonly rollouts: readonly LossRollout[];
  readonly metrics: Metrics;
}

/**
 * The rollouts with their advantages times the factors, and 0 on tokens below the entropy threshold of
 * their kind. Of TRL's one threshold for all: the kinds' entropies lie far apart.
 * @param sampled the sampler's log-probabilities, per rollout
 * @param scores of the present rollouts, by index
 */
export function reweigh(
  rollouts: readonly LossRollout[],
  sampled: readonly (readonly number[])[],
  scores: ReadonlyMap<number, Score>,
  config: Config,
): Reweighed {
  const { 'sampling.correction': mode, 'sampling.cap': cap, 'entropy.quantile': share } = config;
  const thresholds = new Map(
    (['code', 'alignment'] as const).map((kind) => {
      const own = [...scores].filter(([index]) => rollouts[index]!.kind === kind);
      return [
        kind,
        share < 1
          ? entropyThreshold(
              own.flatMap(([, { entropy }]) => [...entropy]),
              share,
            )
          : 0,
      ];
    }),
  );
  let [tokens, sum, masked, kept] = [0, 0, 0, 0];
  const changed = rollouts.map((rollout, index) => {
    const score = scores.get(index);
    if (score === undefined) return rollout;
    const factors = correctionFactors(score.logProbs, sampled[index]!, mode, cap);
    const threshold = thresholds.get(rollout.kind)!;
    const advantage = factors.map((factor, t) => {
      const isKept = share === 1 || score.entropy[t]! >= threshold;
      tokens++;
      sum += factor;
      if (factor === 0) masked++;
      if (isKept) kept++;
      const own = typeof rollout.advantage === 'number' ? rollout.advantage : rollout.advantage[t]!;
      return isKept ? own * factor : 0;
    });
    return { ...rollout, advantage };
  });
  const metrics: Metrics =
    tokens === 0
      ? {}
      : {
          ...(mode !== 'none' && {
            'sampling/correction_mean': sum / tokens,
            'sampling/masked_ratio': masked / tokens,
          }),
          ...(share < 1 && { 'entropy/kept_ratio': kept / tokens }),
        };
  return { rollouts: changed, metrics };
}
