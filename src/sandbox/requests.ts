/** From a job to what is sent to an interpreter's worker: code, calls and limits, and never an expected answer. */
import { boundsOf, longestMessage, VIEW_BYTES } from './bounds.ts';
import type { JobRequest } from './protocol.ts';
import type { Limits, OperationsJob, RunJob, TraceJob } from './types.ts';

/** Distributes over the request kinds. */
type WithoutNonce<T> = T extends unknown ? Omit<T, 'nonce'> : never;
/** A request before it is sent. */
export type Request = WithoutNonce<JobRequest>;

export const runRequest = ({ code, calls }: RunJob, limits: Limits): Request => ({
  kind: 'run',
  code,
  calls,
  limits: packLimits(limits),
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
function packLimits(limits: Limits): string {
  return [limits.steps, limits.outputBytes, limits.valueBytes].map(Math.trunc).join(',');
}
