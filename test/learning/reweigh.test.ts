/**
 * Advantages after the trainer has scored: importance sampling, tokens of most entropy, KL in the reward,
 * and an entropy bonus that adapts, against TRL's and verl's definitions (scripts/vectors/reweigh.py).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapt, adaptedConfig } from '../../src/learning/adaptive.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import type { CodeGroup, TrainerEvent } from '../../src/learning/events.ts';
import { klPenalties } from '../../src/learning/kl-reward.ts';
import { correctionFactors, entropyThreshold, reweigh } from '../../src/learning/reweigh.ts';
import type { LossRollout } from '../../src/learning/normalise.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { train } from '../../src/learning/trainer.ts';
import type { Score, ScoreRequest } from '../../src/policy/types.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { FakePolicy } from './fake-policy.ts';
import { programs, sumTask } from './tasks.ts';

const vectors = JSON.parse(readFileSync(new URL('vectors/reweigh.json', import.meta.url), 'utf8')) as {
  cap: number;
  coefficient: number;
  rows: {
    sampler: number[];
    trainer: number[];
    factors: Record<string, number[]>;
    penalties: Record<string, number[]>;
  }[];
  entropy: { entropies: number[]; shares: number[]; thresholds: number[]; kept: number[][] };
};
const close = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
};

describe('importance sampling between sampler and trainer', () => {
  const modes = ['token-truncate', 'token-mask', 'sequence-truncate', 'sequence-mask'] as const;
  it.each(modes)('%s has TRL’s factors', (mode) => {
    for (const { trainer, sampler, factors } of vectors.rows)
      close(correctionFactors(trainer, sampler, mode, vectors.cap), factors[mode]!);
    // Both sides of the cap occur.
    const all = vectors.rows.flatMap(({ factors }) => factors[mode]!);
    expect(new Set(all.map((factor) => factor === 0 || factor === vectors.cap))).toEqual(
      new Set([true, false]),
    );
  });
});

describe('tokens of most entropy', () => {
  it('are those at or above TRL’s threshold', () => {
    const { entropies, shares, thresholds, kept } = vectors.entropy;
    shares.forEach((share, i) => {
      const threshold = entropyThreshold(entropies, share);
      expect(threshold).toBeCloseTo(thresholds[i]!, 12);
      expect(entropies.flatMap((entropy, t) => (entropy >= threshold ? [t] : []))).toEqual(kept[i]);
    });
  });

  it('are told kind by kind, and keep their advantage; the others lose it', () => {
    const rollout = (kind: 'code' | 'alignment', advantage: number): LossRollout => ({
      kind,
      group: 0,
      prompt: [1],
      tokens: [1, 2],
      advantage,
      finish: 'eos',
      rewarded: true,
    });
    const score = (...entropy: number[]): Score => ({
      logProbs: new Float32Array(2),
      entropy: Float32Array.from(entropy),
    });
    const { rollouts, metrics } = reweigh(
      [rollout('code', 2), rollout('alignment', -1)],
      [
        [0, 0],
        [0, 0],
      ],
      new Map([
        [0, score(3, 2)],
        [1, score(0.1, 0.2)],
      ]),
      createConfig({ 'entropy.quantile': 0.5 }),
    );
    expect(rollouts.map(({ advantage }) => [...(advantage as Float32Array)])).toEqual([
      [2, 0],
      [0, -1],
    ]);
    expect(metrics).toEqual({ 'entropy/kept_ratio': 0.5 });
  });
});

describe('KL in the reward', () => {
  it.each(['k1', 'k2', 'k3'] as const)('%s has verl’s penalties', (estimator) => {
    for (const { sampler, trainer, penalties } of vectors.rows)
      close(klPenalties(sampler, trainer, vectors.coefficient, estimator), penalties[estimator]!);
  });
});

describe('an entropy bonus that adapts', () => {
  const config = createConfig({ 'entropy.target': 0.5, 'entropy.step': 0.1, 'entropy.coefficient': 0.2 });
  it('rises below its target, falls above it, and is at work below it alone', () => {
    expect(adaptedConfig(config, null)['entropy.coefficient']).toBe(0);
    const low = adapt(config, null, { entropy: 0.4 });
    expect(low).toEqual({ entropy: 0.4, entropyCoefficient: 0.2 + 0.1 });
    expect(adaptedConfig(config, low)['entropy.coefficient']).toBeCloseTo(0.3, 12);
    const high = adapt(config, low, { 'update/entropy': 0.9 });
    expect(high!.entropyCoefficient).toBeCloseTo(0.2, 12);
    expect(adaptedConfig(config, high)['entropy.coefficient']).toBe(0);
    expect(adapt(config, { entropy: 1, entropyCoefficient: 0.05 }, { entropy: 1 })!.entropyCoefficient).toBe(
      0,
    );
    const off = createConfig();
    expect([adaptedConfig(off, null), adapt(off, null, { entropy: 1 })]).toEqual([off, null]);
  });
});

/** A trainer that finds every token likelier than the sampler did, and a base that finds it less likely. */
class FarPolicy extends FakePolicy {
  override async score(request: ScoreRequest): Promise<Score[]> {
    const shift = request.adapter === 'base' ? -0.5 : 0.4;
    return (await super.score(request)).map((score) => ({
      logProbs: score.logProbs.map((logProb) => logProb + shift),
      entropy: score.entropy.map((_, t) => t),
    }));
  }
}

