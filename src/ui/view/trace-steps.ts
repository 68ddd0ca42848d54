/**
 * A record's true trajectory as steps to walk through: line, what happened on it, what it defined,
 * and every variable's value after it. Read from the run log alone: no program is run here.
 */
import type { AlignmentRecord } from '../../learning/events.ts';
import { equalValues } from '../../sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../../sandbox/literal.ts';
import { readDefinition, tokensOf } from '../../tasks/alignment/notation.ts';
import { readProgram, renderTrajectory, type ProgramText } from '../../tasks/alignment/index.ts';

export interface ShownDefinition {
  readonly name: string;
  /** Python literal. */
  readonly value: string;
}

export interface ShownStep {
  /** Number of the body line, see `readProgram`. */
  readonly k: number;
  /** 1-based line in the record's program; null when the program cannot be numbered. */
  readonly sourceLine: number | null;
  /** What happened, for people. */
  readonly text: string;
  /** What the line defined, in order; the return value under `return`. */
  readonly changed: readonly ShownDefinition[];
  /** Values after the line, in order of first definition, arguments first. */
  readonly variables: readonly ShownDefinition[];
}

function parseProgram(record: Pick<AlignmentRecord, 'program' | 'entryPoint'>): ProgramText | null {
  return readProgram(record.program, record.entryPoint);
}

/** The arguments by name. Empty when they cannot be read. */
export function argumentsOf(
  record: Pick<AlignmentRecord, 'program' | 'entryPoint' | 'args'>,
): readonly ShownDefinition[] {
  const program = parseProgram(record);
  const values = parseLiteral(`(${record.args.trim().replace(/,$/, '')},)`);
  if (program === null || 'malformed' in values || values.type !== 'tuple') return [];
  return program.parameters.flatMap((name, i) => {
    const value = values.items[i];
    return value === undefined ? [] : [{ name, value: toLiteral(value) }];
  });
}

/** The steps of a trajectory; empty for answers without one (format `json`). */
export function traceSteps(
  record: Pick<AlignmentRecord, 'program' | 'entryPoint' | 'args' | 'answer'>,
): readonly ShownStep[] {
  const lineOf = new Map(parseProgram(record)?.body.map(({ k, sourceLine }) => [k, sourceLine]));
  const values = new Map(argumentsOf(record).map(({ name, value }) => [name, value]));
  const steps: ShownStep[] = [];
  for (const { line: k, text, final, start, end } of renderTrajectory(record.answer)) {
    if (final) break;
    if (k === null) continue;
    const changed = definitionsIn(record.answer.slice(start, end));
    for (const { name, value } of changed) values.set(name, value);
    const variables = [...values].map(([name, value]) => ({ name, value }));
    steps.push({ k, sourceLine: lineOf.get(k) ?? null, text, changed, variables });
  }
  return steps;
}

/** All names that a part of a trajectory gives a value, in order; the last value of each. */
function definitionsIn(part: string): readonly ShownDefinition[] {
  const tokens = tokensOf(part);
  const found = new Map<string, string>();
  for (let at = 0; at < tokens.length;) {
    const defined = readDefinition(tokens, at);
    if (defined === null) {
      at++;
      continue;
    }
    const name = tokens[at] === '<ret>' ? 'return' : (tokens[at] as string);
    found.delete(name);
    found.set(name, toLiteral(defined.value));
    at = defined.next;
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

/**
 * Whether what a reader typed is this value, as strictly as the run's own grading.
 * Null: it is no Python literal.
 */
export function isValue(typed: string, truth: string): boolean | null {
  const value = parseLiteral(typed.trim());
  const expected = parseLiteral(truth);
  if ('malformed' in value || 'malformed' in expected) return null;
  return equalValues(value, expected, 'strict');
}
