/** The compass in a run: it reads at its steps, changes nothing, and says nothing where it cannot. */
import { describe, expect, it } from 'vitest';
import { liveCompass } from '../../src/instruments/compass/live.ts';
import type { BatchSeen } from '../../src/learning/batch-instrument.ts';
import { createConfig } from '../../src/learning/config.ts';
import type { Gradient, UpdateRow } from '../../src/policy/types.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { countTask, sumTask } from '../learning/tasks.ts';

/**
 * The gradient is the sum over rows of advantage times the text's length, in the place of its first letter.
 */
class LetterPolicy extends FakePolicy {
  readonly asked: (readonly UpdateRow[])[] = [];
  gradient(rows: readonly UpdateRow[]): Promise<Gradient> {
    this.asked.push(rows);
    const values = new Float32Array(3);
    for (const { completion, advantages } of rows)
      values['abc'.indexOf(String.fromCodePoint(completion[0]!))]! += advantages[0]! * completion.length;
    return Promise.resolve({ 'layers.0.q.lora_B': values });
  }
}

const policy = new LetterPolicy(() => []);
const rollout = (text: string, reward: number) => ({
  text,
  promptTokens: [112],
  tokens: [...policy.tokenizer.encode(text), 0],
  logProbs: [],
  finish: 'eos' as const,
  verdict: reward === 1 ? ('pass' as const) : ('wrong' as const),
  program: text,
  failing: [],
  reward,
});
const config = createConfig({ 'compass.every': 2, 'alignment.reward': 'paper' });
const tasks = [sumTask, countTask, { ...sumTask, id: 'third' }, { ...sumTask, id: 'fourth' }].map((task) => {
  const { solution: _, ...rest } = task;
  return rest;
});
const graded = { malformed: null, variables: [], returned: null, lines: null };
const seen = (answer: string): BatchSeen => ({
  step: 2,
  config,
  code: tasks.map((task) => ({ task, rollouts: [rollout('a', 1), rollout('b', 0)] })),
  alignment: tasks.map(({ id }) => ({
    record: {
      id,
      taskId: id,
      bornAt: 1,
      program: '',
      entryPoint: 'f',
      args: '',
      variables: [],
      answer: 'c',
      prompt: 'q',
    },
    rollouts: [
      { ...rollout(answer, 1), graded },
      { ...rollout('c', 0), graded },
    ],
  })),
  policy,
  format: alignmentFormats.trace,
  signal: undefined,
});

describe('the compass in a run', () => {
  it('reads the angle between programs and answers, and how well it can be seen', async () => {
    // (1, -1, 0) against (1, 0, -1), and against (0, 1, -1).
    const same = await liveCompass(seen('a'));
    expect(same['compass/code_alignment']).toBeCloseTo(1 / 2, 5);
    expect(same['compass/code_alignment/at_most']).toBeCloseTo(1, 5);
    expect(same['compass/reliability/code']).toBeCloseTo(1, 5);
    const other = await liveCompass(seen('b'));
    expect(other['compass/code_alignment']).toBeCloseTo(-1 / 2, 5);
    for (const value of Object.values({ ...same, ...other })) expect(value).toSatisfy(Number.isFinite);
  });

  it('says the same of the same step, whatever was asked before', async () => {
    expect(await liveCompass(seen('a'))).toEqual(await liveCompass(seen('a')));
  });

  it('says nothing at other steps, where it is off, without answers of the pair, or of a policy without gradients', async () => {
    const count = policy.asked.length;
    expect(await liveCompass({ ...seen('a'), step: 3 })).toEqual({});
    expect(await liveCompass({ ...seen('a'), config: createConfig({}) })).toEqual({});
    expect(policy.asked).toHaveLength(count);
    expect(await liveCompass({ ...seen('a'), policy: new FakePolicy(() => []) })).toEqual({});
    const alone = await liveCompass({ ...seen('a'), alignment: [] });
    expect(Object.keys(alone)).toEqual(['compass/reliability/code']);
  });
});
