/**
 * Policy losses by name. `ppo` is worked out by the update graph itself (objective.ts). Every other one is a coefficient for each token,
 * worked out here: its gradient is that of -coefficient * log pi, with the coefficient held fixed. A new one is a function in this table.
 * KL, entropy and the weights of tokens are added elsewhere, whichever it is.
 */
import { MAX_LOG_RATIO } from '../policy/log-ratio.ts';
import type { ObjectiveSettings } from './objective.ts';

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
  /** Tokens whose ratio a bound has cut, from below and from above. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
}

export type ClipBounds = Pick<ObjectiveSettings, 'clipLow' | 'clipHigh'>;

type Coefficients = (row: ObjectiveRow, bounds: ClipBounds) => TokenCoefficients;

/** By the value of `loss.objective`; null: the update graph's own. */
export const OBJECTIVES = {
  ppo: null,
  cispo,
} satisfies Readonly<Record<string, Coefficients | null>>;

export type ObjectiveName = keyof typeof OBJECTIVES;

/**
 * CISPO (MiniMax-M1, arXiv 2506.13585, section 3.1): min(ratio, 1 + clipHigh) * A. The ratio is cut, the gradient of the token is not, so
 * that no token stops teaching. As its authors use it, there is no bound from below.
 */
function cispo({ logProbs, old, advantages }: ObjectiveRow, { clipHigh }: ClipBounds): TokenCoefficients {
  let clippedHigh = 0;
  const coefficients = advantages.map((advantage, t) => {
    const ratio = ratioOf(logProbs[t]!, old[t]!);
    // Where there is no advantage, the ratio decides nothing.
    if (ratio > 1 + clipHigh && advantage !== 0) clippedHigh++;
    return advantage * Math.min(ratio, 1 + clipHigh);
  });
  return { coefficients, clippedLow: 0, clippedHigh };
}

/** exp of the clamped log-ratio, as in objective.ts. */
export function ratioOf(logProb: number, old: number): number {
  return Math.exp(Math.min(MAX_LOG_RATIO, Math.max(-MAX_LOG_RATIO, logProb - old)));
}
