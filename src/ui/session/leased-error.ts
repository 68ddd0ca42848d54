/** Why Play has to wait: the model is in the hands of another room. */
import type { ErrorData } from '../view/error-data.ts';
import { s } from '../strings/index.ts';

export class LearnerLeasedError extends Error implements Pick<ErrorData, 'kept' | 'advice'> {
  override readonly name = 'LearnerLeasedError';
  readonly kept = s.leased.kept;
  readonly advice = s.leased.advice;
  constructor() {
    super(s.leased.hasModel);
  }
}
