/**
 * The alignment half of a step: grades and rewards the answers to questions about
 * recorded programs. The questions are in the records (records.ts), and the policy
 * answers them together with the code prompts (rollout-step.ts).
 */
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Config, RewardForm } from './config.ts';
import type { AlignmentRecord } from './events.ts';
import { gradeAnswer } from './grade.ts';
import type { PromptStyle } from './prompts.ts';
import { alignmentReward, type GradedAnswer } from './rewards.ts';
import type { Rollout } from './sample.ts';

export interface GradedRollout extends Rollout {
  readonly graded: GradedAnswer;
  readonly reward: number | null;
  /** What KL to the base took off the reward, per token (kl-reward.ts); absent: nothing. */
  readonly klPenalties?: Float32Array;
}

export interface GradedGroup {
  readonly record: AlignmentRecord;
  readonly rollouts: readonly GradedRollout[];
}

/** The name under which the alignment reward is logged and exported. */
export const ALIGNMENT_REWARD = 'trace_reward';

export interface GradeSettings {
  readonly form: RewardForm;
  readonly grading: Config['alignment.grading'];
  readonly style: PromptStyle;
}

/** Grades sampled answers, one group per record. */
export function gradeGroups(
  records: readonly AlignmentRecord[],
  groups: readonly (readonly Rollout[])[],
  format: AlignmentFormat,
  { form, grading }: GradeSettings,
): GradedGroup[] {
  return records.map((record, g) => ({
    record,
    rollouts: (groups[g] ?? []).map((rollout) => {
      const graded = gradeAnswer(record, rollout, format, grading);
      return { ...rollout, graded, reward: alignmentReward(form, graded) };
    }),
  }));
}
