/**
 * What the documents say of each advantage estimator: its formula and its source. The table in
 * docs/method.md is written from this (scripts/method-tables.ts). The functions are in advantages.ts.
 */
import type { Estimator } from './advantages.ts';

export interface EstimatorWords {
  /** In the words of docs/method.md: r are the rewards of one group, n of them. */
  readonly formula: string;
  readonly source: string;
}

export const ESTIMATOR_WORDS: Readonly<Record<Estimator, EstimatorWords>> = {
  grpo: { formula: '(r − mean) / (std + eps), std with n − 1', source: 'GRPO, arXiv 2402.03300' },
  'dr-grpo': { formula: 'r − mean', source: 'Dr.GRPO, arXiv 2503.20783' },
  rloo: { formula: 'r_i − mean of the others', source: 'RLOO, arXiv 2402.14740' },
  'reinforce++': { formula: 'whitened over all rollouts of a kind in the batch', source: 'arXiv 2501.03262' },
  'reinforce++-baseline': {
    formula: "the group's mean subtracted, then whitened over the kind",
    source: 'the same',
  },
  gdpo: {
    formula: 'each component of the reward as in `grpo`, added, then whitened over the kind',
    source: 'GDPO, arXiv 2601.05242',
  },
  reinforce: {
    formula: 'r − running mean reward of the kind (`advantage.momentum`)',
    source: 'REINFORCE, doi 10.1007/BF00992696',
  },
  remax: { formula: 'r − reward of a greedy rollout of the same prompt', source: 'ReMax, arXiv 2310.10505' },
  opo: { formula: "r − mean of the group's rewards, weighted by length", source: 'OPO, arXiv 2505.23585' },
  'pass@k': {
    formula: '(E[best of the sets of k with i] − E[best of all]) / deviation of the best; k = `advantage.k`',
    source: 'Pass@k training, arXiv 2508.10751',
  },
  gfpo: {
    formula: 'as in `grpo` among the `gfpo.keep` best by `gfpo.by`; the others 0',
    source: 'GFPO, arXiv 2508.09726',
  },
  gae: {
    formula:
      'per token: Σ (γλ)^l δ_(t+l) with δ_t = r_t + γ V_(t+1) − V_t, whitened over the tokens of a kind',
    source: 'PPO, arXiv 1707.06347, 1506.02438',
  },
};
