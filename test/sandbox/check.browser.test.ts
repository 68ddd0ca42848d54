/**
 * Checks in a real browser, whose pages are cross-origin isolated here: by waiting
 * for answers, and by running the test again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pythonWorker from '../../workers/python.ts?worker&url';
import { BrokenTestError, checkProgram } from '../../src/sandbox/check.ts';
import { createSandbox } from '../../src/sandbox/browser.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import text from './check/cases.txt?raw';
import verdicts from './check/verdicts.json';
import { readCases } from './check/read.ts';

/** Enough of each kind; all of them run in Node. */
const names = [
  'default-kept-between-calls',
  'nested-arguments-come-back',
  'global-rebound',
  'class-with-protocols',
  'linked-list-of-the-prompt',
  'value-types',
  'generator-steps',
  'functions-as-arguments',
  'callbacks-both-ways',
  'exceptions-with-arguments',
  'prints',
  'asyncio-of-the-test',
  'wrong-value',
  'stop-iteration-in-a-generator-expression',
];
const needsWaiting = ['functions-as-arguments', 'callbacks-both-ways'];
const cases = readCases(text, verdicts).filter(({ name }) => names.includes(name));

describe.each([true, false])('sharing memory: %s', (sharesMemory) => {
  let untrusted: Pool;
  let trusted: Pool;
  beforeAll(async () => {
    untrusted = await createSandbox({ worker: pythonWorker, workers: 1, sharesMemory });
    trusted = await untrusted.sibling(1);
  });
  afterAll(async () => {
    await untrusted.dispose();
    await trusted.dispose();
  });

  test('the page can share memory', () => expect(self.crossOriginIsolated).toBe(true));

  test.each(cases)('$name', async ({ name, entryPoint, prompt, completion, check, verdict }) => {
    const result = checkProgram({ code: prompt + completion, entryPoint, check, prompt }, untrusted, trusted);
    if (!sharesMemory && needsWaiting.includes(name)) {
      await expect(result).rejects.toThrow(BrokenTestError);
      return;
    }
    const { outcome, failed, error } = await result;
    if (verdict === 'pass') expect({ outcome, failed, error }).toEqual({ outcome: 'pass' });
    else expect(['wrong', 'exception']).toContain(outcome);
  });
});
