/** How programs are misread in execution documents: which ones, where, and that nothing else of the text moves. */
import { describe, expect, it } from 'vitest';
import { MISREADINGS, misread, rateIn } from '../../scripts/corpus/misreadings.ts';
import { createRandom, type Random } from '../../src/tasks/random.ts';

/** A stream that always or never draws. */
const constant = (value: number): Random => ({ ...createRandom(1), next: () => value });
const always = constant(0);
const never = constant(0.999);

const COUNT =
  'def f(xs):\n    t = 0\n    for x in xs:\n        if x >= 3 and x > 1:\n            t += x\n    return t';

describe('misreading a program', () => {
  it('takes each kind once, from the text as it was', () => {
    expect(misread(COUNT, always)).toBe(
      'def f(xs):\n    t = 1\n    for x in xs:\n        if x > 3 or x >= 1:\n            t = x\n    return t',
    );
  });

  it('reads the program as it is where no kind is drawn', () => {
    expect(misread(COUNT, never)).toBe(COUNT);
  });

  it('leaves the description and the line of def alone', () => {
    const program = '# numbers >= 3\ndef f(xs, k):\n    return xs[1:]';
    expect(misread(program, always)).toBe('# numbers >= 3\ndef f(xs, k):\n    return xs[:]');
  });

  it.each([
    ['a while loop', 'def f(n):\n    t = 0\n    while n >= 1:\n        n -= 1\n        t += 1\n    return t'],
    ['a recursion', 'def f(n):\n    if n <= 1:\n        return 1\n    return n * f(n - 1)'],
  ])('reads %s as it is: misread it might never end', (_, program) => {
    expect(misread(program, always)).toBe(program);
  });

  it('keeps the number of lines, which the trajectory is numbered by', () => {
    const random = createRandom('lines');
    for (const { pattern } of MISREADINGS) expect(pattern.source).not.toContain('\\n');
    for (let i = 0; i < 50; i++)
      expect(misread(COUNT, random).split('\n')).toHaveLength(COUNT.split('\n').length);
  });

  it.each([
    ['first', 'the rest as all', 'return xs[1:]', 0.6],
    ['last', 'the rest as all', 'return xs[1:]', 0.1],
    ['first', 'times as plus', 'return len(xs) * 3', 0.5],
    ['last', 'times as plus', 'return len(xs) * 3', 0.8],
  ] as const)('in the %s stage draws %s by its rate', (stage, name, body, rate) => {
    const random = createRandom('rates');
    const program = `def f(xs):\n    ${body}`;
    const drawn = Array.from({ length: 2000 }, () => misread(program, random, stage));
    const shown = drawn.filter((text) => text !== program).length / 2000;
    expect(Math.abs(shown - rate)).toBeLessThan(0.05);
    expect(
      rateIn(
        stage,
        MISREADINGS.find((kind) => kind.name === name)!,
      ),
    ).toBe(rate);
  });
});
