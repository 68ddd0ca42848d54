/**
 * Compares the product's last definitions with the observer's, program by program: the
 * tracer through the sandbox's own interface, the observer (observer.py) as a program
 * in an interpreter of another sandbox. It makes no programs and keeps no results.
 */
import { readFileSync } from 'node:fs';
import { toLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox, TraceResult } from '../../src/sandbox/types.ts';
import type { Value } from '../../src/sandbox/value.ts';
import { valueOf } from './values.ts';
import type { DefinitionCase } from './programs.ts';

/** What the observer says of one variable; `first` is the step of its first definition. */
interface Observed {
  readonly name: string;
  readonly value: unknown;
  readonly line: number;
  readonly step: number;
  readonly first: number;
}

/** The observer's answer: `unfit` where it can say nothing, with the reason. */
export interface Observation {
  readonly outcome?: string;
  readonly definitions?: readonly Observed[];
  readonly stepCount?: number;
  readonly unfit?: string;
}

export type Comparison =
  | { readonly kind: 'same'; readonly definitions: number; readonly rows: readonly string[] }
  /** The observer can say nothing. */
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'different'; readonly tracer: readonly string[]; readonly observer: readonly string[] };

/** Lines after which a generated program is left alone. */
const MOST_LINES = 3000;
const LIMITS = {
  steps: 1_000_000,
  callMs: 60_000,
  jobMs: 600_000,
  valueBytes: 256 * 1024,
  codeBytes: 2 ** 20,
} as const;
const BATCH = 50;

const source = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/**
 * The observer as a program of the sandbox: its lines are not counted against the steps of what it observes.
 */
export const OBSERVER = `import sys, types
def _module(name, text):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, '/differential/' + name + '.py', 'exec', dont_inherit=True), module.__dict__)
_module('rewrite', ${JSON.stringify(source('rewrite.py'))})
_module('observer', ${JSON.stringify(source('observer.py'))})
from observer import answer
`;

export interface Comparer {
  compare(cases: readonly DefinitionCase[]): Promise<Comparison[]>;
  close(): Promise<void>;
}

/** Starts two sandboxes of `workers` interpreters each; close it when done. */
export async function openComparer(workers = 1): Promise<Comparer> {
  const [tracing, observing] = await Promise.all([
    createSandbox({ workers, spare: false }),
    createSandbox({ workers, spare: false }),
  ]);
  return {
    async compare(cases) {
      const [traces, observations] = await Promise.all([
        Promise.all(cases.map((one) => trace(tracing, one))),
        observe(observing, cases),
      ]);
      return cases.map((_, i) => compareOne(traces[i]!, observations[i]!));
    },
    async close() {
      await Promise.all([tracing.dispose(), observing.dispose()]);
    },
  };
}

function trace(sandbox: Sandbox, { code, entry, args }: DefinitionCase): Promise<TraceResult> {
  return sandbox.trace({
    code,
    call: { entryPoint: entry, args },
    mode: 'final',
    limits: LIMITS,
  });
}

async function observe(sandbox: Sandbox, cases: readonly DefinitionCase[]): Promise<Observation[]> {
  const text = (value: string): string => toLiteral({ type: 'str', value });
  const answers: Observation[] = [];
  for (let at = 0; at < cases.length; at += BATCH) {
    const calls = cases.slice(at, at + BATCH).map(({ code, entry, args }) => ({
      entryPoint: 'answer',
      args: `${text(code)}, ${text(entry)}, ${text(args)}, ${MOST_LINES}`,
    }));
    const { calls: results } = await sandbox.run({ code: OBSERVER, calls, limits: LIMITS });
    answers.push(
      ...results.map(({ outcome, value, error }): Observation =>
        value?.type === 'str'
          ? (JSON.parse(value.value) as Observation)
          : { unfit: `the observer ended as ${outcome}: ${error?.message ?? ''}` },
      ),
    );
  }
  return answers;
}

/**
 * One program: outcome, number of lines, and of every variable the value, line and
 * step of its last definition.
 */
export function compareOne(trace: TraceResult, observation: Observation): Comparison {
  const { unfit, definitions = [] } = observation;
  if (unfit !== undefined) return { kind: 'unfit', why: unfit };
  const ended = trace.outcome === 'exception' ? (trace.error?.type ?? '?') : trace.outcome;
  const traced = [
    `ended as ${ended} after ${trace.stepCount} lines`,
    ...trace.definitions.map(({ name, value, line, step }) => row(name, value, line, step)),
  ];
  const observed = rowsOf(observation);
  const isSame = JSON.stringify([...traced].sort()) === JSON.stringify([...observed].sort());
  if (isSame && isInOrder(trace, definitions))
    return { kind: 'same', definitions: definitions.length, rows: traced };
  return { kind: 'different', tracer: traced, observer: observed };
}

/** How the call ended, then one line of text for each definition, in the order of the first ones. */
export function rowsOf({ outcome, definitions = [], stepCount }: Observation): string[] {
  return [
    `ended as ${outcome} after ${stepCount} lines`,
    ...[...definitions]
      .sort((a, b) => a.first - b.first)
      .map(({ name, value, line, step }) => row(name, valueOf(value), line, step)),
  ];
}

/**
 * Whether the tracer lists the variables in the order of their first definitions; of
 * one line any order will do.
 */
function isInOrder(trace: TraceResult, observed: readonly Observed[]): boolean {
  const first = new Map(observed.map((definition) => [definition.name, definition.first]));
  return trace.definitions.every(
    ({ name }, i) => i === 0 || first.get(trace.definitions[i - 1]!.name)! <= first.get(name)!,
  );
}

const row = (name: string, value: Value, line: number, step: number): string =>
  `${name} = ${toLiteral(value)} (line ${line}, step ${step})`;
