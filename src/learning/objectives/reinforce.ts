/**
 * REINFORCE: the plain policy gradient. It asks nothing about how far the policy has moved within a batch.
 */
import type { Objective } from './types.ts';

export const reinforce: Objective = {
  formula: 'A',
  source: 'REINFORCE, Williams 1992, doi 10.1007/BF00992696',
  elsewhere: { trl: null, verl: 'gpg' },
  ratio: 'none',
  reads: [],
  coefficients: ({ advantages }) => ({ coefficients: advantages, clippedLow: 0, clippedHigh: 0 }),
};
