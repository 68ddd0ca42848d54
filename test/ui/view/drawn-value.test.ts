/** Values as something to draw, on cases worked out by hand and on traces of the real sandbox. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../../src/sandbox/node.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import { momentsOf, type Moment } from '../../../src/ui/play/trace/moments.ts';
import {
  drawLiteral,
  drawValue,
  partners,
  sharedObjects,
  type Drawn,
} from '../../../src/ui/view/drawn-value.ts';

/** A drawing in few signs: what differs has a `!` behind it. */
function sketch(drawn: Drawn): string {
  const mark = drawn.differs ? '!' : '';
  switch (drawn.kind) {
    case 'atom':
      return drawn.text + mark;
    case 'pointer':
      return `->${drawn.label}${mark}`;
    case 'text':
      return `'${drawn.cells.map(({ char, differs }) => char + (differs ? '!' : '')).join('')}'${tail(drawn)}`;
    case 'cells':
      return `${name(drawn)}${drawn.shape}(${drawn.cells.map(sketch).join(' ')})${tail(drawn)}`;
    case 'pairs':
      return `${name(drawn)}${drawn.shape}(${drawn.pairs
        .map(({ key, value, isNew }) => `${sketch(key)}${isNew ? '!' : ''}:${sketch(value)}`)
        .join(' ')})${tail(drawn)}`;
  }
}
const name = ({ label }: { readonly label: number | null }) => (label === null ? '' : `#${label} `);
const tail = ({ rest, gone }: { readonly rest: number; readonly gone: number }) =>
  (rest > 0 ? `+${rest}` : '') + (gone > 0 ? `-${gone}` : '');

describe('a value', () => {
  test.each([
    ['3', '3'],
    ['None', 'None'],
    ["'ab'", "'ab'"],
    ["''", "''"],
    ['[1, [2, 3]]', 'list(1 list(2 3))'],
    ['(1,)', 'tuple(1)'],
    ['{2, 1}', 'set(1 2)'],
    ["{'a': [1], 'b': 2}", "dict('a':list(1) 'b':2)"],
    ['not a value', 'not a value'],
  ])('%s is drawn by its kind', (text, drawn) => {
    expect(sketch(drawLiteral(text))).toBe(drawn);
  });

  test('of many items is drawn in part, and says of how many more', () => {
    const long = `[${Array.from({ length: 50 }, (_, i) => i).join(', ')}]`;
    expect(sketch(drawLiteral(long))).toMatch(/^list\(0 1 .* 39\)\+10$/);
    expect(sketch(drawLiteral(`'${'x'.repeat(45)}'`))).toMatch(/^'x{40}'\+5$/);
  });
});

describe('held against another', () => {
  test.each([
    ['[1, 2, 9]', '[1, 2, 3]', 'list(1 2 9!)'],
    ['[1, 2, 3]', '[1, 2]', 'list(1 2 3!)'],
    // Taken from the front: what is left is the same, and one is gone.
    ['[2, 3]', '[1, 2, 3]', 'list(2 3)-1'],
    ['[1, 2]', '[1, 2]', 'list(1 2)'],
    ['[[1, 0], [0, 1]]', '[[0, 0], [0, 1]]', 'list(list(1! 0) list(0 1))'],
    ['{1, 3}', '{1, 2}', 'set(1 3!)-1'],
    ["{'a': 1, 'b': 3}", "{'b': 2, 'a': 1}", "dict('a':1 'b':3!)"],
    ["{'a': 1, 'c': 3}", "{'a': 1, 'b': 2}", "dict('a':1 'c'!:3!)-1"],
    ["'cat'", "'cut'", "'ca!t'"],
    ['[1]', '(1,)', 'list(1!)'],
    ['8', '9', '8!'],
    ['1.0', '1', '1.0!'],
    ['9', 'garbage', '9!'],
  ])('%s against %s', (text, other, drawn) => {
    expect(sketch(drawLiteral(text, other))).toBe(drawn);
  });

  test('one that was not there before is new throughout', () => {
    expect(sketch(drawLiteral('[1, 2]', null))).toBe('list(1! 2!)');
  });

  test('partners: heads and tails are the same, what is between is by place', () => {
    const same = (a: number, b: number) => a === b;
    expect(partners([1, 7, 8, 4], [1, 2, 4], same)).toEqual([0, 1, -1, 2]);
    expect(partners([], [1], same)).toEqual([]);
    expect(partners([1, 1], [1], same)).toEqual([0, -1]);
  });
});

describe('objects that are held twice', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, spare: false });
  });
  afterAll(() => sandbox.dispose());

  const trace = async (code: string, args: string): Promise<readonly Moment[]> =>
    momentsOf(await sandbox.trace({ code, call: { entryPoint: 'f', args }, mode: 'steps' }));

  /** All variables of a moment, innermost call first, drawn together. */
  function drawn({ frames }: Moment): readonly string[] {
    const variables = frames.toReversed().flatMap((frame) => frame.variables);
    const drawing = { shared: sharedObjects(variables.map(({ now }) => now)), drawn: new Set<number>() };
    return variables.map(
      (variable) => `${variable.name} ${sketch(drawValue(variable.now, undefined, drawing))}`,
    );
  }

  test('are drawn once, and pointed at', async () => {
    const all = await trace(
      'def f(xs):\n    ys = xs\n    ys.append(3)\n    zs = [1, 2, 3]\n    return ys\n',
      '[1, 2]',
    );
    expect(drawn(all.at(-1)!)).toEqual(['xs #1 list(1 2 3)', 'ys ->1', 'zs list(1 2 3)']);
    const appended = all.find(({ just }) => just === 3)!;
    // Through both names.
    expect(appended.frames[0]!.variables.map(({ state }) => state)).toEqual(['changed', 'changed']);
  });

  test('rows of a grid made by multiplication are one row', async () => {
    const all = await trace('def f(n):\n    g = [[0] * n] * 2\n    g[0][0] = 1\n    return g\n', '2');
    expect(drawn(all.at(-1)!)).toEqual(['n 2', 'g list(#1 list(1 0) ->1)']);
  });

  test('tuples are not numbered: nobody can change them', async () => {
    const all = await trace('def f(t):\n    u = t\n    return u\n', '(1, 2)');
    expect(drawn(all.at(-1)!)).toEqual(['t tuple(1 2)', 'u tuple(1 2)']);
  });

  test('an inner call changes what an outer one holds, at once', async () => {
    const code =
      'def put(ys):\n    ys.append(9)\n    k = 1\n    return k\n\ndef f(xs):\n    n = put(xs)\n    return xs\n';
    const all = await trace(code, '[1]');
    const inside = all.find(({ just, frames }) => just === 2 && frames.length === 2)!;
    expect(drawn(inside)).toEqual(['ys #1 list(1 9)', 'xs ->1']);
    const outer = inside.frames[0]!.variables[0]!;
    expect(outer).toMatchObject({ name: 'xs', value: '[1, 9]', before: '[1]', state: 'changed' });
    // It is told once.
    const next = all[all.indexOf(inside) + 1]!;
    expect(next.frames[0]!.variables[0]).toMatchObject({ value: '[1, 9]', state: 'same' });
  });

  test('one that holds itself is drawn to where it does', async () => {
    const all = await trace('def f():\n    xs = [1]\n    xs.append(xs)\n    return 0\n', '');
    expect(drawn(all.at(-1)!)).toEqual(['xs #1 list(1 ->1)']);
  });
});
