/**
 * Generated programs for the differential test of last definitions. Each is one function `f(n, xs)` whose
 * statements bind, change and share variables in every way that Python has, beside a class whose every
 * operation changes a list. They solve no problem; only what they compute counts.
 */
import type fc from 'fast-check';
import { choiceStreams, type Choices, Choices as Stream } from './choices.ts';
import { condition, INTS, int, list, LISTS } from './expressions.ts';

export interface DefinitionCase {
  readonly code: string;
  readonly entry: string;
  /** Text between the brackets of the call. */
  readonly args: string;
}

/** A list that changes whenever anything is done with the object that holds it. */
const CHANGING = `class Slot:
    def __get__(self, owner, kind):
        owner.xs.append(2)
        return 5
    def __set__(self, owner, value):
        owner.xs.append(value)
class O:
    slot = Slot()
    def __init__(self, xs):
        self.xs = xs
        self.count = 0
    def touch(self, value=1):
        if len(self.xs) < 12:
            self.xs.append(value)
        return value
    @property
    def top(self):
        return self.touch(3)
    @top.setter
    def top(self, value):
        self.touch(value)
    def __add__(self, other): return self.touch(4)
    __radd__ = __mod__ = __add__
    def __iadd__(self, other):
        self.touch(other)
        return self
    def __neg__(self): return self.touch(5)
    def __abs__(self): return self.touch(6)
    def __int__(self): return self.touch(7)
    def __call__(self): return self.touch(8)
    def __len__(self): return self.touch(2)
    def __bool__(self): return self.touch(9) > 1
    def __lt__(self, other): return self.touch(0) > 1
    __gt__ = __lt__
    def __eq__(self, other): return self.touch(1) == other
    __hash__ = None
    def __contains__(self, item): return self.touch(item) == item
    def __getitem__(self, key): return self.touch(4)
    def __setitem__(self, key, value): self.touch(value)
    def __delitem__(self, key): self.xs.clear()
    def __format__(self, spec): return str(self.touch(6))
    def __iter__(self):
        self.touch(7)
        yield from (1, 2)
        self.touch(8)
    def __enter__(self): return self.touch(1)
    def __exit__(self, *error): self.xs.reverse()
    def __getattr__(self, name): return self.touch(5)
    def __delattr__(self, name): self.touch(6)
G = 0
`;

const SETUPS = [
  'global G',
  'a, b, c, k = 1, 2, 3, 4',
  'ys = [n]',
  'zs = xs',
  'rows = [[1], [2, 3]]',
  'd = {}',
  's = set()',
  'o = O(xs)',
] as const;

/** A program from a stream of choices; an empty stream gives the setup alone. */
export function programOf(numbers: readonly number[]): DefinitionCase {
  const c = new Stream(numbers);
  const args = c.pick(['3, [1, 2]', '0, []', '2, [5, 4, 3]', 'n=1, xs=[0]']);
  const form = c.pick([0, 0, 0, 0, 1, 2, 3]);
  const body = [...SETUPS, ...block(c, 3 + c.below(9), 2), 'return a'];
  const indent = form === 3 ? '    ' : '';
  const head = ['', '@wrapped\n', '@functools.lru_cache\n', ''][form]!;
  const before =
    form === 1 ? WRAPPED : form === 2 ? 'import functools\n' : form === 3 ? 'def made():\n    a = 7\n' : '';
  const parameters = form === 2 ? 'n=3, *xs_' : 'n, xs';
  const lines = [...(form === 2 ? ['xs = list(xs_)'] : []), ...body];
  const text = lines.flatMap((line) => line.split('\n')).map((line) => `${indent}    ${line}\n`);
  const after = form === 3 ? '    return f\nf = made()\n' : '';
  return {
    code: `${CHANGING}${before}${head}${indent}def f(${parameters}):\n${text.join('')}${after}`,
    entry: 'f',
    args: form === 2 ? '2, 5, 4' : args,
  };
}

const WRAPPED = `import functools
def wrapped(g):
    @functools.wraps(g)
    def inner(*a, **k):
        w = 1
        return g(*a, **k)
    return inner
`;

export const programs: fc.Arbitrary<DefinitionCase> = choiceStreams.map(programOf);

const indented = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => line.split('\n')).map((line) => `    ${line}`);

function block(c: Choices, most: number, depth: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < most && !c.isSpent; i++) lines.push(...statement(c, depth));
  return lines.length > 0 ? lines : ['pass'];
}

/** Lines of one statement, not indented. */
function statement(c: Choices, depth: number): string[] {
  const inside = (most = 3) => indented(block(c, 1 + c.below(most), depth - 1));
  const simple = SIMPLE[c.below(SIMPLE.length)]!;
  if (depth === 0 || c.chance(60)) return simple(c);
  return c.pick<(c: Choices, inside: (most?: number) => string[]) => string[]>(COMPOUND)(c, inside);
}

