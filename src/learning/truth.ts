/**
 * The ground truth of an alignment question: what a program really does on an input,
 * cut down to the variables that are asked for. The sandbox runs and traces the
 * program; grade.ts compares answers with the truth.
 */
import type { CallSpec, Definition, Outcome, Sandbox } from '../sandbox/types.ts';
import { isGradable, type Value } from '../sandbox/value.ts';
import { returnName, type AlignmentFormat, type AlignmentQuestion } from '../tasks/alignment/types.ts';
import { toLiteral } from '../sandbox/literal.ts';
import { resultOrNull } from './harness.ts';
import type { AlignmentRecord } from './events.ts';

export interface Traced {
  readonly outcome: Outcome;
  readonly definitions: readonly Definition[];
  readonly value: Value | null;
  readonly stepCount: number;
  /**
   * In the text form of the trace format; null when the program leaves its subset or it was not asked for.
   */
  readonly trajectory: string | null;
  /**
   * The host knew before the program ran that it cannot have touched what traces it.
   * What is said of any other program is no truth.
   */
  readonly isPlain: boolean;
}

/** Traces one call; null when the harness failed. */
export async function traceProgram(
  program: string,
  call: CallSpec,
  withTrajectory: boolean,
  sandbox: Sandbox,
  signal?: AbortSignal,
): Promise<Traced | null> {
  if (withTrajectory) {
    const traced = await resultOrNull(sandbox.operations({ code: program, call }, signal), signal);
    if (traced === null) return null;
    const { outcome, definitions, value = null, stepCount = 0, trajectory = null, isPlain } = traced;
    return { outcome, definitions, value, stepCount, trajectory, isPlain };
  }
  const traced = await resultOrNull(sandbox.trace({ code: program, call, mode: 'final' }, signal), signal);
  if (traced === null) return null;
  const { outcome, definitions, value = null, stepCount, isPlain } = traced;
  return { outcome, definitions, value, stepCount, trajectory: null, isPlain };
}

export interface VariableLimits {
  /** The last ones first assigned; 0 is all. */
  readonly maxVariables: number;
  /** Of a value as a Python literal, characters. */
  readonly maxValueChars: number;
  /** Of a value, those of containers inside it included. */
  readonly maxValueElements: number;
}

/**
 * The variables to predict, in order of first assignment, the return value last.
 * Opaque, cut-off and over-long values are left out.
 */
export function recordVariables(trace: Traced, limits: VariableLimits): AlignmentRecord['variables'] {
  const variables = askedFor(trace.definitions, limits).map(({ name, value, line, step }) => ({
    name,
    value: toLiteral(value),
    line,
    step,
  }));
  if (trace.value === null || !canBeAsked(trace.value, limits)) return variables;
  return [...variables, { name: returnName, value: toLiteral(trace.value), line: 0, step: trace.stepCount }];
}

/**
 * Prompt and true answer of a question; null when the format cannot express it. A trajectory ends in all
 * final values, whichever of them are graded: which ones a record leaves out is not said in its prompt.
 */
export function writeQuestion(
  question: AlignmentQuestion,
  trace: Traced,
  format: AlignmentFormat,
  limits: VariableLimits,
): { readonly prompt: string; readonly answer: string } | null {
  const variables = format.needsTrajectory ? trace.definitions : askedFor(trace.definitions, limits);
  const { trajectory } = trace;
  const truth = { variables, returned: trace.value, ...(trajectory === null ? {} : { trajectory }) };
  const prompt = format.prompt(question);
  const answer = format.answer(truth);
  return prompt === null || answer === null ? null : { prompt, answer };
}

function askedFor(definitions: readonly Definition[], limits: VariableLimits): readonly Definition[] {
  const asked = definitions.filter(({ value }) => canBeAsked(value, limits));
  return limits.maxVariables === 0 ? asked : asked.slice(-limits.maxVariables);
}

function canBeAsked(value: Value, limits: VariableLimits): boolean {
  return (
    isGradable(value) &&
    countElements(value) <= limits.maxValueElements &&
    toLiteral(value).length <= limits.maxValueChars
  );
}

function countElements(value: Value): number {
  switch (value.type) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.items.reduce((sum, item) => sum + 1 + countElements(item), 0);
    case 'dict':
      return value.entries.reduce(
        (sum, [key, item]) => sum + 1 + countElements(key) + countElements(item),
        0,
      );
    default:
      return 0;
  }
}