describe('a run with them', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
  });
  afterAll(() => sandbox.dispose());
  const run = async (overrides: ConfigOverrides) => {
    const policy = new FarPolicy(() => [programs.pass, programs.wrong]);
    const events: TrainerEvent[] = [];
    const small = { steps: 2, 'code.prompts': 1, 'code.maxNewTokens': 200, 'eval.baseline': false } as const;
    const config = presetConfig('rlvr', small, overrides);
    for await (const event of train({ policy, sandbox, tasks: [sumTask], config })) events.push(event);
    const metrics = events.flatMap((event) => (event.type === 'step-finished' ? [event.metrics] : []));
    const group = events.find((event) => event.type === 'rollouts')!.groups[0] as CodeGroup;
    return { policy, metrics, group };
  };

  it('multiplies the advantages that the update gets', async () => {
    const plain = await run({});
    const cut = await run({ 'sampling.correction': 'token-truncate', 'sampling.cap': 1.2 });
    const [before, after] = [plain, cut].map(({ policy }) => policy.updates[0]!.rows[0]!);
    expect([...after!.weights]).toEqual([...before!.weights]);
    after!.advantages.forEach((value, t) => expect(value).toBeCloseTo(1.2 * before!.advantages[t]!, 5));
    expect(cut.metrics[0]).toMatchObject({ 'sampling/masked_ratio': 0 });
    const masked = await run({ 'sampling.correction': 'sequence-mask', 'sampling.cap': 1.2 });
    expect(masked.policy.updates).toEqual([]);
    expect(masked.metrics[0]).toMatchObject({ 'sampling/masked_ratio': 1, update_rows: 0 });
  });

  it('takes the KL off the reward, logs it, and has none in the loss', async () => {
    const { group, policy } = await run({ 'kl.in': 'reward', 'kl.coefficient': 0.1, 'kl.estimator': 'k1' });
    for (const { reward, rewards, tokens } of group.rollouts) {
      expect(rewards['kl_penalty']).toBeCloseTo(-0.1 * 0.5 * tokens.length, 4);
      expect(reward).toBeCloseTo(rewards['tests_reward']! + rewards['kl_penalty']!, 9);
    }
    expect(policy.updates[0]!.settings.klCoefficient).toBe(0);
    expect(policy.updates[0]!.rows.every(({ refLogProbs }) => refLogProbs === undefined)).toBe(true);
  });

  it('adapts the entropy bonus from one step to the next', async () => {
    // The fake's entropies are the places of tokens: far above any target here.
    const { metrics, policy } = await run({ 'entropy.target': 90, 'entropy.coefficient': 0.2 });
    expect(metrics.map((step) => step['entropy_coefficient'])).toEqual([0, 0.2 + 0.005]);
    expect(policy.updates[1]!.settings.entropyCoefficient).toBeCloseTo(0.205, 12);
  });
});
