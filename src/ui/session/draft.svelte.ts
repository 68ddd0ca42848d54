/**
 * A task that the visitor is writing: its fields, and what the sandbox last said of them. It knows how to
 * ask, not how to check.
 */
import { readTests } from './draft-text.ts';
import type { AskLearner } from './asking.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { CheckedDraft, Draft } from '../../learner/questions.ts';

/** Typing rests this long before a check. */
const REST_MS = 450;

export class DraftState {
  // eslint-disable-next-line words/in-catalogue -- a prompt: the model reads English
  description = $state('the number of elements in xs that are bigger than 4');
  signature = $state('def f(xs):');
  tests = $state('[5, 1, 9] -> 2\n[] -> 0\n[4, 4] -> 0\n[7] -> 1\n[3, 5, 6, 8] -> 3');
  mode: 'tests' | 'reference' = $state('tests');
  reference = $state('def f(xs):\n    return sum(1 for x in xs if x > 4)\n');
  checked: CheckedDraft | null = $state.raw(null);
  error: ErrorData | null = $state.raw(null);
  isChecking = $state(false);

  readonly draft = $derived.by((): Draft => {
    const written = readTests(this.tests);
    const isReferred = this.mode === 'reference';
    return {
      description: this.description,
      signature: this.signature,
      // With a reference, it says what is expected.
      tests: isReferred ? written.map(({ args }) => ({ args, expected: null })) : written,
      reference: isReferred ? this.reference : null,
    };
  });

  /** Checks the draft once typing rests; gives back how to call that off. */
  checkSoon(ask: AskLearner): () => void {
    const { draft } = this;
    let current = true;
    this.isChecking = true;
    const timer = setTimeout(() => {
      void ask({ ask: 'check-task', draft }).then((answer) => {
        if (!current) return;
        this.isChecking = false;
        if ('error' in answer) this.error = answer.error;
        else [this.checked, this.error] = [answer.value, null];
      });
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }
}
