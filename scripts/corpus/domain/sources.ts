/**
 * Where elements come from and the ways to walk through them: lists, ranges, digits,
 * letters, pairs of two lists, neighbours, nested loops. The misconceptions are the
 * walks that start late, stop early, or run past the end.
 */
import type { Py } from './value.ts';
import type { Param, Source, Walk } from './parts.ts';

const single = (values: readonly Py[]): readonly (readonly [Py, Py])[] =>
  values.map((v) => [v, null] as const);
const list = (v: Py | undefined): readonly Py[] => (typeof v === 'string' ? [...v] : (v as readonly Py[]));
const between = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

function sequenceWalks(name: string, x: string): readonly Walk[] {
  return [
    { loops: [`for ${x} in ${name}:`], x, clause: `for ${x} in ${name}` },
    { loops: [`for i in range(len(${name})):`], x: `${name}[i]`, clause: `for i in range(len(${name}))` },
    { loops: [`for i in range(len(${name})):`], x, bind: `${x} = ${name}[i]` },
    { head: ['i = 0'], loops: [`while i < len(${name}):`], x: `${name}[i]`, tail: ['i += 1'] },
  ];
}

function sequence(source: {
  name: string;
  kind: Source['kind'];
  param: Param;
  nouns: readonly string[];
  x: string;
}): Source {
  const { name, x } = { name: source.param.name, x: source.x };
  return {
    name: source.name,
    kind: source.kind,
    params: [source.param],
    nouns: source.nouns,
    places: [`in ${name}`, `of ${name}`],
    walks: sequenceWalks(name, x),
    flaws: {
      'skips the first': [
        { loops: [`for ${x} in ${name}[1:]:`], x, clause: `for ${x} in ${name}[1:]` },
        {
          loops: [`for i in range(1, len(${name})):`],
          x: `${name}[i]`,
          clause: `for i in range(1, len(${name}))`,
        },
        { head: ['i = 1'], loops: [`while i < len(${name}):`], x: `${name}[i]`, tail: ['i += 1'] },
      ],
      'forgets the last': [
        { loops: [`for ${x} in ${name}[:-1]:`], x, clause: `for ${x} in ${name}[:-1]` },
        {
          loops: [`for i in range(len(${name}) - 1):`],
          x: `${name}[i]`,
          clause: `for i in range(len(${name}) - 1)`,
        },
        { head: ['i = 0'], loops: [`while i < len(${name}) - 1:`], x: `${name}[i]`, tail: ['i += 1'] },
      ],
    },
    elements: ([xs]) => single(list(xs)),
  };
}

function counting(source: {
  name: string;
  params: readonly Param[];
  places: readonly string[];
  from: string;
  to: string;
  above: string;
  elements: Source['elements'];
  flaws: Readonly<Record<string, readonly [string, string]>>;
}): Source {
  // `to` is the exclusive end of the range, `above` the condition of the while loop.
  const walks = (from: string, to: string, condition: string): readonly Walk[] => {
    const range = from === '0' ? `range(${to})` : `range(${from}, ${to})`;
    return [
      { loops: [`for x in ${range}:`], x: 'x', clause: `for x in ${range}` },
      { loops: [`for x in ${range}:`], x: 'x', clause: `for x in ${range}` },
      { head: [`x = ${from}`], loops: [`while ${condition}:`], x: 'x', tail: ['x += 1'] },
    ];
  };
  const flaws: Record<string, readonly Walk[]> = {};
  for (const [flaw, [from, to]] of Object.entries(source.flaws)) {
    flaws[flaw] = walks(from, to, to.endsWith(' + 1') ? `x <= ${to.slice(0, -4)}` : `x < ${to}`);
  }
  return {
    name: source.name,
    kind: 'nat',
    params: source.params,
    nouns: ['numbers'],
    places: source.places,
    walks: walks(source.from, source.to, source.above),
    flaws,
    elements: source.elements,
  };
}

const XS: Param = { name: 'xs', kind: 'ints' };
const N: Param = { name: 'n', kind: 'nat' };
const A: Param = { name: 'a', kind: 'ints' };
const B: Param = { name: 'b', kind: 'partner' };

