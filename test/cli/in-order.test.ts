/** Several jobs under way, results in order. */
import { expect, test } from 'vitest';
import { mapInOrder } from '../../src/cli/in-order.ts';

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test('results come in the order of the items though later ones finish first', async () => {
  let underWay = 0;
  let most = 0;
  const seen: (readonly [number, number])[] = [];
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    await later(item);
    underWay--;
    return item * 2;
  };
  for await (const pair of mapInOrder([20, 1, 10, 1], 2, work, new AbortController().signal)) seen.push(pair);
  expect(seen).toEqual([
    [20, 40],
    [1, 2],
    [10, 20],
    [1, 2],
  ]);
  expect(most).toBe(2);
});

test('a failure comes at its turn and waits for the jobs under way', async () => {
  let finished = 0;
  const seen: number[] = [];
  const work = async (item: number): Promise<number> => {
    if (item === 2) throw new Error('two');
    await later(10);
    finished++;
    return item;
  };
  const all = async (): Promise<void> => {
    for await (const [item] of mapInOrder([1, 2, 3, 4], 3, work, new AbortController().signal))
      seen.push(item);
  };
  await expect(all()).rejects.toThrow('two');
  expect(seen).toEqual([1]);
  // 3 was under way, and 4 was started when 1 had ended.
  expect(finished).toBe(3);
});

test('the signal stops it before another job starts', async () => {
  const controller = new AbortController();
  const started: number[] = [];
  const work = async (item: number): Promise<number> => {
    started.push(item);
    return item;
  };
  const all = async (): Promise<void> => {
    for await (const [item] of mapInOrder([1, 2, 3, 4, 5], 1, work, controller.signal)) {
      if (item === 2) controller.abort();
    }
  };
  await expect(all()).rejects.toThrow();
  expect(started.length).toBeLessThan(5);
});
