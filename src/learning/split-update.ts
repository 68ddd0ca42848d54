/**
 * Splits the update of a step in two where alignment has an optimizer of its own. Code rollouts
 * move the policy first, alignment rollouts after them, with their own learning rate and moments,
 * so that neither kind's gradient scales the other's. update.ts decides what an update is made of.
 */
import { klCoefficientOf } from '../policy/lora/accumulate.ts';
import type { UpdateResult, UpdateSettings } from '../policy/types.ts';
import type { Config } from './config.ts';
import type { Kind, WeightedRow } from './normalise.ts';

/** Rows that are updated together. */
export interface UpdatePart {
  readonly rows: readonly WeightedRow[];
  readonly settings: UpdateSettings;
  /** Which mini-batch it is of, from 0; absent: the batch is not split. */
  readonly miniBatch?: number;
}

/** The parts of an update, code before alignment. A part without rows is left out. */
export function splitUpdate(
  rows: readonly WeightedRow[],
  kindOf: (row: WeightedRow) => Kind,
  settings: UpdateSettings,
  config: Config,
): readonly UpdatePart[] {
  if (config['alignment.optimizer'] === 'shared') return [{ rows, settings }];
  // AdamW divides the scale of a loss out, so the weight of a kind scales its learning rate and not its loss.
  const weight = config['alignment.weight'];
  const part = (kind: Kind, share: number, optimizer?: string): UpdatePart => ({
    rows: share === 0 ? [] : rows.filter((row) => kindOf(row) === kind),
    settings: {
      ...settings,
      learningRate: settings.learningRate * Math.min(1, share),
      ...(optimizer !== undefined && { optimizer }),
    },
  });
  return [part('code', 1 / weight), part('alignment', weight, 'alignment')].filter(
    ({ rows }) => rows.length > 0,
  );
}

export interface UpdatePartResult {
  readonly part: UpdatePart;
  readonly result: UpdateResult;
  /** The log-probabilities that it was held to, per row; absent: it was on policy, its ratios were 1. */
  readonly old?: readonly Float32Array[];
}

/** The results of one pass over the batch, one for each mini-batch. */
export function joinUpdates(pass: readonly UpdatePartResult[]): UpdateResult[] {
  const batches = new Map<number, UpdatePartResult[]>();
  for (const one of pass) {
    const key = one.part.miniBatch ?? 0;
    batches.set(key, [...(batches.get(key) ?? []), one]);
  }
  return [...batches.values()].map(joinUpdate);
}

/**
 * The result of the parts as if they had been one update: losses are added, the gradient
 * norm is that of both gradients side by side, and means are over the tokens of both.
 */
export function joinUpdate(parts: readonly UpdatePartResult[]): UpdateResult {
  if (parts.length === 1) return parts[0]!.result;
  const mean = (pick: (result: UpdateResult) => number, tokensOf: (part: UpdatePart) => number): number => {
    const counts = parts.map(({ part }) => tokensOf(part));
    const counted = counts.reduce((sum, count) => sum + count, 0);
    const total = parts.reduce((sum, { result }, i) => sum + pick(result) * counts[i]!, 0);
    return counted === 0 ? 0 : total / counted;
  };
  return {
    loss: parts.reduce((sum, { result }) => sum + result.loss, 0),
    gradNorm: Math.hypot(...parts.map(({ result }) => result.gradNorm)),
    entropy: mean((result) => result.entropy, tokens),
    kl: mean((result) => result.kl, heldTokens),
    clipRatioLow: mean((result) => result.clipRatioLow, tokens),
    clipRatioHigh: mean((result) => result.clipRatioHigh, tokens),
    logProbs: parts.flatMap(({ result }) => result.logProbs),
  };
}

const tokens = ({ rows }: Pick<UpdatePart, 'rows'>): number =>
  rows.reduce((sum, { row }) => sum + row.completion.length, 0);

/** Those that a KL term holds to the base. */
const heldTokens = ({ rows, settings }: UpdatePart): number =>
  tokens({ rows: rows.filter(({ row }) => klCoefficientOf(row, settings) > 0) });
