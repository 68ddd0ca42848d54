/**
 * What a policy loss is that is worked out on the host: a coefficient for each token. Its gradient is that of
 * -coefficient * log pi, with the coefficient held fixed. No loss stands here, only what they have in common.
 */
import { MAX_LOG_RATIO } from '../../policy/log-ratio.ts';

/** One completion when its batch is used again; one element per token. */
export interface ObjectiveRow {
  /** log pi under the parameters as they are now. */
  readonly logProbs: Float32Array;
  /** log pi before the first update on this batch. */
  readonly old: Float32Array;
  readonly advantages: Float32Array;
}

export interface TokenCoefficients {
  /** Where nothing has moved yet (`logProbs` equal to `old`), the advantages. */
  readonly coefficients: Float32Array;
  /** Tokens that a bound decided: their ratio was cut, or they were left out for it. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
}

export interface CoefficientSettings {
  readonly clipLow: number;
  readonly clipHigh: number;
  /** SAPO's temperatures, for positive advantages and for the others. */
  readonly sapoPositive: number;
  readonly sapoNegative: number;
}

export type Coefficients = (row: ObjectiveRow, settings: CoefficientSettings) => TokenCoefficients;

/** In the place of a `loss_type`: TRL has the loss, and its `loss_type` says how it is normalised. */
export const AS_NORMALISED = 'as normalised';

/** A policy loss and what the documents say of it. */
export interface Objective {
  /** The coefficient of a token, in the words of docs/method.md, whose table is held to these. */
  readonly formula: string;
  readonly source: string;
  /**
   * What others call it: TRL's `loss_type` and verl's `loss_mode`. Null: they lack it; an export has their
   * clipped loss in its place and says so.
   */
  readonly elsewhere: { readonly trl: string | null; readonly verl: string | null };
  /** What its ratio is over. A loss without a ratio is the same in every update of a batch. */
  readonly ratio: 'token' | 'sequence' | 'none';
  /** Settings that it alone reads, or that it reads beside others. */
  readonly reads: readonly (
    'loss.clipLow' | 'loss.clipHigh' | 'loss.dualClip' | 'sapo.positive' | 'sapo.negative'
  )[];
  /** Null: the update graph's own work (objective.ts). */
  readonly coefficients: Coefficients | null;
}

/** exp of the log-ratio, which is clamped as in objective.ts. */
export const exponential = (logRatio: number): number =>
  Math.exp(Math.min(MAX_LOG_RATIO, Math.max(-MAX_LOG_RATIO, logRatio)));

export const ratioOf = (logProb: number, old: number): number => exponential(logProb - old);
