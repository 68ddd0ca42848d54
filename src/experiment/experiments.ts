/**
 * Experiments worth running, as plain data: what the Lab offers to begin with. Titles
 * and hypotheses for people are in the page's catalogues, under these ids. How long
 * they take depends on the machine and is not known here.
 */
import type { ConfigOverrides } from '../learning/config.ts';
import type { Arm } from './experiment.ts';

export interface ExperimentPreset {
  readonly arms: readonly [Arm, Arm, ...Arm[]];
}

const arm = (name: string, preset: string, overrides: ConfigOverrides = {}): Arm => ({
  name,
  preset,
  overrides,
});
/** Alignment's share of the rates is w / (1 + w): the preset gives it an optimizer of its own. */
const share = (percent: number): ConfigOverrides => ({
  'alignment.weight': Number((percent / (100 - percent)).toFixed(4)),
});

export const EXPERIMENTS = {
  'rlvr-coderl-plus': {
    arms: [arm('RLVR', 'rlvr'), arm('CodeRL+', 'coderl-plus')],
  },
  'alignment-ratio': {
    arms: [
      arm('align-0', 'rlvr'),
      arm('align-20', 'coderl-plus', share(20)),
      arm('align-40', 'coderl-plus', share(40)),
      arm('align-60', 'coderl-plus', share(60)),
    ],
  },
  'record-source': {
    arms: [
      arm('failed', 'coderl-plus', { 'records.source': 'failed' }),
      arm('all', 'coderl-plus', { 'records.source': 'all' }),
    ],
  },
  grading: {
    arms: [
      arm('strict', 'coderl-plus', { 'alignment.grading': 'strict' }),
      arm('lenient', 'coderl-plus', { 'alignment.grading': 'coderlplus' }),
    ],
  },
  // The algorithms that the paper shows its method with, each beside its twin with alignment rollouts.
  'four-algorithms': {
    arms: [
      arm('GRPO', 'grpo'),
      arm('GRPO.align', 'grpo-coderl-plus'),
      arm('PPO', 'ppo'),
      arm('PPO.align', 'ppo-coderl-plus'),
      arm('REINFORCE++', 'reinforce++'),
      arm('REINFORCE++.align', 'reinforce++-coderl-plus'),
      arm('DAPO', 'dapo'),
      arm('DAPO.align', 'dapo-coderl-plus'),
    ],
  },
  'grpo-dr-grpo': {
    arms: [
      arm('GRPO', 'rlvr', { 'advantage.estimator': 'grpo', 'loss.normalisation': 'sequence-mean' }),
      arm('Dr.GRPO', 'rlvr', { 'advantage.estimator': 'dr-grpo', 'loss.normalisation': 'constant' }),
    ],
  },
} as const satisfies Record<string, ExperimentPreset>;

export type ExperimentId = keyof typeof EXPERIMENTS;
export const EXPERIMENT_IDS = Object.keys(EXPERIMENTS) as readonly ExperimentId[];
