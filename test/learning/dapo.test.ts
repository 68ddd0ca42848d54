/**
 * What makes DAPO whole beside clip-higher and the token mean: refilled groups and
 * the soft overlong punishment.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JudgedGroup } from '../../src/learning/code-rollouts.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { OVERLONG_REWARD, overlongPunishment, punishOverlong } from '../../src/learning/overlong.ts';
import { refill } from '../../src/learning/refill.ts';
import { train } from '../../src/learning/trainer.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { countPrograms, countTask, programs, sumTask } from './tasks.ts';

const group = (rewards: readonly (number | null)[], length = 3): JudgedGroup => ({
  task: sumTask,
  rollouts: rewards.map((reward) => ({
    text: '',
    program: null,
    failing: [],
    promptTokens: [1],
    tokens: Array<number>(length).fill(1),
    logProbs: Array<number>(length).fill(-1),
    finish: 'eos',
    verdict: reward === 1 ? 'pass' : 'wrong',
    reward,
  })),
});

describe('the soft overlong punishment', () => {
  it.each([
    // TRL's documentation: 90 tokens of 100 with a cache of 20 lose .5.
    [90, 100, 20, -0.5],
    [80, 100, 20, 0],
    [79, 100, 20, 0],
    [81, 100, 20, -0.05],
    [100, 100, 20, -1],
    [100, 100, 0, 0],
  ])('of %d tokens of %d with a cache of %d is %d', (length, budget, cache, expected) => {
    expect(overlongPunishment(length, budget, cache)).toBeCloseTo(expected, 12);
  });

  it('is added to the reward where there is one', () => {
    const config = createConfig({
      'code.maxNewTokens': 100,
      'code.overlongCache': 20,
      'code.overlongPenalty': 0.5,
    });
    const [found] = punishOverlong([group([1, 0, null], 90)], config);
    expect(found!.rollouts.map(({ reward }) => reward)).toEqual([0.75, -0.25, null]);
    const groups = [group([1, 0], 90)];
    expect(punishOverlong(groups, createConfig({ 'code.maxNewTokens': 100 }))).toBe(groups);
  });
});

describe('groups of equal rewards', () => {
  const [mixed, failing, passing] = [group([1, 0]), group([0, 0]), group([1, 1])];

  it('give their places to groups that teach, in order', () => {
    const [a, b] = [group([0, 1]), group([0, 1, 1])];
    const found = refill([failing, mixed, passing], 3, [a, group([0, 0]), b]);
    expect(found.groups).toEqual([a, mixed, b]);
    expect(found.replaced).toHaveLength(3);
  });

  it('stay where nothing better came, and where they may not be replaced', () => {
    expect(refill([failing, mixed], 2, [passing]).groups).toEqual([failing, mixed]);
    expect(refill([mixed, failing], 1, [mixed]).groups).toEqual([mixed, failing]);
  });
});

describe('a run', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
  });
  afterAll(() => sandbox.dispose());
  /** Programs of one task differ, those of the other all fail. */
  const table = (prompt: string) =>
    prompt === countTask.prompt
      ? [countPrograms.at(-1)!.replace(/return .*/, 'return None')]
      : Object.values(programs).filter((program) => program !== programs.loop);

  async function run(overrides: ConfigOverrides) {
    const events: TrainerEvent[] = [];
    const config = createConfig({
      steps: 2,
      'code.prompts': 2,
      'code.groupSize': 6,
      'code.maxNewTokens': 200,
      ...overrides,
    });
    const policy = new FakePolicy(table);
    for await (const event of train({ policy, sandbox, tasks: [sumTask, countTask], config }))
      events.push(event);
    return events;
  }
  const tasksOf = (events: readonly TrainerEvent[]) =>
    events.flatMap((event) =>
      event.type === 'rollouts'
        ? [event.groups.map((one) => (one.kind === 'code' ? one.taskId : '')).toSorted()]
        : [],
    );
  const metric = (events: readonly TrainerEvent[], name: string) =>
    events.flatMap((event) => (event.type === 'step-finished' ? [event.metrics[name]] : []));

  it('fills a batch with groups that teach, within its rounds', async () => {
    const plain = await run({});
    expect(tasksOf(plain)).toEqual([
      [countTask.id, sumTask.id],
      [countTask.id, sumTask.id],
    ]);
    expect(metric(plain, 'refill/rounds')).toEqual([undefined, undefined]);
    const filled = await run({ 'code.refills': 20 });
    expect(tasksOf(filled)).toEqual([
      [sumTask.id, sumTask.id],
      [sumTask.id, sumTask.id],
    ]);
    for (const rounds of metric(filled, 'refill/rounds')) expect(rounds).toBeGreaterThan(0);
  });

  it('logs the punishment beside the reward of the tests', async () => {
    const events = await run({ 'code.overlongCache': 199 });
    expect(metric(events, `rewards/${OVERLONG_REWARD}/mean`).every((mean) => mean! < 0)).toBe(true);
    expect(metric(events, 'rewards/tests_reward/mean').every((mean) => mean! >= 0)).toBe(true);
  });
});
