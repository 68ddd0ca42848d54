/** The trace viewer's models, on traces that the real sandbox made. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../../src/sandbox/node.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import { diffLines } from '../../../src/ui/play/compare/diff.ts';
import { loopAt, loopsOf, loopTable } from '../../../src/ui/play/trace/loops.ts';
import { momentsOf, type Moment } from '../../../src/ui/play/trace/moments.ts';
import { compareLines, compareVariables } from '../../../src/ui/play/trace/predicted.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

async function trace(code: string, args: string): Promise<readonly Moment[]> {
  return momentsOf(await sandbox.trace({ code, call: { entryPoint: 'f', args }, mode: 'steps' }));
}
const variables = (moment: Moment, depth = -1) =>
  Object.fromEntries(moment.frames.at(depth)!.variables.map(({ name, value }) => [name, value]));

const COUNT = `def f(xs):
    total = 0
    for x in xs:
        if x > 2:
            total += x
            print(x)
    return total
`;

describe('moments of a trace', () => {
  test('begin before the first line and end with what is returned', async () => {
    const all = await trace(COUNT, '[5, 1, 3]');
    expect(all[0]).toMatchObject({ event: 'call', just: null, next: 2, stdout: '' });
    expect(variables(all[0]!)).toEqual({ xs: '[5, 1, 3]' });
    expect(all.at(-1)).toMatchObject({ event: 'return', just: 7, next: null, stdout: '5\n3\n' });
    expect(all.at(-1)!.frames[0]!.returns).toBe('8');
  });

  test('say which variable a line made or changed, and what it was before', async () => {
    const all = await trace(COUNT, '[5, 1, 3]');
    const made = all.find(({ just }) => just === 2)!;
    expect(made.frames[0]!.variables).toContainEqual(
      expect.objectContaining({
        name: 'total',
        value: '0',
        before: null,
        state: 'new',
      }),
    );
    const [first, second] = all.filter(({ just }) => just === 5);
    expect(first!.frames[0]!.variables).toContainEqual(
      expect.objectContaining({
        name: 'total',
        value: '5',
        before: '0',
        state: 'changed',
      }),
    );
    expect(second!.frames[0]!.variables).toContainEqual(
      expect.objectContaining({
        name: 'total',
        value: '8',
        before: '5',
        state: 'changed',
      }),
    );
    const after = all[all.indexOf(first!) + 1]!;
    expect(after.frames[0]!.variables.every(({ state }) => state === 'same')).toBe(true);
  });

  test('every line is followed by the one it announced', async () => {
    const all = await trace(COUNT, '[5, 1, 3]');
    all.slice(0, -1).forEach(({ next }, i) => expect(all[i + 1]!.just).toBe(next));
  });

  test('output grows with the lines that print', async () => {
    const all = await trace(COUNT, '[5, 1, 3]');
    const at = all.findIndex(({ just }) => just === 6);
    expect([all[at - 1]!.stdout, all[at]!.stdout]).toEqual(['', '5\n']);
  });

  test('recursion stacks calls; a line that calls is over only when its calls are', async () => {
    const all = await trace(
      'def f(n):\n    if n < 2:\n        return n\n    y = f(n - 1) + f(n - 2)\n    return y\n',
      '3',
    );
    expect(Math.max(...all.map(({ frames }) => frames.length))).toBe(3);
    const deepest = all.find(({ frames }) => frames.length === 3)!;
    expect(deepest.frames.map(({ args }) => args)).toEqual(['n = 3', 'n = 2', 'n = 1']);
    expect(deepest.frames[0]!.line).toBe(4);
    expect(variables(deepest, 0)).toEqual({ n: '3' });
    // y of the outer call appears once, after both inner calls.
    const made = all.filter(
      ({ frames }) =>
        frames.length === 1 && frames[0]!.variables.some((v) => v.state === 'new' && v.name === 'y'),
    );
    expect(made).toHaveLength(1);
    expect(variables(made[0]!)).toEqual({ n: '3', y: '2' });
    expect(new Set(all.map(({ frames }) => frames.at(-1)!.id)).size).toBe(5);
  });

  test('an exception ends the trace where it was raised', async () => {
    const all = await trace('def f(xs):\n    i = 3\n    return xs[i]\n', '[1]');
    expect(all.at(-1)).toMatchObject({ event: 'exception', just: 3 });
  });
});

describe('loop tables', () => {
  test('have a row per iteration with the values at its end', async () => {
    const all = await trace(COUNT, '[5, 1, 3]');
    const [loop] = loopsOf(COUNT);
    expect(loop).toMatchObject({ line: 3, end: 6 });
    const table = loopTable(all, loop!, 0);
    expect(table.columns).toEqual(['x', 'total']);
    expect(table.iterations.map(({ cells }) => cells.map(({ value }) => value))).toEqual([
      ['5', '5'],
      ['1', '5'],
      ['3', '8'],
    ]);
    expect(table.iterations.map(({ cells }) => cells[1]!.changed)).toEqual([true, false, true]);
  });

  test('of nested loops, the innermost around the line is chosen', async () => {
    const source =
      'def f(n):\n    s = 0\n    for i in range(n):\n        for j in range(i):\n            s += j\n    return s\n';
    const all = await trace(source, '3');
    const loops = loopsOf(source);
    const inner = all.find(({ just }) => just === 5)!;
    expect(loopAt(loops, inner)?.line).toBe(4);
    expect(loopAt(loops, all[0]!)).toBeNull();
    expect(loopTable(all, loops[0]!, 0).iterations).toHaveLength(3);
    expect(loopTable(all, loops[1]!, 0).iterations).toHaveLength(3);
  });

  test('a while loop has its last test left out', async () => {
    const source = 'def f(n):\n    while n > 0:\n        n -= 1\n    return n\n';
    const table = loopTable(await trace(source, '2'), loopsOf(source)[0]!, 0);
    expect(table.iterations.map(({ cells }) => cells[0]!.value)).toEqual(['1', '0']);
  });
});

describe('predicted and true', () => {
  const answer = '<L1>t<0><L2>x<2><|><ans>t<0><;>x<2><;><ret><0><;>';
  const wrong = '<L1>t<0><L2>x<3><|><ans>t<0><;>x<3><;><ret><0><;>';

  test('lines are right up to the first wrong one', () => {
    const states = compareLines(answer, wrong, null).map(({ state }) => state);
    expect(states).toEqual(['right', 'first-wrong', 'after', 'after', 'after']);
    expect(compareLines(answer, answer, null).every(({ state }) => state === 'right')).toBe(true);
  });

  test('the probability of a value is that of its tokens, its name apart', () => {
    const pieces = answer.match(/<[^>]+>|[a-z]+/g)!;
    const base = Float32Array.from(pieces, () => Math.log(0.5));
    const now = Float32Array.from(pieces, () => Math.log(0.8));
    const seen = { pieces, base, now, at: 3, trainer: null, credit: null };
    const variables = [
      { name: 't', truth: '0', predicted: '0', right: true },
      { name: 'x', truth: '2', predicted: '3', right: false },
      { name: 'return', truth: '0', predicted: '0', right: true },
    ];
    const compared = compareVariables(answer, variables, seen);
    expect(compared.map(({ isFirstWrong }) => isFirstWrong)).toEqual([false, true, false]);
    // A value and its end: two tokens.
    for (const { chance } of compared) {
      expect(chance!.base).toBeCloseTo(0.25, 5);
      expect(chance!.now).toBeCloseTo(0.64, 5);
    }
    const [line] = compareLines(answer, wrong, seen);
    expect(line!.chance!.base).toBeCloseTo(0.125, 5);
  });
});

test('two programs differ in the lines that only one has', () => {
  expect(diffLines('\n    a = 1\n    return a\n', '\n    a = 2\n    return a\n')).toEqual([
    { kind: 'base', text: '    a = 1' },
    { kind: 'now', text: '    a = 2' },
    { kind: 'same', text: '    return a' },
  ]);
});
