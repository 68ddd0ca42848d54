/**
 * The questions of an evaluation, made once, from the base model, and kept: failed
 * programs of the base model to be traced, right programs (reference solutions, and
 * the base model's own) whose result is to be predicted, descriptions whose expected
 * output is to be predicted. This is plain data; evaluate.ts asks the questions.
 */
import type { Sandbox } from '../sandbox/types.ts';
import { returnName, type AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Task } from '../tasks/types.ts';
import { createRandom } from '../base/random.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { AlignmentRecord } from './events.ts';
import { chooseInput, makeRecords, type FunnelSettings } from './funnel.ts';
import { recordVariables, traceProgram, writeQuestion } from './truth.ts';

/** A prompt with one right answer, a Python literal. */
export interface OutputQuestion {
  readonly taskId: string;
  readonly prompt: string;
  readonly expected: string;
}

export interface EvaluationSet {
  readonly alignment: readonly AlignmentRecord[];
  /** The reference solutions of tasks, each on its shortest visible input. */
  readonly reasoning: readonly OutputQuestion[];
  /**
   * The base model's own right programs, one a task, each on all visible inputs;
   * absent in runs saved before there were any.
   */
  readonly ownReasoning?: readonly OutputQuestion[];
  readonly testOutput: readonly OutputQuestion[];
}

export interface EvaluationSetOptions {
  readonly sandbox: Sandbox;
  readonly format: AlignmentFormat;
  readonly fits: (prompt: string, answer: string) => boolean;
  readonly funnel: FunnelSettings;
  readonly sizes: { readonly alignment: number; readonly reasoning: number; readonly testOutput: number };
  readonly signal?: AbortSignal | undefined;
}

/** Failed rollouts of one task that are tried for a record. */
const TRIES_PER_TASK = 2;

/**
 * Makes the set from held-out tasks and the base model's judged rollouts on them. Sizes are upper bounds:
 * there is no question for a task without a solution, a program outside the format or a long answer.
 */
export async function makeEvaluationSet(
  tasks: readonly Task[],
  baseRollouts: readonly JudgedGroup[],
  options: EvaluationSetOptions,
): Promise<EvaluationSet> {
  return {
    alignment: await failedPrograms(baseRollouts, options),
    reasoning: await referencePrograms(tasks, options),
    ownReasoning: await ownPrograms(baseRollouts, options),
    testOutput: tasks.flatMap(testOutputQuestion).slice(0, options.sizes.testOutput),
  };
}

/** One record per task first; second ones only when there is room. */
async function failedPrograms(
  groups: readonly JudgedGroup[],
  { sandbox, format, fits, funnel, sizes, signal }: EvaluationSetOptions,
): Promise<AlignmentRecord[]> {
  if (sizes.alignment === 0) return [];
  const candidates = groups.flatMap(({ task, rollouts }) =>
    rollouts
      .filter(({ reward }) => reward === 0)
      .slice(0, TRIES_PER_TASK)
      .map((rollout) => ({ ...rollout, task })),
  );
  const settings: FunnelSettings = { ...funnel, source: 'failed', deduplicate: true };
  const { records } = await makeRecords(candidates, 0, settings, {
    sandbox,
    format,
    fits,
    isKnown: () => false,
    signal,
  });
  const seen = new Set<string>();
  const isFirst = records.map(({ record }) => !seen.has(record.taskId) && Boolean(seen.add(record.taskId)));
  const ordered = [...records.filter((_, i) => isFirst[i]), ...records.filter((_, i) => !isFirst[i])];
  return ordered.slice(0, sizes.alignment).map(({ record }) => record);
}

/** Easier than what a model writes: short, idiomatic, on the input with the shortest trace. */
async function referencePrograms(
  tasks: readonly Task[],
  options: EvaluationSetOptions,
): Promise<OutputQuestion[]> {
  const questions: OutputQuestion[] = [];
  for (const task of tasks) {
    if (questions.length >= options.sizes.reasoning) break;
    const args = chooseInput({ task: { ...task, hidden: [] }, failing: [] }, 'shortest-failing');
    if (task.solution === undefined || args === null) continue;
    const question = await resultQuestion(task, task.prompt + task.solution, args, options);
    if (question !== null) questions.push(question);
  }
  return questions;
}

/**
 * What the model wrote itself, the first right program of each task, on every input
 * that its description shows.
 */
async function ownPrograms(
  groups: readonly JudgedGroup[],
  options: EvaluationSetOptions,
): Promise<OutputQuestion[]> {
  const questions: OutputQuestion[] = [];
  let asked = 0;
  for (const { task, rollouts } of groups) {
    if (asked >= options.sizes.reasoning) break;
    const program = rollouts.find(({ reward }) => reward === 1)?.program ?? null;
    if (program === null) continue;
    const made = await Promise.all(
      task.visible.map(({ args }) => resultQuestion(task, program, args, options)),
    );
    const known = made.filter((question) => question !== null);
    if (known.length > 0) asked++;
    questions.push(...known);
  }
  return questions;
}

/** What a program returns for an input, in the alignment format; null where it cannot be asked. */
async function resultQuestion(
  task: Task,
  program: string,
  args: string,
  { sandbox, format, fits, funnel, signal }: EvaluationSetOptions,
): Promise<OutputQuestion | null> {
  const call = { entryPoint: task.entryPoint, args };
  const trace = await traceProgram(program, call, format.needsTrajectory, sandbox, signal);
  if (trace === null || trace.outcome !== 'ok') return null;
  if (format.needsTrajectory && trace.trajectory === null) return null;
  const expected = recordVariables(trace, funnel).find(({ name }) => name === returnName)?.value;
  const written = writeQuestion({ program, ...call }, trace, format, funnel);
  if (expected === undefined || written === null || !fits(written.prompt, written.answer)) return null;
  return { taskId: task.id, prompt: written.prompt, expected };
}

/** The question as documents of the third kind put it: description, call, and `==` to be continued. */
export function testOutputPrompt(task: Pick<Task, 'description' | 'entryPoint'>, args: string): string {
  return `# ${task.description}\n# ${task.entryPoint}(${args}) ==`;
}

function testOutputQuestion(task: Task): OutputQuestion[] {
  const [example] = task.visible;
  if (example === undefined || task.description.includes('\n')) return [];
  return [{ taskId: task.id, prompt: testOutputPrompt(task, example.args), expected: example.expected }];
}

/**
 * The held-out tasks that are evaluated. They do not depend on the seed: which ones
 * they are is no part of an experiment's chance.
 */
export function evaluationTasks(tasks: readonly Task[], count: number): Task[] {
  const heldout = tasks.filter(({ split }) => split === 'heldout');
  return createRandom('held-out tasks').shuffle(heldout).slice(0, count);
}
