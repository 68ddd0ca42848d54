/**
 * Grading as a relation: the same value equals itself however it is written down, and
 * neither side knows which of them is the truth. Cases are in literal.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalValues, type GradingMode } from '../../src/sandbox/equal.ts';
import { parseLiteral } from '../../src/sandbox/literal.ts';
import { pairUp } from '../../src/sandbox/pair-up.ts';
import { isGradable, type Value } from '../../src/sandbox/value.ts';
import { createRandom } from '../../src/base/random.ts';
import { computed, fuzz } from '../fuzz.ts';
import { holdsNaN, madeValues, shuffled } from './values.ts';

const modes: readonly GradingMode[] = ['strict', 'coderlplus'];
const read = (text: string): Value => {
  const value = parseLiteral(text);
  if ('malformed' in value) throw new Error(`${text}: ${value.malformed}`);
  return value;
};
const gradable = madeValues.map(({ value }) => value).filter(isGradable);

/** Values so near each other that many are equal in one mode or the other. */
const near: fc.Arbitrary<Value> = fc.letrec<{ any: Value; leaf: Value }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    tie('leaf'),
    ...(['list', 'tuple', 'set', 'frozenset'] as const).map((type) =>
      fc.array(tie('any'), { maxLength: 3 }).map((items): Value => ({ type, items })),
    ),
    fc
      .array(fc.tuple(tie('leaf'), tie('any')), { maxLength: 3 })
      .map((entries): Value => ({ type: 'dict', entries })),
  ),
  leaf: fc.constantFrom(
    ...['1', '1.0', 'True', "'1'", "'true'", "' 1 '", '0', '-0.0', "'0'", 'None', "'none'", "'null'", '1.0000009', '1.0000018', '0.9999995',
      '1.0000000005', "float('nan')", "float('inf')", "'[1]'", "'{}'", '9007199254740992', '9007199254740993', '9007199254740992.0', `1${'0'.repeat(400)}`].map(read),
  ), // prettier-ignore
})).any;

describe.each(modes)('%s', (mode) => {
  it('is symmetric', () => {
    const pairs = fc.oneof(fc.tuple(near, near), fc.tuple(gradable, gradable));
    let equal = 0;
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const one = equalValues(a, b, mode);
        expect(equalValues(b, a, mode)).toBe(one);
        if (one) equal++;
      }),
      fuzz(10_000),
    );
    expect(equal, 'some pairs are equal').toBeGreaterThan(0);
  });

  it('holds between a value and itself in any order of its sets and dicts', () => {
    fc.assert(
      fc.property(gradable, fc.nat(), (value, seed) => {
        const random = createRandom(seed);
        const other = shuffled(value, () => random.next());
        // In the reference rules NaN is no number within 1e-9 of itself.
        const expected = mode === 'strict' || !holdsNaN(value);
        if (expected) expect(equalValues(value, other, mode)).toBe(true);
      }),
      fuzz(5000),
    );
  });
});

describe('strict', () => {
  it('tells every type from every other', () => {
    const values = ['1', '1.0', 'True', "'1'", '[1]', '(1,)', '{1}', 'frozenset({1})', '{1: 1}', 'None', '0', '0.0', 'False', "''", '[]', '()', 'set()', 'frozenset()', '{}'].map(read); // prettier-ignore
    values.forEach((a, i) => values.forEach((b, j) => expect(equalValues(a, b, 'strict')).toBe(i === j)));
  });

  it('pairs members that are near each other, whatever order they came in', () => {
    const a = read("{1.0000009: 'x', 1.0000018: 'x'}");
    const b = read("{1.000001: 'x', 1.0: 'x'}");
    for (const [x, y] of [[a, b], [b, a]] as const) expect(equalValues(x, y, 'strict')).toBe(true);
  }); // prettier-ignore

  it('compares ten thousand members in any order in time', () => {
    const entries = Array.from({ length: 10_000 }, (_, i): [Value, Value] => [
      { type: 'float', value: i + 0.5 },
      { type: 'int', value: i },
    ]);
    const start = computed();
    expect(
      equalValues({ type: 'dict', entries }, { type: 'dict', entries: entries.toReversed() }, 'strict'),
    ).toBe(true);
    const other = entries.with(5000, [{ type: 'float', value: -1 }, { type: 'none' }]);
    expect(equalValues({ type: 'dict', entries }, { type: 'dict', entries: other }, 'strict')).toBe(false);
    expect(computed() - start).toBeLessThan(10_000);
  });
});

it('no integer is infinite', () => {
  const googol = read(`1${'0'.repeat(400)}`);
  for (const mode of modes) expect(equalValues(googol, read("float('inf')"), mode)).toBe(false);
});

it('pairUp finds a pairing whenever there is one', () => {
  const matrix = fc
    .integer({ min: 1, max: 5 })
    .chain((n) =>
      fc.array(fc.array(fc.boolean(), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
    );
  const orders = (list: readonly number[]): number[][] =>
    list.length === 0
      ? [[]]
      : list.flatMap((x) => orders(list.filter((y) => y !== x)).map((rest) => [x, ...rest]));
  fc.assert(
    fc.property(matrix, (fits) => {
      const indices = [...fits.keys()];
      const possible = orders(indices).some((order) => order.every((j, i) => fits[i]![j]));
      expect(
        pairUp(
          indices,
          indices,
          (i, j) => fits[i]![j]!,
          (i) => i,
          (i, j) => i - j,
        ),
      ).toBe(possible);
    }),
    fuzz(2000),
  );
});
