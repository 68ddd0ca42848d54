/**
 * Choosing among candidates: against enumeration of all subsets, and with executors whose answers are known.
 */
import { selfVerification } from '../../src/instruments/verify/evaluation.ts';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { candidatesOf, canVerify, type WrittenTask } from '../../src/instruments/verify/candidates.ts';
import {
  ANY,
  CHANCE,
  choicesOf,
  passOf,
  PROBABLE,
  readVerification,
  TESTS,
  type ChoiceCandidate,
} from '../../src/instruments/verify/choices.ts';
import { predictOutputs } from '../../src/instruments/verify/predictions.ts';
import { verification } from '../../src/instruments/verify/verify.ts';
import { createConfig } from '../../src/learning/config.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { programs, sumTask } from '../learning/tasks.ts';

const random = createRandom(7);
const drawn = (n: number): ChoiceCandidate[] =>
  Array.from({ length: n }, () => ({
    passes: random.next() < 0.4,
    logProb: -10 * random.next(),
    shown: random.pick([0, 1 / 2, 1]),
    predicted: { reader: random.pick([0, 1 / 2, 1]) },
  }));

/** All subsets of size k. */
function subsets<T>(items: readonly T[], k: number): T[][] {
  if (k === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), k - 1).map((rest) => [item, ...rest]));
}

/** The choice made in one set, by the definition. */
function chosen(choice: string, set: readonly ChoiceCandidate[]): number {
  const passes = (candidate: ChoiceCandidate) => (candidate.passes ? 1 : 0);
  if (choice === CHANCE) return set.reduce((sum, candidate) => sum + passes(candidate), 0) / set.length;
  if (choice === ANY) return set.some(({ passes: passed }) => passed) ? 1 : 0;
  const score = ({ logProb, shown, predicted }: ChoiceCandidate) =>
    (choice === PROBABLE ? 0 : choice === TESTS ? shown : predicted['reader']!) * 1000 + logProb;
  return passes(set.reduce((best, candidate) => (score(candidate) > score(best) ? candidate : best)));
}

describe('a choice among k of n candidates', () => {
  const candidates = drawn(7);
  it.each(choicesOf(['reader']))('by %s passes as often as over all subsets', (choice) => {
    for (const k of [1, 2, 4, 7]) {
      const all = subsets(candidates, k).map((set) => chosen(choice, set));
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      expect(passOf(choice, candidates, k), `k = ${k}`).toBeCloseTo(mean, 10);
    }
  });

  it('has no answer with fewer than k', () => {
    expect(passOf(PROBABLE, candidates, 8)).toBeNaN();
  });
});

describe('the reading', () => {
  const tasks = Array.from({ length: 40 }, (_, t) => ({ id: `t${t}`, candidates: drawn(4) }));
  const reading = readVerification(tasks, 4, ['reader'], createRandom(1));
  const of = (name: string) => reading.choices.find(({ choice }) => choice === name)!;

  it('has every choice with its interval, and a curve that begins at chance and ends at its mean', () => {
    for (const { choice, mean, interval, curve } of reading.choices) {
      expect(interval[0], choice).toBeLessThanOrEqual(mean);
      expect(interval[1], choice).toBeGreaterThanOrEqual(mean);
      expect(curve[0], choice).toBeCloseTo(of(CHANCE).mean, 10);
      expect(curve.at(-1), choice).toBeCloseTo(mean, 10);
    }
  });

  it('has paired differences: their interval is that of the differences task by task', () => {
    const difference = reading.differences.find(({ from, to }) => from === PROBABLE && to === 'reader')!;
    expect(difference.mean).toBeCloseTo(of('reader').mean - of(PROBABLE).mean, 10);
    const own = tasks.map(
      ({ candidates }) => passOf('reader', candidates, 4) - passOf(PROBABLE, candidates, 4),
    );
    const mean = own.reduce((sum, d) => sum + d, 0) / own.length;
    const error = Math.sqrt(own.reduce((sum, d) => sum + (d - mean) ** 2, 0) / own.length / own.length);
    // The normal approximation of the same interval.
    expect(difference.interval[0]).toBeCloseTo(mean - 1.96 * error, 1);
    expect(difference.interval[1]).toBeCloseTo(mean + 1.96 * error, 1);
  });

  it('leaves tasks without enough candidates out, and counts by task', () => {
    const short = readVerification([...tasks, { id: 'short', candidates: drawn(3) }], 4, [], createRandom(1));
    expect(short.tasks).toBe(40);
    expect(Object.keys(short.counts[PROBABLE]!)).toEqual(tasks.map(({ id }) => id));
  });
});

