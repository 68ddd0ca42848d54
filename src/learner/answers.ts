/**
 * Answers the page's questions, from the policy and the sandbox. Each answer waits for its turn on the policy
 * and leaves the run as it is. It sends no messages; errors are thrown to whoever asked.
 */
import { gradeAnswer } from '../learning/grade.ts';
import { judgeGroups } from '../learning/code-rollouts.ts';
import type { Config } from '../learning/config.ts';
import { sampleGroups, type Rollout } from '../learning/sample.ts';
import { codePrompt, hasRoom, questionPrompt } from '../learning/prompts.ts';
import { funnelSettings } from '../learning/settings.ts';
import { recordVariables, traceProgram, writeQuestion } from '../learning/truth.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Policy, Score } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import type { Task } from '../tasks/types.ts';
import { createRandom } from '../base/random.ts';
import type {
  Alternative,
  Comparison,
  Inspected,
  Inspection,
  Prediction,
  Predictions,
  Question,
  Replies,
  Sampled,
} from './questions.ts';
import { checkDraft } from './check-draft.ts';
import type { Turns, UpdatesSeen } from './turns.ts';

export interface AnswerContext {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** For test programs (judge.ts). */
  readonly trusted: Sandbox;
  /** All that can be asked about, the visitor's own first. */
  readonly tasks: readonly Task[];
  readonly turns: Turns;
  readonly updates: UpdatesSeen;
  readonly config: Config;
  /** Finished updates of the run. */
  readonly step: number;
}

/** Any question that leaves the run as it is. */
export async function answer(
  question: Exclude<Question, { readonly ask: 'add-task' }>,
  source: AnswerContext,
): Promise<Replies[Question['ask']]> {
  const { policy, sandbox, tasks, config } = source;
  switch (question.ask) {
    case 'inspect':
      return inspect(question, source);
    case 'compare':
      return compare(question, source);
    case 'predict':
      return predict(question, source);
    case 'trace': {
      const { program, entryPoint, args } = question;
      return sandbox.trace({ code: program, call: { entryPoint, args }, mode: 'steps' });
    }
    case 'tasks':
      return tasks.map(({ id, description, split }) => ({ id, description, split }));
    case 'vocabulary':
      return Array.from({ length: policy.tokenizer.vocabSize }, (_, id) => policy.tokenizer.decode([id]));
    case 'check-task': {
      const fits = (prompt: string) => hasRoom(prompt, policy.tokenizer, policy.info.contextLength, config);
      return checkDraft(question.draft, { sandbox, fits });
    }
  }
}

type Asked<A extends Question['ask']> = Extract<Question, { readonly ask: A }>;

/** Completions under the base model and under the policy as it is now, token by token. */
export async function inspect(
  { items, temperature, alternatives }: Asked<'inspect'>,
  { policy, turns, updates, config, step }: AnswerContext,
): Promise<readonly Inspection[]> {
  const { tokenizer } = policy;
  const style = config['prompt.style'];
  const sequences = items.map(({ prompt, kind, completion }) => ({
    prompt: encodePrompt(
      tokenizer,
      kind === 'code' ? codePrompt({ prompt }, tokenizer, style) : questionPrompt(prompt, tokenizer, style),
    ),
    completion: typeof completion === 'string' ? tokenizer.encode(completion) : [...completion],
  }));
  const score = (adapter: 'base' | 'current') =>
    policy.score({
      sequences,
      temperature,
      adapter,
      ...(alternatives === undefined ? {} : { alternatives }),
    });
  const [base, now] = await turns.take(async () => [await score('base'), await score('current')] as const);
  return items.map((item: Inspected, i) => {
    const { prompt, completion } = sequences[i]!;
    const seen = updates.find(item.step, prompt, completion);
    return {
      pieces: completion.map((id) => tokenizer.decode([id])),
      base: base[i]!.logProbs,
      now: now[i]!.logProbs,
      at: step,
      trainer: seen?.logProbs ?? null,
      credit: seen?.advantages ?? null,
      ...(alternatives !== undefined && {
        alternatives: alternativesOf(now[i]!, base[i]!, (id) => tokenizer.decode([id])),
      }),
    };
  });
}

