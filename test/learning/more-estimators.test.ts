/**
 * OPO, pass@k and GFPO against their definitions; baselines from elsewhere; and how a
 * run keeps and uses them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advantages, ESTIMATORS, type Estimator, type RewardGroup } from '../../src/learning/advantages.ts';
import { createConfig, type ConfigKey, type ConfigOverrides } from '../../src/learning/config.ts';
import { TrainerControl } from '../../src/learning/control.ts';
import { withoutEffect } from '../../src/learning/effects.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { against, gfpo, opo, passAtKAdvantages, runningMeans } from '../../src/learning/more-estimators.ts';
import { advantageSettings } from '../../src/learning/settings.ts';
import type { TrainerState } from '../../src/learning/state.ts';
import { train, type TrainOptions } from '../../src/learning/trainer.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { programs, sumTask } from './tasks.ts';
import vectors from './vectors/estimators.json' with { type: 'json' };

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9) as number);

describe('against the definitions (scripts/vectors/estimators.py)', () => {
  const { cases, eps, keep } = vectors;
  it.each(cases.map((one, index) => [index, one] as const))('case %d', (_, one) => {
    expect(opo(one.rewards, one.lengths)).toEqual(near(one.opo));
    for (const k of [1, 2, 4] as const) expect(passAtKAdvantages(one.rewards, k)).toEqual(near(one.pass[k]));
    for (const by of ['length', 'efficiency'] as const)
      expect(gfpo(one.rewards, one.lengths, { keep, by, eps })).toEqual(near(one.gfpo[by]));
  });

  it('rollouts without a reward are left out', () => {
    const [{ rewards, lengths, opo: expected, pass }] = cases as [(typeof cases)[0]];
    const [holed, longer] = [
      [null, ...rewards],
      [1000, ...lengths],
    ];
    expect(opo(holed, longer)).toEqual([0, ...near(expected)]);
    expect(passAtKAdvantages(holed, 2)).toEqual([0, ...near(pass[2])]);
    expect(gfpo(holed, longer, { keep, by: 'length', eps })[0]).toBe(0);
  });
});

describe('baselines from elsewhere', () => {
  const code = { kind: 'code', rewards: [1, 0, 0, 1] };
  const alignment = { kind: 'alignment', rewards: [0.5, null, 0.25] };

  it('run by kind: momentum times before, the rest the mean of the batch', () => {
    // Code: .9 * .1 + .1 * .5; alignment had none and begins with its own .375.
    expect(runningMeans([code, alignment], { code: 0.1 }, 0.9)).toEqual({
      code: expect.closeTo(0.14, 12) as number,
      alignment: expect.closeTo(0.375, 12) as number,
    });
    expect(runningMeans([{ kind: 'code', rewards: [null] }], { code: 0.1 }, 0.9)).toEqual({ code: 0.1 });
  });

  it('are taken off', () => {
    const settings = { eps: 0, clip: 0 };
    const groups: RewardGroup[] = [
      { ...code, greedy: 1 },
      { ...alignment, greedy: null },
    ];
    const of = (estimator: Estimator, more = {}) => advantages(groups, { ...settings, ...more, estimator });
    expect(of('remax')).toEqual([
      [0, -1, -1, 0],
      [0, 0, 0],
    ]);
    expect(of('reinforce', { running: { code: 0.25 } })).toEqual([
      [0.75, -0.25, -0.25, 0.75],
      [0.125, 0, -0.125],
    ]);
    expect(against([1, null], null)).toEqual([0, 0]);
  });
});

it('settings of one estimator have no effect under another, and have one under their own', () => {
  const groups: RewardGroup[] = [
    {
      kind: 'alignment',
      rewards: [1, 0, 0.5, 0],
      lengths: [9, 2, 5, 7],
      components: { variables: [1, 0, 1, 0], returned: [1, 0, 0, 0], trajectory: [1, 0.2, 0.5, 0] },
    },
  ];
  const changes = {
    'advantage.eps': 0.5,
    'advantage.k': 2,
    'gfpo.keep': 2,
    'gfpo.by': 'efficiency',
    'gdpo.variables': 3,
    'gdpo.returned': 3,
    'gdpo.trajectory': 3,
  } as const satisfies ConfigOverrides;
  for (const estimator of Object.keys(ESTIMATORS) as Estimator[]) {
    const base = createConfig({ 'alignment.prompts': 2, 'advantage.estimator': estimator, 'gfpo.keep': 3 });
    for (const [key, value] of Object.entries(changes)) {
      const changed = createConfig(base, { [key]: value } as ConfigOverrides);
      const isSame =
        JSON.stringify(advantages(groups, advantageSettings(base))) ===
        JSON.stringify(advantages(groups, advantageSettings(changed)));
      expect(isSame, `${key} under ${estimator}`).toBe(withoutEffect(key as ConfigKey, base).length > 0);
    }
  }
});

describe('a run', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
  });
  afterAll(() => sandbox.dispose());
  const table = () => Object.values(programs).filter((program) => program !== programs.loop);
  const options = (overrides: ConfigOverrides, more: Partial<TrainOptions> = {}): TrainOptions => ({
    policy: new FakePolicy(table),
    sandbox,
    tasks: [sumTask],
    config: createConfig({
      steps: 3,
      'code.prompts': 1,
      'code.groupSize': 4,
      'code.maxNewTokens': 200,
      ...overrides,
    }),
    ...more,
  });
  const collect = async (run: TrainOptions) => {
    const events: TrainerEvent[] = [];
    for await (const event of train(run)) if (event.type !== 'timing') events.push(event);
    return events;
  };
  const rolloutsOf = (events: readonly TrainerEvent[], step: number) =>
    events.flatMap((event) =>
      event.type === 'rollouts' && event.step === step
        ? event.groups.flatMap(
            ({ rollouts }): readonly { reward: number | null; advantage: number }[] => rollouts,
          )
        : [],
    );

  it('keeps the running mean reward over a save', async () => {
    const overrides: ConfigOverrides = { 'advantage.estimator': 'reinforce', 'advantage.momentum': 0.5 };
    const whole = await collect(options(overrides));
    const mean = (step: number) => {
      const rewards = rolloutsOf(whole, step).map(({ reward }) => reward!);
      return rewards.reduce((a, b) => a + b, 0) / rewards.length;
    };
    // The first step's baseline is its own mean; the third's has seen two.
    const baselines = [mean(1), mean(1), 0.5 * mean(1) + 0.5 * mean(2)];
    baselines.forEach((baseline, i) => {
      for (const { reward, advantage } of rolloutsOf(whole, i + 1))
        expect(advantage).toBeCloseTo(reward! - baseline, 12);
    });
    const control = new TrainerControl();
    let saved: TrainerState | undefined;
    for await (const event of train(options(overrides, { control }))) {
      if (event.type !== 'step-finished' || event.step !== 2) continue;
      saved = await control.save();
      break;
    }
    const resumed = await collect(options(overrides, { state: saved! }));
    expect(rolloutsOf(resumed, 3)).toEqual(rolloutsOf(whole, 3));
  });

  it('asks for one greedy rollout per prompt under remax, and takes its reward off', async () => {
    const policy = new FakePolicy(table);
    const events = await collect(options({ steps: 1, 'advantage.estimator': 'remax' }, { policy }));
    const greedy = policy.requests.filter(({ temperature }) => temperature === 0);
    expect(greedy.map(({ prompts }) => prompts.length)).toEqual([1]);
    // Greedy, the fake policy writes the first of its programs, which passes.
    for (const { reward, advantage } of rolloutsOf(events, 1)) expect(advantage).toBe(reward! - 1);
  });
});
