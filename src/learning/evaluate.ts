/**
 * Measures what the policy can do on held-out tasks: pass@1 and pass@k at temperature 1, greedy, and the three predictions of
 * evaluation-set.ts. Numbers have 95 % intervals over tasks; intervals.ts says why over tasks. It changes nothing.
 */
import type { Policy } from '../policy/types.ts';
import { parseAnswer } from '../sandbox/literal.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { returnName, type AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { sampleCode, type JudgedGroup } from './code-rollouts.ts';
import type { Config } from './config.ts';
import type { EvaluationSet, OutputQuestion } from './evaluation-set.ts';
import { gradeAnswer, isExact, isRight } from './grade.ts';
import { shareOfItems, shareOfTasks, type Estimate, type Interval } from './intervals.ts';
import type { AlignmentRecord, Metrics } from './events.ts';
import { passAtK } from './pass-at-k.ts';
import { questionPrompt } from './prompts.ts';
import type { GradedAnswer } from './rewards.ts';
import { sampleGroups, type Rollout } from './sample.ts';

/** Answers at temperature 1 per alignment record. */
const SAMPLED_ANSWERS = 2;

export interface Evaluation {
  readonly metrics: Metrics;
  readonly intervals: Readonly<Record<string, Interval>>;
}

export interface EvaluateOptions {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** For tasks with a test program (judge.ts). */
  readonly trusted?: Sandbox | undefined;
  readonly format: AlignmentFormat;
  readonly config: Config;
  /** One stream for all evaluations of a run, so that differences between two are differences of the policy. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Rollouts for pass@k at temperature 1: groups of `eval.samples`, judged. `base` leaves the adapter out. */
export function sampleHeldout(
  tasks: readonly Task[],
  options: EvaluateOptions,
  adapter: 'current' | 'base',
): Promise<JudgedGroup[]> {
  return sampleAt(tasks, options, adapter, options.config['eval.samples'], 1);
}

/** All metrics. @param sampled rollouts of `sampleHeldout` when they were made already */
export async function evaluate(
  tasks: readonly Task[],
  set: EvaluationSet,
  options: EvaluateOptions,
  sampled?: readonly JudgedGroup[],
): Promise<Evaluation> {
  const { config } = options;
  const groups = sampled ?? (await sampleHeldout(tasks, options, 'current'));
  const greedy = await sampleAt(tasks, options, 'current', 1, 0);
  const counts = groups.map(countPassed).filter(({ n }) => n > 0);
  const k = config['eval.k'];
  const enough = counts.filter(({ n }) => n >= k);
  const estimates: Record<string, Estimate> = {
    'eval_heldout/pass@1': shareOfTasks(counts.map(({ n, c }) => passAtK(n, c, 1))),
    [`eval_heldout/pass@${k}`]: shareOfTasks(enough.map(({ n, c }) => passAtK(n, c, k))),
    'eval_heldout/greedy': shareOfTasks(greedy.map(countPassed).flatMap(({ n, c }) => (n === 0 ? [] : [c]))),
    ...(await evaluateAlignment(set, options)),
    ...(await evaluateReasoning(set.reasoning, options)),
    ...(await evaluateTestOutput(set.testOutput, options)),
  };
  const known = Object.entries(estimates).filter(([, { n }]) => n > 0);
  return {
    metrics: Object.fromEntries(known.map(([name, { mean }]) => [name, mean])),
    intervals: Object.fromEntries(known.map(([name, { interval }]) => [name, interval])),
  };
}

async function sampleAt(
  tasks: readonly Task[],
  { policy, sandbox, trusted, config, random, signal }: EvaluateOptions,
  adapter: 'current' | 'base',
  groupSize: number,
  temperature: number,
): Promise<JudgedGroup[]> {
  const settings = {
    groupSize,
    temperature,
    adapter,
    maxNewTokens: config['code.maxNewTokens'],
    extraction: config['code.extraction'],
    style: config['prompt.style'],
    sandbox,
    trusted,
    signal,
  };
  return sampleCode(policy, tasks, settings, random.fork('samples'));
}

/** Rollouts without a verdict are no samples. */
function countPassed({ rollouts }: JudgedGroup): { readonly n: number; readonly c: number } {
  const known = rollouts.filter(({ reward }) => reward !== null);
  return { n: known.length, c: known.filter(({ reward }) => reward === 1).length };
}

async function greedyTexts(
  prompts: readonly string[],
  maxNewTokens: number,
  { policy, config, random, signal }: EvaluateOptions,
) {
  const groups = await sampleGroups(
    policy,
    prompts.map((prompt) => questionPrompt(prompt, policy.tokenizer, config['prompt.style'])),
    { groupSize: 1, maxNewTokens, temperature: 0, signal },
    random,
  );
  return groups.map(([rollout]) => rollout ?? { text: '', finish: 'length' as const });
}

/**
 * Greedy answers: shares of variables (over all of the set), of return values, and of whole answers that are right. At temperature
 * 1: the share of variables.
 */
async function evaluateAlignment(
  { alignment }: EvaluationSet,
  options: EvaluateOptions,
): Promise<Record<string, Estimate>> {
  const { config, format, policy, random, signal } = options;
  const prompts = alignment.map(({ prompt }) => prompt);
  const maxNewTokens = config['alignment.maxNewTokens'];
  const grade = (record: AlignmentRecord, answer: Pick<Rollout, 'text' | 'finish'> | undefined) =>
    gradeAnswer(record, answer ?? { text: '', finish: 'length' }, format, config['alignment.grading']);
  const answers = await greedyTexts(prompts, maxNewTokens, options);
  const graded = alignment.map((record, i) => grade(record, answers[i]));
  const sampled = await sampleGroups(
    policy,
    prompts.map((prompt) => questionPrompt(prompt, policy.tokenizer, config['prompt.style'])),
    { groupSize: SAMPLED_ANSWERS, maxNewTokens, temperature: 1, signal },
    random.fork('sampled answers'),
  );
  return {
    'eval_alignment/accuracy': shareOfItems(graded.map((answer) => countRight([answer]))),
    // Records are the independent units, not their answers.
    'eval_alignment/sampled': shareOfItems(
      alignment.map((record, i) => countRight((sampled[i] ?? []).map((answer) => grade(record, answer)))),
    ),
    'eval_alignment/return': shareOfTasks(
      graded.flatMap(({ returned }) => (returned === null ? [] : [returned.right ? 1 : 0])),
    ),
    'eval_alignment/exact': shareOfTasks(graded.map((answer) => (isExact(answer) ? 1 : 0))),
  };
}

function countRight(answers: readonly GradedAnswer[]): { readonly right: number; readonly total: number } {
  const variables = answers.flatMap((answer) => answer.variables);
  return { right: variables.filter(({ right }) => right).length, total: variables.length };
}

/** Code reasoning: the return value predicted for right programs, in the alignment format. */
async function evaluateReasoning(
  questions: readonly OutputQuestion[],
  options: EvaluateOptions,
): Promise<Record<string, Estimate>> {
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
  return { 'eval_reasoning/accuracy': shareOfTasks(right) };
}

/** Test-output generation: the literal after `==`, from the description alone. */
async function evaluateTestOutput(
  questions: readonly OutputQuestion[],
  options: EvaluateOptions,
): Promise<Record<string, Estimate>> {
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
  return { 'eval_test_output/accuracy': shareOfTasks(right) };
}
