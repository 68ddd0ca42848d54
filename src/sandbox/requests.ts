/** From a job to what is sent to an interpreter's worker: code, calls and limits, and never an expected answer. */
import type { JobRequest } from './protocol.ts';
import type { Limits, OperationsJob, RunJob, TraceJob } from './types.ts';

/** Distributes over the request kinds. */
type WithoutNonce<T> = T extends unknown ? Omit<T, 'nonce'> : never;
/** A request before it is sent. */
export type Request = WithoutNonce<JobRequest>;

/** Bytes of values that a trace for the viewer may carry in all. */
const VIEW_BYTES = 2 * 1024 * 1024;

export const runRequest = ({ code, calls, trusted }: RunJob, limits: Limits): Request => ({
  kind: 'run',
  code,
  calls,
  limits: packLimits(limits, trusted),
});

export const traceRequest = ({ code, call, mode }: TraceJob, limits: Limits): Request => ({
  kind: 'trace',
  code,
  calls: [call],
  limits: packLimits(limits),
  mode,
  viewBytes: VIEW_BYTES,
});

export const operationsRequest = ({ code, call }: OperationsJob, limits: Limits): Request => ({
  kind: 'operations',
  code,
  calls: [call],
  limits: packLimits(limits),
});

export const openRequest = (code: string, limits: Limits, trusted: boolean): Request => ({
  kind: 'open',
  code,
  limits: packLimits(limits, trusted),
});

/** As `load` in python/runner.py reads them. */
function packLimits(limits: Limits, trusted = false): string {
  return [limits.steps, limits.outputBytes, limits.valueBytes, trusted ? 1 : 0].map(Math.trunc).join(',');
}
