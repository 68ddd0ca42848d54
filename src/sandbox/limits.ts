/**
 * Default limits of a job and what may be set. The numbers are for functions of a few
 * lines on small inputs; callers that run other programs (HumanEval) pass their own.
 */
import type { Limits, Sandbox } from './types.ts';

export const defaultLimits: Limits = {
  codeBytes: 64 * 1024,
  outputBytes: 64 * 1024,
  steps: 100_000,
  callMs: 5_000,
  jobMs: 15_000,
  valueBytes: 64 * 1024,
};

/** Limits for programs of benchmark size: among MBPP's solutions is one whose loops turn 50 million times. */
export const benchmarkLimits: Limits = {
  ...defaultLimits,
  steps: 200_000_000,
  callMs: 30_000,
  jobMs: 90_000,
  valueBytes: 1024 * 1024,
};

export function completeLimits(limits: Partial<Limits> | undefined): Limits {
  return { ...defaultLimits, ...limits };
}

/**
 * The same sandbox with other defaults: for jobs that set no limits of their own.
 * Closing it closes the sandbox.
 */
export function withLimits(sandbox: Sandbox, limits: Partial<Limits>): Sandbox {
  const limited = <T extends { readonly limits?: Partial<Limits> }>(job: T): T => ({
    ...job,
    limits: { ...limits, ...job.limits },
  });
  return {
    boundary: sandbox.boundary,
    workers: sandbox.workers,
    run: (job, signal) => sandbox.run(limited(job), signal),
    converse: (job, talk, signal) => sandbox.converse(limited(job), talk, signal),
    trace: (job, signal) => sandbox.trace(limited(job), signal),
    operations: (job, signal) => sandbox.operations(limited(job), signal),
    fingerprint: (codes) => sandbox.fingerprint(codes),
    dispose: () => sandbox.dispose(),
  };
}
