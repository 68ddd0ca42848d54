/**
 * Metrics over the tokens of a batch under TRL's names, with TRL's populations (GRPOTrainer):
 * all completion tokens, those of groups of equal rewards too, except completions that are
 * masked because they were cut. With two kinds of rollouts the same numbers stand beside them
 * by kind, such as `code/entropy`. An update does not see all tokens; those it leaves out are
 * scored for this before it. Nothing here changes the policy. docs/metrics.md lists the names.
 */
import type { Score, UpdateRow } from '../policy/types.ts';
import type { Metrics } from './events.ts';
import { average } from './intervals.ts';
import type { Kind, LossRollout } from './normalise.ts';
import { klTerm } from './objective.ts';
import {
  objectiveOf,
  ratioOf,
  type CoefficientSettings,
  type ObjectiveName,
  type ObjectiveRow,
  type TokenCoefficients,
} from './objectives/index.ts';
import type { UpdatePart, UpdatePartResult } from './split-update.ts';

export interface TokenMetricsSettings {
  readonly objective: ObjectiveName;
  readonly clip: CoefficientSettings;
  /** Kinds that a KL term holds to the base. */
  readonly heldTo: readonly Kind[];
  readonly truncated: 'keep' | 'mask';
}

export interface TokenMetricsInput extends TokenMetricsSettings {
  readonly rollouts: readonly LossRollout[];
  /** The sampler's log-probabilities, per rollout. */
  readonly sampled: readonly (readonly number[])[];
  /**
   * By rollout: what `unseen` asked for, before the update. Null: nothing was scored,
   * and only the update's tokens are known.
   */
  readonly scored: ReadonlyMap<number, Pick<Score, 'logProbs' | 'entropy'>> | null;
  /** By pass over the batch, then by part of it. */
  readonly updates: readonly (readonly UpdatePartResult[])[];
}

const KINDS = ['code', 'alignment'] as const;

/** Rollouts whose tokens count at all (TRL's completion mask). */
function present(rollouts: readonly LossRollout[], truncated: 'keep' | 'mask'): number[] {
  return rollouts.flatMap(({ tokens, finish }, index) =>
    tokens.length === 0 || (truncated === 'mask' && finish === 'length') ? [] : [index],
  );
}

/**
 * Rollouts whose log-probabilities and entropies the first part of an update will not
 * tell: those it does not hold whole, those of a later part, which meets a policy
 * that has moved, and all when it mixes kinds, because its entropy is one number.
 */
export function unseen(
  rollouts: readonly LossRollout[],
  parts: readonly UpdatePart[],
  truncated: 'keep' | 'mask',
): readonly number[] {
  const rows = parts[0]?.rows ?? [];
  const isMixed = new Set(rows.map(({ index }) => rollouts[index]!.kind)).size > 1;
  const whole = new Set(
    rows
      .filter(({ index, row }) => !isMixed && row.completion.length === rollouts[index]!.tokens.length)
      .map(({ index }) => index),
  );
  return present(rollouts, truncated).filter((index) => !whole.has(index));
}

export function tokenMetrics(input: TokenMetricsInput): Metrics {
  const all = present(input.rollouts, input.truncated);
  const byKind = KINDS.map(
    (kind) => [`${kind}/`, all.filter((index) => input.rollouts[index]!.kind === kind)] as const,
  ).filter(([, indices]) => indices.length > 0);
  const populations = [['', all] as const, ...(byKind.length > 1 ? byKind : [])];
  const metrics: Record<string, number> = {};
  for (const [prefix, indices] of populations) {
    const own = {
      ...entropyAndSampling(input, indices),
      ...clipMetrics(input, indices),
      ...klMetrics(input, indices),
    };
    for (const [name, value] of Object.entries(own)) metrics[prefix + name] = value;
  }
  return metrics;
}

