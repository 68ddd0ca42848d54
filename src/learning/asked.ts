/**
 * What may be asked of a model outside a run's steps: rollouts of one task, and what a program
 * computes. The uniforms are a function of a seed and of what is asked, so that any two models, or
 * one at two moments, answer with equal chance. It changes nothing of a run and decides no turns.
 */
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Policy } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { createRandom } from '../base/random.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import type { Task } from '../tasks/types.ts';
import { judgeGroups } from './code-rollouts.ts';
import type { Config } from './config.ts';
import type { AlignmentRecord, CodeRollout, PredictedVariable } from './events.ts';
import { gradeAnswer } from './grade.ts';
import { codePrompt, questionPrompt } from './prompts.ts';
import { sampleGroups, type Rollout } from './sample.ts';
import { funnelSettings } from './settings.ts';
import { recordVariables, traceProgram, writeQuestion } from './truth.ts';

/** A rollout of a task, as it is shown. */
export type Sampled = Pick<
  CodeRollout,
  'completion' | 'tokens' | 'logProbs' | 'finish' | 'verdict' | 'failed'
>;

/** What a model says that a program computes. */
export interface Prediction {
  readonly completion: string;
  readonly malformed: string | null;
  readonly variables: readonly PredictedVariable[];
  /** Lines right before the first wrong one, and lines in all; null for formats without a trajectory. */
  readonly lines: { readonly right: number; readonly total: number } | null;
}

export interface AskSettings {
  readonly samples: number;
  readonly seed: number;
  readonly temperature: number;
  /** Without or with what was learned. */
  readonly adapter: 'base' | 'current';
}

export interface TaskAsk extends AskSettings {
  readonly task: Task;
}

/** Rollouts of a task, not yet judged. */
export async function sampleTask(
  { task, samples, seed, temperature, adapter }: TaskAsk,
  { policy, config }: { readonly policy: Policy; readonly config: Config },
): Promise<readonly Rollout[]> {
  const random = createRandom(seed).fork('comparison').fork(task.id);
  const settings = { groupSize: samples, maxNewTokens: config['code.maxNewTokens'], temperature, adapter };
  const prompt = codePrompt(task, policy.tokenizer, config['prompt.style']);
  return (await sampleGroups(policy, [prompt], settings, random))[0] ?? [];
}

/** The samples judged on all of the task's tests, group by group. */
export async function judgeSamples(
  task: Task,
  groups: readonly (readonly Rollout[])[],
  { sandbox, trusted, config }: { sandbox: Sandbox; trusted: Sandbox; config: Config },
): Promise<readonly (readonly Sampled[])[]> {
  const extraction = config['code.extraction'];
  const judged = await judgeGroups(
    groups.map(() => task),
    groups.map((rollouts) => [...rollouts]),
    { sandbox, trusted, extraction },
  );
  return judged.map(({ rollouts }) =>
    rollouts.map(({ text, tokens, logProbs, finish, verdict, failed }): Sampled => ({
      completion: text,
      tokens,
      logProbs,
      finish,
      verdict,
      ...(failed && { failed }),
    })),
  );
}

export interface AskedCall {
  readonly program: string;
  readonly entryPoint: string;
  /** Python literals as text. */
  readonly args: string;
}

/** A program made into a question. */
export interface ProgramQuestion extends AskedCall {
  /** As the format writes it, without a chat around it. */
  readonly prompt: string;
  /** The true answer. */
  readonly answer: string;
  readonly variables: AlignmentRecord['variables'];
}

/**
 * Null where the alignment format cannot express the program or its trace, or no room is left for an answer.
 */
export async function questionAbout(
  { program, entryPoint, args }: AskedCall,
  { policy, sandbox, config }: { policy: Policy; sandbox: Sandbox; config: Config },
): Promise<ProgramQuestion | null> {
  const format = alignmentFormats[config['alignment.format']];
  const limits = funnelSettings(config);
  const traced = await traceProgram(program, { entryPoint, args }, format.needsTrajectory, sandbox);
  if (traced === null || traced.outcome !== 'ok' || !traced.isPlain) return null;
  const written = writeQuestion({ program, entryPoint, args }, traced, format, limits);
  const variables = recordVariables(traced, limits);
  if (written === null || variables.length === 0) return null;
  const prompt = questionPrompt(written.prompt, policy.tokenizer, config['prompt.style']);
  const needed = encodePrompt(policy.tokenizer, prompt).length + config['alignment.maxNewTokens'];
  if (needed > policy.info.contextLength) return null;
  return { program, entryPoint, args, ...written, variables };
}

/** Answers to such a question, graded. */
export async function askAbout(
  question: ProgramQuestion,
  { samples, seed, temperature, adapter }: AskSettings,
  { policy, config }: { policy: Policy; config: Config },
): Promise<readonly Prediction[]> {
  const format = alignmentFormats[config['alignment.format']];
  const random = createRandom(seed).fork('prediction').fork(question.program).fork(question.args);
  const maxNewTokens = config['alignment.maxNewTokens'];
  const settings = { groupSize: samples, maxNewTokens, temperature, adapter };
  const prompt = questionPrompt(question.prompt, policy.tokenizer, config['prompt.style']);
  const groups = await sampleGroups(policy, [prompt], settings, random);
  return (groups[0] ?? []).map((rollout): Prediction => {
    const graded = gradeAnswer(question, rollout, format, config['alignment.grading']);
    return {
      completion: rollout.text,
      malformed: graded.malformed,
      variables: graded.returned === null ? graded.variables : [...graded.variables, graded.returned],
      lines: graded.lines,
    };
  });
}
