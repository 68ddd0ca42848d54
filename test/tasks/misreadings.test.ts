/**
 * How programs are misread in execution documents: which ones, where, and that
 * nothing else of the text moves.
 */
import { describe, expect, it } from 'vitest';
import { MISREADING_RATE, MISREADINGS, misread } from '../../scripts/corpus/misreadings.ts';
import { createRandom, type Random } from '../../src/base/random.ts';

/** A stream that always or never draws. */
const constant = (value: number): Random => ({ ...createRandom(1), next: () => value });
const always = constant(0);
const never = constant(0.999);

const COUNT =
  'def f(xs):\n    t = 0\n    n = 1\n    for x in range(1, 3):\n        if x > 1:\n            t += x * 2\n    return t * n';

describe('misreading a program', () => {
  it('takes each kind once, from the text as it was', () => {
    expect(misread(COUNT, always)).toBe(
      'def f(xs):\n    t = 1\n    n = 0\n    for x in range(0, 3):\n        if x > 1:\n            t = x + 2\n    return t + n',
    );
  });

  it('reads the program as it is where no kind is drawn', () => {
    expect(misread(COUNT, never)).toBe(COUNT);
  });

  it('leaves the description and the line of def alone', () => {
    const program = '# two * three\ndef f(xs, k=2 * 3):\n    return k * 3';
    expect(misread(program, always)).toBe('# two * three\ndef f(xs, k=2 * 3):\n    return k + 3');
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
    ['starting at zero as at one', 't = 0\n    return t'],
    ['starting at one as at zero', 't = 1\n    return t'],
    ['from one as from zero', 'return list(range(1, 4))'],
    ['times as plus', 'return xs[0] * 3'],
  ])('draws %s by the rate', (name, body) => {
    const random = createRandom(name);
    const program = `def f(xs):\n    ${body}`;
    const drawn = Array.from({ length: 2000 }, () => misread(program, random));
    const shown = drawn.filter((text) => text !== program).length / 2000;
    expect(Math.abs(shown - MISREADING_RATE)).toBeLessThan(0.05);
  });

  it('is the best guess, and not the only one', () => {
    expect(MISREADING_RATE).toBeGreaterThan(0.5);
    expect(MISREADING_RATE).toBeLessThan(1);
  });
});