function alternativesOf(now: Score, base: Score, decode: (id: number) => string): Alternative[][] {
  const { count, ids, logProbs } = now.alternatives!;
  const before = base.alternatives!;
  return Array.from({ length: ids.length / count }, (_, place) =>
    Array.from({ length: count }, (__, i): Alternative => {
      const id = ids[place * count + i]!;
      const same = before.ids.subarray(place * count, (place + 1) * count).indexOf(id);
      return {
        text: decode(id),
        logProb: logProbs[place * count + i]!,
        base: same < 0 ? null : before.logProbs[place * count + same]!,
      };
    }),
  );
}

/**
 * Samples a task twice with equal uniforms, without and with what was learned, and judges both on all of the
 * task's tests.
 */
export async function compare(
  { task, samples, seed, temperature }: Asked<'compare'>,
  { policy, sandbox, trusted, turns, config, step }: AnswerContext,
): Promise<Comparison> {
  const random = createRandom(seed).fork('comparison').fork(task.id);
  const sample = (adapter: 'base' | 'current') =>
    turns.take(async () => {
      const settings = {
        groupSize: samples,
        maxNewTokens: config['code.maxNewTokens'],
        temperature,
        adapter,
      };
      const prompt = codePrompt(task, policy.tokenizer, config['prompt.style']);
      return (await sampleGroups(policy, [prompt], settings, random))[0] ?? [];
    });
  const sampled = [await sample('base'), await sample('current')];
  const extraction = config['code.extraction'];
  const judged = await judgeGroups([task, task], sampled, { sandbox, trusted, extraction });
  const [base, now] = judged.map(({ rollouts }) =>
    rollouts.map(({ text, tokens, logProbs, finish, verdict, failed }): Sampled => ({
      completion: text,
      tokens,
      logProbs,
      finish,
      verdict,
      ...(failed && { failed }),
    })),
  );
  return { base: base ?? [], now: now ?? [], at: step };
}

/**
 * What both models say that a program computes, beside what it does. Null when the format cannot express it.
 */
export async function predict(
  { program, entryPoint, args, samples, seed, temperature }: Asked<'predict'>,
  { policy, sandbox, turns, config }: AnswerContext,
): Promise<Predictions | null> {
  const format = alignmentFormats[config['alignment.format']];
  const limits = funnelSettings(config);
  const traced = await traceProgram(program, { entryPoint, args }, format.needsTrajectory, sandbox);
  if (traced === null || traced.outcome !== 'ok' || !traced.isPlain) return null;
  const written = writeQuestion({ program, entryPoint, args }, traced, format, limits);
  const variables = recordVariables(traced, limits);
  const maxNewTokens = config['alignment.maxNewTokens'];
  if (written === null || variables.length === 0) return null;
  const prompt = questionPrompt(written.prompt, policy.tokenizer, config['prompt.style']);
  if (encodePrompt(policy.tokenizer, prompt).length + maxNewTokens > policy.info.contextLength) return null;
  const random = createRandom(seed).fork('prediction').fork(program).fork(args);
  const record = { variables, answer: written.answer };
  const grade = (rollout: Rollout): Prediction => {
    const graded = gradeAnswer(record, rollout, format, config['alignment.grading']);
    return {
      completion: rollout.text,
      malformed: graded.malformed,
      variables: graded.returned === null ? graded.variables : [...graded.variables, graded.returned],
      lines: graded.lines,
    };
  };
  const sample = (adapter: 'base' | 'current') =>
    turns.take(async () => {
      const settings = { groupSize: samples, maxNewTokens, temperature, adapter };
      const groups = await sampleGroups(policy, [prompt], settings, random);
      return (groups[0] ?? []).map(grade);
    });
  return { ...written, base: await sample('base'), now: await sample('current') };
}
