/** Curves from events: one axis of steps, gaps where nothing was measured. */
import { describe, expect, test } from 'vitest';
import { append, column, EMPTY_SERIES, firstOf, latest } from '../../../src/ui/view/series.ts';

describe('a series', () => {
  const series = append(append(append(EMPTY_SERIES, 0, { a: 1 }), 1, { b: 2 }), 2, { a: 3, b: 4 });

  test('has a gap where a metric was not measured', () => {
    expect(series.steps).toEqual([0, 1, 2]);
    expect(column(series, 'a')).toEqual([1, null, 3]);
    expect(column(series, 'b')).toEqual([null, 2, 4]);
    expect(column(series, 'never')).toEqual([null, null, null]);
  });

  test('merges what comes later for the same step', () => {
    const merged = append(series, 2, { c: 5 });
    expect(merged.steps).toEqual([0, 1, 2]);
    expect(column(merged, 'c')).toEqual([null, null, 5]);
    expect(column(merged, 'a')).toEqual([1, null, 3]);
  });

  test('puts what comes late where it belongs', () => {
    const late = append(append(append(EMPTY_SERIES, 1, { a: 1 }), 2, { a: 2 }), 0, { a: 0, b: 5 });
    expect(late.steps).toEqual([0, 1, 2]);
    expect(column(late, 'a')).toEqual([0, 1, 2]);
    expect(column(late, 'b')).toEqual([5, null, null]);
    const merged = append(late, 1, { b: 6 });
    expect([merged.steps, column(merged, 'b')]).toEqual([
      [0, 1, 2],
      [5, 6, null],
    ]);
  });

  test('leaves the earlier object as it was', () => {
    append(series, 3, { a: 9 });
    expect(series.steps).toEqual([0, 1, 2]);
    expect(column(series, 'a')).toEqual([1, null, 3]);
  });

  test('knows the first and the latest measured value', () => {
    const after = append(series, 3, { b: 7 });
    expect([firstOf(after, 'a'), latest(after, 'a'), latest(after, 'b')]).toEqual([1, 3, 7]);
    expect(latest(after, 'never')).toBeNull();
  });
});
