/**
 * What an executor, a policy, says that candidates return on the visible tests, without running them. An
 * answer that cannot be read, or a program that the alignment format cannot ask about, agrees with no test.
 */
import type { Config } from '../../learning/config.ts';
import { questionPrompt } from '../../learning/prompts.ts';
import { sampleGroups } from '../../learning/sample.ts';
import type { Random } from '../../base/random.ts';
import { encodePrompt } from '../../policy/tokenizer/encode-prompt.ts';
import type { Policy } from '../../policy/types.ts';
import { equalValues } from '../../sandbox/equal.ts';
import { parseLiteral } from '../../sandbox/literal.ts';
import { returnName, type AlignmentFormat } from '../../tasks/alignment/types.ts';
import { average } from '../../learning/intervals.ts';
import type { WrittenTask } from './candidates.ts';

export interface ExecutorOptions {
  readonly policy: Policy;
  /** `base` answers without the adapter. */
  readonly adapter?: 'current' | 'base';
  readonly format: AlignmentFormat;
  readonly config: Config;
  /** Answers per question: 1 is the greedy one, more are drawn at temperature 1. */
  readonly answers: number;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** How good an executor is where it was asked. */
export interface ExecutorReading {
  /** Different programs times visible tests. */
  readonly questions: number;
  /** Those that the format can put to it. */
  readonly asked: number;
  /** Answers that cannot be read, of those given. */
  readonly malformed: number;
  /** Share of tests that are really passed for which it says so (sensitivity); null without any. */
  readonly agreesWhenPassed: number | null;
  /** Share of tests that are really failed for which it says that they are passed; null without any. */
  readonly agreesWhenFailed: number | null;
}

export interface ExecutorPredictions {
  /** Per task and candidate: share of the predicted outputs that are the expected ones. */
  readonly agreement: readonly (readonly number[])[];
  readonly reading: ExecutorReading;
}

interface OutputAsked {
  readonly prompt: string | null;
  readonly expected: string;
  readonly equality: 'strict' | 'python';
  readonly passed: boolean;
}

/** Equal programs of a task are asked about once. */
export async function predictOutputs(
  written: readonly WrittenTask[],
  { policy, adapter = 'current', format, config, answers, random, signal }: ExecutorOptions,
): Promise<ExecutorPredictions> {
  const put = (text: string | null): string | null => {
    if (text === null) return null;
    const prompt = questionPrompt(text, policy.tokenizer, config['prompt.style']);
    const needed = encodePrompt(policy.tokenizer, prompt).length + config['alignment.maxNewTokens'];
    return needed <= policy.info.contextLength ? prompt : null;
  };
  const questions: OutputAsked[] = [];
  const places = written.map(({ task, candidates }) => {
    const known = new Map<string, readonly number[]>();
    return candidates.map(({ program, shown }): readonly number[] => {
      if (program === null) return [];
      const asked = known.get(program);
      if (asked !== undefined) return asked;
      const own = task.visible.map(({ args, expected }, v) => {
        const { entryPoint, equality = 'strict' } = task;
        const prompt = put(format.prompt({ program, entryPoint, args }));
        return questions.push({ prompt, expected, equality, passed: shown[v]! }) - 1;
      });
      known.set(program, own);
      return own;
    });
  });
  const asked = questions.filter(({ prompt }) => prompt !== null);
  const groups = await sampleGroups(
    policy,
    asked.map(({ prompt }) => prompt!),
    {
      groupSize: answers,
      maxNewTokens: config['alignment.maxNewTokens'],
      temperature: answers === 1 ? 0 : 1,
      adapter,
      signal,
    },
    random.fork('predictions'),
  );
  let malformed = 0;
  const agreements = new Map(
    asked.map((question, q) => {
      const right = groups[q]!.map(({ text }) => {
        const parsed = format.parse(text);
        if ('malformed' in parsed) malformed++;
        const predicted = 'malformed' in parsed ? undefined : parsed.values.get(returnName);
        const expected = parseLiteral(question.expected);
        if (predicted === undefined || 'malformed' in expected) return 0;
        return equalValues(predicted, expected, question.equality) ? 1 : 0;
      });
      return [question, average(right)] as const;
    }),
  );
  const agreementOf = (question: OutputAsked): number => agreements.get(question) ?? 0;
  const among = (passed: boolean): number | null => {
    const own = asked.filter((question) => question.passed === passed);
    return own.length === 0 ? null : average(own.map(agreementOf));
  };
  return {
    agreement: places.map((candidates) =>
      candidates.map((own) => average(own.map((q) => agreementOf(questions[q]!)))),
    ),
    reading: {
      questions: questions.length,
      asked: asked.length,
      malformed: malformed / Math.max(1, asked.length * answers),
      agreesWhenPassed: among(true),
      agreesWhenFailed: among(false),
    },
  };
}
