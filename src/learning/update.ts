/**
 * The update of a step: weights for the batch, base log-probabilities where the KL term needs them, one or more updates of the policy,
 * and the way back when a loss or gradient is not a number or has exploded.
 */
import type { Policy, Score, UpdateResult } from '../policy/types.ts';
import type { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';
import { updateMetrics } from './metrics.ts';
import { tokenMetrics, unseen } from './token-metrics.ts';
import { updateRows, type WeightedRow } from './normalise.ts';
import { joinUpdate, splitUpdate, type UpdatePart, type UpdatePartResult } from './split-update.ts';
import { normaliseSettings, updateSettings } from './settings.ts';

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
  const passes = rows.length === 0 ? [] : splitUpdate(scored, kindOf, settings, config);
  const rest = await clock.time('time/score', () => scoreUnseen(policy, batch, passes, config, signal));
  const measured = (updates: readonly (readonly UpdatePartResult[])[]): Metrics =>
    tokenMetrics({
      rollouts: batch.rollouts,
      sampled: batch.sampled,
      scored: rest,
      updates,
      clip: { low: config['loss.clipLow'], high: config['loss.clipHigh'] },
      heldTo: heldKinds(config),
      truncated: config['loss.truncated'],
    });
  if (rows.length === 0) {
    return { metrics: { ...common, ...updateMetrics([]), ...measured([]) }, undone: null };
  }
  const before = await policy.snapshot();
  // An update is not interrupted half-way; this is the last moment to leave without one.
  signal?.throwIfAborted();
  const updates = await clock.time('time/update', () => repeatUpdates(policy, passes, config));
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

const heldKinds = (config: Config) =>
  config['kl.coefficient'] === 0
    ? []
    : (['code', 'alignment'] as const).filter(
        (kind) => config['kl.on'] === 'all' || config['kl.on'] === kind,
      );

/** Log-probabilities and entropies of what the update will not tell, or null where they are not wanted. */
async function scoreUnseen(
  policy: Policy,
  { rollouts }: Batch,
  passes: readonly UpdatePart[],
  config: Config,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Score> | null> {
  if (config['metrics.tokens'] === 'update') return null;
  const indices = unseen(rollouts, passes, config['loss.truncated']);
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
 * Every pass once, and as often as configured. The first time counts as on policy, in a second pass too, whose policy is one small step of code
 * away from what sampled; those after it are held to its log-probabilities, which the trainer computed itself. Ends early with a pass that exploded.
 */
async function repeatUpdates(
  policy: Policy,
  passes: readonly UpdatePart[],
  config: Config,
): Promise<(readonly UpdatePartResult[])[]> {
  const updates: UpdatePartResult[][] = [];
  for (let i = 0; i < config['loss.iterations']; i++) {
    const parts: UpdatePartResult[] = [];
    updates.push(parts);
    for (const [p, pass] of passes.entries()) {
      const old = updates[0]?.[p]?.result.logProbs;
      const sent = pass.rows.map(({ row }, r) => {
        const oldLogProbs = old?.[r];
        return oldLogProbs === undefined ? row : { ...row, oldLogProbs };
      });
      const result = await policy.update(sent, pass.settings);
      parts.push({ part: pass, result });
      if (explosion(result, config) !== null) return updates;
    }
  }
  return updates;
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
