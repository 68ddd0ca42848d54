/** The simulation of chapter 6, and the study it reads. */
import { describe, expect, test } from 'vitest';
import { summarise, type Experiment, type RunOutcome } from '../../../src/experiment/experiment.ts';
import { readShippedStudy } from '../../../src/experiment/shipped-study.ts';
import { simulateExperiment, tally } from '../../../src/ui/learn/seeds.ts';
import { againstFirst, armNames, noiseOf, studyOf, trainedOf } from '../../../src/ui/learn/study.ts';

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
  const shipped = (outcomes: readonly RunOutcome[], of = experiment) =>
    studyOf(readShippedStudy(JSON.parse(JSON.stringify(summarise(of, outcomes)))));

  test('is read back with its arms, values and findings', () => {
    const study = shipped([
      outcome('a', 1, 0.4),
      outcome('a', 2, 0.5),
      outcome('b', 1, 0.42),
      outcome('b', 2, 0.46),
    ]);
    const [measure] = study.measures;
    expect(measure!.arms.map(({ name, seeds }) => [name, seeds])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(measure!.comparisons[0]!.finding).toBe('no difference shown');
    expect(noiseOf(measure!)).toBeCloseTo(Math.sqrt((0.005 + 0.0008) / 2), 6);
  });

  test('says of each arm whether it rose, fell or was not shown to move, and holds the others against the first', () => {
    const study = shipped([
      ...[0.4, 0.41, 0.42].map((after, i) => outcome('a', i, after)),
      ...[0.1, 0.12, 0.11].map((after, i) => outcome('b', i, after)),
    ]);
    const [measure] = study.measures;
    expect(measure!.arms.map(trainedOf)).toEqual(['higher', 'lower']);
    expect(againstFirst(measure!).map(({ from, to, finding }) => [from, to, finding])).toEqual([
      ['a', 'b', 'lower'],
    ]);
    const wide = shipped([
      outcome('a', 1, 0.1),
      outcome('a', 2, 0.4),
      outcome('b', 1, 0.2),
      outcome('b', 2, 0.2),
    ]);
    expect(wide.measures[0]!.arms.map(trainedOf)).toEqual(['no difference shown', 'no difference shown']);
  });

  test('an arm that is a preset has its title, any other the name that the study gave it', () => {
    const arms = ['rlvr', 'own'].map(arm);
    const study = shipped([outcome('rlvr', 1, 0.4), outcome('own', 1, 0.5)], { ...experiment, arms });
    const nameOf = armNames(study, (preset) => `the preset ${preset}`);
    expect([nameOf('rlvr'), nameOf('own')]).toEqual(['the preset rlvr', 'own']);
  });

  test('one seed has an interval without ends, which JSON writes as null', () => {
    const study = shipped([outcome('a', 1, 0.4), outcome('b', 1, 0.5)]);
    expect(study.measures[0]!.arms[0]!.after.interval).toEqual([-Infinity, Infinity]);
    expect(noiseOf(study.measures[0]!)).toBeNull();
  });
});
