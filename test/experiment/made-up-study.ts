/**
 * A study whose numbers are made up: two arms over seeds, with known differences
 * between them. For tests of what is drawn of a study.
 */
import { summarise, type ExperimentSummary, type RunOutcome } from '../../src/experiment/experiment.ts';

export interface Truth {
  /** The second arm minus the first after training, on variables right and on programs that pass. */
  readonly knows: number;
  readonly writes: number;
  readonly seeds?: number;
}

/** Around the difference, so that it has a spread. */
const NOISE = [0.01, -0.01, 0, 0.005, -0.005];

export function madeUpStudy({ knows, writes, seeds = 3 }: Truth): {
  readonly summary: ExperimentSummary;
  readonly outcomes: readonly RunOutcome[];
} {
  const names = ['rlvr', 'coderl-plus'] as const;
  const all = Array.from({ length: seeds }, (_, i) => i + 1);
  const outcomes = names.flatMap((arm, a) =>
    all.map((seed, i): RunOutcome => {
      const before = { 'eval_alignment/accuracy': 0.7, 'eval_heldout/pass@1': 0.3 };
      const after = {
        'eval_alignment/accuracy': 0.7 + a * (knows + NOISE[i % NOISE.length]!),
        'eval_heldout/pass@1': 0.6 + a * (writes + NOISE[i % NOISE.length]!),
      };
      const curve = [
        { step: 0, metrics: before },
        { step: 60, metrics: after },
      ];
      return { arm, seed, before, after, curve };
    }),
  );
  const arms = names.map((name) => ({ name, preset: name, overrides: {} }));
  return { summary: summarise({ title: 'made up', arms, seeds: all, overrides: {} }, outcomes), outcomes };
}
