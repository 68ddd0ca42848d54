/**
 * One update of a step or two: with an optimizer of their own, alignment rollouts move the policy after the code rollouts of the same step did,
 * by a rate and moments of their own, so that neither kind's gradient scales the other's. What an update is made of is decided elsewhere.
 */
import { klCoefficientOf } from '../policy/lora/accumulate.ts';
import type { UpdateResult, UpdateSettings } from '../policy/types.ts';
import type { Config } from './config.ts';
import type { Kind, WeightedRow } from './normalise.ts';

/** Rows that are updated together. */
export interface Pass {
  readonly rows: readonly WeightedRow[];
  readonly settings: UpdateSettings;
}

/** Of the rows, which have code before alignment; passes without rows are left out. */
export function passesOf(
  rows: readonly WeightedRow[],
  kindOf: (row: WeightedRow) => Kind,
  settings: UpdateSettings,
  config: Config,
): readonly Pass[] {
  if (config['alignment.optimizer'] === 'shared') return [{ rows, settings }];
  // AdamW divides the scale of a loss out: what a weight of the kind's loss would do, its share of the rate does.
  const weight = config['alignment.weight'];
  const pass = (kind: Kind, share: number, optimizer?: string): Pass => ({
    rows: share === 0 ? [] : rows.filter((row) => kindOf(row) === kind),
    settings: {
      ...settings,
      learningRate: settings.learningRate * Math.min(1, share),
      ...(optimizer !== undefined && { optimizer }),
    },
  });
  return [pass('code', 1 / weight), pass('alignment', weight, 'alignment')].filter(
    ({ rows }) => rows.length > 0,
  );
}

export interface PassResult {
  readonly pass: Pass;
  readonly result: UpdateResult;
}

/** As if the passes had been one update: losses added, the gradient norm that of both side by side, means over the tokens of both. */
export function joinPasses(parts: readonly PassResult[]): UpdateResult {
  if (parts.length === 1) return parts[0]!.result;
  const mean = (pick: (result: UpdateResult) => number, tokensOf: (pass: Pass) => number): number => {
    const counts = parts.map(({ pass }) => tokensOf(pass));
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

const tokens = ({ rows }: Pick<Pass, 'rows'>): number =>
  rows.reduce((sum, { row }) => sum + row.completion.length, 0);

/** Those that a KL term holds to the base. */
const heldTokens = ({ rows, settings }: Pass): number =>
  tokens({ rows: rows.filter(({ row }) => klCoefficientOf(row, settings) > 0) });
