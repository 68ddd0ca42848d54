/**
 * Reward functions tried before a run takes them: what they say of a solution, or one line of what is wrong.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRewards } from '../../src/learner/check-rewards.ts';
import { createConfig } from '../../src/learning/config.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { countTask, sumTask } from '../learning/tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const check = (functions: string, weights = '', tasks = [countTask, sumTask]) =>
  checkRewards(
    { 'reward.functions': functions, 'reward.weights': weights },
    { config: createConfig(), tasks, sandbox },
  );
const lines = (line: string) =>
  `def lines_reward(completion, prompt, tests, trace, variables):\n    return ${line}\n`;

describe('trying reward functions', () => {
  it('says what each gives for the solution of a task', async () => {
    expect(await check(lines('completion.count(chr(10))'))).toEqual({
      task: 'sum-above',
      rewards: { tests_reward: 1, lines_reward: 6 },
      problem: null,
    });
  });

  it.each([
    ['x = 1', '', /has no function/],
    [lines('1'), 'other_reward=1', /names other_reward/],
    [lines('(('), '', /do not load: line 2: SyntaxError/],
    [lines('trace[99]'), '', /failed on 1 of 1 programs: line 2: IndexError/],
  ])('says in a line what is wrong with %j %j', async (functions, weights, message) => {
    const { problem } = await check(functions, weights);
    expect(problem).toMatch(message);
    expect(problem).not.toContain('\n');
  });

  it('says so where there is no task', async () => {
    expect(await check(lines('1'), '', [])).toEqual({ task: null, rewards: {}, problem: null });
  });
});
