/**
 * Expressions of generated programs, by the type of their value. A name's spelling fixes its type, so that
 * most programs run to their end: a, b, c, n, i, k are ints, xs, ys, zs lists of ints, rows a list of lists,
 * d a dict, s a set, o an object that changes `xs`.
 */
import type { Choices } from './choices.ts';

export const INTS = ['a', 'b', 'c', 'n', 'k'] as const;
export const LISTS = ['xs', 'ys', 'zs'] as const;

export function int(c: Choices, depth = 2): string {
  if (depth === 0 || c.isSpent) return c.pick(['1', '0', '2', ...INTS]);
  const inner = () => int(c, depth - 1);
  return c.pick([
    () => c.pick(['1', '3', ...INTS]),
    () => c.pick(INTS),
    () => `${inner()} + ${inner()}`,
    () => `${inner()} * ${inner()} % 7`,
    () => `len(${list(c, depth - 1)})`,
    () => `sum(${list(c, depth - 1)})`,
    () => `(${c.pick(INTS)} := ${inner()})`,
    () => `(lambda v: v + ${inner()})(${inner()})`,
    () => `next(iter(${list(c, depth - 1)}), ${inner()})`,
    () => `d.get(${inner()}, ${inner()})`,
    () => `(${inner()} if ${condition(c, depth - 1)} else ${inner()})`,
    () => c.pick(['o.top', 'o[0]', 'o + 1', '-o', 'int(o)', 'o.count', 'o()', 'len(o)', 'abs(o)', 'o.slot']),
  ])();
}

export function list(c: Choices, depth = 2): string {
  if (depth === 0 || c.isSpent) return c.pick(LISTS);
  const inner = () => int(c, depth - 1);
  /** No assignment expression may stand where a comprehension iterates. */
  const over = () => list(c, depth - 1).replaceAll(/\(\w+ := /g, '(');
  const name = c.pick(['v', 'w', 'a', 'xs', 'i']);
  return c.pick([
    () => c.pick(LISTS),
    () => '[]',
    () => `[${inner()}, ${inner()}]`,
    () => `${over()} + [${inner()}]`,
    () => `${over()}[:3]`,
    () => `[${name} for ${name} in ${over()} if ${name} != ${inner()}]`,
    () => `[(${c.pick(INTS)} := v + ${c.pick(INTS)}) for v in ${over()}]`,
    () =>
      `[\n        v + ${inner()}\n        for ${c.pick(['v', 'w, v', '(*w, v)'])} in enumerate(${over()})\n        ]`.replace(
        'for v in enumerate',
        'for v in ',
      ),
    () => `[g() for g in [lambda: ${name} for ${name} in ${over()}]]`,
    () => `list((${c.pick(INTS)} := v) for v in ${over()})`,
    () => `[v for w in rows for v in w]`,
    () => `sorted({v for v in ${over()}})`,
    () => `list({v: ${inner()} for v in ${over()}})`,
    () => `[*${over()}, *o]`,
  ])();
}

export function condition(c: Choices, depth = 1): string {
  if (c.isSpent) return 'True';
  const inner = () => int(c, depth);
  return c.pick([
    () => `${inner()} < ${inner()}`,
    () => `${inner()} in ${list(c, depth)}`,
    () => `any((${c.pick(INTS)} := v) > ${inner()} for v in ${list(c, depth).replaceAll(/\(\w+ := /g, '(')})`,
    () => `not ${inner()}`,
    () => `(${c.pick(INTS)} := ${inner()}) > 1 and (${c.pick(INTS)} := ${inner()}) < 5`,
    () =>
      c.pick([
        'o',
        'not o',
        'o < 1',
        '1 in o',
        'o == 1',
        'o is not None and o > 2',
        'bool(o)',
        "f'{o}' == f'{o:>3}'",
      ]),
  ])();
}
