/**
 * How much each token counts in the loss: from judged rollouts with advantages to the rows of one policy update. The weights hold the
 * normalisation of the WHOLE batch, so that micro-batches may simply be summed.
 */
import type { UpdateRow } from '../policy/types.ts';
import type { Config } from './config.ts';

export type Kind = 'code' | 'alignment';

/** A rollout as the loss sees it. */
export interface LossRollout {
  readonly kind: Kind;
  /** Rollouts of one prompt share a number. */
  readonly group: number;
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  /** One per token, or one for all. */
  readonly advantage: number | Float32Array;
  readonly finish: 'eos' | 'length';
  /** False where no reward applied (harness error): the rollout takes no part in the update. */
  readonly rewarded: boolean;
}

export interface NormaliseSettings {
  readonly normalisation: Config['loss.normalisation'];
  readonly constantGroups: Config['loss.constantGroups'];
  readonly truncated: Config['loss.truncated'];
  /** Weight of each kind, used by `per-kind` alone. */
  readonly kindWeight: Readonly<Record<Kind, number>>;
  /** Token budget of each kind, used by `constant` (Dr.GRPO: loss / (all rollouts of the batch * budget), arXiv 2503.20783). */
  readonly budget: Readonly<Record<Kind, number>>;
  /** Kinds without a KL term; their rows carry a coefficient of 0. */
  readonly withoutKl: readonly Kind[];
  /** Rows and tokens without advantage are still needed when the loss has a KL or an entropy term. */
  readonly keepIdle: boolean;
}

/** A row of the update and the index of its rollout. */
export interface WeightedRow {
  readonly index: number;
  readonly row: UpdateRow;
}

/**
 * Weights of the rollouts that take part. What cannot move a parameter is left out: rows without advantage, and of a row whatever follows
 * its last token with one. It still counts in the mean, unless dropped.
 */
export function updateRows(rollouts: readonly LossRollout[], settings: NormaliseSettings): WeightedRow[] {
  const constant = constantGroups(rollouts);
  const counted = rollouts.map(
    (rollout) =>
      rollout.rewarded &&
      rollout.tokens.length > 0 &&
      !(settings.truncated === 'mask' && rollout.finish === 'length') &&
      !(settings.constantGroups === 'drop' && constant.has(rollout.group)),
  );
  const weigh = tokenWeight(
    rollouts.filter((_, i) => counted[i]),
    rollouts.length,
    settings,
  );
  const rows: WeightedRow[] = [];
  rollouts.forEach((rollout, index) => {
    if (!counted[index]) return;
    const advantages = perToken(rollout);
    const weight = weigh(rollout);
    const idle = weight === 0 || advantages.every((a) => a === 0);
    if (idle && !settings.keepIdle) return;
    const length = settings.keepIdle ? advantages.length : advantages.findLastIndex((a) => a !== 0) + 1;
    const weights = new Float32Array(length).fill(weight);
    const free = settings.withoutKl.includes(rollout.kind) ? { klCoefficient: 0 } : {};
    const row = {
      prompt: rollout.prompt,
      completion: rollout.tokens.slice(0, length),
      advantages: advantages.slice(0, length),
      weights,
      ...free,
    };
    rows.push({ index, row });
  });
  return rows;
}

/**
 * @param rollouts those whose tokens the means are over
 * @param batchSize rollouts of the batch, whatever was left out of them: Dr.GRPO's divisor depends on no reward
 */
function tokenWeight(
  rollouts: readonly LossRollout[],
  batchSize: number,
  settings: NormaliseSettings,
): (rollout: LossRollout) => number {
  const tokens = (kind?: Kind) =>
    rollouts.reduce((sum, r) => sum + (kind === undefined || r.kind === kind ? r.tokens.length : 0), 0);
  const all = tokens();
  const of: Record<Kind, number> = { code: tokens('code'), alignment: tokens('alignment') };
  switch (settings.normalisation) {
    case 'token-mean':
      return () => 1 / all;
    case 'sequence-mean':
      return (rollout) => 1 / (rollouts.length * rollout.tokens.length);
    case 'constant':
      return (rollout) => 1 / (batchSize * settings.budget[rollout.kind]);
    case 'per-kind':
      return (rollout) => settings.kindWeight[rollout.kind] / of[rollout.kind];
  }
}

/** Groups in which no token has an advantage. */
export function constantGroups(rollouts: readonly LossRollout[]): ReadonlySet<number> {
  const constant = new Set(rollouts.map((rollout) => rollout.group));
  for (const rollout of rollouts) {
    if (perToken(rollout).some((a) => a !== 0)) constant.delete(rollout.group);
  }
  return constant;
}

function perToken({ advantage, tokens }: LossRollout): Float32Array {
  if (typeof advantage === 'number') return new Float32Array(tokens.length).fill(advantage);
  if (advantage.length !== tokens.length) {
    throw new RangeError(`${advantage.length} advantages for ${tokens.length} tokens.`);
  }
  return advantage;
}
