/**
 * The update of a step: weights for the batch or its mini-batches, log-probabilities of
 * the base model where the KL term needs them, and one or more updates of the policy.
 * The policy is put back when a loss or gradient is not a number or has exploded.
 */
import type { Policy, Score, Sequence, UpdateResult } from '../policy/types.ts';
import type { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';
import { updateMetrics } from './metrics.ts';
import { miniBatchRows } from './mini-batches.ts';
import type { WeightedRow } from './normalise.ts';
import { objectiveOf } from './objectives/index.ts';
import { needsScores, reweigh } from './reweigh.ts';
import {
  coefficientSettings,
  klInLoss,
  normaliseSettings,
  tokenMetricsSettings,
  updateSettings,
} from './settings.ts';
import { joinUpdates, splitUpdate, type UpdatePart, type UpdatePartResult } from './split-update.ts';
import { tokenMetrics, unseen } from './token-metrics.ts';

export interface UpdateOutcome {
  readonly metrics: Metrics;
  /**
   * Why the update was undone, e.g. `the loss is NaN`: the policy is what it was before. Null: it was not.
   */
  readonly undone: string | null;
}

/** Changes the policy, or leaves it when no rollout has an advantage. @param step from 1 */
export async function updatePolicy(
  policy: Policy,
  given: Batch,
  config: Config,
  step: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<UpdateOutcome> {
  const count = config['loss.miniBatches'];
  const known = needsScores(config)
    ? await clock.time('time/score', () => scoreUnseen(policy, given, [], config, signal, null))
    : null;
  const { rollouts, metrics: weighed } =
    known === null
      ? { rollouts: given.rollouts, metrics: {} }
      : reweigh(given.rollouts, given.sampled, known, config);
  const batch: Batch = { ...given, rollouts };
  const batches = miniBatchRows(batch.rollouts, normaliseSettings(config), count);
  const rows = batches.flat();
  const settings = updateSettings(config, step);
  const common: Metrics = { learning_rate: settings.learningRate, update_rows: rows.length, ...weighed };
  const withRef = await clock.time('time/score', () => referenceOf(policy, rows, config, signal));
  const kindOf = ({ index }: WeightedRow) => batch.rollouts[index]!.kind;
  const parts = batches.flatMap((own, miniBatch) =>
    splitUpdate(own.map(withRef), kindOf, settings, config).map((part) =>
      count === 1 ? part : { ...part, miniBatch },
    ),
  );
  const rest =
    config['metrics.tokens'] === 'update'
      ? null
      : await clock.time('time/score', () => scoreUnseen(policy, batch, parts, config, signal, known));
  const starts = await clock.time('time/score', () => scoreStarts(policy, parts, rest, config, signal));
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
  const updates = await clock.time('time/update', () => repeatUpdates(policy, parts, starts, config));
  const undone = updates.flat().map(({ result }) => explosion(result, config));
  const problem = undone.find((found) => found !== null);
  if (problem !== undefined) {
    await policy.restore(before);
    return { metrics: { ...common, rolled_back: 1 }, undone: problem };
  }
  return {
    metrics: { ...common, ...updateMetrics(updates.flatMap(joinUpdates)), ...measured(updates) },
    undone: null,
  };
}

/** Log-probabilities and entropies of what the update will not tell. @param known what was scored already */
async function scoreUnseen(
  policy: Policy,
  { rollouts }: Batch,
  parts: readonly UpdatePart[],
  config: Config,
  signal: AbortSignal | undefined,
  known: ReadonlyMap<number, Score> | null,
): Promise<ReadonlyMap<number, Score>> {
  const indices = unseen(rollouts, parts, config['loss.truncated']);
  if (known !== null) return new Map(indices.map((index) => [index, known.get(index)!]));
  const sequences = indices.map((index) => ({
    prompt: rollouts[index]!.prompt,
    completion: rollouts[index]!.tokens,
  }));
  const scores = await score(policy, sequences, config, signal);
  return new Map(indices.map((index, i) => [index, scores[i]!]));
}

/** Log-probabilities before the step's first update, by rollout. */
type Starts = ReadonlyMap<number, Float32Array>;

/**
 * What the updates of mini-batches are held to: the log-probabilities before the first update on the batch,
 * for all rows but those of the first part, which tells them itself. Without mini-batches there are none.
 * @param rest what was scored already
 */
async function scoreStarts(
  policy: Policy,
  parts: readonly UpdatePart[],
  rest: ReadonlyMap<number, Score> | null,
  config: Config,
  signal: AbortSignal | undefined,
): Promise<Starts> {
  if (config['loss.miniBatches'] === 1 || objectiveOf(config['loss.objective']).ratio === 'none')
    return new Map();
  const later = parts.slice(1).flatMap(({ rows }) => rows);
  const unknown = later.filter(({ index }) => rest?.has(index) !== true);
  const scores = await score(
    policy,
    unknown.map(({ row }) => row),
    config,
    signal,
  );
  const found = new Map(unknown.map(({ index }, i) => [index, scores[i]!]));
  return new Map(
    later.map(({ index, row }) => {
      const { logProbs } = (rest?.get(index) ?? found.get(index))!;
      return [index, logProbs.slice(0, row.completion.length)];
    }),
  );
}

async function score(
  policy: Policy,
  sequences: readonly Sequence[],
  config: Config,
  signal: AbortSignal | undefined,
  adapter: 'current' | 'base' = 'current',
): Promise<readonly Score[]> {
  if (sequences.length === 0) return [];
  return policy.score({
    sequences: sequences.map(({ prompt, completion }) => ({ prompt, completion })),
    temperature: config['rollouts.temperature'],
    ...(adapter === 'base' && { adapter }),
    ...(signal !== undefined && { signal }),
  });
}

/** Puts on a row the log-probabilities under the base model, where a KL term holds it. */
async function referenceOf(
  policy: Policy,
  rows: readonly WeightedRow[],
  config: Config,
  signal: AbortSignal | undefined,
): Promise<(row: WeightedRow) => WeightedRow> {
  if (klInLoss(config) === 0) return (row) => row;
  const held = rows.filter(({ row }) => row.klCoefficient !== 0);
  const scores = await score(
    policy,
    held.map(({ row }) => row),
    config,
    signal,
    'base',
  );
  const reference = new Map(held.map(({ index }, i) => [index, scores[i]?.logProbs]));
  return ({ index, row }) => {
    const refLogProbs = reference.get(index);
    return { index, row: refLogProbs === undefined ? row : { ...row, refLogProbs } };
  };
}

/**
 * Updates with every part, `loss.iterations` times over. The first update of a step is on policy:
 * its ratios are 1 by construction. So are those of the other kind's part where there are no
 * mini-batches, although the first part has moved the policy a little by then. All other updates
 * are clipped around the log-probabilities before the first update on the batch, which the trainer
 * computed itself: TRL's and verl's old log-probabilities. Ends early when a part explodes.
 */
async function repeatUpdates(
  policy: Policy,
  parts: readonly UpdatePart[],
  starts: Starts,
  config: Config,
): Promise<(readonly UpdatePartResult[])[]> {
  const updates: UpdatePartResult[][] = [];
  for (let i = 0; i < config['loss.iterations']; i++) {
    const results: UpdatePartResult[] = [];
    updates.push(results);
    for (const [p, part] of parts.entries()) {
      const known = part.rows.map(({ index }) => starts.get(index));
      const old = known.every((logProbs) => logProbs !== undefined)
        ? known
        : updates[0]?.[p]?.result.logProbs;
      const result = await (old === undefined
        ? policy.update(
            part.rows.map(({ row }) => row),
            part.settings,
          )
        : updateAgain(policy, part, old, config));
      results.push({ part, result, ...(old !== undefined && { old }) });
      if (explosion(result, config) !== null) return updates;
    }
  }
  return updates;
}

/**
 * An update on rows whose log-probabilities were `old` before the first one on the batch. What the
 * gradient graph does not work out itself is sent as coefficients in the place of advantages, on policy:
 * `loss` is then minus their weighted sum. It is not interrupted: a half-done step could not be undone.
 */
async function updateAgain(
  policy: Policy,
  { rows, settings }: UpdatePart,
  old: UpdateResult['logProbs'],
  config: Config,
): Promise<UpdateResult> {
  const objective = objectiveOf(config['loss.objective']);
  const plain = rows.map(({ row }) => row);
  if (objective.ratio === 'none') return policy.update(plain, settings);
  if (objective.coefficients === null) {
    const held = plain.map((row, r) => ({ ...row, oldLogProbs: old[r]! }));
    return policy.update(held, settings);
  }
  const scores = await score(policy, plain, config, undefined);
  const bounds = coefficientSettings(config);
  let [low, high, tokens] = [0, 0, 0];
  const sent = plain.map((row, r) => {
    const seen = { logProbs: scores[r]!.logProbs, old: old[r]!, advantages: row.advantages };
    const { coefficients, clippedLow, clippedHigh } = objective.coefficients!(seen, bounds);
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
