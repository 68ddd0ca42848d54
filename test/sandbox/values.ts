/**
 * Python values for property tests: each with the canonical value it must become and
 * a Python expression that makes it without any literal of ours. No test of its own.
 */
import fc from 'fast-check';
import { compareValues, floatValue, intValue, keyOf, type Value } from '../../src/sandbox/value.ts';

export interface Made {
  readonly value: Value;
  /**
   * A Python expression. Strings are made from code points and floats from their
   * bytes: nothing of it goes through our own notation.
   */
  readonly python: string;
}

const scalar = (value: Value, python: string): Made => ({ value, python });

const ints: fc.Arbitrary<Made> = fc
  .oneof(
    fc.integer({ min: -100, max: 200 }).map(BigInt),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.bigInt({ min: -(2n ** 4000n), max: 2n ** 4000n }),
    fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n), 10n ** 4199n),
  )
  .map((n) => scalar(intValue(n.toString()), `int('${n.toString(16)}', 16)`));

const floats: fc.Arbitrary<Made> = fc
  .oneof(
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 5e-324, 2 ** 53, 1e16, 1e-5, 0.1),
    fc.integer({ min: -9, max: 9 }),
  )
  .map((x) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, x, true);
    return scalar(floatValue(x), `unpack('<d', bytes([${[...bytes].join()}]))[0]`);
  });

const codePoint = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0x2ff }),
  fc.constantFrom(0, 10, 13, 34, 39, 92, 0x85, 0xa0, 0x2028, 0xfeff, 0xfffe, 0xffff, 0x10ffff, 0x1f600),
  fc.integer({ min: 0xd800, max: 0xdfff }),
  fc.integer({ min: 0, max: 0x10ffff }),
);
/**
 * Any code points, halves of characters among them. Two halves side by side are one
 * character here, so that no value holds them.
 */
const strings: fc.Arbitrary<Made> = fc.array(codePoint, { maxLength: 12 }).map((points) => {
  const isPair = points.some(
    (p, i) => p >= 0xdc00 && p <= 0xdfff && points[i - 1]! >= 0xd800 && points[i - 1]! <= 0xdbff,
  );
  const python = `''.join(map(chr, [${points.join()}]))`;
  return isPair
    ? scalar({ type: 'opaque', name: 'str with a surrogate pair' }, python)
    : scalar({ type: 'str', value: points.map((p) => String.fromCodePoint(p)).join('') }, python);
});

const plain = fc.constantFrom<Made>(
  scalar({ type: 'none' }, 'None'),
  scalar({ type: 'bool', value: true }, 'True'),
  scalar({ type: 'bool', value: false }, 'False'),
);
const scalars = fc.oneof(ints, floats, strings, plain);

const listed = (items: readonly Made[]): string => items.map(({ python }) => python).join(', ');

/**
 * Members of a set or keys of a dict: equal ones once, as Python keeps them. Without
 * halves that make no value: those have no equal here.
 */
const distinct = <T>(items: readonly T[], key: (item: T) => Value): T[] => {
  const met = new Set<string>();
  return items.filter((item) => {
    const text = keyOf(key(item));
    return text !== null && !met.has(text) && Boolean(met.add(text));
  });
};

const sequence = (type: 'list' | 'tuple', items: readonly Made[]): Made => ({
  value: { type, items: items.map(({ value }) => value) },
  python: type === 'list' ? `[${listed(items)}]` : `(${items.map(({ python }) => `${python}, `).join('')})`,
});
const setOf = (type: 'set' | 'frozenset', all: readonly Made[]): Made => {
  const items = distinct(all, ({ value }) => value);
  return {
    value: { type, items: items.map(({ value }) => value).sort(compareValues) },
    python: `${type}([${listed(items)}])`,
  };
};

export const { hashable, any: madeValues } = fc.letrec<{ hashable: Made; any: Made }>((tie) => ({
  hashable: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalars,
    fc.array(tie('hashable'), { maxLength: 4 }).map((items) => sequence('tuple', items)),
    fc.array(tie('hashable'), { maxLength: 4 }).map((items) => setOf('frozenset', items)),
  ),
  any: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalars,
    fc.array(tie('any'), { maxLength: 5 }).map((items) => sequence('list', items)),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => sequence('tuple', items)),
    fc.array(tie('hashable'), { maxLength: 5 }).map((items) => setOf('set', items)),
    tie('hashable'),
    fc.array(fc.tuple(tie('hashable'), tie('any')), { maxLength: 4 }).map((all): Made => {
      const entries = distinct(all, ([key]) => key.value);
      return {
        value: { type: 'dict', entries: entries.map(([key, item]) => [key.value, item.value] as const) },
        python: `{${entries.map(([key, item]) => `${key.python}: ${item.python}`).join(', ')}}`,
      };
    }),
    // One object in two places.
    tie('any').map(({ value, python }): Made => ({
      value: { type: 'list', items: [value, { type: 'tuple', items: [value] }, value] },
      python: `(lambda x: [x, (x,), x])(${python})`,
    })),
  ),
}));

/** Whether NaN is somewhere inside: it equals itself in one grading mode alone. */
export function holdsNaN(value: Value): boolean {
  if (value.type === 'float') return value.value === 'nan';
  if ('items' in value) return value.items.some(holdsNaN);
  return value.type === 'dict' && value.entries.some(([key, item]) => holdsNaN(key) || holdsNaN(item));
}

/** The same value written down in another order: sets and dicts shuffled. */
export function shuffled(value: Value, random: () => number): Value {
  const mix = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => [random(), item] as const)
      .sort(([x], [y]) => x - y)
      .map(([, item]) => item);
  if ('items' in value) {
    const items = value.items.map((item) => shuffled(item, random));
    return { ...value, items: value.type === 'set' || value.type === 'frozenset' ? mix(items) : items };
  }
  if (value.type !== 'dict') return value;
  return {
    ...value,
    entries: mix(value.entries.map(([k, v]) => [shuffled(k, random), shuffled(v, random)] as const)),
  };
}
