/**
 * Objects that say what a test wants to hear. CPython lets most of these programs pass, as an
 * object of any class decides what it equals; here none does (src/sandbox/python/wire_trust.py).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkProgram } from '../../src/sandbox/check.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { readCases } from './check/read.ts';

const text = `\n${readFileSync(new URL('check/liars.txt', import.meta.url), 'utf8')}`;
const names = [...text.matchAll(/^=== (\S+)/gm)].map((match) => match[1]!);
const liars = readCases(text, Object.fromEntries(names.map((name) => [name, 'fail'])));

let untrusted: Pool;
let trusted: Pool;
beforeAll(async () => {
  untrusted = await createSandbox({ workers: 1 });
  trusted = await untrusted.sibling(1);
});
afterAll(async () => {
  await untrusted.dispose();
  await trusted.dispose();
});

test.each(liars)('$name', async ({ entryPoint, prompt, completion, check }) => {
  const { outcome } = await checkProgram(
    { code: prompt + completion, entryPoint, check, prompt },
    untrusted,
    trusted,
  );
  expect(['wrong', 'exception']).toContain(outcome);
});

test('the same tests let an honest program pass', async () => {
  const code = 'def f(x):\n    return x * x\n';
  const sums = liars.filter(({ name }) => /^(yes|zero)-/.test(name));
  const outcomes = [];
  for (const { name, check } of sums) {
    const { outcome } = await checkProgram({ code, entryPoint: 'f', check, prompt: '' }, untrusted, trusted);
    outcomes.push(`${outcome}: ${name}`);
  }
  // Some of the assertions are about other values than numbers.
  expect(outcomes.filter((line) => line.startsWith('pass')).length).toBeGreaterThan(outcomes.length / 2);
});
