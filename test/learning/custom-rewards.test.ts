/**
 * Reward functions of one's own: what they are told, how they are weighed, and that a mistake in one
 * is said and is no reward of 0. The sum is TRL's: weights times values, None left out.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeGroups } from '../../src/learning/code-rollouts.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import { customRewards, readsTrace } from '../../src/learning/custom-rewards.ts';
import type { CodeGroup, TrainerEvent } from '../../src/learning/events.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { train } from '../../src/learning/trainer.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { characters, FakePolicy } from './fake-policy.ts';
import { programs, sumTask } from './tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const body = (name: string, ...lines: string[]) =>
  `def ${name}_reward(completion, prompt, tests, trace, variables):\n${lines.map((line) => `    ${line}\n`).join('')}`;

async function rewardsOf(
  overrides: ConfigOverrides,
  texts: readonly string[] = [programs.pass, programs.wrong],
) {
  const rollouts = texts.map((text) => ({
    text,
    tokens: characters.encode(text),
    logProbs: [],
    finish: 'eos' as const,
    promptTokens: [],
  }));
  const judged = await judgeGroups([sumTask], [rollouts], { sandbox, extraction: 'continuation' });
  const { groups, problems } = await customRewards(judged, { sandbox, config: createConfig(overrides) });
  const list = groups[0]!.rollouts;
  return { rewards: list.map(({ reward }) => reward), parts: list.map(({ parts }) => parts), problems };
}

describe('reward functions of one’s own', () => {
  it('are weighed and added to the reward of the tests; None takes no part', async () => {
    const functions = [
      body('length', "return len(completion.split('\\n'))"),
      body('right', "return None if 'x > 2' in completion else 4"),
    ].join('\n');
    const found = await rewardsOf({
      'reward.functions': functions,
      'reward.weights': 'tests_reward=2 length_reward=-0.5',
    });
    expect(found.parts).toEqual([
      { tests_reward: 1, length_reward: 6, right_reward: null },
      { tests_reward: 0, length_reward: 6, right_reward: 4 },
    ]);
    expect(found.rewards).toEqual([2 * 1 - 0.5 * 6, -0.5 * 6 + 4]);
    expect(found.problems).toEqual([]);
  });

  it('are told tests, trace and variables', async () => {
    const check = body(
      'told',
      'assert prompt.startswith("# sum of"), prompt',
      'failed = [t["args"] for t in tests if not t["passed"]]',
      'assert {t["expected"] for t in tests} == {"8", "0", "7"}, tests',
      'lines = [step["line"] for step in trace if step["event"] == "line"]',
      'return 100 * len(failed) + 10 * len(lines) + variables["t"]',
    );
    // The wrong one fails [2] and [4, 2, 2, 3]; on [2] it runs t=0, for, if, t+=, for, return.
    const { rewards } = await rewardsOf({ 'reward.functions': check, 'reward.weights': 'tests_reward=0' }, [
      programs.wrong,
    ]);
    expect(rewards).toEqual([200 + 60 + 2]);
    const none = body('none', 'return 1 if trace is None and variables is None else 0');
    expect((await rewardsOf({ 'reward.functions': none }, [programs.syntax])).rewards).toEqual([1]);
    expect(readsTrace(check)).toBe(true);
    expect(readsTrace(body('x', 'return len(completion)'))).toBe(false);
  });

  it('that fail give no reward, and say so in a line', async () => {
    const broken = body('broken', "return 1 / (0 if '>=' in completion else 1)");
    const found = await rewardsOf({ 'reward.functions': broken });
    expect(found.rewards).toEqual([2, null]);
    expect(found.parts[1]).toEqual({ tests_reward: 0, broken_reward: null });
    expect(found.problems).toEqual([
      'The reward function broken_reward failed on 1 of 2 programs: line 2: ZeroDivisionError: division by zero; these have no reward.',
    ]);
  });

  it.each([
    ['no number', "return 'high'", /returned 'high', which is no finite number/],
    ['not a number', "return float('nan')", /no finite number/],
    ['infinity', "return float('inf')", /no finite number/],
    ['an endless loop', 'while True: pass', /: step-limit;/],
    ['an exit', 'raise SystemExit', /: exit;/],
  ])('that give %s have no reward', async (_, line, message) => {
    const { rewards, problems } = await rewardsOf({ 'reward.functions': body('odd', line) }, [programs.pass]);
    expect(rewards).toEqual([null]);
    expect(problems[0]).toMatch(message);
  });

  it.each([
    ['def odd_reward(completion:\n    return 1', /do not load: line 1: SyntaxError/],
    [`import nosuchmodule\n${body('odd', 'return 1')}`, /do not load: line 1: ModuleNotFoundError/],
  ])('that do not load end the step: %j', async (source, message) => {
    await expect(rewardsOf({ 'reward.functions': source })).rejects.toThrow(message);
  });

  it.each([
    [{ 'reward.functions': 'x = 1' }, /"reward.functions" has no function/],
    [
      { 'reward.functions': body('tests', 'return 1') },
      /defines tests_reward, a reward that is here already/,
    ],
    [{ 'reward.weights': 'other_reward=1' }, /names other_reward; there is tests_reward/],
    [{ 'reward.weights': 'tests_reward=much' }, /NAME=NUMBER/],
  ])('are refused before anything runs: %j', (overrides, message) => {
    expect(() => createConfig(overrides)).toThrow(message);
  });

  it('are logged by name, with a warning where one fails, and the records are as without them', async () => {
    const run = async (overrides: ConfigOverrides) => {
      const events: TrainerEvent[] = [];
      const small = {
        steps: 1,
        'code.prompts': 1,
        'code.maxNewTokens': 200,
        'eval.baseline': false,
      } as const;
      const config = presetConfig('rlvr', small, overrides);
      const policy = new FakePolicy(() => [programs.pass, programs.wrong, programs.crash]);
      for await (const event of train({ policy, sandbox, tasks: [sumTask], config })) events.push(event);
      return events;
    };
    const functions = body('short', "return 1 / (0 if 'xs[9]' in completion else len(completion))");
    const [own, plain] = [await run({ 'reward.functions': functions }), await run({})];
    const group = own.find((event) => event.type === 'rollouts')!.groups[0] as CodeGroup;
    for (const { completion, reward, rewards } of group.rollouts) {
      const crashed = completion.includes('xs[9]');
      expect(rewards['short_reward']).toBe(crashed ? null : 1 / completion.length);
      expect(reward === null).toBe(crashed);
    }
    expect(own.find((event) => event.type === 'step-finished')!.metrics).toHaveProperty(
      'rewards/short_reward/mean',
    );
    expect(own.find((event) => event.type === 'warning')!.message).toMatch(/short_reward failed on/);
    const records = (events: TrainerEvent[]) => events.find((event) => event.type === 'records');
    expect(records(own)).toEqual(records(plain));
  });
});
