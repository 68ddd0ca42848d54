/**
 * Policy losses by name. `ppo` is worked out by the gradient graph itself
 * (../objective.ts), every other one is a file here with a coefficient for each
 * token. KL, entropy and the weights of tokens are added elsewhere, whichever it is.
 */
import { cispo } from './cispo.ts';
import { gspo } from './gspo.ts';
import { reinforce } from './reinforce.ts';
import { sapo } from './sapo.ts';
import { AS_NORMALISED, type Objective } from './types.ts';

export * from './types.ts';

/** By the value of `loss.objective`. */
export const OBJECTIVES = {
  ppo: {
    formula: 'the loss above, in the graph',
    source: 'arXiv 1707.06347, 2503.14476, 1912.09729',
    elsewhere: { trl: AS_NORMALISED, verl: 'vanilla' },
    ratio: 'token',
    reads: ['loss.clipLow', 'loss.clipHigh', 'loss.dualClip'],
    coefficients: null,
  },
  cispo,
  gspo,
  sapo,
  reinforce,
} satisfies Readonly<Record<string, Objective>>;

export type ObjectiveName = keyof typeof OBJECTIVES;

/** The objective of a name, with no more said of it than of the others. */
export const objectiveOf = (name: ObjectiveName): Objective => OBJECTIVES[name];
