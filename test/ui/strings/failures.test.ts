/** A failure crosses the worker as a code and what the error says; the page's language says the rest. */
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { StorageFullError } from '../../../src/experiment/storage/errors.ts';
import { ConfigError } from '../../../src/learning/config.ts';
import {
  NoModelError,
  ProblemError,
  toFailure,
  type FailureCode,
  type LearnerProblem,
} from '../../../src/learner/errors.ts';
import { SiteDownloadError } from '../../../src/learner/fetch-progress.ts';
import { MemoryCapError } from '../../../src/policy/lora/fit-sizes.ts';
import { GatedError } from '../../../src/policy/sources/source-errors.ts';
import { DeviceLostError } from '../../../src/tensor/errors.ts';
import { engine } from '../../../src/ui/strings/en/engine.ts';
import { inWords, toErrorData } from '../../../src/ui/strings/failures.ts';
import { catalogueOf, LOCALES, readLocaleFrom } from '../../../src/ui/strings/index.ts';

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

const PROBLEMS: Readonly<Record<LearnerProblem['code'], LearnerProblem>> = {
  'no-answer': { code: 'no-answer', path: '/ort/a.wasm' },
  'no-such-file': { code: 'no-such-file', path: '/ort/a.wasm' },
  'not-asked-for': { code: 'not-asked-for', path: '/ort/a.wasm' },
  status: { code: 'status', path: '/ort/a.wasm', status: 503 },
  'no-script': { code: 'no-script', path: '/ort/a.js', status: 200, type: 'application/octet-stream' },
  'broke-off': { code: 'broke-off', path: '/ort/a.wasm', bytes: 7 },
  'no-model-cache': { code: 'no-model-cache', reason: 'denied' },
  'incomplete-folder': { code: 'incomplete-folder', name: 'my-model', file: 'tokenizer.json' },
};

afterEach(() => readLocaleFrom(() => 'en'));

describe('failures', () => {
  test('what the error says of itself is shown as it is, whatever was being done', () => {
    const own = { name: 'DeviceLostError', message: 'lost', kept: 'the run', advice: 'load again' };
    for (const code of CODES) expect(inWords(toFailure(Object.assign(new Error(), own), code))).toEqual(own);
  });

  test('of an error of the engine the page’s language says what it is, and the error the numbers', () => {
    const errors = [
      new StorageFullError('writing run.state-1'),
      new MemoryCapError(2 ** 30, 2 ** 28),
      new DeviceLostError('gone'),
      new GatedError('owner/name'),
      new ConfigError('steps is no number', 'steps'),
    ];
    readLocaleFrom(() => 'zh');
    for (const error of errors) {
      const { message, kept, advice } = inWords(structuredClone(toFailure(error, 'run')));
      const words = catalogueOf('zh').engine[error.name as keyof typeof engine];
      expect(message).toBe(`${words.message} (${error.message})`);
      expect(advice).toBe(words.advice);
      expect(kept).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  test('the names that have such words are those of classes of the engine', async () => {
    const files = (await readdir('src', { recursive: true })).filter((file) => /^(?!ui).*\.ts$/.test(file));
    const sources = await Promise.all(files.map((file) => readFile(`src/${file}`, 'utf8')));
    const names = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/ name(?:: string)? = '(\w+Error)'/g)].map(([, name]) => name!),
      ),
    );
    expect(Object.keys(engine).filter((name) => !names.has(name))).toEqual([]);
  });

  test('what it does not say is said in the language of the page when it is shown', () => {
    const failure = structuredClone(toFailure(new TypeError('x is not a function'), 'change'));
    expect(inWords(failure)).toEqual({
      name: 'TypeError',
      message: 'x is not a function',
      kept: catalogueOf('en').error.changeKept,
      advice: catalogueOf('en').error.changeAdvice,
    });
    readLocaleFrom(() => 'zh');
    expect(inWords(failure).kept).toBe(catalogueOf('zh').error.changeKept);
  });

  test('that there is no model is the page’s sentence, and each code has words in every language', () => {
    const ask = inWords(toFailure(new NoModelError('nobody-to-ask'), 'question'));
    expect(ask.message).toBe(catalogueOf('en').ask.noModel);
    for (const locale of LOCALES) {
      readLocaleFrom(() => locale);
      for (const code of CODES) {
        const { kept, advice } = inWords(toFailure(new Error('x'), code));
        expect([kept, advice].every((text) => text.length > 0)).toBe(true);
      }
    }
  });

  test('a problem crosses as a code with data and is said in the language of the page', () => {
    for (const locale of LOCALES) {
      readLocaleFrom(() => locale);
      for (const problem of Object.values(PROBLEMS)) {
        const { code, ...data } = problem;
        const { message, kept, advice } = inWords(
          structuredClone(toFailure(new ProblemError('DownloadError', problem), 'load')),
        );
        for (const value of Object.values(data)) expect(message, code).toContain(String(value));
        if (locale === 'zh') expect(`${message}${kept}${advice}`).toMatch(/\p{Script=Han}/u);
        expect(kept).not.toBe('');
      }
    }
  });

  test('a missing file of the site is the site’s fault, a server that is busy is not', () => {
    const { siteIncomplete, siteAdvice } = catalogueOf('en').problem;
    const advice = (status: number): string =>
      inWords(toFailure(new SiteDownloadError('https://a.example/x', { code: 'status', status }), 'load'))
        .advice;
    expect([advice(404), advice(503)]).toEqual([siteIncomplete, siteAdvice]);
  });

  test('an error that says nothing is told so in the language of the page', () => {
    readLocaleFrom(() => 'zh');
    expect(toErrorData(new Error(), { kept: 'k', advice: 'a' }).message).toBe(
      catalogueOf('zh').error.noMessage,
    );
  });
});
