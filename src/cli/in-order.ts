/** Runs several jobs at once and gives their results in the order of the jobs. */

/**
 * Yields [item, result] in the order of `items` with at most `width` jobs under way.
 * The first failure, or the signal, ends it after the jobs under way have ended.
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<readonly [T, R]> {
  const underWay: { readonly item: T; readonly result: Promise<R> }[] = [];
  let next = 0;
  const fill = (): void => {
    while (underWay.length < Math.max(1, width) && next < items.length) {
      const item = items[next++]!;
      const result = work(item);
      // Its failure is reported when its turn comes; until then it is not an unhandled one.
      result.catch(() => undefined);
      underWay.push({ item, result });
    }
  };
  try {
    for (fill(); underWay.length > 0; fill()) {
      signal.throwIfAborted();
      const { item, result } = underWay.shift()!;
      yield [item, await result];
    }
    signal.throwIfAborted();
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result));
  }
}
