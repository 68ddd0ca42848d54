/**
 * From a job to what is sent to an interpreter's worker: code, calls and limits, and
 * never an expected answer.
 */
import { boundsOf, longestMessage, VIEW_BYTES } from './bounds.ts';
import type { JobRequest } from './protocol.ts';
import type { CallSpec, Limits, OperationsJob, RunJob, TraceJob } from './types.ts';

/** Distributes over the request kinds. */
type WithoutNonce<T> = T extends unknown ? Omit<T, 'nonce'> : never;
/** A request before it is sent. */
export type Request = WithoutNonce<JobRequest>;

/** Calls of a job; the run of a whole program is one, its standard input in the place of arguments. */
export const callsOf = ({ calls, stdin }: RunJob): readonly CallSpec[] =>
  stdin === undefined ? calls : [{ entryPoint: '', args: stdin }];

export const runRequest = (job: RunJob, limits: Limits): Request => ({
  kind: 'run',
  code: job.code,
  calls: callsOf(job),
  isWhole: job.stdin !== undefined,
  limits: packLimits(limits, job.stdin !== undefined),
  bounds: boundsOf(limits, 'run'),
});

export const traceRequest = ({ code, call, mode }: TraceJob, limits: Limits): Request => ({
  kind: 'trace',
  code,
  calls: [call],
  limits: packLimits(limits),
  bounds: boundsOf(limits, 'trace'),
  mode,
  viewBytes: VIEW_BYTES,
});

export const operationsRequest = ({ code, call }: OperationsJob, limits: Limits): Request => ({
  kind: 'operations',
  code,
  calls: [call],
  limits: packLimits(limits),
  bounds: boundsOf(limits, 'trace'),
});

export const openRequest = (code: string, limits: Limits): Request => ({
  kind: 'open',
  code,
  limits: packLimits(limits),
  bounds: { part: longestMessage(limits), all: Infinity },
});

/** As `load` in python/runner.py reads them. */
function packLimits(limits: Limits, isWhole = false): string {
  const { steps, outputBytes, valueBytes } = limits;
  return [steps, outputBytes, valueBytes, isWhole ? 1 : 0, quantum(steps)].map(Math.trunc).join(',');
}

/**
 * After so many turns Python looks at its budget: often enough for a hundredth of it,
 * and seldom enough to cost nothing.
 */
const quantum = (steps: number): number => Math.max(100, Math.min(10_000, steps / 100));

/** The quantum in packed limits. */
export const quantumOf = (limits: string): number => Number(limits.split(',')[4]);
