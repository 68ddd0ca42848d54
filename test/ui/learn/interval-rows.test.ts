/** Where the marks of a chart of intervals stand, by hand. */
import { describe, expect, test } from 'vitest';
import { arrowAt, axisOf, placeOn } from '../../../src/ui/learn/interval-rows.ts';

describe('a chart of intervals', () => {
  const means = [
    { mean: 0.1, low: -0.1, high: 0.3 },
    { mean: 0.4, low: null, high: null },
  ];

  test('has an axis that holds ends, means without ends, and what has to be seen', () => {
    expect(axisOf(means, [0])).toEqual([expect.closeTo(-0.12, 12), expect.closeTo(0.42, 12)]);
    expect(axisOf(means, [0, 1])[1]).toBeCloseTo(1.044, 12);
  });

  test('places values along it', () => {
    const at = placeOn([-1, 3], 400);
    expect([at(-1), at(0), at(3)]).toEqual([0, 100, 400]);
  });

  test.each([
    [1, 10, 0],
    [0, 0, -10],
    [-1, -10, 0],
    [0.6, 6, -8],
    // Corrected for noise, a cosine may come out beyond 1.
    [1.2, 10, 0],
  ])('draws a cosine of %f as its angle', (cosine, x, y) => {
    const end = arrowAt(cosine, 10);
    expect(end.x).toBeCloseTo(x, 12);
    expect(end.y).toBeCloseTo(y, 12);
  });
});
