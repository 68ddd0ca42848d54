/** Why Play has to wait: the model is in the hands of another room. */
import type { ErrorData } from '../view/error-data.ts';
import { s } from '../strings/index.ts';

export class LentError extends Error implements Pick<ErrorData, 'kept' | 'advice'> {
  override readonly name = 'LentError';
  readonly kept = s.lab.queue.lentKept;
  readonly advice = s.lab.queue.lentAdvice;
  constructor() {
    super(s.lab.queue.hasModel);
  }
}
