/**
 * Canonical values: whatever Python value a program returns arrives as what it is, through
 * the real encoder in a real sandbox, and goes back as a literal that Python reads as the
 * same value. Replies that no encoder made are refused. Seeds and runs: see test/fuzz.ts.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equalValues } from '../../src/sandbox/equal.ts';
import { parseAnswer, parseLiteral, toLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { Reading, readCall, readTrace } from '../../src/sandbox/reply.ts';
import type { Limits } from '../../src/sandbox/types.ts';
import { decodeValue, MalformedValueError } from '../../src/sandbox/decode-value.ts';
import { compareValues, isGradable, keyOf, type Value } from '../../src/sandbox/value.ts';
import { answered, anyText, damagedText, deepList, disordered, fuzz, tooDeep } from '../fuzz.ts';
import { hashable, madeValues } from './values.ts';

const large = 1 << 24;
const limits: Limits = {
  codeBytes: large,
  outputBytes: 1000,
  steps: 10 ** 7,
  callMs: 120_000,
  jobMs: 200_000,
  valueBytes: large,
};

/** Exact equality by type and content, NaN included, in Python's own terms; nothing of ours takes part. */
const same = `
from struct import unpack, pack
def same(a, b):
    if type(a) is not type(b):
        return False
    if type(a) is float:
        return a != a and b != b or pack('<d', a) == pack('<d', b)
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is dict:
        left = list(b.items())
    elif type(a) in (set, frozenset):
        left = list(b)
    else:
        return a == b
    if len(a) != len(b):
        return False
    for x in (a.items() if type(a) is dict else a):
        found = [i for i, y in enumerate(left) if same(x, y)]
        if not found:
            return False
        del left[found[0]]
    return True
`;

describe('a value made by a program', () => {
  let sandbox: Pool;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, spare: false });
  });
  afterAll(() => sandbox.dispose());

  it('arrives as what it is, and as a literal goes back as what it was', async () => {
    const { seed, numRuns } = fuzz(2000);
    const batch = 200;
    const all = fc.sample(madeValues, { seed, numRuns });
    for (let at = 0; at < all.length; at += batch) {
      const made = all.slice(at, at + batch);
      const code = `${same}\nvalues = [\n${made.map(({ python }) => `    ${python},\n`).join('')}]\ndef f(*back):\n    return values if not back else [same(v, b) for v, b in zip(values, back[0], strict=True)]\n`;
      const run = async (args: string): Promise<readonly Value[]> => {
        const { calls } = await sandbox.run({ code, calls: [{ entryPoint: 'f', args }], limits });
        const [result] = calls;
        if (result?.value?.type !== 'list') throw new Error(`${result?.outcome}: ${result?.error?.message}`);
        return result.value.items;
      };
      const arrived = await run('');
      made.forEach(({ value, python }, i) => expect(sorted(arrived[i]!), python).toEqual(sorted(value)));
      const known = made.map(({ value }) => isGradable(value));
      const back = await run(
        `[${arrived.map((value, i) => (known[i] ? toLiteral(value) : 'None')).join(', ')}]`,
      );
      back.forEach((verdict, i) => {
        if (known[i]) expect(verdict, made[i]!.python).toEqual({ type: 'bool', value: true });
      });
    }
  });
});

/** Members of sets in natural order, where a decoder sorted and a generator did not. */
function sorted(value: Value): Value {
  if ('items' in value) {
    const items = value.items.map(sorted);
    return {
      ...value,
      items: value.type === 'set' || value.type === 'frozenset' ? items.sort(compareValues) : items,
    };
  }
  return value.type === 'dict'
    ? { ...value, entries: value.entries.map(([k, v]) => [sorted(k), sorted(v)] as const) }
    : value;
}

