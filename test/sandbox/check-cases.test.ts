/**
 * Verdicts are CPython's: own programs, and those of ../shared/cases/judge where they
 * are, by both ways a test can wait for an answer.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrokenTestError, checkProgram } from '../../src/sandbox/check.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { readCases, type Case } from './check/read.ts';

const read = (name: string): string => readFileSync(new URL(`check/${name}`, import.meta.url), 'utf8');
const verdicts = JSON.parse(read('verdicts.json')) as Record<string, string>;
const own = readCases(read('cases.txt'), verdicts);
/**
 * Many of these hand over functions and files, and have many calls: not for a page
 * that runs the test again for each.
 */
const neighbours = ['neighbours.txt', 'further.txt'].flatMap((name) => readCases(read(name), verdicts));

const folder = new URL('../../../shared/cases/judge/', import.meta.url);
const isShared = existsSync(folder);
if (!isShared) console.warn('SKIPPED: ../shared/cases/judge is not there; its programs were not judged.');
const rows = (name: string): Record<string, string>[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);

function sharedCases(): Case[] {
  const tasks = new Map(rows('tasks.jsonl').map((row) => [row['task_id'], row]));
  const verdicts = new Map(rows('expected.jsonl').map((row) => [row['task_id'], row['cpython']]));
  return rows('samples.jsonl').map(({ task_id: name = '', completion = '' }) => {
    const task = tasks.get(name)!;
    const { prompt = '', entry_point: entryPoint = '', test: check = '' } = task;
    return { name, entryPoint, prompt, completion, check, verdict: verdicts.get(name) as 'pass' | 'fail' };
  });
}

const cases = [...own, ...(isShared ? sharedCases() : [])];
/** A test that hands over something of its own to be called cannot be run again and again. */
const needsWaiting = new Set(
  `callbacks-both-ways coroutine-of-the-test decorator exception-of-the-test-through-the-program functions-as-arguments iterator-as-argument
  object-of-the-test patched-input lambdaarg recursion-over-the-border test-subclasses mixin decorator-on-method descriptor property-like
  singleton-decorator class-decorator`.split(/\s+/),
);

/** The verdict is what is tested: a busy machine takes its time. */
const PATIENT = { callMs: 600_000, jobMs: 600_000 };

describe.each(['waiting for answers', 'running the test again'])('%s', (way) => {
  let untrusted: Pool;
  let trusted: Pool;
  beforeAll(async () => {
    untrusted = await createSandbox({
      workers: 1,
      spare: false,
      sharesMemory: way === 'waiting for answers',
    });
    trusted = await untrusted.sibling(1);
  });
  afterAll(async () => {
    await untrusted.dispose();
    await trusted.dispose();
  });

  test.each(way === 'waiting for answers' ? [...cases, ...neighbours] : cases)(
    '$name',
    async ({ name, entryPoint, prompt, completion, check, verdict }) => {
      const job = { code: prompt + completion, entryPoint, check, prompt, limits: PATIENT };
      const result = checkProgram(job, untrusted, trusted);
      if (way !== 'waiting for answers' && needsWaiting.has(name)) {
        await expect(result).rejects.toThrow(BrokenTestError);
        return;
      }
      const { outcome, failed, error } = await result;
      if (verdict === 'pass') expect({ outcome, failed, error }).toEqual({ outcome: 'pass' });
      else expect(['wrong', 'exception']).toContain(outcome);
    },
  );
});
