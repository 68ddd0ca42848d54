/**
 * Mean and deviation of the rewards that apply, and GRPO's advantage, which is made
 * of both. It knows no groups and no kinds.
 */

/** Mean and sample standard deviation of the rewards that apply. */
export function moments(values: readonly (number | null)[]): {
  readonly n: number;
  readonly mean: number;
  readonly std: number;
  readonly constant: boolean;
} {
  const present = values.filter((value) => value !== null);
  const n = present.length;
  const mean = n === 0 ? 0 : present.reduce((sum, value) => sum + value, 0) / n;
  const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // Compared exactly: a mean of equal numbers may be off by an ulp, and that must not become an advantage.
  const constant = n < 2 || present.every((value) => value === present[0]);
  return { n, mean, std: n < 2 ? 0 : Math.sqrt(squares / (n - 1)), constant };
}

/**
 * GRPO: (r - mean) / (std + eps) within the group, sample standard deviation (n - 1). Equal rewards give 0.
 */
export function grpo(rewards: readonly (number | null)[], eps: number): number[] {
  const { mean, std, constant } = moments(rewards);
  return constant ? rewards.map(() => 0) : rewards.map((r) => (r === null ? 0 : (r - mean) / (std + eps)));
}
