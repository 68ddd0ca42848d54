/**
 * Equality as Python's `==`, against Python itself: every pair of some forty values, compared in the sandbox.
 */
import { expect, it } from 'vitest';
import { equalValues } from '../../src/sandbox/equal.ts';
import { parseLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Value } from '../../src/sandbox/value.ts';

const LITERALS = [
  ...['0', '1', '-1', '240', '240.0', '0.0', '-0.0', '1.0', '0.1', '0.30000000000000004', '0.3', 'True', 'False'],
  ...['9007199254740993', '9007199254740992', '9007199254740992.0', `1${'0'.repeat(60)}`, '1e60', '1e308'],
  ...['None', "''", "'1'", "'a'", "'None'", '[]', '()', 'set()', '{}', 'frozenset()'],
  ...['[1, 2]', '[1.0, True]', '[2, 1]', '(1, 2)', '(1.0, 2)', '{1, 2}', '{2.0, 1}', 'frozenset({1, 2})'],
  ...["{'a': 1}", "{'a': True}", "{'a': 2}", '{1: [1, (2,)]}', '{True: [1.0, (2.0,)]}', '{1: [1, [2]]}', "{1: 'a', 2: 'b'}", "{2: 'b', 1: 'a'}"],
]; // prettier-ignore

it('says what Python says', async () => {
  const values = LITERALS.map((text): Value => {
    const value = parseLiteral(text);
    if ('malformed' in value) throw new Error(`${text}: ${value.malformed}`);
    return value;
  });
  const sandbox = await createSandbox({ workers: 1, spare: false });
  try {
    const code = `def f():\n    values = [${LITERALS.join(', ')}]\n    return ''.join('01'[x == y] for x in values for y in values)\n`;
    const { calls } = await sandbox.run({ code, calls: [{ entryPoint: 'f', args: '' }] });
    const [call] = calls;
    const said = call?.value?.type === 'str' ? call.value.value : `${call?.outcome}`;
    const found = values
      .flatMap((a) => values.map((b) => (equalValues(a, b, 'python') ? '1' : '0')))
      .join('');
    const at = [...said].findIndex((digit, i) => digit !== found[i]);
    const n = LITERALS.length;
    expect(found, `first difference: ${LITERALS[Math.floor(at / n)]} == ${LITERALS[at % n]}`).toBe(said);
    // More than each with itself.
    expect([...said].filter((digit) => digit === '1').length).toBeGreaterThan(n + 20);
  } finally {
    await sandbox.dispose();
  }
});

it('nothing equals a value that is no number', () => {
  const nan: Value = { type: 'float', value: 'nan' };
  expect(equalValues(nan, nan, 'python')).toBe(false);
});
