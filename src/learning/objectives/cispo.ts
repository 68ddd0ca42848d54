/** CISPO: the ratio is cut and the gradient of the token is not, so that no token stops teaching. */
import { ratioOf, type Objective } from './types.ts';

/** As its authors use it, there is no bound from below (MiniMax-M1, section 3.1; TRL's loss_type cispo). */
export const cispo: Objective = {
  formula: 'A · min(ratio, 1 + `loss.clipHigh`)',
  source: 'CISPO, arXiv 2506.13585',
  elsewhere: { trl: 'cispo', verl: 'cispo' },
  ratio: 'token',
  reads: ['loss.clipHigh'],
  coefficients({ logProbs, old, advantages }, { clipHigh }) {
    let clippedHigh = 0;
    const coefficients = advantages.map((advantage, t) => {
      const ratio = ratioOf(logProbs[t]!, old[t]!);
      // Where there is no advantage, the ratio decides nothing.
      if (ratio > 1 + clipHigh && advantage !== 0) clippedHigh++;
      return advantage * Math.min(ratio, 1 + clipHigh);
    });
    return { coefficients, clippedLow: 0, clippedHigh };
  },
};
