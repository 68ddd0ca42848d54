/**
 * The order in which tasks are put to the policy: one shuffle of all tasks after another. Each
 * shuffle is a function of the seed and its number, so that only a position has to be saved.
 */
import type { Random } from '../base/random.ts';

/** The `count` items from `position` on. */
export function takeInOrder<T>(items: readonly T[], position: number, count: number, random: Random): T[] {
  if (items.length === 0) throw new RangeError('There is no task to take.');
  const taken: T[] = [];
  let round = -1;
  let order: T[] = [];
  for (let at = position; at < position + count; at++) {
    const wanted = Math.floor(at / items.length);
    if (wanted !== round) [round, order] = [wanted, random.fork(`round ${wanted}`).shuffle(items)];
    taken.push(order[at % items.length] as T);
  }
  return taken;
}
