import { describe, expect, it } from 'vitest';
import {
  armConfig,
  findingOf,
  outcomeOf,
  summarise,
  type Experiment,
  type RunOutcome,
} from '../../src/experiment/experiment.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';

const experiment: Experiment = {
  title: 'two arms',
  arms: [
    { name: 'a', preset: 'rlvr', overrides: {} },
    { name: 'b', preset: 'coderl-plus', overrides: { 'alignment.reward': 'line' } },
  ],
  seeds: [1, 2, 3],
  overrides: { steps: 4 },
};

const evaluation = (step: number, pass: number): TrainerEvent => ({
  type: 'evaluation',
  step,
  metrics: { 'eval_heldout/pass@1': pass },
  intervals: {},
});
const finished = (reason: 'steps-done' | 'stopped'): TrainerEvent => ({
  type: 'run-finished',
  step: 4,
  reason,
});

function outcome(arm: string, seed: number, from: number, to: number): RunOutcome {
  return outcomeOf(arm, seed, [evaluation(0, from), evaluation(4, to), finished('steps-done')])!;
}

describe('the configuration of a run', () => {
  it('is the preset, then the experiment, then the arm, then the seed', () => {
    const config = armConfig(experiment, experiment.arms[1]!, 7);
    expect(config).toMatchObject({ seed: 7, steps: 4, 'alignment.reward': 'line', 'alignment.prompts': 16 });
  });
});

describe('the outcome of a run', () => {
  it('exists only when all steps were made and the base was evaluated', () => {
    expect(outcomeOf('a', 1, [evaluation(0, 0.2), evaluation(4, 0.3), finished('stopped')])).toBeNull();
    expect(outcomeOf('a', 1, [evaluation(4, 0.3), finished('steps-done')])).toBeNull();
    expect(outcomeOf('a', 1, [evaluation(0, 0.2), evaluation(4, 0.3)])).toBeNull();
    expect(outcome('a', 1, 0.2, 0.3)).toMatchObject({
      before: { 'eval_heldout/pass@1': 0.2 },
      after: { 'eval_heldout/pass@1': 0.3 },
    });
  });
});

describe('the summary', () => {
  it('compares arms seed by seed, so that what seeds share cancels', () => {
    // Seeds differ by .2, the arms by .02 to .03 in each.
    const outcomes = [
      outcome('a', 1, 0.1, 0.2),
      outcome('b', 1, 0.1, 0.22),
      outcome('b', 2, 0.1, 0.43),
      outcome('a', 2, 0.1, 0.4),
      outcome('a', 3, 0.1, 0.6),
      outcome('b', 3, 0.1, 0.62),
    ];
    const { arms, comparisons } = summarise(experiment, outcomes);
    expect(arms[1]!.measures['eval_heldout/pass@1']!.change.mean).toBeCloseTo(0.3233, 4);
    const [only] = comparisons;
    expect(only).toMatchObject({ from: 'a', to: 'b', seeds: [1, 2, 3], finding: 'higher' });
    // Differences .02 .03 .02: mean .02333, sd .005774, t(2) 4.3027.
    expect(only!.difference.interval[0]).toBeCloseTo(0.02333 - (4.3027 * 0.005774) / Math.sqrt(3), 4);
    expect(arms[0]!.curve.map(({ step }) => step)).toEqual([0, 4]);
  });

  it('uses only seeds that both arms finished', () => {
    const { comparisons } = summarise(experiment, [
      outcome('a', 1, 0.1, 0.2),
      outcome('a', 2, 0.1, 0.2),
      outcome('b', 2, 0.1, 0.3),
    ]);
    expect(comparisons[0]!.seeds).toEqual([2]);
    expect(comparisons[0]!.finding).toBe('no difference shown');
  });

  it('says that no difference is shown when zero is inside the interval', () => {
    expect(findingOf({ interval: [-0.01, 0.2] })).toBe('no difference shown');
    expect(findingOf({ interval: [-0.2, -0.01] })).toBe('lower');
  });
});
