/**
 * The funnel: which judged code rollouts become alignment records, gate by gate with
 * counters (docs/method.md, "The funnel"). The truth of a record is traced by the
 * interpreter that judged it. The funnel keeps nothing; the buffer is in records.ts.
 */
import type { Sandbox } from '../sandbox/types.ts';
import { returnName, type AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Task } from '../tasks/types.ts';
import type { Config } from './config.ts';
import type { AlignmentRecord } from './events.ts';
import type { Judgement } from './judge.ts';
import { ProgramFacts } from './program-facts.ts';
import type { StoredRecord } from './records.ts';
import { codeReward } from './rewards.ts';
import { recordVariables, writeQuestion, type Traced } from './truth.ts';

/**
 * In order: program extracted, parses, of the wanted source, runs to its end, cannot
 * have touched the tracer, something to predict, not seen before, fits the context.
 */
export const GATES = ['program', 'parses', 'source', 'runs', 'plain', 'gradable', 'unique', 'fits'] as const;
export type Gate = (typeof GATES)[number];

export interface GateCount {
  readonly gate: Gate;
  readonly in: number;
  readonly out: number;
}

/** A judged code rollout. */
export interface Candidate extends Judgement {
  readonly task: Task;
  readonly reward: number | null;
}

export interface FunnelSettings {
  readonly source: Config['records.source'];
  readonly input: Config['records.input'];
  readonly exceptions: boolean;
  readonly minSteps: number;
  readonly maxVariables: number;
  readonly maxValueChars: number;
  readonly maxValueElements: number;
  readonly deduplicate: boolean;
}

export interface FunnelContext {
  readonly sandbox: Sandbox;
  readonly format: AlignmentFormat;
  /** Whether a question and its true answer fit the model's context and the answer budget. */
  readonly fits: (prompt: string, answer: string) => boolean;
  /** Whether a record with this key is in the buffer. */
  readonly isKnown: (key: string) => boolean;
  /** Where something may be known of the programs already. */
  readonly facts?: ProgramFacts;
  readonly signal?: AbortSignal | undefined;
}

export interface FunnelResult {
  readonly records: readonly StoredRecord[];
  readonly funnel: readonly GateCount[];
}

/** Begins to find out of a judged program what the gates will ask, so that they need not wait for it. */
export function lookAhead(
  candidate: Candidate,
  { source, input }: FunnelSettings,
  facts: ProgramFacts,
): void {
  const { program, task } = candidate;
  if (program === null) return;
  void facts.fingerprint(program);
  const args = chooseInput(candidate, input);
  if (args === null || candidate.verdict === 'syntax-error' || !isWanted(candidate, source)) return;
  void facts.trace(program, { entryPoint: task.entryPoint, args });
}

/**
 * Passes candidates through the gates in order. Records are named by step and
 * position, so that runs with one seed name them alike.
 */
