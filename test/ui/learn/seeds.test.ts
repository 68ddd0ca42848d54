/** The simulation of chapter 6, and the study it reads. */
import { describe, expect, test } from 'vitest';
import { summarise, type Experiment, type RunOutcome } from '../../../src/experiment/experiment.ts';
import { simulateExperiment, tally } from '../../../src/ui/learn/seeds.ts';
import { noiseOf, readStudy } from '../../../src/ui/learn/study.ts';

const many = (settings: Parameters<typeof simulateExperiment>[0], n = 400) =>
  tally(Array.from({ length: n }, (_, i) => simulateExperiment(settings, 1, i)));

describe('simulated experiments', () => {
  test('equal arms, one seed: either wins about half the time, and no interval shows it', () => {
    const { bHigher, aHigher, shown, experiments } = many({ effect: 0, noise: 2, seeds: 1 });
    expect(bHigher + aHigher).toBe(experiments);
    expect(Math.abs(bHigher / experiments - 0.5)).toBeLessThan(0.08);
    expect(shown).toBe(0);
  });

  test('equal arms, five seeds: 95 % intervals are wrong about one time in twenty', () => {
    const { shown, experiments } = many({ effect: 0, noise: 2, seeds: 5 });
    expect(Math.abs(shown / experiments - 0.05)).toBeLessThan(0.035);
  });

  test('a true difference is shown more often with more seeds', () => {
    const few = many({ effect: 3, noise: 2, seeds: 3 }).shown;
    expect(many({ effect: 3, noise: 2, seeds: 10 }).shown).toBeGreaterThan(few);
  });

  test('the same number is the same experiment, and more seeds keep those there were', () => {
    const settings = { effect: 0, noise: 1, seeds: 3 };
    expect(simulateExperiment(settings, 1, 7)).toEqual(simulateExperiment(settings, 1, 7));
    expect(simulateExperiment({ ...settings, seeds: 5 }, 1, 7).a.slice(0, 3)).toEqual(
      simulateExperiment(settings, 1, 7).a,
    );
  });
});

describe('a study as shipped', () => {
  const arm = (name: string) => ({ name, preset: 'rlvr', overrides: {} });
  const experiment: Experiment = { title: 'T', arms: [arm('a'), arm('b')], seeds: [1, 2], overrides: {} };
  const outcome = (name: string, seed: number, after: number): RunOutcome => {
    const [before, last] = [{ 'eval_heldout/pass@1': 0.2 }, { 'eval_heldout/pass@1': after }];
    return { arm: name, seed, before, after: last, curve: [] };
  };
  const text = (outcomes: readonly RunOutcome[]) =>
    JSON.parse(JSON.stringify(summarise(experiment, outcomes))) as unknown;

  test('is read back with its arms, values and findings', () => {
    const study = readStudy(
      text([outcome('a', 1, 0.4), outcome('a', 2, 0.5), outcome('b', 1, 0.42), outcome('b', 2, 0.46)]),
    )!;
    const [measure] = study.measures;
    expect(measure!.arms.map(({ name, seeds }) => [name, seeds])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(measure!.comparisons[0]!.finding).toBe('no difference shown');
    expect(noiseOf(measure!)).toBeCloseTo(Math.sqrt((0.005 + 0.0008) / 2), 6);
  });

  test('one seed has an interval without ends, which JSON writes as null', () => {
    const study = readStudy(text([outcome('a', 1, 0.4), outcome('b', 1, 0.5)]))!;
    expect(study.measures[0]!.arms[0]!.after.interval).toEqual([-Infinity, Infinity]);
    expect(noiseOf(study.measures[0]!)).toBeNull();
  });

  test('anything else is no study', () => {
    for (const data of [null, [], 'x', {}, { title: 'T', arms: [] }]) expect(readStudy(data)).toBeNull();
  });
});
