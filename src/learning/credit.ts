/**
 * Credit by line. The true trajectory is known, so every line that a rollout predicts has an
 * outcome of its own, and so have the tokens it is made of. Rollouts of one group whose first
 * j lines are right stand in the same state. The mean of their outcomes at line j is an exact
 * baseline for that state. After its first wrong line a rollout is off the truth, and its
 * tokens get nothing. Credit by token works alike, with tokens in the place of lines: what
 * follows the wrong token in its line, often a faithful copy of it, is then not blamed for it.
 *
 * A group whose rollouts all agree has no advantage under its own mean, even when all are wrong. A prior
 * draws the baseline towards the mean of the whole step, as if the group had some more rollouts that do
 * as the step does on average. The answers of a group that shares a mistake then get a negative
 * advantage. That is not a stronger push out of the mistake. A baseline that no outcome of the group
 * decides adds nothing to the expected gradient, and where right answers are rare, the deviation at that
 * baseline is larger than the group's own. The expected push on the logit of the right outcome, E[A
 * (outcome - p)], with eight rollouts and a prior of two at .97, is .477, .095 and .0020 for p = .5, .05
 * and .001, against .434, .110 and .0025 under the group's own mean (test/learning/credit.test.ts sums
 * it). What the prior does is to shift push from rare right answers to even groups.
 */
import { grpo } from './advantages.ts';

export interface LinePrediction {
  /**
   * Lines right before the first wrong one; equal to the group's total when all are
   * right and the answer ended there.
   */
  readonly right: number;
  /** For each token the line it belongs to, from 0; the end of sequence is a line of its own. */
  readonly lineOfToken: readonly number[];
}

export interface CreditSettings {
  /** Added to the standard deviation of a line's outcomes. */
  readonly eps: number;
  /** Bound on the size of an advantage; 0 is off. */
  readonly clip: number;
  /** Right lines before the first wrong one get their positive advantage, or 0. */
  readonly rightLines: 'reinforce' | 'leave';
  /** Rollouts of the step's mean outcome that are added to each baseline; count 0 is the group's own mean. */
  readonly prior: Prior;
}

export interface Prior {
  readonly count: number;
  /** Share of right outcomes, 0 to 1. */
  readonly mean: number;
}

/** Share of the lines reached that were right, over all groups of a step; 0 where none was reached. */
export function rightShare(
  groups: readonly (readonly (LinePrediction | null)[])[],
  totals: readonly number[],
): number {
  let right = 0;
  let reached = 0;
  groups.forEach((predictions, g) => {
    const total = totals[g] ?? 0;
    for (const prediction of predictions) {
      if (prediction === null) continue;
      right += prediction.right;
      reached += Math.min(prediction.right + 1, total);
    }
  });
  return reached === 0 ? 0 : right / reached;
}

/**
 * Advantages per token of a group of rollouts of one record.
 * @param predictions one per rollout; null where it has no reward
 * @param total lines of the true answer, the end of sequence included
 */
export function lineAdvantages(
  predictions: readonly (LinePrediction | null)[],
  total: number,
  settings: CreditSettings,
): (Float32Array | null)[] {
  const byLine: number[][] = [];
  for (let line = 0; line < total; line++) {
    const outcomes = predictions.map((p) => (p === null || p.right < line ? null : p.right > line ? 1 : 0));
    byLine.push(settings.prior.count === 0 ? grpo(outcomes, settings.eps) : shrunk(outcomes, settings));
  }
  return predictions.map((prediction, i) => {
    if (prediction === null) return null;
    return Float32Array.from(prediction.lineOfToken, (line) => {
      if (line > prediction.right) return 0;
      const advantage = byLine[line]?.[i] ?? 0;
      if (advantage > 0 && settings.rightLines === 'leave') return 0;
      return settings.clip > 0 ? Math.min(settings.clip, Math.max(-settings.clip, advantage)) : advantage;
    });
  });
}

/**
 * Outcomes of 0 and 1 against a baseline drawn towards the prior's mean, in units of
 * a Bernoulli variable's deviation at that baseline.
 */
function shrunk(outcomes: readonly (number | null)[], { eps, prior }: CreditSettings): number[] {
  const present = outcomes.filter((outcome) => outcome !== null);
  const sum = present.reduce((total, outcome) => total + outcome, 0);
  const baseline = (sum + prior.count * prior.mean) / (present.length + prior.count);
  const deviation = Math.sqrt(baseline * (1 - baseline)) + eps;
  return outcomes.map((outcome) =>
    outcome === null || deviation === 0 ? 0 : (outcome - baseline) / deviation,
  );
}

/**
 * The line of each token, given where the lines of the decoded text end (characters, exclusive). A token
 * belongs to the line that holds its last character; tokens after the last end belong to the line after it.
 * @param textEnds characters of text decoded up to and including each token
 */
export function linesOfTokens(textEnds: readonly number[], lineEnds: readonly number[]): number[] {
  let line = 0;
  return textEnds.map((end) => {
    while (line < lineEnds.length && end > (lineEnds[line] ?? 0)) line++;
    return line;
  });
}
