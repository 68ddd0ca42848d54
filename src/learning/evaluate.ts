/**
 * Measures what the policy can do on held-out tasks: pass@1 and pass@k at temperature
 * 1, greedy, and the three predictions of evaluation-set.ts. Numbers have 95 %
 * intervals over tasks; intervals.ts says why over tasks. It changes nothing.
 */
import { parseAnswer } from '../sandbox/literal.ts';
import { returnName, type AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { sampleCodeAt, type CodeSampler, type JudgedGroup } from './code-rollouts.ts';
import type { EvaluationSet, OutputQuestion } from './evaluation-set.ts';
import { gradeAnswer, isExact, isRight } from './grade.ts';
import { shareOfItems, shareOfTasks, type Estimate, type Interval } from './intervals.ts';
import type { AlignmentRecord, Counts, Metrics } from './events.ts';
import { passAtK } from './pass-at-k.ts';
import { questionPrompt } from './prompts.ts';
import type { GradedAnswer } from './rewards.ts';
import { sampleGroups, type Rollout } from './sample.ts';

/** Answers at temperature 1 per alignment record. */
const SAMPLED_ANSWERS = 2;

export interface Evaluation {
  readonly metrics: Metrics;
  readonly intervals: Readonly<Record<string, Interval>>;
  /** By metric and task, so that runs can be compared task by task. */
  readonly counts: Readonly<Record<string, Counts>>;
}

/** An estimate and the task counts it was made of. */
export interface Measured extends Estimate {
  readonly counts: Counts;
}

/** Shares of tasks, in the order of their ids. */
export const ofTasks = (ids: readonly string[], shares: readonly number[]): Measured => ({
  ...shareOfTasks(shares),
  counts: sumCounts(ids.map((id, i) => [id, shares[i]!, 1])),
});

/** Items pooled over clusters, each of which belongs to a task. */
const ofItems = (
  ids: readonly string[],
  clusters: readonly { readonly right: number; readonly total: number }[],
): Measured => ({
  ...shareOfItems(clusters),
  counts: sumCounts(ids.map((id, i) => [id, clusters[i]!.right, clusters[i]!.total])),
});

function sumCounts(parts: readonly (readonly [id: string, right: number, total: number])[]): Counts {
  const counts = new Map<string, readonly [number, number]>();
  for (const [id, right, total] of parts) {
    const [r, n] = counts.get(id) ?? [0, 0];
    if (total > 0) counts.set(id, [r + right, n + total]);
  }
  return Object.fromEntries(counts);
}

export interface EvaluateOptions extends CodeSampler {
  readonly format: AlignmentFormat;
  /**
   * One stream for all evaluations of a run, so that differences between two are differences of the policy.
   */
  readonly random: Random;
  /** Measure more of the same rollouts. */
  readonly instruments?: readonly EvaluationInstrument[] | undefined;
}

/**
 * What the floors above measure on the rollouts at temperature 1, under names of its own. Its randomness is a
 * fork of the evaluation's, so that it shifts nothing else.
 */
export type EvaluationInstrument = (
  groups: readonly JudgedGroup[],
  options: EvaluateOptions,
) => Promise<Readonly<Record<string, Measured>>>;

/** Rollouts for pass@k at temperature 1: groups of `eval.samples`, judged. */
export function sampleHeldout(tasks: readonly Task[], options: EvaluateOptions): Promise<JudgedGroup[]> {
  return sampleCodeAt(tasks, options, { groupSize: options.config['eval.samples'], temperature: 1 });
}

/** How many answers an evaluation asks for; they come after all of its programs. */
export const answersTo = (set: EvaluationSet): number =>
  (1 + SAMPLED_ANSWERS) * set.alignment.length +
  set.reasoning.length +
  (set.ownReasoning ?? []).length +
  set.testOutput.length;

/** All metrics. @param sampled rollouts of `sampleHeldout` when they were made already */
export async function evaluate(
  tasks: readonly Task[],
  set: EvaluationSet,
  options: EvaluateOptions,
  sampled?: readonly JudgedGroup[],
): Promise<Evaluation> {
  const { config } = options;
  const groups = sampled ?? (await sampleHeldout(tasks, options));
  const greedy = await sampleCodeAt(tasks, options, { groupSize: 1, temperature: 0 });
  const passed = groups.map(countPassed).filter(({ n }) => n > 0);
  const k = config['eval.k'];
  const passAt = (size: number): Measured => {
    const enough = passed.filter(({ n }) => n >= size);
    return ofTasks(
      enough.map(({ id }) => id),
      enough.map(({ n, c }) => passAtK(n, c, size)),
    );
  };
  const first = greedy.map(countPassed).filter(({ n }) => n > 0);
  const estimates: Record<string, Measured> = {
    'eval_heldout/pass@1': passAt(1),
    [`eval_heldout/pass@${k}`]: passAt(k),
    'eval_heldout/greedy': ofTasks(
      first.map(({ id }) => id),
      first.map(({ c }) => c),
    ),
    ...(await evaluateAlignment(set, options)),
    // The name is older than the other measure, and recorded runs have it.
    'eval_reasoning/accuracy': await evaluateReasoning(set.reasoning, options),
    'eval_reasoning/own_programs': await evaluateReasoning(set.ownReasoning ?? [], options),
    ...(await evaluateTestOutput(set.testOutput, options)),
  };
  for (const instrument of options.instruments ?? [])
    Object.assign(estimates, await instrument(groups, options));
  const known = Object.entries(estimates).filter(([, { n }]) => n > 0);
  return {
    metrics: Object.fromEntries(known.map(([name, { mean }]) => [name, mean])),
    intervals: Object.fromEntries(known.map(([name, { interval }]) => [name, interval])),
    counts: Object.fromEntries(known.map(([name, { counts }]) => [name, counts])),
  };
}

/** Rollouts without a verdict are no samples. */
function countPassed({ task, rollouts }: JudgedGroup): {
  readonly id: string;
  readonly n: number;
  readonly c: number;
} {
  const known = rollouts.filter(({ reward }) => reward !== null);
  return { id: task.id, n: known.length, c: known.filter(({ reward }) => reward === 1).length };
}

async function greedyTexts(
  prompts: readonly string[],
  maxNewTokens: number,
  { policy, adapter = 'current', config, random, signal }: EvaluateOptions,
) {
  const groups = await sampleGroups(
    policy,
    prompts.map((prompt) => questionPrompt(prompt, policy.tokenizer, config['prompt.style'])),
    { groupSize: 1, maxNewTokens, temperature: 0, adapter, signal },
    random,
  );
  return groups.map(([rollout]) => rollout ?? { text: '', finish: 'length' as const });
}

/**
 * Greedy answers: shares of variables (over all of the set), of return values, and of
 * whole answers that are right. At temperature 1: the share of variables.
 */
async function evaluateAlignment(
  { alignment }: EvaluationSet,
  options: EvaluateOptions,
): Promise<Record<string, Measured>> {
  const { adapter = 'current', config, format, policy, random, signal } = options;
  const prompts = alignment.map(({ prompt }) => prompt);
  const maxNewTokens = config['alignment.maxNewTokens'];
  const grade = (record: AlignmentRecord, answer: Pick<Rollout, 'text' | 'finish'> | undefined) =>
    gradeAnswer(record, answer ?? { text: '', finish: 'length' }, format, config['alignment.grading']);
  const answers = await greedyTexts(prompts, maxNewTokens, options);
  const graded = alignment.map((record, i) => grade(record, answers[i]));
  const sampled = await sampleGroups(
    policy,
    prompts.map((prompt) => questionPrompt(prompt, policy.tokenizer, config['prompt.style'])),
    { groupSize: SAMPLED_ANSWERS, maxNewTokens, temperature: 1, adapter, signal },
    random.fork('sampled answers'),
  );
  const ids = alignment.map(({ taskId }) => taskId);
  const returning = graded.flatMap(({ returned }, i) =>
    returned === null ? [] : [{ id: ids[i]!, returned }],
  );
  return {
    'eval_alignment/accuracy': ofItems(
      ids,
      graded.map((answer) => countRight([answer])),
    ),
    // Records are the independent units, not their answers.
    'eval_alignment/sampled': ofItems(
      ids,
      alignment.map((record, i) => countRight((sampled[i] ?? []).map((answer) => grade(record, answer)))),
    ),
    'eval_alignment/return': ofTasks(
      returning.map(({ id }) => id),
      returning.map(({ returned }) => (returned.right ? 1 : 0)),
    ),
    'eval_alignment/exact': ofTasks(
      ids,
      graded.map((answer) => (isExact(answer) ? 1 : 0)),
    ),
  };
}

function countRight(answers: readonly GradedAnswer[]): { readonly right: number; readonly total: number } {
  const variables = answers.flatMap((answer) => answer.variables);
  return { right: variables.filter(({ right }) => right).length, total: variables.length };
}

/**
 * Code reasoning: the return value predicted for right programs, in the alignment
 * format; pooled over the inputs, tasks are the units.
 */
async function evaluateReasoning(
  questions: readonly OutputQuestion[],
  options: EvaluateOptions,
): Promise<Measured> {
  const { config, format } = options;
  const answers = await greedyTexts(
    questions.map(({ prompt }) => prompt),
    config['alignment.maxNewTokens'],
    options,
  );
  const right = questions.map(({ expected }, i) => {
    const parsed = format.parse(answers[i]?.text ?? '');
    const predicted = 'malformed' in parsed ? undefined : parsed.values.get(returnName);
    return isRight(predicted, expected, config['alignment.grading']) ? 1 : 0;
  });
  const counts = sumCounts(questions.map(({ taskId }, i) => [taskId, right[i]!, 1]));
  const byTask = Object.entries(counts);
  // One question a task is a proportion of tasks, whose interval is Wilson's.
  return byTask.length === questions.length
    ? ofTasks(
        questions.map(({ taskId }) => taskId),
        right,
      )
    : ofItems(
        byTask.map(([id]) => id),
        byTask.map(([, [own, total]]) => ({ right: own, total })),
      );
}

/** Test-output generation: the literal after `==`, from the description alone. */
async function evaluateTestOutput(
  questions: readonly OutputQuestion[],
  options: EvaluateOptions,
): Promise<Record<string, Measured>> {
  const { config } = options;
  const answers = await greedyTexts(
    questions.map(({ prompt }) => prompt),
    config['eval.testOutputMaxNewTokens'],
    options,
  );
  const right = questions.map(({ expected }, i) => {
    const [line = ''] = (answers[i]?.text ?? '').trimStart().split('\n');
    const predicted = parseAnswer(line.trim());
    return !('malformed' in predicted) && isRight(predicted, expected, config['alignment.grading']) ? 1 : 0;
  });
  const ids = questions.map(({ taskId }) => taskId);
  return { 'eval_test_output/accuracy': ofTasks(ids, right) };
}
