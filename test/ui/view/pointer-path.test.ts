/**
 * An arrow leaves its name, keeps to its lane and ends at the object's edge, whichever is above the other.
 */
import { describe, expect, test } from 'vitest';
import { lanesWidth, pointerPath, type PlacedBox } from '../../../src/ui/view/pointer-path.ts';

const box = (left: number, top: number, right: number, bottom: number): PlacedBox => ({
  left,
  top,
  right,
  bottom,
});
/** Every point that the path names. */
function points(path: string): readonly (readonly [number, number])[] {
  const at: [number, number][] = [];
  for (const [, letter, rest] of path.matchAll(/([MHVQ])([^MHVQ]*)/g)) {
    const numbers = rest!.trim().split(/[ ,]+/).map(Number);
    const [x, y] = at.at(-1) ?? [0, 0];
    if (letter === 'H') at.push([numbers[0]!, y]);
    else if (letter === 'V') at.push([x, numbers[0]!]);
    else for (let i = 0; i < numbers.length; i += 2) at.push([numbers[i]!, numbers[i + 1]!]);
  }
  return at;
}

const WIDTH = 300;
const object = box(60, 10, 140, 30);
const names = [box(60, 50, 84, 66), box(60, 80, 84, 96), box(60, 110, 90, 126)];

describe.each([1, 2, 3, 7])('%i arrows', (arrows) => {
  const paths = Array.from({ length: arrows }, (_, i) =>
    pointerPath(names[i % names.length]!, object, i, arrows, WIDTH),
  );
  test('begin beside the name and end beside the object', () => {
    paths.forEach((path, i) => {
      const way = points(path);
      const from = names[i % names.length]!;
      expect(way[0]).toEqual([from.right + 1, (from.top + from.bottom) / 2]);
      expect(way.at(-1)).toEqual([object.right + 2, 20]);
    });
  });
  test('stay in the room that is kept for them', () => {
    for (const path of paths) {
      const furthest = Math.max(...points(path).map(([x]) => x));
      expect(furthest).toBeLessThan(WIDTH);
      expect(furthest).toBeGreaterThanOrEqual(WIDTH - lanesWidth(arrows));
    }
  });
});

test('each of a few arrows has a lane of its own', () => {
  const lanes = [0, 1, 2].map((i) =>
    Math.max(...points(pointerPath(names[i]!, object, i, 3, WIDTH)).map(([x]) => x)),
  );
  expect(new Set(lanes).size).toBe(3);
});

test('an object below its name, or on its line', () => {
  const below = points(pointerPath(object, names[2]!, 0, 1, WIDTH));
  expect(below.at(-1)).toEqual([92, 118]);
  const beside = points(pointerPath(box(200, 10, 220, 30), object, 0, 1, WIDTH));
  expect(beside.at(-1)).toEqual([142, 20]);
  expect(new Set(beside.map(([, y]) => y))).toEqual(new Set([20]));
});

test('no arrows need no room', () => expect(lanesWidth(0)).toBe(0));
