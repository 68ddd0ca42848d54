/**
 * The update of a step: weights for the batch, log-probabilities of the base model where the KL term needs them, and one or more
 * updates of the policy. The policy is put back when a loss or gradient is not a number or has exploded.
 */
import type { Policy, Score, UpdateResult } from '../policy/types.ts';
import type { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';
import { updateMetrics } from './metrics.ts';
import { updateRows, type WeightedRow } from './normalise.ts';
import { OBJECTIVES, type ObjectiveName } from './objectives.ts';
import { normaliseSettings, tokenMetricsSettings, updateSettings } from './settings.ts';
import { joinUpdate, splitUpdate, type UpdatePart, type UpdatePartResult } from './split-update.ts';
import { tokenMetrics, unseen } from './token-metrics.ts';

export interface UpdateOutcome {
  readonly metrics: Metrics;
  /** Why the update was undone, e.g. `the loss is NaN`: the policy is what it was before. Null: it was not. */
  readonly undone: string | null;
}

/** Changes the policy, or leaves it when no rollout has an advantage. @param step from 1 */
export async function updatePolicy(
  policy: Policy,
  batch: Batch,
  config: Config,
  step: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<UpdateOutcome> {
  const rows = updateRows(batch.rollouts, normaliseSettings(config));
  const settings = updateSettings(config, step);
  const common: Metrics = { learning_rate: settings.learningRate, update_rows: rows.length };
  const scored = await clock.time('time/score', () => withReference(policy, rows, config, signal));
  const kindOf = ({ index }: WeightedRow) => batch.rollouts[index]!.kind;
  const parts = rows.length === 0 ? [] : splitUpdate(scored, kindOf, settings, config);
  const rest = await clock.time('time/score', () => scoreUnseen(policy, batch, parts, config, signal));
  const measured = (updates: readonly (readonly UpdatePartResult[])[]): Metrics =>
    tokenMetrics({
      rollouts: batch.rollouts,
      sampled: batch.sampled,
      scored: rest,
      updates,
      ...tokenMetricsSettings(config),
    });
  if (rows.length === 0) {
    return { metrics: { ...common, ...updateMetrics([]), ...measured([]) }, undone: null };
  }
  const before = await clock.time('time/update', () => policy.snapshot());
  // An update is not interrupted half-way; this is the last moment to leave without one.
  signal?.throwIfAborted();
  const updates = await clock.time('time/update', () => repeatUpdates(policy, parts, config));
  const undone = updates.flat().map(({ result }) => explosion(result, config));
  const problem = undone.find((found) => found !== null);
  if (problem !== undefined) {
    await policy.restore(before);
    return { metrics: { ...common, rolled_back: 1 }, undone: problem };
  }
  return {
    metrics: { ...common, ...updateMetrics(updates.map(joinUpdate)), ...measured(updates) },
    undone: null,
  };
}

/** Log-probabilities and entropies of what the update will not tell, or null where they are not wanted. */
async function scoreUnseen(
  policy: Policy,
  { rollouts }: Batch,
  parts: readonly UpdatePart[],
  config: Config,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Score> | null> {
  if (config['metrics.tokens'] === 'update') return null;
  const indices = unseen(rollouts, parts, config['loss.truncated']);
  const scores =
    indices.length === 0
      ? []
      : await policy.score({
          sequences: indices.map((index) => ({
            prompt: rollouts[index]!.prompt,
            completion: rollouts[index]!.tokens,
          })),
          temperature: config['rollouts.temperature'],
          ...(signal === undefined ? {} : { signal }),
        });
  return new Map(indices.map((index, i) => [index, scores[i]!]));
}

async function withReference(
  policy: Policy,
  rows: readonly WeightedRow[],
  config: Config,
  signal: AbortSignal | undefined,
): Promise<readonly WeightedRow[]> {
  if (config['kl.coefficient'] === 0 || rows.length === 0) return rows;
  const held = rows.filter(({ row }) => row.klCoefficient !== 0);
  const scores = await policy.score({
    sequences: held.map(({ row: { prompt, completion } }) => ({ prompt, completion })),
    temperature: config['rollouts.temperature'],
    adapter: 'base',
    ...(signal === undefined ? {} : { signal }),
  });
  const reference = new Map(held.map(({ index }, i) => [index, scores[i]?.logProbs]));
  return rows.map(({ index, row }) => {
    const refLogProbs = reference.get(index);
    return { index, row: refLogProbs === undefined ? row : { ...row, refLogProbs } };
  });
}

/**
 * Updates with every part, `loss.iterations` times over. In the first iteration the ratios are 1 by construction, for the second part too,
 * although the first part has moved the policy a little by then. Later iterations are clipped around the log-probabilities of the first,
 * which the trainer computed itself. Ends early when a part explodes.
 */
async function repeatUpdates(
  policy: Policy,
  parts: readonly UpdatePart[],
  config: Config,
): Promise<(readonly UpdatePartResult[])[]> {
  const updates: UpdatePartResult[][] = [];
  for (let i = 0; i < config['loss.iterations']; i++) {
    const results: UpdatePartResult[] = [];
    updates.push(results);
    for (const [p, part] of parts.entries()) {
      const old = updates[0]?.[p]?.result.logProbs;
      const result =
        old === undefined
          ? await policy.update(
              part.rows.map(({ row }) => row),
              part.settings,
            )
          : await updateAgain(policy, part, old, config['loss.objective']);
      results.push({ part, result });
      if (explosion(result, config) !== null) return updates;
    }
  }
  return updates;
}

/**
 * Another update on rows whose log-probabilities were `old` before the first one. What the update graph does not work out itself is sent
 * as coefficients in the place of advantages, on policy: `loss` is then minus their weighted sum. It is not interrupted: a half-done step
 * could not be undone.
 */
async function updateAgain(
  policy: Policy,
  { rows, settings }: UpdatePart,
  old: UpdateResult['logProbs'],
  objective: ObjectiveName,
): Promise<UpdateResult> {
  const coefficientsOf = OBJECTIVES[objective];
  if (coefficientsOf === null) {
    const held = rows.map(({ row }, r) => {
      const oldLogProbs = old[r];
      return oldLogProbs === undefined ? row : { ...row, oldLogProbs };
    });
    return policy.update(held, settings);
  }
  const scores = await policy.score({
    sequences: rows.map(({ row: { prompt, completion } }) => ({ prompt, completion })),
    temperature: settings.temperature,
  });
  let [low, high, tokens] = [0, 0, 0];
  const sent = rows.map(({ row }, r) => {
    const seen = { logProbs: scores[r]!.logProbs, old: old[r]!, advantages: row.advantages };
    const { coefficients, clippedLow, clippedHigh } = coefficientsOf(seen, settings);
    low += clippedLow;
    high += clippedHigh;
    tokens += row.completion.length;
    return { ...row, advantages: coefficients };
  });
  const result = await policy.update(sent, settings);
  return { ...result, clipRatioLow: low / tokens, clipRatioHigh: high / tokens };
}

/** What says that an update is beyond repair, or null. */
function explosion({ loss, gradNorm }: UpdateResult, config: Config): string | null {
  for (const [name, value, limit] of [
    ['loss', loss, config['rollback.loss']],
    ['gradient norm', gradNorm, config['rollback.gradNorm']],
  ] as const) {
    if (!Number.isFinite(value)) return `the ${name} is ${value}`;
    if (limit > 0 && Math.abs(value) > limit) {
      return `the ${name} is ${value.toPrecision(3)}, beyond the limit of ${limit}`;
    }
  }
  return null;
}
