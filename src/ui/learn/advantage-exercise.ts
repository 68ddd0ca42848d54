/**
 * Chapter 3's sum by hand: mean, spread and advantages of a group's rewards, and whether
 * what a reader typed is one of them. The numbers come from the trainer's own functions.
 */
import { grpo, moments } from '../../learning/advantages.ts';

export interface AdvantageExercise {
  readonly rewards: readonly number[];
  readonly mean: number;
  /** Sample standard deviation, n - 1. */
  readonly std: number;
  readonly eps: number;
  readonly advantages: readonly number[];
}

export function advantageExercise(rewards: readonly number[], eps: number): AdvantageExercise {
  const { mean, std } = moments(rewards);
  return { rewards, mean, std, eps, advantages: grpo(rewards, eps) };
}

/** Off by at most this much counts as right: people round to two decimals. */
const TOLERANCE = 0.006;

/**
 * Reads `0.25`, `.25`, `0,25`, `1/4`, `25 %`, with a minus sign of either kind; null when it is no number.
 */
export function readNumber(typed: string): number | null {
  const text = typed.trim().replaceAll('\u2212', '-').replace(/^\+/, '').replace(',', '.');
  const fraction = /^(-?\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/.exec(text);
  if (fraction) {
    const below = Number(fraction[2]);
    return below === 0 ? null : Number(fraction[1]) / below;
  }
  const percent = /^(-?(?:\d+\.?\d*|\.\d+))\s*%$/.exec(text);
  if (percent) return Number(percent[1]) / 100;
  return /^-?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
}

export type Mistake =
  'not-a-number' | 'population-std' | 'variance' | 'no-mean' | 'no-spread' | 'sign' | 'other';

/** Null when right; else the mistake that gives exactly this number, if it is one that people make. */
export function checkMean(typed: string, { mean }: AdvantageExercise): Mistake | null {
  const value = readNumber(typed);
  if (value === null) return 'not-a-number';
  return isNear(value, mean) ? null : 'other';
}

export function checkStd(typed: string, { std, rewards }: AdvantageExercise): Mistake | null {
  const value = readNumber(typed);
  if (value === null) return 'not-a-number';
  if (isNear(value, std)) return null;
  const n = rewards.length;
  if (n > 1 && isNear(value, std * Math.sqrt((n - 1) / n))) return 'population-std';
  return isNear(value, std * std) ? 'variance' : 'other';
}

export function checkAdvantage(
  typed: string,
  { rewards, mean, std, advantages }: AdvantageExercise,
  rollout: number,
): Mistake | null {
  const value = readNumber(typed);
  const [reward, advantage] = [rewards[rollout] ?? 0, advantages[rollout] ?? 0];
  if (value === null) return 'not-a-number';
  // Rounding the spread first is no mistake: allow for what it does to the quotient, and for rounding that.
  const slack = TOLERANCE + (std > 0 ? (Math.abs(reward - mean) / std) * (TOLERANCE / std) : 0);
  if (Math.abs(value - advantage) <= slack) return null;
  if (isNear(value, -advantage)) return 'sign';
  if (isNear(value, reward - mean)) return 'no-spread';
  return std > 0 && isNear(value, reward / std) ? 'no-mean' : 'other';
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE;
