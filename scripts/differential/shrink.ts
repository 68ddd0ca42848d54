/**
 * Makes a failing stream of choices small: drops stretches of it, then lowers its
 * numbers, as long as it goes on failing. Knows nothing of programs.
 */
export async function shrink(
  numbers: readonly number[],
  fails: (numbers: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let small = numbers;
  for (let size = Math.ceil(small.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = small.length - size; at >= 0; at -= size) {
      const shorter = [...small.slice(0, at), ...small.slice(at + size)];
      if (await fails(shorter)) small = shorter;
    }
  }
  for (let at = 0; at < small.length; at++) {
    if (small[at] === 0) continue;
    const lower = small.with(at, 0);
    if (await fails(lower)) small = lower;
  }
  return small;
}
