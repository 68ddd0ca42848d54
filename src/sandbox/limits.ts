/**
 * Default limits of a job and what may be set. The numbers are for functions of a few lines on small inputs; callers
 * that run other programs (HumanEval) pass their own.
 */
import type { Limits } from './types.ts';

export const defaultLimits: Limits = {
  codeBytes: 64 * 1024,
  outputBytes: 64 * 1024,
  steps: 100_000,
  callMs: 5_000,
  jobMs: 15_000,
  valueBytes: 64 * 1024,
};

/** Limits for programs of benchmark size: HumanEval's tests run loops of some millions of lines. */
export const benchmarkLimits: Limits = {
  ...defaultLimits,
  steps: 20_000_000,
  callMs: 15_000,
  jobMs: 60_000,
  valueBytes: 1024 * 1024,
};

export function completeLimits(limits: Partial<Limits> | undefined): Limits {
  return { ...defaultLimits, ...limits };
}