const SIMPLE: readonly ((c: Choices) => string[])[] = [
  (c) => [`${c.pick(INTS)} = ${int(c)}`],
  (c) => [`${c.pick(LISTS)} = ${list(c)}`],
  (c) => [`${c.pick(INTS)} += ${int(c)}`],
  (c) => [`${c.pick(LISTS)} += ${list(c)}[:2]`],
  (c) => [`${c.pick(LISTS)}.append(${int(c)})`],
  (c) => [`${c.pick(LISTS)}.${c.pick(['sort()', 'reverse()', 'clear()', 'pop()', 'extend(ys[:2])'])}`],
  (c) => [
    c.chance(50)
      ? `${c.pick(LISTS)}[${c.pick(['0', '-1'])}] = ${int(c)}`
      : `${c.pick(LISTS)}[${c.pick([':1', '1:'])}] = [${int(c)}]`,
  ],
  (c) => [`d[${int(c, 1)}] = ${int(c)}`],
  (c) => [`d.setdefault(${c.pick(['1', "'q'"])}, []).append(${int(c, 1)})`],
  (c) => [`s.add(${int(c)})`],
  (c) => [`rows[${c.pick(['0', '1'])}].append(${int(c)})`],
  (c) => [`rows[0][0] = ${int(c)}`],
  (c) => [`rows.append(${c.pick(['xs', 'o', 'rows[0]', 'xs[:]'])})`],
  (c) => [`${c.pick(INTS)}, ${c.pick(INTS)} = ${int(c, 1)}, ${int(c, 1)}`],
  (c) => [`a, *${c.pick(LISTS)} = ${list(c, 1)} + [1]`],
  (c) => [`(a,\n    (b, *ys)) = (${int(c, 1)},\n    [${int(c, 1)}, 2])`],
  (c) => [`${c.pick(LISTS)} = ${c.pick(LISTS)} = ${list(c)}`],
  (c) => [`${c.pick(INTS)} = ${c.pick(LISTS)}[0] = ${int(c)}`],
  (c) => [`del ${c.pick([...INTS, 'ys', 'zs[:1]', 'xs[0]', 'o[0]', 'o.gone', 'd'])}`],
  (c) => [`for i in ${list(c, 1)}: ${c.pick(INTS)} += i`],
  (c) => [`while len(ys) < ${c.pick(['3', '1'])}: ys.append(${c.pick(INTS)})`],
  (c) => [`o.top = ${int(c, 1)}`],
  (c) => [`o.top += ${int(c, 1)}`],
  (c) => [`o.slot = ${int(c, 1)}`],
  (c) => [`o[0] += ${int(c, 1)}`],
  (c) => [`o += ${int(c, 1)}`],
  () => [`o.count += 1`],
  (c) => [
    `${c.pick(INTS)} = ${c.pick(['o.top', 'o + 1', '1 + o', '-o', 'o[1]', 'o.nothing', 'o < 1', '1 in o', 'not o', 'o == 2', "f'{o}'", 'o % 2'])}`,
  ],
  (c) => [`o${c.pick(['', '.top', ' < 1', '[0]', ' + 1'])}`],
  (c) => [`o = O(${c.pick(LISTS)})`],
  (c) => [
    `it = ${c.pick(['map(xs.append, [1, 2])', 'iter(ys)', '(xs.append(v) for v in [1, 2])', '(ys.pop() for v in ys)', 'filter(ys.append, xs[:1])'])}`,
  ],
  (c) => [
    `${c.pick(['a = 9 in it', 'next(it, 0)', 'a, *b = it', 'b = [*it]', 'for i in it: pass', 'b = 9 not in it'])}`,
  ],
  (c) => [`${c.pick(INTS)} = G = ${int(c, 1)}`],
  (c) => [`import math as ${c.pick(['m', 'k'])}`],
  (c) => [`from math import floor, ceil as ${c.pick(['q', 'c'])}`],
  (c) => [`g = lambda: (${c.pick(['xs.append(1)', 'a'])}, b)\n${c.pick(['g()', 'a = g()'])}`],
  (c) => [`t: int = ${int(c)}`],
  (c) => [`if ${condition(c)}: return ${c.pick(['a', 'xs', 'None'])}`],
  (c) => [`print(\n    ${int(c, 1)},\n    ${int(c, 1)}\n)`],
  (c) => [`${c.pick(INTS)} = {v: (${c.pick(INTS)} := v) for v in ${c.pick(LISTS)}}`],
  () => [`a = f(n - 1, xs) if n > 0 and len(xs) < 6 else 0`],
  () => [`x = 1; ys.append(x); x = x`],
];

