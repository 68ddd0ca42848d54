/**
 * Reads one part of a worker's answer. It is JSON text that was made next to a hostile program, so it is
 * checked field by field. Text that the harness would not write has the outcome `tamper`, and nothing of it
 * is believed.
 */
import type {
  CallResult,
  Definition,
  Limits,
  OperationsResult,
  Outcome,
  PythonError,
  TraceResult,
  TraceStep,
} from './types.ts';
import { isBeyond, boundsOf, mostStructure, type JobKind } from './bounds.ts';
import { decodeValue } from './decode-value.ts';

const outcomes: readonly Outcome[] = [
  'ok',
  'exception',
  'syntax-error',
  'step-limit',
  'memory',
  'output-limit',
  'exit',
];
const events: readonly string[] = ['call', 'line', 'return', 'exception'];
const maxDefinitions = 1000;

class Forged extends Error {}

/** A part and the limits it must respect. */
export class Reading {
  constructor(
    readonly text: string,
    readonly limits: Limits,
  ) {}

  /** @throws before the text is parsed, where there is more of it than the harness writes */
  data(kind: JobKind): Record<string, unknown> {
    if (this.text.length > boundsOf(this.limits, kind).part) throw new Forged('too long');
    if (isBeyond(this.text, mostStructure(this.limits, kind))) throw new Forged('too many values');
    return record(JSON.parse(this.text));
  }
}

/** Result of loading a program: no value comes of that. */
export function readLoad(reading: Reading): CallResult {
  return guarded(() => ended(reading.data('run'), reading.limits));
}

/** Result of one call. */
export function readCall(reading: Reading): CallResult {
  return guarded(() => callResult(reading.data('run'), reading.limits));
}

/** Result of one traced call; `trajectory` where the job was an operations job. */
export function readTrace(
  reading: Reading,
): (TraceResult & Pick<OperationsResult, 'trajectory'>) | CallResult {
  return guarded(() => {
    const { limits } = reading;
    const data = reading.data('trace');
    const definitions = list(data['definitions'], maxDefinitions).map(definition);
    const steps = data['steps'];
    const trajectory = data['trajectory'];
    return {
      ...callResult(data, limits),
      definitions,
      stepCount: count(data['stepCount']),
      ...(steps === undefined ? {} : { steps: list(steps, 1e6).map(traceStep) }),
      ...(trajectory === undefined ? {} : { trajectory: text(trajectory, 1e6) }),
    };
  });
}

function guarded<T extends CallResult>(read: () => T): T | CallResult {
  try {
    return read();
  } catch (error) {
    const message = `the answer is not the harness's: ${error instanceof Error ? error.message : ''}`;
    return { outcome: 'tamper', stdout: '', error: { type: 'MalformedReply', message } };
  }
}

function callResult(data: Record<string, unknown>, limits: Limits): CallResult {
  const result = ended(data, limits);
  return result.outcome === 'ok' ? { ...result, value: decodeValue(data['value']) } : result;
}

function ended(data: Record<string, unknown>, limits: Limits): CallResult {
  const outcome = data['outcome'] as Outcome;
  if (!outcomes.includes(outcome)) throw new Forged('outcome');
  const stdout = data['stdout'] === undefined ? '' : text(data['stdout'], limits.outputBytes + 1024);
  const error = data['error'] === undefined ? {} : { error: pythonError(data['error']) };
  return outcome === 'ok' ? { outcome, stdout } : { outcome, stdout, ...error };
}

function pythonError(raw: unknown): PythonError {
  const data = record(raw);
  const line = data['line'];
  return {
    type: text(data['type'], 200),
    message: text(data['message'], 2000),
    ...(line === undefined ? {} : { line: count(line) }),
  };
}

function definition(raw: unknown): Definition {
  const data = record(raw);
  return {
    name: text(data['name'], 1000),
    value: decodeValue(data['value']),
    line: count(data['line']),
    step: count(data['step']),
  };
}

function traceStep(raw: unknown): TraceStep {
  const data = record(raw);
  const event = data['event'];
  if (!events.includes(event as string)) throw new Forged('event');
  return {
    index: count(data['index']),
    line: data['line'] === null ? 0 : count(data['line']),
    event: event as TraceStep['event'],
    function: text(data['function'], 1000),
    depth: count(data['depth']),
    changed: list(data['changed'], maxDefinitions).map((raw) => {
      const change = record(raw);
      return { name: text(change['name'], 1000), value: decodeValue(change['value']) };
    }),
    stdoutLength: count(data['stdoutLength']),
  };
}

function record(raw: unknown): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new Forged('not an object');
  return raw as Record<string, unknown>;
}

function list(raw: unknown, max: number): readonly unknown[] {
  if (!Array.isArray(raw) || raw.length > max) throw new Forged('not a list');
  return raw;
}

function text(raw: unknown, max: number): string {
  if (typeof raw !== 'string' || raw.length > max) throw new Forged('not a text');
  return raw;
}

function count(raw: unknown): number {
  if (typeof raw !== 'number' || !Number.isSafeInteger(raw) || raw < 0) throw new Forged('not a count');
  return raw;
}
