/**
 * Whether two lists can be paired one to one. "The same" may be a tolerance and is then not transitive.
 * Taking the first partner that fits could leave another item without one, and the answer would depend on the
 * order. So it is a bipartite matching (augmenting paths, breadth first).
 */

/**
 * Pairs that one comparison may try; lists that agree but for a few members need far
 * fewer. Beyond it they count as different.
 */
const mostTried = 5_000_000;

/**
 * @param same symmetric; asked at most once for each pair, so that comparing what is
 * nested takes no longer than what is flat
 * @param keyOf where a member stands among the others, worked out once for each; only
 * speed rests on the order
 */
export function pairUp<T, K>(
  one: readonly T[],
  other: readonly T[],
  same: (x: T, y: T) => boolean,
  keyOf: (x: T) => K,
  order: (x: K, y: K) => number,
): boolean {
  if (one.length !== other.length) return false;
  const sorted = (list: readonly T[]) =>
    list.map((item) => ({ item, key: keyOf(item) })).sort((x, y) => order(x.key, y.key));
  const [a, b] = [sorted(one), sorted(other)];
  const answers = new Map<number, boolean>();
  let tried = 0;
  const isSame = (i: number, j: number): boolean => {
    const pair = i * b.length + j;
    let answer = answers.get(pair);
    if (answer === undefined) {
      answer = same(a[i]!.item, b[j]!.item);
      answers.set(pair, answer);
    }
    return answer;
  };
  /** Index of the partner in the other list, or -1. */
  const ofA = new Int32Array(a.length).fill(-1);
  const ofB = new Int32Array(b.length).fill(-1);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const isPair = isSame(i, j);
    const place = isPair ? 0 : order(a[i]!.key, b[j]!.key);
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
        if (++tried > mostTried) return false;
        if (from[j]! >= 0 || !isSame(i, j)) continue;
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
