/**
 * The same seed gives the same log as before mini-batches, further objectives and
 * estimators came: digests of runs made at commit 68ffcc4, with a fake policy. Whoever
 * changes what a run does on purpose makes them anew and says so in CHANGELOG.md.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '../../src/experiment/presets.ts';
import type { ConfigOverrides } from '../../src/learning/config.ts';
import { train } from '../../src/learning/trainer.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { countPrograms, countTask, programs, sumTask } from './tasks.ts';

const answers = [
  '<L1>t<0><ans>t<2><;>x<2><;><ret><2><;>',
  '<L1>t<0><L2>x<2><|><ans>t<2><;>x<3><;><ret><0><;>',
  'no',
];
const table = (prompt: string): readonly string[] => {
  if (prompt.includes('<trace>')) return answers;
  if (prompt === countTask.prompt) return countPrograms;
  return Object.values(programs).filter((program) => program !== programs.loop);
};
const small: ConfigOverrides = {
  steps: 3,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 200,
  'alignment.groupSize': 3,
  'alignment.maxNewTokens': 200,
  'records.minSteps': 2,
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

async function digest(preset: string, overrides: ConfigOverrides): Promise<string> {
  const config = presetConfig(preset, small, overrides);
  const hash = createHash('sha256');
  for await (const event of train({
    policy: new FakePolicy(table),
    sandbox,
    tasks: [sumTask, countTask],
    config,
  })) {
    if (event.type === 'rollouts' || event.type === 'step-finished') hash.update(JSON.stringify(event));
  }
  return hash.digest('hex').slice(0, 16);
}

describe('the log of a run', () => {
  it.each([
    ['coderl-plus', { 'alignment.prompts': 2 }, '35f38c98b14fab0c'],
    [
      'coderl-plus',
      {
        'alignment.prompts': 2,
        'loss.iterations': 2,
        'kl.coefficient': 0.1,
        'alignment.optimizer': 'shared',
      },
      'fd44c250738ded5a',
    ],
    ['rlvr', {}, '0aeef8de5e984a65'],
    [
      'rlvr',
      { 'loss.objective': 'cispo', 'loss.iterations': 2, 'advantage.estimator': 'reinforce++' },
      '6deac9f6bb4a7f81',
    ],
  ] as const)('of %s with %j is what it was', async (preset, overrides, expected) => {
    expect(await digest(preset, overrides)).toBe(expected);
  });
});
