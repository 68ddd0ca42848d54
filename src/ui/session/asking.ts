/** Questions to the learner as the page puts them: an answer, or an error in the page's words. Only types. */
import type { Question, Replies } from '../../learner/questions.ts';
import type { GoesOn } from '../../learner/take-away.ts';
import type { ErrorData } from '../view/error-data.ts';

export type Told<T> = { readonly value: T } | { readonly error: ErrorData };

/** @param goesOn told how far a long answer is; false: no more is wanted */
export type AskLearner = <Q extends Question>(
  question: Q,
  goesOn?: GoesOn,
) => Promise<Told<Replies[Q['ask']]>>;