describe('executors', () => {
  const text = (name: 'pass' | 'wrong' | 'crash') => `${sumTask.prompt}${programs[name]}\n`;
  /** By visible test, as the sandbox would find: 8 and 0 are expected of [1, 3, 5] and [2]. */
  const truth: Record<string, readonly boolean[]> = {
    pass: [true, true],
    wrong: [true, false],
    crash: [false, false],
  };
  const written: WrittenTask[] = [
    {
      task: sumTask,
      candidates: (['wrong', 'pass', 'crash', 'pass'] as const).map((name, i) => ({
        program: text(name),
        passes: name === 'pass',
        logProb: -i,
        shown: truth[name]!,
      })),
    },
  ];
  const format = alignmentFormats.trace;
  const config = createConfig({ 'alignment.format': 'trace' });
  /** Answers what a table says of the program and the input in a prompt. */
  const executor = (value: (isPass: boolean, isFirst: boolean) => string) =>
    new FakePolicy((prompt) => [
      `<ans><ret>${value(prompt.includes('x > 2') || prompt.includes('x><2>'), prompt.includes('<@1><3>'))}<;>`,
    ]);
  const asked = { format, config, answers: 1, random: createRandom(1) };
  const right = executor((isPass, isFirst) => (isFirst ? '<8>' : isPass ? '<0>' : '<2>'));

  it('who are right choose as the tests do, whoever is most probable', async () => {
    const predictions = await predictOutputs(written, { policy: right, ...asked });
    // The program that crashes on every input is predicted like the wrong one by this table.
    expect(predictions.agreement[0]).toEqual([1 / 2, 1, 1 / 2, 1]);
    expect(predictions.reading).toMatchObject({ questions: 6, asked: 6, malformed: 0, agreesWhenPassed: 1 });
    const found = verification(written, new Map([['right', predictions]]), 4, createRandom(1));
    const solved = Object.fromEntries(found.choices.map(({ choice, mean }) => [choice, mean]));
    expect(solved).toEqual({ [CHANCE]: 0.5, [PROBABLE]: 0, right: 1, [TESTS]: 1, [ANY]: 1 });
  });

  it('are a measure of an evaluation: of its samples, with no program written for it', async () => {
    const logProbs = [-1, -2, -3, -4];
    const rollouts = written[0]!.candidates.map(({ program, passes }, i) => ({
      text: '',
      promptTokens: [],
      tokens: [1],
      logProbs: [logProbs[i]!],
      finish: 'eos' as const,
      program,
      verdict: passes ? ('pass' as const) : ('wrong' as const),
      reward: passes ? 1 : 0,
      failing: [],
    }));
    const groups = [
      { task: sumTask, rollouts },
      { task: { ...sumTask, id: 'beyond' }, rollouts },
    ];
    const options = { ...asked, policy: right, sandbox: null!, trusted: undefined };
    const found = async (verifiedTasks: number) =>
      selfVerification(groups, { ...options, config: { ...config, 'eval.verifiedTasks': verifiedTasks } });
    const one = await found(1);
    expect(one['eval_verified/chosen']).toMatchObject({ mean: 1, counts: { [sumTask.id]: [1, 1] } });
    expect(one['eval_verified/most_probable']).toMatchObject({ mean: 0, counts: { [sumTask.id]: [0, 1] } });
    expect((await found(2))['eval_verified/chosen']!.n).toBe(2);
    expect(await found(0)).toEqual({});
  });

  it('who say nothing readable agree with no test, and the most probable candidate is chosen', async () => {
    const silent = await predictOutputs(written, { policy: new FakePolicy(() => ['nothing']), ...asked });
    expect(silent.agreement[0]).toEqual([0, 0, 0, 0]);
    expect(silent.reading.malformed).toBe(1);
    const found = verification(written, new Map([['silent', silent]]), 4, createRandom(1));
    expect(found.choices.find(({ choice }) => choice === 'silent')!.mean).toBe(0);
  });

  it('are asked about equal programs once, and not about what the format cannot say', async () => {
    expect(right.requests[0]!.prompts).toHaveLength(6);
    const untold: WrittenTask[] = [
      {
        task: sumTask,
        candidates: [{ program: 'f = print\n', passes: false, logProb: 0, shown: [false, false] }],
      },
    ];
    const predictions = await predictOutputs(untold, { policy: right, ...asked });
    expect(predictions.reading).toMatchObject({ questions: 2, asked: 0, agreesWhenPassed: null });
    expect(predictions.agreement[0]).toEqual([0]);
  });

  it('who answer several times agree by the share of their answers', async () => {
    const torn = new FakePolicy(() => ['<ans><ret><8><;>', '<ans><ret><0><;>']);
    const { agreement } = await predictOutputs(written, { policy: torn, ...asked, answers: 50 });
    // Each value is expected of one visible test, so the two shares add up to 1.
    for (const share of agreement[0]!) expect(share).toBeGreaterThan(0.3);
    for (const share of agreement[0]!) expect(share).toBeLessThan(0.7);
  });
});

describe('candidates', () => {
  const rollout = { text: '', promptTokens: [], tokens: [1, 2], logProbs: [-1, -2], finish: 'eos' as const };
  it('know which visible tests they really pass; those without a verdict are none', () => {
    const { candidates } = candidatesOf({
      task: sumTask,
      rollouts: [
        { ...rollout, program: 'p', verdict: 'wrong', reward: 0, failing: [{ args: '[2]', outcome: 'ok' }] },
        { ...rollout, program: null, verdict: 'no-program', reward: 0, failing: [] },
        { ...rollout, program: 'p', verdict: 'harness-error', reward: null, failing: [] },
      ],
    });
    expect(candidates).toEqual([
      { program: 'p', passes: false, logProb: -3, shown: [true, false] },
      { program: null, passes: false, logProb: -3, shown: [false, false] },
    ]);
  });

  it('need calls whose results are shown', () => {
    expect(canVerify(sumTask)).toBe(true);
    expect(canVerify({ ...sumTask, visible: [] })).toBe(false);
    expect(canVerify({ ...sumTask, check: 'def check(f): pass' })).toBe(false);
  });
});
