/** A failure crosses the worker as a code and what the error says; the page's language says the rest. */
import { afterEach, describe, expect, test } from 'vitest';
import { NoModelError, toFailure, type FailureCode } from '../../../src/learner/errors.ts';
import { inWords } from '../../../src/ui/strings/failures.ts';
import { LANGUAGES, readLocaleFrom } from '../../../src/ui/strings/index.ts';

const CODES: readonly FailureCode[] = [
  'load',
  'run',
  'save',
  'change',
  'question',
  'adapter',
  'no-model',
  'nobody-to-ask',
];

afterEach(() => readLocaleFrom(() => 'en'));

describe('failures', () => {
  test('what the error says of itself is shown as it is, whatever was being done', () => {
    const own = { name: 'DeviceLostError', message: 'lost', kept: 'the run', advice: 'load again' };
    for (const code of CODES) expect(inWords(toFailure(Object.assign(new Error(), own), code))).toEqual(own);
  });

  test('what it does not say is said in the language of the page when it is shown', () => {
    const failure = structuredClone(toFailure(new TypeError('x is not a function'), 'change'));
    expect(inWords(failure)).toEqual({
      name: 'TypeError',
      message: 'x is not a function',
      kept: LANGUAGES.en.strings.error.changeKept,
      advice: LANGUAGES.en.strings.error.changeAdvice,
    });
    readLocaleFrom(() => 'zh');
    expect(inWords(failure).kept).toBe(LANGUAGES.zh.strings.error.changeKept);
  });

  test('that there is no model is the page’s sentence, and each code has words in every language', () => {
    const ask = inWords(toFailure(new NoModelError('nobody-to-ask'), 'question'));
    expect(ask.message).toBe(LANGUAGES.en.strings.ask.noModel);
    for (const locale of ['en', 'zh'] as const) {
      readLocaleFrom(() => locale);
      for (const code of CODES) {
        const { kept, advice } = inWords(toFailure(new Error('x'), code));
        expect([kept, advice].every((text) => text.length > 0)).toBe(true);
      }
    }
  });
});
