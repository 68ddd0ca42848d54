/**
 * Generalised advantages, the value head and PPO's run, against NumPy (scripts/vectors/gae.py).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  explainedVariance,
  gaeOf,
  improve,
  valuesOf,
  whitened,
  type ValueHead,
} from '../../src/learning/gae.ts';
import type { ConfigOverrides } from '../../src/learning/config.ts';
import { TrainerControl } from '../../src/learning/control.ts';
import type { CodeGroup, TrainerEvent } from '../../src/learning/events.ts';
import { checkState } from '../../src/learning/state.ts';
import { train, TrainerError } from '../../src/learning/trainer.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import type { Score, ScoreRequest } from '../../src/policy/types.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { programs, sumTask } from './tasks.ts';

const vectors = JSON.parse(readFileSync(new URL('vectors/gae.json', import.meta.url), 'utf8')) as {
  cases: { rewards: number[]; values: number[]; gamma: number; lambda: number; advantages: number[] }[];
  whitened: number[];
  head: {
    size: number;
    clip: number;
    rate: number;
    states: number[];
    returns: number[];
    start: number[];
    values: number[];
    weights: number[];
    losses: number[];
    explained: number;
  };
};
const close = (found: ArrayLike<number>, expected: readonly number[], digits = 6): void => {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe('generalised advantages', () => {
  it('are the discounted sums of the errors of the values', () => {
    for (const { rewards, values, gamma, lambda, advantages } of vectors.cases) {
      const found = gaeOf(rewards, values, gamma, lambda);
      close(found.advantages, advantages, 10);
      close(
        found.returns,
        advantages.map((a, t) => a + values[t]!),
        10,
      );
    }
  });

  it('are whitened over all tokens', () => {
    const rows = vectors.cases.map(
      ({ rewards, values, gamma, lambda }) => gaeOf(rewards, values, gamma, lambda).advantages,
    );
    close(
      whitened(rows).flatMap((row) => [...row]),
      vectors.whitened,
    );
  });
});

describe('the value head', () => {
  const { head: v } = vectors;
  const zeros = v.start.map(() => 0);
  const states = Float32Array.from(v.states);
  const [returns, old] = [Float64Array.from(v.returns), Float64Array.from(v.values)];

  it('learns by clipped squared error and Adam', () => {
    let head: ValueHead = { weights: v.start, first: zeros, second: zeros, step: 0 };
    close(valuesOf(head, states), v.values, 5);
    for (const expected of v.losses) {
      const improved = improve(head, states, returns, old, { learningRate: v.rate, clip: v.clip });
      expect(improved.loss).toBeCloseTo(expected, 6);
      head = improved.head;
    }
    close(head.weights, v.weights, 4);
  });

  it('explains a share of the variance of the returns', () => {
    expect(explainedVariance(v.returns, v.values)).toBeCloseTo(v.explained, 10);
    expect(explainedVariance(v.returns, v.returns)).toBe(1);
    expect(explainedVariance([1, 1], [0, 3])).toBe(0);
  });
});

/** Its hidden states say which program is being written, so that a head can learn what it will earn. */
class SeenPolicy extends FakePolicy {
  readonly layers = 2;
  override async score(request: ScoreRequest): Promise<Score[]> {
    const scores = await super.score(request);
    if (request.hiddenAfterLayers === undefined) return scores;
    expect(request.hiddenAfterLayers).toEqual([2]);
    return scores.map((score, i) => {
      const { completion } = request.sequences[i]!;
      const isRight = completion.length === programs.pass.length + 1;
      const hidden = new Float32Array(2 * completion.length).map((_, at) =>
        at % 2 === 0 ? 1 : isRight ? 1 : -1,
      );
      return { ...score, hidden: [hidden] };
    });
  }
}

describe('a run of PPO', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
  });
  afterAll(() => sandbox.dispose());
  const small: ConfigOverrides = {
    steps: 4,
    'code.prompts': 1,
    'code.maxNewTokens': 200,
    'eval.baseline': false,
    'value.rate': 0.05,
  };
  const options = (policy: FakePolicy, overrides: ConfigOverrides = {}) => ({
    policy,
    sandbox,
    tasks: [sumTask],
    config: presetConfig('ppo', small, overrides),
  });
  const seen = () => new SeenPolicy(() => [programs.pass, programs.crash]);

  it('has advantages per token, a head that learns, and goes on from a save as if there was none', async () => {
    const control = new TrainerControl();
    const whole: TrainerEvent[] = [];
    let saved: unknown;
    for await (const event of train({ ...options(seen()), control })) {
      whole.push(event);
      if (event.type === 'timing' && event.step === 2) saved = structuredClone(await control.save());
    }
    const metrics = whole.flatMap((event) => (event.type === 'step-finished' ? [event.metrics] : []));
    const explained = metrics.map((step) => step['value/code/explained_variance']!);
    expect(explained[0]).toBeCloseTo(0, 6);
    expect(explained.at(-1)).toBeGreaterThan(0.3);
    const group = whole.find((event) => event.type === 'rollouts')!.groups[0] as CodeGroup;
    const passing = group.rollouts.filter(({ verdict }) => verdict === 'pass');
    const failing = group.rollouts.filter(({ verdict }) => verdict !== 'pass');
    expect(Math.min(...passing.map(({ advantage }) => advantage))).toBeGreaterThan(
      Math.max(...failing.map(({ advantage }) => advantage)),
    );

    const state = checkState(saved);
    expect(state.heads!.code!.step).toBe(2 * 8);
    const resumed: TrainerEvent[] = [];
    for await (const event of train({ ...options(seen()), state })) resumed.push(event);
    const plain = (events: readonly TrainerEvent[]) => events.filter(({ type }) => type !== 'timing');
    expect(plain(resumed)).toEqual(plain(whole).slice(state.events));
  });

  it('is refused by a policy without hidden states', async () => {
    const events = train(options(new FakePolicy(() => [programs.pass])));
    await expect(
      (async () => {
        for await (const _ of events);
      })(),
    ).rejects.toThrow(TrainerError);
  });
});