describe('a value on the host', () => {
  const gradable = madeValues.map(({ value }) => value).filter(isGradable);

  it('survives its JSON, its literal, and reading as an answer', () => {
    fc.assert(
      fc.property(gradable, (value) => {
        expect(sorted(decodeValue(JSON.parse(JSON.stringify(value))))).toEqual(sorted(value));
        const text = toLiteral(value);
        const read = parseLiteral(text);
        // Longer texts are refused as a whole.
        if (text.length > 64 * 1024) {
          expect(read).toHaveProperty('malformed');
          return;
        }
        expect('malformed' in read ? read : sorted(read)).toEqual(sorted(value));
        const answer = parseAnswer(toLiteral(value));
        if (!('malformed' in answer)) expect(equalValues(answer, value, 'strict')).toBe(true);
      }),
      fuzz(5000),
    );
  });

  it('is a key as Python says: equal numbers are one, NaN is none', () => {
    const key = (text: string): string | null => keyOf(parseLiteral(text) as Value);
    for (const [a, b] of [['1', 'True'], ['1', '1.0'], ['0', '-0.0'], ['(1, 2)', '(1.0, 2)'], ['frozenset({True, 0})', 'frozenset({0, 1.0})'], ['10**0'.slice(0, 1), '1.0'], ['9007199254740992', '9007199254740992.0']] as const)
      expect(key(a), `${a} ${b}`).toBe(key(b));
    for (const [a, b] of [['1', "'1'"], ['()', 'frozenset()'], ['(1, 2)', '(2, 1)'], ["('a,b',)", "('a', 'b')"], ['None', "'N'"], ['9007199254740993', '9007199254740992.0']] as const)
      expect(key(a), `${a} ${b}`).not.toBe(key(b));
    expect(key("(1, float('nan'))")).toBeNull();
  }); // prettier-ignore

  it('has a place in one order of all values', () => {
    const values = hashable.map(({ value }) => value);
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(compareValues(a, a)).toBe(0);
        expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
      fuzz(5000),
    );
  });
});

describe('a reply', () => {
  const value: Value = {
    type: 'list',
    items: [
      {
        type: 'dict',
        entries: [
          [
            { type: 'str', value: 'a' },
            { type: 'float', value: 'nan' },
          ],
        ],
        of: 'Counter',
        id: 3,
      },
      { type: 'set', items: [{ type: 'int', value: '9'.repeat(20) }, { type: 'none' }], rest: 2 },
      { type: 'ref', id: 1 },
      { type: 'opaque', name: 'Even' },
    ],
  };
  const small: Limits = { ...limits, valueBytes: 10_000 };
  const call = { outcome: 'ok', stdout: 'x\n', value };
  const failed = { outcome: 'exception', stdout: '', error: { type: 'KeyError', message: 'a', line: 3 } };
  const change = { name: 'x', value, line: 1, step: 0 };
  const step = {
    index: 0,
    line: 1,
    event: 'line',
    function: 'f',
    depth: 0,
    changed: [change],
    stdoutLength: 0,
  };
  const traced = { ...call, definitions: [change], stepCount: 3, steps: [step], trajectory: '<L1>' };

  it('that is no value is refused by name', () => {
    fc.assert(
      fc.property(disordered(value), (raw) => {
        answered(() => decodeValue(raw), MalformedValueError);
      }),
      fuzz(10_000),
    );
    expect(() =>
      decodeValue(JSON.parse(`${'{"type":"list","items":['.repeat(tooDeep)}${']}'.repeat(tooDeep)}`)),
    ).toThrow(MalformedValueError);
  });

  it('of any text is a result or tampering, never an error', () => {
    const texts = fc.oneof(
      anyText,
      damagedText(...[call, failed, traced].map((reply) => JSON.stringify(reply))),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const read of [readCall, readTrace]) {
          const result = read(new Reading(text, small));
          expect(typeof result.outcome).toBe('string');
          if (result.outcome === 'tamper') expect(result).not.toHaveProperty('value');
        }
      }),
      fuzz(10_000),
    );
    for (const text of [
      deepList,
      `{"outcome":"ok","value":${deepList}}`,
      `{"outcome":"ok","stdout":${deepList}}`,
    ])
      for (const read of [readCall, readTrace])
        expect(read(new Reading(text, { ...small, valueBytes: large })).outcome).toBe('tamper');
    expect(readTrace(new Reading(JSON.stringify(traced), small)).outcome).toBe('ok');
  });
});
