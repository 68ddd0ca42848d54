/**
 * All Python sources of the sandbox, in the order in which an interpreter executes them. Those without `exports` share the one
 * harness namespace; one with `exports` runs in a namespace of its own and hands only those names to the harness.
 */
import { encoderSource } from './encoder.py.ts';
import { operationsSource } from './operations.ts';
import { runnerSource } from './runner.py.ts';
import { tracerSource } from './tracer.py.ts';

export interface HarnessSource {
  readonly name: string;
  readonly text: string;
  readonly exports?: readonly string[];
}

/** The operation-level tracer: a program it does not support has no trajectory. */
const plugged: readonly HarnessSource[] = [
  { name: 'operations', text: operationsSource, exports: ['trace_operations'] },
];

export const operationsAvailable = plugged.some((source) => source.exports?.includes('trace_operations'));

export const harnessSources: readonly HarnessSource[] = [
  { name: 'encoder', text: encoderSource },
  { name: 'runner', text: runnerSource },
  { name: 'tracer', text: tracerSource },
  ...plugged,
];
