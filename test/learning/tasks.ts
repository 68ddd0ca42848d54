/**
 * A few tasks in nano's style, each with programs of known fate, for tests of the loop with the real sandbox.
 */
import type { Task } from '../../src/tasks/types.ts';

export const sumTask: Task = {
  id: 'sum-above',
  description: 'sum of the numbers above 2',
  prompt: '# sum of the numbers above 2\ndef f(xs):',
  entryPoint: 'f',
  visible: [
    { args: '[1, 3, 5]', expected: '8' },
    { args: '[2]', expected: '0' },
  ],
  hidden: [{ args: '[4, 2, 2, 3]', expected: '7' }],
  split: 'train',
  tags: [],
  solution: '\n    t = 0\n    for x in xs:\n        if x > 2:\n            t += x\n    return t\n',
};

const body = (...lines: string[]) => lines.map((line) => `\n    ${line}`).join('');

export const programs = {
  pass: body('t = 0', 'for x in xs:', '    if x > 2:', '        t += x', 'return t'),
  wrong: body('t = 0', 'for x in xs:', '    if x >= 2:', '        t += x', 'return t'),
  /** Another spelling of `wrong`: the same syntax tree. */
  duplicate: body('t = 0', '', 'for x in xs:', '    if x >= 2:  # at least', '        t += x', 'return t'),
  wrongProduct: body('p = 1', 'for x in xs:', '    p = p * x', 'return p'),
  crash: body('t = xs[9]', 'return t'),
  loop: body('t = 0', 'while t < 1:', '    t = 0', 'return t'),
  /** Runs, returns nothing and defines nothing. */
  silent: body('pass'),
  syntax: body('return (('),
  /** Wrong, with a value too long for any answer. */
  long: body('t = [0]', 'for i in range(60):', '    t = t + [i]', 'return t'),
  blank: '  ',
} as const;

export const countTask: Task = {
  id: 'count-even',
  description: 'how many numbers are even',
  prompt: '# how many numbers are even\ndef f(xs):',
  entryPoint: 'f',
  visible: [{ args: '[1, 2, 4]', expected: '2' }],
  hidden: [{ args: '[3]', expected: '0' }],
  split: 'train',
  tags: [],
};

export const countPrograms = [
  body('n = 0', 'for x in xs:', '    if x % 2 == 0:', '        n += 1', 'return n'),
  body('n = 0', 'for x in xs:', '    if x % 2 == 1:', '        n += 1', 'return n'),
  body('n = 1', 'for x in xs:', '    if x % 2 == 0:', '        n += 1', 'return n'),
] as const;

export const heldoutTask: Task = { ...sumTask, id: 'sum-above-heldout', split: 'heldout' };
