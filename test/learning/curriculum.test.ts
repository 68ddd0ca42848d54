/** Which tasks come when: by length, by pass rate, again; and that a run with it goes on alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import { TrainerControl } from '../../src/learning/control.ts';
import {
  chooseTasks,
  countRates,
  learnability,
  nextTasks,
  type PassRates,
} from '../../src/learning/curriculum.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { checkState } from '../../src/learning/state.ts';
import { takeInOrder } from '../../src/learning/task-order.ts';
import { train } from '../../src/learning/trainer.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { Task } from '../../src/tasks/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { countPrograms, countTask, programs, sumTask } from './tasks.ts';

const tasks: readonly Task[] = Array.from({ length: 9 }, (_, i) => ({
  ...sumTask,
  id: `t${i}`,
  solution: 'x'.repeat(10 + ((i * 4) % 9)),
}));
const choice = (overrides: ConfigOverrides, rates: PassRates = {}) => ({
  config: createConfig(overrides),
  rates,
  random: createRandom(3),
});
const ids = (list: readonly Task[]) => list.map(({ id }) => id);

describe('the order of tasks', () => {
  it('shuffled is the order that it always was', () => {
    expect(nextTasks(tasks, 4, 7, choice({}))).toEqual(takeInOrder(tasks, 4, 7, createRandom(3)));
  });

  it('by length goes from short to long, then again', () => {
    const lengths = nextTasks(tasks, 0, 11, choice({ 'tasks.order': 'length' })).map(
      (t) => t.solution!.length,
    );
    expect(lengths).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 10, 11]);
    expect(ids(nextTasks(tasks, 2, 3, choice({ 'tasks.order': 'length' })))).toEqual(
      ids(nextTasks(tasks, 0, 5, choice({ 'tasks.order': 'length' }))).slice(2),
    );
  });

  it('by pass rate draws in proportion to p (1 - p)', () => {
    expect(learnability(undefined)).toBe(1 / 4);
    expect(learnability([8, 8])).toBeCloseTo((9 / 10) * (1 / 10), 12);
    const two = tasks.slice(0, 2);
    const rates: PassRates = { t0: [8, 8], t1: [4, 8] };
    const counts = [0, 0];
    for (let position = 0; position < 4000; position++) {
      const [first] = nextTasks(two, position, 1, choice({ 'tasks.order': 'pass-rate' }, rates));
      counts[Number(first!.id[1])]!++;
    }
    const [low, high] = [learnability(rates['t0']), learnability(rates['t1'])];
    // Three deviations of a share of 4000.
    expect(Math.abs(counts[0]! / 4000 - low / (low + high))).toBeLessThan(3 * Math.sqrt(0.25 / 4000));
    expect(ids(nextTasks(two, 0, 3, choice({ 'tasks.order': 'pass-rate' })))).toHaveLength(3);
  });
});

describe('tasks put again', () => {
  it('are seen ones that did not always pass, in the place of new ones', () => {
    const rates: PassRates = { t1: [0, 8], t2: [8, 8], t3: [3, 8] };
    const { chosen, taken } = chooseTasks(5, tasks, 4, 4, choice({ 'tasks.replay': 3 }, rates));
    expect(taken).toBe(2);
    expect(ids(chosen.slice(0, 2))).toEqual(ids(takeInOrder(tasks, 4, 2, createRandom(3))));
    expect(new Set(ids(chosen.slice(2)))).toEqual(new Set(['t1', 't3']));
    expect(chooseTasks(1, tasks, 0, 4, choice({ 'tasks.replay': 3 }))).toMatchObject({ taken: 4 });
  });

  it('are counted by verdicts', () => {
    const rollout = (verdict: string) => ({ verdict }) as never;
    const groups = [{ task: tasks[0]!, rollouts: ['pass', 'wrong', 'harness-error'].map(rollout) }];
    expect(countRates({ t0: [1, 1] }, groups)).toEqual({ t0: [2, 3] });
  });
});

describe('a run with them', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
  });
  afterAll(() => sandbox.dispose());

  it.each<ConfigOverrides>([{ 'tasks.order': 'pass-rate' }, { 'tasks.replay': 1 }])(
    'goes on from a save as if there was none: %j',
    async (overrides) => {
      const small = { steps: 4, 'code.prompts': 2, 'code.groupSize': 4, 'code.maxNewTokens': 200 } as const;
      const config = presetConfig('rlvr', small, { 'eval.baseline': false }, overrides);
      const options = () => ({
        policy: new FakePolicy((prompt) =>
          prompt === countTask.prompt ? countPrograms : [programs.pass, programs.wrong],
        ),
        sandbox,
        tasks: [sumTask, countTask, { ...sumTask, id: 'third' }],
        config,
      });
      const control = new TrainerControl();
      const whole: TrainerEvent[] = [];
      let saved: unknown;
      for await (const event of train({ ...options(), control })) {
        whole.push(event);
        if (event.type === 'timing' && event.step === 2) saved = structuredClone(await control.save());
      }
      const state = checkState(saved);
      expect(Object.keys(state.rates!).length).toBeGreaterThan(0);
      const resumed: TrainerEvent[] = [];
      for await (const event of train({ ...options(), state })) resumed.push(event);
      const plain = (events: readonly TrainerEvent[]) => events.filter(({ type }) => type !== 'timing');
      expect(plain(resumed)).toEqual(plain(whole).slice(state.events));
    },
  );
});
