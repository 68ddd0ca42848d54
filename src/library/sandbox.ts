/**
 * `tracewise/sandbox`: runs and traces Python that nobody trusts, in WebAssembly behind a wall
 * (SECURITY.md). In Node each interpreter has a process. It knows no rewards and no models.
 */
export { createSandbox, workersByDefault, type NodeSandboxOptions } from '../sandbox/node.ts';
export { checkProgram, type CheckJob, type CheckResult } from '../sandbox/check.ts';
export { equalValues, type Equality } from '../sandbox/equal.ts';
export type {
  CallResult,
  CallSpec,
  Definition,
  Limits,
  OperationsJob,
  OperationsResult,
  Outcome,
  PythonError,
  RunJob,
  RunResult,
  Sandbox,
  TraceJob,
  TraceResult,
  TraceStep,
} from '../sandbox/types.ts';