export async function makeRecords(
  candidates: readonly Candidate[],
  step: number,
  settings: FunnelSettings,
  context: FunnelContext,
): Promise<FunnelResult> {
  const { sandbox, format, signal } = context;
  const facts =
    context.facts ?? new ProgramFacts({ sandbox, withTrajectory: format.needsTrajectory, signal });
  const funnel: GateCount[] = [];
  const gate = <T, U>(name: Gate, items: readonly T[], pass: (item: T) => U | null): U[] => {
    const passed = items.map(pass).filter((item): item is Awaited<U> & U => item !== null);
    funnel.push({ gate: name, in: items.length, out: passed.length });
    return passed;
  };

  const programs = gate('program', candidates, (candidate) =>
    candidate.program === null ? null : { candidate, program: candidate.program },
  );
  const prepared = await Promise.all(
    programs.map(async (item) => ({ ...item, fingerprint: await facts.fingerprint(item.program) })),
  );
  const parsed = gate('parses', prepared, ({ fingerprint, ...item }) =>
    fingerprint === null ? null : { ...item, fingerprint },
  );
  const wanted = gate('source', parsed, (item) => (isWanted(item.candidate, settings.source) ? item : null));

  const traced = await traceAll(
    wanted.map((item) => ({ ...item, args: chooseInput(item.candidate, settings.input) })),
    facts,
  );
  const ended = gate('runs', traced, ({ args, trace, ...item }) =>
    args !== null && trace !== null && hasEnded(trace, settings) ? { ...item, args, trace } : null,
  );
  const plain = gate('plain', ended, (item) => (item.trace.isPlain ? item : null));
  const gradable = gate('gradable', plain, (item) => {
    const { trace } = item;
    if (trace.stepCount < settings.minSteps || (context.format.needsTrajectory && trace.trajectory === null))
      return null;
    const variables = recordVariables(trace, settings);
    return variables.some(({ name }) => name !== returnName) ? { ...item, variables } : null;
  });
  const born = new Set<string>();
  const unique = gate('unique', gradable, (item) => {
    const key = `${item.fingerprint}|${item.args}`;
    if (settings.deduplicate && (born.has(key) || context.isKnown(key))) return null;
    born.add(key);
    return { ...item, key };
  });
  let number = 0;
  const records = gate(
    'fits',
    unique,
    ({ candidate, program, args, trace, variables, key }): StoredRecord | null => {
      const { id: taskId, entryPoint } = candidate.task;
      const question = { program, entryPoint, args };
      const written = writeQuestion(question, trace, context.format, settings);
      if (written === null || !context.fits(written.prompt, written.answer)) return null;
      const id = `${step}.${++number}`;
      const record: AlignmentRecord = { id, taskId, bornAt: step, ...question, variables, ...written };
      return { record, key };
    },
  );
  return { records, funnel };
}

/** By the tests alone, whatever else a program's reward is made of. */
function isWanted({ verdict }: Pick<Candidate, 'verdict'>, source: FunnelSettings['source']): boolean {
  const reward = codeReward(verdict);
  if (reward === null) return false;
  if (source === 'all') return true;
  return source === 'failed' ? reward === 0 : reward === 1;
}

/**
 * The input a record is made with: the first one, or that of the first or shortest
 * failing test. `shortest-failing` prefers failing tests on which the program gave a
 * value, and among those inputs that are not empty. A program that failed no test
 * (source `passed`) uses all its tests. Null when there is no input at all.
 */
export function chooseInput(
  candidate: Pick<Candidate, 'task' | 'failing'>,
  rule: FunnelSettings['input'],
): string | null {
  const all = [...candidate.task.visible, ...candidate.task.hidden].map(({ args }) => args);
  const failing = candidate.failing.map(({ args }) => args);
  switch (rule) {
    case 'first':
      return all[0] ?? null;
    case 'first-failing':
      return failing[0] ?? all[0] ?? null;
    case 'shortest-failing': {
      const ended = candidate.failing.filter(({ outcome }) => outcome === 'ok').map(({ args }) => args);
      const pool = [ended, failing, all].find((inputs) => inputs.length > 0) ?? [];
      const telling = pool.filter((args) => !EMPTY.test(args));
      return shortest(telling.length > 0 ? telling : pool);
    }
  }
}

/** An empty list, text or dict: hardly any line runs on it. */
const EMPTY = /\[\s*\]|\{\s*\}|''|""/;

function shortest(inputs: readonly string[]): string | null {
  return inputs.reduce<string | null>(
    (best, args) => (best === null || args.length < best.length ? args : best),
    null,
  );
}

interface Traceable {
  readonly program: string;
  readonly candidate: Candidate;
  readonly args: string | null;
}

/** Traces each program on its input. */
function traceAll<T extends Traceable>(
  items: readonly T[],
  facts: ProgramFacts,
): Promise<(T & { readonly trace: Traced | null })[]> {
  return Promise.all(
    items.map(async (item) => {
      const { args, program } = item;
      const { entryPoint } = item.candidate.task;
      return { ...item, trace: args === null ? null : await facts.trace(program, { entryPoint, args }) };
    }),
  );
}

function hasEnded(trace: Traced, settings: FunnelSettings): boolean {
  return trace.outcome === 'ok' || (settings.exceptions && trace.outcome === 'exception');
}
