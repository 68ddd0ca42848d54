/**
 * Whether two lists can be paired one to one. "The same" may be a tolerance and so not transitive: taking the first partner that fits could
 * leave another without one, and the answer would depend on the order. So it is a bipartite matching (augmenting paths, breadth first).
 */

/**
 * @param same symmetric
 * @param order roughly where a member stands among the others; only speed rests on it: lists that agree but for a few members take linear time
 */
export function pairUp<T>(
  one: readonly T[],
  other: readonly T[],
  same: (x: T, y: T) => boolean,
  order: (x: T, y: T) => number,
): boolean {
  if (one.length !== other.length) return false;
  const [a, b] = [[...one].sort(order), [...other].sort(order)];
  /** Index of the partner in the other list, or -1. */
  const ofA = new Int32Array(a.length).fill(-1);
  const ofB = new Int32Array(b.length).fill(-1);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const isPair = same(a[i]!, b[j]!);
    const place = isPair ? 0 : order(a[i]!, b[j]!);
    if (isPair) [ofA[i], ofB[j]] = [j, i];
    if (place <= 0) i++;
    if (place >= 0) j++;
  }
  const find = (start: number): boolean => {
    /** From which member of `a` a member of `b` was reached. */
    const from = new Int32Array(b.length).fill(-1);
    const queue = [start];
    for (const i of queue) {
      for (let j = 0; j < b.length; j++) {
        if (from[j]! >= 0 || !same(a[i]!, b[j]!)) continue;
        from[j] = i;
        if (ofB[j]! >= 0) {
          queue.push(ofB[j]!);
          continue;
        }
        // A free partner: everyone on the way moves on to the next.
        for (let at = j; at >= 0;) {
          const x = from[at]!;
          const before = ofA[x]!;
          ofA[x] = at;
          ofB[at] = x;
          at = before;
        }
        return true;
      }
    }
    return false;
  };
  return a.every((_, i) => ofA[i]! >= 0 || find(i));
}
