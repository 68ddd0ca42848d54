/**
 * The alignment half of a step: asks questions about recorded programs, samples answers from the current policy, grades and rewards
 * them. Records come from the buffer (records.ts).
 */
import type { Policy } from '../policy/types.ts';
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Random } from '../base/random.ts';
import type { Config, RewardForm } from './config.ts';
import type { AlignmentRecord } from './events.ts';
import { gradeAnswer } from './grade.ts';
import { questionPrompt, type PromptStyle } from './prompts.ts';
import { alignmentReward, type GradedAnswer } from './rewards.ts';
import { sampleGroups, type Rollout, type SampleSettings } from './sample.ts';

export interface GradedRollout extends Rollout {
  readonly graded: GradedAnswer;
  readonly reward: number | null;
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

/** Samples one group of answers per record and grades it. */
export async function sampleAlignment(
  policy: Policy,
  records: readonly AlignmentRecord[],
  format: AlignmentFormat,
  settings: SampleSettings & GradeSettings,
  random: Random,
): Promise<GradedGroup[]> {
  const sampled = await sampleGroups(
    policy,
    records.map(({ prompt }) => questionPrompt(prompt, policy.tokenizer, settings.style)),
    settings,
    random,
  );
  return records.map((record, g) => ({
    record,
    rollouts: (sampled[g] ?? []).map((rollout) => {
      const graded = gradeAnswer(record, rollout, format, settings.grading);
      return { ...rollout, graded, reward: alignmentReward(settings.form, graded) };
    }),
  }));
}
