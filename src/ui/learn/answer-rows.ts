/**
 * Chapter 5: one record, its answers, and what each reward function makes of them. Graded by the trainer's
 * own functions on the text in the log, so that a reader may ask "what if" without running anything.
 */
import type { Config, RewardForm } from '../../learning/config.ts';
import { grpo } from '../../learning/advantages.ts';
import type { AlignmentGroup, PredictedVariable } from '../../learning/events.ts';
import { gradeAnswer } from '../../learning/grade.ts';
import { alignmentReward } from '../../learning/rewards.ts';
import { alignmentFormats, firstWrong, renderTrajectory } from '../../tasks/alignment/index.ts';

export interface AnswerRow {
  readonly malformed: string | null;
  /** Every asked value, the return value last. */
  readonly variables: readonly PredictedVariable[];
  readonly right: number;
  readonly rewards: Readonly<Record<ShownForm, number | null>>;
}

export const SHOWN_FORMS = ['paper', 'reference', 'prefix'] as const satisfies readonly RewardForm[];
export type ShownForm = (typeof SHOWN_FORMS)[number];

type GradingSettings = Pick<Config, 'alignment.format' | 'alignment.grading'>;

export function answersOf(
  { record, rollouts }: AlignmentGroup,
  config: GradingSettings,
): readonly AnswerRow[] {
  const format = alignmentFormats[config['alignment.format']];
  return rollouts.map(({ completion, finish }) => {
    const graded = gradeAnswer(record, { text: completion, finish }, format, config['alignment.grading']);
    const variables = graded.returned === null ? graded.variables : [...graded.variables, graded.returned];
    const rewards = Object.fromEntries(
      SHOWN_FORMS.map((form) => [form, alignmentReward(form, graded)]),
    ) as Record<ShownForm, number | null>;
    return {
      malformed: graded.malformed,
      variables,
      right: graded.malformed === null ? variables.filter(({ right }) => right).length : 0,
      rewards,
    };
  });
}

/** Advantages of the answers under one reward function. */
export const advantagesUnder = (
  answers: readonly AnswerRow[],
  form: ShownForm,
  eps: number,
): readonly number[] =>
  grpo(
    answers.map(({ rewards }) => rewards[form]),
    eps,
  );

export interface AnswerLine {
  readonly k: number | null;
  /** What the policy wrote; null where its answer had ended. */
  readonly predicted: string | null;
  /** What really happened; null where the truth had ended. */
  readonly truth: string | null;
  readonly state: 'right' | 'first-wrong' | 'after';
}

/**
 * The answer beside the truth, line by line, up to the final values; empty for formats without trajectory.
 */
export function comparedLines(
  { record, rollouts }: AlignmentGroup,
  rollout: number,
  config: GradingSettings,
): readonly AnswerLine[] {
  const format = alignmentFormats[config['alignment.format']];
  if (!format.needsTrajectory) return [];
  const text = rollouts[rollout]?.completion ?? '';
  const wrong = firstWrong(format.lines(text), format.lines(record.answer)) ?? Infinity;
  const shown = (source: string) => renderTrajectory(source).filter(({ final }) => !final);
  const [predicted, truth] = [shown(text), shown(record.answer)];
  return Array.from({ length: Math.max(predicted.length, truth.length) }, (_, i) => ({
    k: truth[i]?.line ?? predicted[i]?.line ?? null,
    predicted: predicted[i]?.text ?? null,
    truth: truth[i]?.text ?? null,
    state: i < wrong ? 'right' : i === wrong ? 'first-wrong' : 'after',
  }));
}