/** `entropy` and `sampling/*`; of the update's own tokens as `update/*` where nothing else was scored. */
function entropyAndSampling(
  { rollouts, sampled, scored, updates }: TokenMetricsInput,
  indices: readonly number[],
): Metrics {
  const chosen = new Set(indices);
  const first = updates[0]?.[0];
  const rows = first?.part.rows ?? [];
  let [entropy, tokens] = [0, 0];
  const pairs: (readonly [ArrayLike<number>, ArrayLike<number>])[] = [];
  for (const index of indices) {
    const score = scored?.get(index);
    if (score === undefined) continue;
    entropy += total(score.entropy);
    tokens += score.entropy.length;
    pairs.push([score.logProbs, sampled[index] ?? []]);
  }
  // Rows that were not scored stand whole in the first part, which is then of one
  // kind: its mean is the mean over each row's tokens.
  const own = rows.flatMap(({ index, row }, r) =>
    chosen.has(index) && !scored?.has(index) ? [{ index, length: row.completion.length, r }] : [],
  );
  const isOneKind = new Set(rows.map(({ index }) => rollouts[index]!.kind)).size === 1;
  if (first !== undefined && own.length > 0) {
    const seen = rows.reduce((sum, { row }) => sum + row.completion.length, 0);
    const cut = rows.filter(({ index }) => scored?.has(index) === true);
    // Of cut rows the mean holds the head, which their score holds too.
    const heads = cut.reduce(
      (sum, { index, row }) => sum + total(scored!.get(index)!.entropy, row.completion.length),
      0,
    );
    const length = own.reduce((sum, row) => sum + row.length, 0);
    const isAll = scored !== null || isOneKind || own.length === rows.length;
    if (isAll) {
      entropy += first.result.entropy * seen - heads;
      tokens += length;
    }
    for (const { index, r } of own) pairs.push([first.result.logProbs[r] ?? [], sampled[index] ?? []]);
  }
  const metrics: Metrics = {
    ...(tokens > 0 && { entropy: entropy / tokens }),
    ...samplingMetrics(pairs),
  };
  return scored === null
    ? Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`update/${name}`, value]))
    : metrics;
}

const total = (values: ArrayLike<number>, length = values.length): number => {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  return sum;
};

/**
 * How far the sampler's log-probabilities are from the trainer's: the main cause of instability
 * elsewhere, rounding error here. The importance ratio is that of the trainer to the sampler, per token.
 */
function samplingMetrics(
  pairs: readonly (readonly [trainer: ArrayLike<number>, sampler: ArrayLike<number>])[],
): Metrics {
  let [count, sum, largest] = [0, 0, 0];
  let [ratioSum, ratioMin, ratioMax] = [0, Infinity, -Infinity];
  for (const [trainer, sampler] of pairs) {
    for (let t = 0; t < trainer.length; t++) {
      const difference = trainer[t]! - (sampler[t] ?? trainer[t]!);
      const ratio = ratioOf(trainer[t]!, sampler[t] ?? trainer[t]!);
      count++;
      sum += Math.abs(difference);
      largest = Math.max(largest, Math.abs(difference));
      ratioSum += ratio;
      ratioMin = Math.min(ratioMin, ratio);
      ratioMax = Math.max(ratioMax, ratio);
    }
  }
  if (count === 0) return {};
  return {
    'sampling/sampling_logp_difference/mean': sum / count,
    'sampling/sampling_logp_difference/max': largest,
    'sampling/importance_sampling_ratio/min': ratioMin,
    'sampling/importance_sampling_ratio/mean': ratioSum / count,
    'sampling/importance_sampling_ratio/max': ratioMax,
  };
}

/** One row of one update, with the trainer's log-probabilities at it. */
interface SeenRow {
  readonly index: number;
  readonly row: UpdateRow;
  readonly logProbs: Float32Array;
  /** What it was held to; absent: the update was on policy. */
  readonly old: Float32Array | undefined;
}

const rowsOf = (update: readonly UpdatePartResult[], chosen: ReadonlySet<number>): SeenRow[] =>
  update.flatMap(({ part, result, old }) =>
    part.rows.flatMap(({ index, row }, r) =>
      chosen.has(index) ? [{ index, row, logProbs: result.logProbs[r]!, old: old?.[r] }] : [],
    ),
  );