export const SOURCES: readonly Source[] = [
  sequence({ name: 'list', kind: 'int', param: XS, nouns: ['numbers', 'values', 'elements'], x: 'x' }),
  sequence({
    name: 'words',
    kind: 'word',
    param: { name: 'words', kind: 'words' },
    nouns: ['strings'],
    x: 'w',
  }),
  sequence({
    name: 'letters',
    kind: 'char',
    param: { name: 's', kind: 'word' },
    nouns: ['letters', 'characters'],
    x: 'c',
  }),
  counting({
    name: 'one to n',
    params: [N],
    places: ['from 1 to n', 'up to n from 1'],
    from: '1',
    to: 'n + 1',
    above: 'x <= n',
    elements: ([n]) => single(between(1, n as number)),
    flaws: {
      'stops before n': ['1', 'n'],
      'starts at zero': ['0', 'n + 1'],
      'zero to n minus one': ['0', 'n'],
    },
  }),
  counting({
    name: 'zero to n',
    params: [N],
    places: ['from 0 to n - 1', 'in range n'],
    from: '0',
    to: 'n',
    above: 'x < n',
    elements: ([n]) => single(between(0, (n as number) - 1)),
    flaws: { 'goes on to n': ['0', 'n + 1'], 'starts at one': ['1', 'n'] },
  }),
  counting({
    name: 'a to b',
    params: [
      { name: 'a', kind: 'nat' },
      { name: 'b', kind: 'natural pair' },
    ],
    places: ['from a to b', 'between a and b inclusive'],
    from: 'a',
    to: 'b + 1',
    above: 'x <= b',
    elements: ([a, b]) => single(between(a as number, b as number)),
    flaws: { 'stops before b': ['a', 'b'], 'starts after a': ['a + 1', 'b + 1'] },
  }),
  {
    name: 'digits',
    kind: 'nat',
    params: [{ name: 'n', kind: 'digits' }],
    nouns: ['digits'],
    places: ['of n', 'in n'],
    walks: [
      { loops: ['for c in str(n):'], x: 'x', bind: 'x = int(c)' },
      { loops: ['for c in str(n):'], x: 'int(c)', clause: 'for c in str(n)' },
      { loops: ['while n > 0:'], x: 'x', bind: 'x = n % 10', tail: ['n //= 10'], backwards: true },
    ],
    flaws: {
      'forgets the first digit': [
        { loops: ['while n > 9:'], x: 'x', bind: 'x = n % 10', tail: ['n //= 10'], backwards: true },
        { loops: ['for c in str(n)[1:]:'], x: 'int(c)', clause: 'for c in str(n)[1:]' },
      ],
      'quotient for digit': [
        { loops: ['while n > 0:'], x: 'x', bind: 'x = n // 10', tail: ['n //= 10'], backwards: true },
      ],
    },
    elements: ([n]) => single([...String(n)].map(Number)),
  },
  {
    name: 'indexed',
    kind: 'indexed',
    params: [XS],
    nouns: ['numbers', 'values', 'elements'],
    places: ['in xs', 'of xs'],
    walks: [
      { loops: ['for i, x in enumerate(xs):'], x: 'x', y: 'i', clause: 'for i, x in enumerate(xs)' },
      { loops: ['for i in range(len(xs)):'], x: 'xs[i]', y: 'i', clause: 'for i in range(len(xs))' },
      { head: ['i = 0'], loops: ['while i < len(xs):'], x: 'xs[i]', y: 'i', tail: ['i += 1'] },
    ],
    flaws: {
      'counts from one': [
        { loops: ['for i, x in enumerate(xs, 1):'], x: 'x', y: 'i', clause: 'for i, x in enumerate(xs, 1)' },
      ],
      'forgets the last': [
        {
          loops: ['for i in range(len(xs) - 1):'],
          x: 'xs[i]',
          y: 'i',
          clause: 'for i in range(len(xs) - 1)',
        },
      ],
      'skips the first': [
        { head: ['i = 1'], loops: ['while i < len(xs):'], x: 'xs[i]', y: 'i', tail: ['i += 1'] },
      ],
    },
    elements: ([xs]) => list(xs).map((x, i) => [x, i] as const),
  },
  {
    name: 'zip',
    kind: 'pair',
    params: [A, B],
    nouns: ['pairs'],
    places: ['of a and b at the same position', 'from a and b side by side'],
    walks: [
      { loops: ['for x, y in zip(a, b):'], x: 'x', y: 'y', clause: 'for x, y in zip(a, b)' },
      { loops: ['for i in range(len(a)):'], x: 'a[i]', y: 'b[i]', clause: 'for i in range(len(a))' },
      { head: ['i = 0'], loops: ['while i < len(a):'], x: 'a[i]', y: 'b[i]', tail: ['i += 1'] },
    ],
    flaws: {
      'forgets the last': [
        {
          loops: ['for i in range(len(a) - 1):'],
          x: 'a[i]',
          y: 'b[i]',
          clause: 'for i in range(len(a) - 1)',
        },
      ],
      'skips the first': [
        {
          loops: ['for x, y in zip(a[1:], b[1:]):'],
          x: 'x',
          y: 'y',
          clause: 'for x, y in zip(a[1:], b[1:])',
        },
      ],
      'pairs all with all': [
        { loops: ['for x in a:', 'for y in b:'], x: 'x', y: 'y', clause: 'for x in a for y in b' },
      ],
    },
    elements: ([a, b]) => list(a).map((x, i) => [x, list(b)[i] as Py] as const),
  },
  {
    name: 'neighbours',
    kind: 'pair',
    params: [XS],
    nouns: ['neighbour pairs'],
    places: ['in xs', 'of xs'],
    walks: [
      {
        loops: ['for i in range(len(xs) - 1):'],
        x: 'xs[i]',
        y: 'xs[i + 1]',
        clause: 'for i in range(len(xs) - 1)',
      },
      {
        loops: ['for i in range(1, len(xs)):'],
        x: 'xs[i - 1]',
        y: 'xs[i]',
        clause: 'for i in range(1, len(xs))',
      },
      { loops: ['for x, y in zip(xs, xs[1:]):'], x: 'x', y: 'y', clause: 'for x, y in zip(xs, xs[1:])' },
      { head: ['i = 1'], loops: ['while i < len(xs):'], x: 'xs[i - 1]', y: 'xs[i]', tail: ['i += 1'] },
    ],
    flaws: {
      'runs past the end': [
        {
          loops: ['for i in range(len(xs)):'],
          x: 'xs[i]',
          y: 'xs[i + 1]',
          clause: 'for i in range(len(xs))',
        },
      ],
      'wraps around': [
        {
          loops: ['for i in range(len(xs)):'],
          x: 'xs[i - 1]',
          y: 'xs[i]',
          clause: 'for i in range(len(xs))',
        },
      ],
      'misses the last pair': [
        {
          loops: ['for i in range(1, len(xs) - 1):'],
          x: 'xs[i - 1]',
          y: 'xs[i]',
          clause: 'for i in range(1, len(xs) - 1)',
        },
      ],
    },
    elements: ([xs]) =>
      list(xs)
        .slice(1)
        .map((y, i) => [list(xs)[i] as Py, y] as const),
  },
  {
    name: 'crossed',
    kind: 'pair',
    params: [A, B],
    nouns: ['pairs'],
    places: ['of a number in a and a number in b', 'of one from a and one from b'],
    walks: [
      { loops: ['for x in a:', 'for y in b:'], x: 'x', y: 'y', clause: 'for x in a for y in b' },
      {
        loops: ['for i in range(len(a)):', 'for j in range(len(b)):'],
        x: 'a[i]',
        y: 'b[j]',
        clause: 'for i in range(len(a)) for j in range(len(b))',
      },
    ],
    flaws: {
      'side by side only': [
        { loops: ['for x, y in zip(a, b):'], x: 'x', y: 'y', clause: 'for x, y in zip(a, b)' },
      ],
      'same list twice': [
        { loops: ['for x in a:', 'for y in a:'], x: 'x', y: 'y', clause: 'for x in a for y in a' },
      ],
    },
    elements: ([a, b]) => list(a).flatMap((x) => list(b).map((y) => [x, y] as const)),
  },
  {
    name: 'pairs within',
    kind: 'pair',
    params: [XS],
    nouns: ['pairs'],
    places: ['of an element and a later one in xs', 'within xs'],
    walks: [
      {
        loops: ['for i in range(len(xs)):', 'for j in range(i + 1, len(xs)):'],
        x: 'xs[i]',
        y: 'xs[j]',
        clause: 'for i in range(len(xs)) for j in range(i + 1, len(xs))',
      },
      {
        loops: ['for i, x in enumerate(xs):', 'for y in xs[i + 1:]:'],
        x: 'x',
        y: 'y',
        clause: 'for i, x in enumerate(xs) for y in xs[i + 1:]',
      },
    ],
    flaws: {
      'pairs an element with itself': [
        {
          loops: ['for i in range(len(xs)):', 'for j in range(i, len(xs)):'],
          x: 'xs[i]',
          y: 'xs[j]',
          clause: 'for i in range(len(xs)) for j in range(i, len(xs))',
        },
      ],
      'every pair twice': [
        { loops: ['for x in xs:', 'for y in xs:'], x: 'x', y: 'y', clause: 'for x in xs for y in xs' },
      ],
    },
    elements: ([xs]) =>
      list(xs).flatMap((x, i) =>
        list(xs)
          .slice(i + 1)
          .map((y) => [x, y] as const),
      ),
  },
];
