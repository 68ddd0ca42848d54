/**
 * What may measure more of a policy on the held-out programs of an evaluation: the floors above hand such
 * functions to whoever evaluates. evaluate.ts puts what they say among its own measures.
 */
import type { JudgedGroup } from './code-rollouts.ts';
import type { EvaluateOptions, Measured } from './evaluate.ts';

/**
 * Measures under names of its own, of the rollouts at temperature 1. Its randomness is a fork of the
 * evaluation's, so that it shifts nothing else.
 */
export type EvaluationInstrument = (
  groups: readonly JudgedGroup[],
  options: EvaluateOptions,
) => Promise<Readonly<Record<string, Measured>>>;