/**
 * Shares of clipped tokens: means over the tokens, or over the completions where a
 * ratio is that of a whole one (GSPO), as in TRL; `low_min` and `high_max` are over
 * the completions' own shares. Tokens without advantage cannot be clipped and are
 * counted as not clipped. Of several passes over the batch the mean is given.
 */
function clipMetrics(
  { rollouts, updates, objective, clip }: TokenMetricsInput,
  indices: readonly number[],
): Metrics {
  const chosen = new Set(indices);
  const tokens = indices.reduce((sum, index) => sum + rollouts[index]!.tokens.length, 0);
  const found = updates.map((update) => {
    const low = new Map<number, number>();
    const high = new Map<number, number>();
    for (const { index, row, logProbs, old } of rowsOf(update, chosen)) {
      if (old === undefined) continue;
      const { clippedLow, clippedHigh } = clipped(
        { logProbs, old, advantages: row.advantages },
        objective,
        clip,
      );
      low.set(index, clippedLow);
      high.set(index, clippedHigh);
    }
    const shares = (of: ReadonlyMap<number, number>) =>
      indices.map((index) => (of.get(index) ?? 0) / rollouts[index]!.tokens.length);
    const isOfSequences = objectiveOf(objective).ratio === 'sequence';
    const mean = (of: ReadonlyMap<number, number>) =>
      isOfSequences
        ? average(shares(of))
        : tokens === 0
          ? 0
          : [...of.values()].reduce((sum, count) => sum + count, 0) / tokens;
    return {
      low: mean(low),
      high: mean(high),
      lowMin: shares(low).reduce((a, b) => Math.min(a, b), 1),
      highMax: shares(high).reduce((a, b) => Math.max(a, b), 0),
    };
  });
  const of = (pick: (one: (typeof found)[number]) => number) => average(found.map(pick));
  return {
    'clip_ratio/low_mean': of(({ low }) => low),
    'clip_ratio/low_min': of(({ lowMin }) => lowMin),
    'clip_ratio/high_mean': of(({ high }) => high),
    'clip_ratio/high_max': of(({ highMax }) => highMax),
    'clip_ratio/region_mean': of(({ low, high }) => low + high),
  };
}

/**
 * Tokens of a row that a bound decided: TRL's definition for PPO's clip; another
 * objective counts what it cuts.
 */
function clipped(
  row: ObjectiveRow,
  objective: ObjectiveName,
  bounds: CoefficientSettings,
): Pick<TokenCoefficients, 'clippedLow' | 'clippedHigh'> {
  const { coefficients } = objectiveOf(objective);
  if (coefficients !== null) return coefficients(row, bounds);
  let [clippedLow, clippedHigh] = [0, 0];
  row.advantages.forEach((advantage, t) => {
    const ratio = ratioOf(row.logProbs[t]!, row.old[t]!);
    if (advantage < 0 && ratio < 1 - bounds.clipLow) clippedLow++;
    if (advantage > 0 && ratio > 1 + bounds.clipHigh) clippedHigh++;
  });
  return { clippedLow, clippedHigh };
}

/**
 * The divergence to the base by k3, as TRL logs it whatever is in the loss; only
 * where the KL term holds all of the rollouts.
 */
function klMetrics({ rollouts, updates, heldTo }: TokenMetricsInput, indices: readonly number[]): Metrics {
  if (updates.length === 0 || indices.some((index) => !heldTo.includes(rollouts[index]!.kind))) return {};
  const chosen = new Set(indices);
  const means = updates.flatMap((update) => {
    let [sum, count] = [0, 0];
    for (const { row, logProbs } of rowsOf(update, chosen)) {
      const reference = row.refLogProbs;
      if (reference === undefined) continue;
      reference.forEach((ref, t) => (sum += klTerm(logProbs[t] ?? ref, ref, 'k3').kl));
      count += reference.length;
    }
    return count === 0 ? [] : [sum / count];
  });
  return means.length === 0 ? {} : { kl: average(means) };
}
