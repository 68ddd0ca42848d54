/**
 * GSPO: one ratio for the whole completion, the geometric mean of its tokens' ratios, and a clip that
 * keeps or leaves out the completion as a whole. It needs rows that hold all tokens of a completion.
 */
import { AS_NORMALISED, exponential, type Objective } from './types.ts';

/**
 * The coefficient is the gradient of GSPO-token (equation 13 there), which equals GSPO's where all
 * tokens share one advantage. Its bounds are small numbers in the paper (3e-4 and 4e-4), since a mean
 * of log-ratios moves little. The paper's mean over sequences is `loss.normalisation=sequence-mean`.
 */
export const gspo: Objective = {
  formula: 'A · s with s = exp(mean of logp − logp_old over the completion); 0 where the clip decides',
  source: 'GSPO, arXiv 2507.18071',
  elsewhere: { trl: AS_NORMALISED, verl: 'gspo' },
  ratio: 'sequence',
  reads: ['loss.clipLow', 'loss.clipHigh'],
  coefficients({ logProbs, old, advantages }, { clipLow, clipHigh }) {
    const sum = logProbs.reduce((total, logProb, t) => total + (logProb - old[t]!), 0);
    const ratio = exponential(logProbs.length === 0 ? 0 : sum / logProbs.length);
    let [clippedLow, clippedHigh] = [0, 0];
    const coefficients = advantages.map((advantage) => {
      if (advantage > 0 && ratio > 1 + clipHigh) clippedHigh++;
      else if (advantage < 0 && ratio < 1 - clipLow) clippedLow++;
      else return advantage * ratio;
      return 0;
    });
    return { coefficients, clippedLow, clippedHigh };
  },
};