type Inside = (most?: number) => string[];
const COMPOUND: readonly ((c: Choices, inside: Inside) => string[])[] = [
  (c, inside) => [`if ${condition(c)}:`, ...inside(), ...(c.chance(50) ? ['else:', ...inside()] : [])],
  (c, inside) => [
    `for ${c.pick(['i', 'i', 'a', 'rows[0][0]', '(i, b)', '*ys, k'])} in ${c.pick(['range(3)', 'xs[:4]', 'list(enumerate(xs[:3]))', 'o', 'd'])}:`,
    ...inside(),
    ...(c.chance(30) ? [`    ${c.pick(['break', 'continue'])}`] : []),
    ...(c.chance(30) ? ['else:', ...inside(1)] : []),
  ],
  (c, inside) => [
    'j = 0',
    `while j < 3 and ${condition(c)}:`,
    '    j += 1',
    ...inside(),
    ...(c.chance(30) ? ['else:', ...inside(1)] : []),
  ],
  (c, inside) => [
    'try:',
    ...inside(),
    ...(c.chance(60)
      ? [
          `    ${c.pick(['1 // 0', 'xs[99]', 'raise ValueError(a)', 'b = 1 // 0', 'a, b = 1, 1 // 0', 'nothing'])}`,
        ]
      : []),
    `except ${c.pick(['Exception', '(ZeroDivisionError, IndexError)', 'NameError'])}${c.pick(['', ' as e', ' as a'])}:`,
    ...inside(),
    ...(c.chance(30) ? ['else:', ...inside(1)] : []),
    ...(c.chance(40) ? ['finally:', ...inside(1)] : []),
  ],
  (c, inside) => [
    `with ${c.pick(['o', 'o as a', 'O(ys) as b, o', 'O(ys) as (a), O(zs) as k'])}:`,
    ...inside(),
  ],
  (c, inside) => [
    'def h(p=1):',
    ...(c.chance(70) ? [`    nonlocal ${c.pick(['a', 'b', 'xs', 'ys'])}`] : []),
    ...inside(),
    `    return ${c.pick(['a', 'p', 'xs'])}`,
    ...c.pick([
      ['h()'],
      ['h()', 'h()'],
      ['a = h()'],
      ['[h() for _ in xs[:2]]'],
      ['b = max(xs, key=h, default=0)'],
    ]),
  ],
  (c) => [
    `def h():\n    nonlocal ${c.pick(['a', 'b'])}\n    ${c.pick(['a', 'b'])} = ${int(c, 1)}\n    def hh():\n        nonlocal a, ys\n        a = ${int(c, 1)}\n        ys = ys + [a]\n    hh()`,
    'h()',
  ],
  (c) => [
    `def gen():\n    nonlocal b\n    b = yield a\n    xs.append(${int(c, 1)})\n    yield b\n    b = 3`,
    `it = gen()`,
    ...c.pick([
      ['next(it)', 'it.send(4)'],
      ['for i in it: a = i'],
      ['a = list(it)'],
      ['next(it)'],
      ['a = 7 in it'],
      ['k, *c = it'],
    ]),
  ],
  (c) => [
    `class K${c.pick(['', '(O)'])}:\n    nonlocal a\n    a = ${int(c, 1)}\n    xs.append(2)\n    b = [v for v in xs]`,
  ],
  (c, inside) => [
    `match ${c.pick(['xs', '(a, b)', "{'p': a, 'q': b}", 'a', 'o'])}:`,
    `    case [${c.pick(['p', 'a'])}, *q]${c.pick(['', ' if p', ' if len(q) > 5'])}:`,
    ...indented(inside(1)),
    "    case {'p': p, **q}:",
    ...indented(inside(1)),
    `    case ${c.pick(['int(p)', 'int() as p', '1 | 2 as p'])}:`,
    ...indented(inside(1)),
    `    case ${c.pick(['_', 'p', 'b'])}:`,
    ...indented(inside(1)),
  ],
  (c) => [
    `async def co():\n    nonlocal a\n    a = ${int(c, 1)}\n    xs.append(a)`,
    'try:\n    co().send(None)\nexcept StopIteration: pass',
  ],
  (c) => [
    `def deco(g):\n    xs.append(${int(c, 1)})\n    return g`,
    '@deco\ndef h2(): pass',
    `@deco\nclass K: pass`,
  ],
  (c) => [
    `def rec(m):\n    nonlocal b\n    b = m\n    return 0 if m < 1 else rec(m - 1) + (b := b + 1 if False else 0)`.replace(
      ' + (b := b + 1 if False else 0)',
      '',
    ),
    `${c.pick(['a = rec(2)', 'rec(1)'])}`,
  ],
  (c) => [
    `class D:\n    def __init__(self): pass\n    def __del__(self): xs.append(${int(c, 1)})`,
    'u = D()',
    c.pick(['u = 1', 'del u', 'a = u', 'u = D()']),
  ],
];
