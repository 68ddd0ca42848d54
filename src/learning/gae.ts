/**
 * Generalised advantage estimation (arXiv 1506.02438) and what PPO needs beside it: whitened advantages,
 * a linear value head, its optimizer, explained variance. Numbers in, numbers out: ppo.ts brings the
 * hidden states and keeps the heads.
 */
import { average, variance } from './intervals.ts';

/**
 * delta_t = r_t + gamma V_{t+1} - V_t, A_t = delta_t + gamma lambda A_{t+1}; the value after the last token
 * is 0. What V is to become is A + V.
 * @param rewards, values per token; the value is that of the state before the token
 */
export function gaeOf(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  gamma: number,
  lambda: number,
): { readonly advantages: Float64Array; readonly returns: Float64Array } {
  const n = rewards.length;
  const advantages = new Float64Array(n);
  for (let t = n - 1, next = 0; t >= 0; t--) {
    const delta = rewards[t]! + gamma * (t + 1 < n ? values[t + 1]! : 0) - values[t]!;
    advantages[t] = next = delta + gamma * lambda * next;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]!) };
}

/** Over all tokens: (a - mean) / sqrt(variance + 1e-8), variance with n - 1, as verl's masked_whiten. */
export function whitened(rows: readonly Float64Array[]): Float32Array[] {
  const all = rows.flatMap((row) => [...row]);
  const mean = average(all);
  const scale = 1 / Math.sqrt(variance(all) + 1e-8);
  return rows.map((row) => Float32Array.from(row, (a) => (a - mean) * scale));
}

/** 1 - Var(returns - values) / Var(returns); 0 where the returns do not vary. */
export function explainedVariance(returns: ArrayLike<number>, values: ArrayLike<number>): number {
  const spread = variance(Array.from(returns));
  return spread === 0 ? 0 : 1 - variance(Array.from(returns, (r, i) => r - values[i]!)) / spread;
}

/**
 * A linear value head and the moments of its Adam; the last weight is the bias. Plain data, saved with a run.
 */
export interface ValueHead {
  readonly weights: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly step: number;
}

/** By kind of rollouts. */
export type ValueHeads = Readonly<Partial<Record<'code' | 'alignment', ValueHead>>>;

/** Every value 0. @param size of a hidden state */
export const emptyHead = (size: number): ValueHead => {
  const zeros = Array.from({ length: size + 1 }, () => 0);
  return { weights: zeros, first: zeros, second: zeros, step: 0 };
};

/** w x + b. @param states rows of `size` numbers each, one after another */
export function valuesOf({ weights }: ValueHead, states: Float32Array): Float64Array {
  const size = weights.length - 1;
  const values = new Float64Array(states.length / size);
  for (let row = 0; row < values.length; row++) {
    let sum = weights[size]!;
    for (let i = 0; i < size; i++) sum += weights[i]! * states[row * size + i]!;
    values[row] = sum;
  }
  return values;
}

export interface ValueSettings {
  readonly learningRate: number;
  /** Bound on how far a value may move from `old` in the loss; Infinity is none. */
  readonly clip: number;
}

/**
 * One step of Adam (betas .9, .999, eps 1e-8) on the mean over tokens of max((v - R)^2, (v_clipped - R)^2)
 * / 2, v_clipped within `clip` of the old value: PPO's value loss as verl has it.
 */
export function improve(
  head: ValueHead,
  states: Float32Array,
  returns: Float64Array,
  old: Float64Array,
  { learningRate, clip }: ValueSettings,
): { readonly head: ValueHead; readonly loss: number } {
  const size = head.weights.length - 1;
  const gradient = new Float64Array(size + 1);
  const values = valuesOf(head, states);
  const n = values.length;
  let loss = 0;
  values.forEach((value, row) => {
    const bounded = Math.min(old[row]! + clip, Math.max(old[row]! - clip, value));
    const [plain, clipped] = [(value - returns[row]!) ** 2, (bounded - returns[row]!) ** 2];
    loss += Math.max(plain, clipped) / 2 / n;
    // Where the clipped one is larger, it does not depend on the weights.
    if (clipped > plain) return;
    const slope = (value - returns[row]!) / n;
    for (let i = 0; i < size; i++) gradient[i]! += slope * states[row * size + i]!;
    gradient[size]! += slope;
  });
  const step = head.step + 1;
  const [one, two] = [1 - 0.9 ** step, 1 - 0.999 ** step];
  const first = head.first.map((m, i) => 0.9 * m + 0.1 * gradient[i]!);
  const second = head.second.map((v, i) => 0.999 * v + 0.001 * gradient[i]! ** 2);
  const weights = head.weights.map(
    (w, i) => w - (learningRate * (first[i]! / one)) / (Math.sqrt(second[i]! / two) + 1e-8),
  );
  return { head: { weights, first, second, step }, loss };
}
