/** SAPO: a soft gate in the place of the clip. The further a ratio is from 1, the less its token teaches. */
import { ratioOf, type Objective } from './types.ts';

/**
 * The loss is -A * (4 / tau) * sigmoid(tau * (ratio - 1)). Its derivative by log pi
 * is ratio times 4 s (1 - s) with s the sigmoid, which is 1 at a ratio of 1 for every
 * tau. Nothing is cut, so nothing is counted as clipped.
 */
export const sapo: Objective = {
  formula: 'A · ratio · 4 s (1 − s) with s = sigmoid(τ (ratio − 1)), τ = `sapo.positive` or `sapo.negative`',
  source: 'SAPO, arXiv 2511.20347',
  elsewhere: { trl: 'sapo', verl: 'sapo' },
  ratio: 'token',
  reads: ['sapo.positive', 'sapo.negative'],
  coefficients({ logProbs, old, advantages }, { sapoPositive, sapoNegative }) {
    const coefficients = advantages.map((advantage, t) => {
      const ratio = ratioOf(logProbs[t]!, old[t]!);
      const gate = 1 / (1 + Math.exp(-(advantage > 0 ? sapoPositive : sapoNegative) * (ratio - 1)));
      return advantage * ratio * 4 * gate * (1 - gate);
    });
    return { coefficients, clippedLow: 0, clippedHigh: 0 };
  },
};
