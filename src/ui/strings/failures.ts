/** What the learner says by a code, in the page's language. What an error says of itself stays as it is. */
import type { Failure, FailureCode } from '../../learner/errors.ts';
import { filledIn, type ErrorData, type Fallback } from '../view/error-data.ts';
import { s } from './index.ts';

/** Read when needed: the page's language may change. */
const WORDS: Readonly<Record<FailureCode, () => Fallback>> = {
  load: () => ({ kept: s.error.loadKept, advice: s.error.loadAdvice }),
  run: () => ({ kept: s.error.runKept, advice: s.error.runAdvice }),
  save: () => ({ kept: s.error.runKept, advice: s.error.runAdvice }),
  change: () => ({ kept: s.error.changeKept, advice: s.error.changeAdvice }),
  question: () => ({ kept: s.ask.kept, advice: s.ask.advice }),
  adapter: () => ({ kept: s.brought.adapterKept, advice: s.brought.advice }),
  'no-model': () => ({ message: s.saved.noModel, kept: s.error.runKept, advice: s.error.runAdvice }),
  'nobody-to-ask': () => ({ message: s.ask.noModel, kept: s.ask.kept, advice: s.ask.advice }),
};

/** The error as the page shows it. */
export const inWords = (failure: Failure): ErrorData => filledIn(failure, WORDS[failure.code]());
