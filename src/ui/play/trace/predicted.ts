/**
 * A predicted trajectory beside the true one: line by line to the first wrong one, variable by variable,
 * and, where the model was asked, the probability that it gives to the truth. Data in, data out.
 */
import type { PredictedVariable } from '../../../learning/events.ts';
import { renderTrajectory, type TrajectoryLine } from '../../../tasks/alignment/index.ts';
import { returnName } from '../../../tasks/alignment/types.ts';
import type { Inspection } from '../../../learner/questions.ts';

export interface Chance {
  /** Probability before training, and now. */
  readonly base: number;
  readonly now: number;
}

export interface ComparedLine {
  readonly truth: TrajectoryLine | null;
  readonly predicted: TrajectoryLine | null;
  /**
   * After the first wrong line a prediction is off the path: nothing it says there is held against the truth.
   */
  readonly state: 'right' | 'first-wrong' | 'after';
  /** Of the true line, given the true lines before it. */
  readonly chance: Chance | null;
}

export interface ComparedVariable extends PredictedVariable {
  readonly isFirstWrong: boolean;
  /** Of the true value, given the true answer up to it. */
  readonly chance: Chance | null;
}

/**
 * @param answer the true answer's text; @param completion what the policy wrote;
 * @param seen the true answer under both models
 */
export function compareLines(
  answer: string,
  completion: string,
  seen: Inspection | null,
): readonly ComparedLine[] {
  const [truth, predicted] = [renderTrajectory(answer), renderTrajectory(completion)];
  const texts = [textsOf(answer, truth), textsOf(completion, predicted)] as const;
  let isOff = false;
  return Array.from({ length: Math.max(truth.length, predicted.length) }, (_, i): ComparedLine => {
    const isSame = texts[0][i] === texts[1][i];
    const state = isOff ? 'after' : isSame ? 'right' : 'first-wrong';
    isOff ||= !isSame;
    const line = truth[i];
    return {
      truth: line ?? null,
      predicted: predicted[i] ?? null,
      state,
      chance: seen && line ? chanceOf(seen, line.start, line.end) : null,
    };
  });
}

const textsOf = (text: string, lines: readonly TrajectoryLine[]): readonly string[] =>
  lines.map(({ start, end }) => text.slice(start, end));

export function compareVariables(
  answer: string,
  variables: readonly PredictedVariable[],
  seen: Inspection | null,
): readonly ComparedVariable[] {
  const finals = renderTrajectory(answer).filter(({ final }) => final);
  const firstWrong = variables.findIndex(({ right }) => !right);
  return variables.map((variable, i): ComparedVariable => {
    const line = finals.find((final) => final.variable === variable.name);
    const spelled = variable.name === returnName ? '<ret>' : variable.name;
    const from =
      line === undefined
        ? 0
        : line.start + answer.slice(line.start, line.end).indexOf(spelled) + spelled.length;
    return {
      ...variable,
      isFirstWrong: i === firstWrong,
      chance: seen && line ? chanceOf(seen, from, line.end) : null,
    };
  });
}

/** Joint probability of the tokens that end in (start, end] characters. */
function chanceOf({ pieces, base, now }: Inspection, start: number, end: number): Chance {
  let at = 0;
  let [before, after] = [0, 0];
  pieces.forEach((piece, token) => {
    at += piece.length;
    if (at <= start || at > end) return;
    before += base[token] ?? 0;
    after += now[token] ?? 0;
  });
  return { base: Math.exp(before), now: Math.exp(after) };
}
