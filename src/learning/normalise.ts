/**
 * How much each token counts in the loss: from judged rollouts with advantages to the rows of one policy
 * update. The weights hold the normalisation of the WHOLE batch, so that micro-batches may simply be summed.
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
  /** False where no reward applied (harness error): the rollout takes no part in the policy term. */
  readonly rewarded: boolean;
}

export interface NormaliseSettings {
  readonly normalisation: Config['loss.normalisation'];
  readonly constantGroups: Config['loss.constantGroups'];
  readonly truncated: Config['loss.truncated'];
  /** Weight of each kind, used by `per-kind` alone. */
  readonly kindWeight: Readonly<Record<Kind, number>>;
  /**
   * Token budget of each kind, used by `constant` (Dr.GRPO: loss / (all rollouts of
   * the batch * budget), arXiv 2503.20783).
   */
  readonly budget: Readonly<Record<Kind, number>>;
  /** Kinds without a KL term; their rows carry a coefficient of 0. */
  readonly withoutKl: readonly Kind[];
  /** Kinds whose tokens a KL or an entropy term holds, whether they have an advantage or not. */
  readonly regularised: readonly Kind[];
  /**
   * Rows hold all tokens of their completion, because a ratio is over them; absent:
   * those that can move a parameter.
   */
  readonly wholeRows?: boolean;
}

/** A row of the update and the index of its rollout. */
export interface WeightedRow {
  readonly index: number;
  readonly row: UpdateRow;
}

/**
 * Weights of the rollouts that take part. The policy term is a mean over the rollouts that count for it:
 * rewarded ones, and of groups of equal rewards only with `constantGroups` keep. KL and entropy are means
 * over all rollouts, as in TRL and verl: what a group's rewards are says nothing about how far the policy has
 * gone from the base on it. Truncated completions that are masked are in neither (TRL's completion mask).
 *
 * A row has one weight for all its terms, that of KL and entropy; since the policy term is
 * proportional to the advantage, clipped or not, the advantage takes the ratio of the two means.
 *
 * What cannot move a parameter is left out: of kinds that no such term holds rows without advantage,
 * and of a row whatever follows its last token with one. It still counts in the mean, unless dropped.
 */
export function updateRows(rollouts: readonly LossRollout[], settings: NormaliseSettings): WeightedRow[] {
  const constant = constantGroups(rollouts);
  const present = rollouts.map(
    ({ tokens, finish }) => tokens.length > 0 && !(settings.truncated === 'mask' && finish === 'length'),
  );
  const counted = rollouts.map(
    ({ rewarded, group }, i) =>
      present[i]! && rewarded && !(settings.constantGroups === 'drop' && constant.has(group)),
  );
  const weightAmong = (chosen: readonly boolean[]) =>
    tokenWeight(
      rollouts.filter((_, i) => chosen[i]),
      rollouts.length,
      settings,
    );
  const [policyWeight, heldWeight] = [weightAmong(counted), weightAmong(present)];
  const rows: WeightedRow[] = [];
  rollouts.forEach((rollout, index) => {
    const isHeld = settings.regularised.includes(rollout.kind);
    if (!present[index] || !(counted[index] || isHeld)) return;
    const weight = isHeld ? heldWeight(rollout) : policyWeight(rollout);
    if (weight === 0) return;
    const own = counted[index] ? perToken(rollout) : new Float32Array(rollout.tokens.length);
    const scale = counted[index] ? policyWeight(rollout) / weight : 0;
    const advantages = scale === 1 ? own : own.map((advantage) => advantage * scale);
    const last = advantages.findLastIndex((a) => a !== 0) + 1;
    const length = isHeld || (settings.wholeRows === true && last > 0) ? advantages.length : last;
    if (length === 0) return;
    const free = settings.withoutKl.includes(rollout.kind) ? { klCoefficient: 0 } : {};
    const row = {
      prompt: rollout.prompt,
      completion: rollout.tokens.slice(0, length),
      advantages: advantages.slice(0, length),
      weights: new Float32Array(length).fill(weight),
      ...free,
    };
    rows.push({ index, row });
  });
  return rows;
}

/**
 * @param rollouts those whose tokens the means are over
 * @param batchSize rollouts of the batch, whatever was left out of them: Dr.GRPO's
 * divisor depends on no reward
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
