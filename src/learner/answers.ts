/**
 * Answers the page's questions, from the policy and the sandbox. Each answer waits for its turn on the policy
 * and leaves the run as it is. It sends no messages; errors are thrown to whoever asked.
 */
import { askAbout, judgeSamples, questionAbout, sampleTask } from '../learning/asked.ts';
import { codePrompt, hasRoom, questionPrompt } from '../learning/prompts.ts';
import { programLimits } from '../learning/settings.ts';
import { withLimits } from '../sandbox/limits.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Score } from '../policy/types.ts';
import type {
  Alternative,
  Comparison,
  Inspected,
  Inspection,
  Predictions,
  Question,
  Replies,
} from './questions.ts';
import type { AnswerContext } from './answer-context.ts';
import { checkDraft } from './check-draft.ts';
import { checkRewards } from './check-rewards.ts';
import { lookAtCompass, lookAtFailures, lookAtVerification } from './look.ts';
import { lookAtStates } from './look-inside.ts';

/** Any question about the run that leaves it as it is; files are taken from the model (take-away.ts). */
export async function answer(
  question: Exclude<Question, { readonly ask: 'add-task' | 'take-offers' | 'take' }>,
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
    case 'compass':
      return lookAtCompass(question, source);
    case 'verify':
      return lookAtVerification(question, source);
    case 'census':
      return lookAtFailures(question, source);
    case 'probe':
      return lookAtStates(question, source);
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
    case 'check-rewards':
      return checkRewards(question.settings, {
        ...source,
        sandbox: withLimits(sandbox, programLimits(config)),
      });
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
  source: AnswerContext,
): Promise<Comparison> {
  const sample = (adapter: 'base' | 'current') =>
    source.turns.take(() => sampleTask({ task, samples, seed, temperature, adapter }, source));
  const sampled = [await sample('base'), await sample('current')];
  const [base, now] = await judgeSamples(task, sampled, source);
  return { base: base ?? [], now: now ?? [], at: source.step };
}

/**
 * What both models say that a program computes, beside what it does. Null when the format cannot express it.
 */
export async function predict(
  { program, entryPoint, args, samples, seed, temperature }: Asked<'predict'>,
  source: AnswerContext,
): Promise<Predictions | null> {
  const question = await questionAbout({ program, entryPoint, args }, source);
  if (question === null) return null;
  const sample = (adapter: 'base' | 'current') =>
    source.turns.take(() => askAbout(question, { samples, seed, temperature, adapter }, source));
  const { answer, prompt } = question;
  return { answer, prompt, base: await sample('base'), now: await sample('current') };
}
