/**
 * Answers about one program at several moments, or of several models, as dots: which
 * values each answer had right. Data in, data out.
 */
import type { Prediction } from '../../../learner/questions.ts';

export interface AnswerColumn {
  readonly label: string;
  readonly answers: readonly Prediction[];
}

export interface DotCell {
  /** One per answer, in the order of the random numbers. */
  readonly right: readonly boolean[];
  /** What was said most often, and how often; null as a value where nothing was said. */
  readonly said: string | null;
  readonly times: number;
}

export interface DotRow {
  readonly name: string;
  readonly truth: string;
  readonly cells: readonly DotCell[];
}

/** One row per variable, in the order of the truth; the return value last. */
export function dotRows(columns: readonly AnswerColumn[]): readonly DotRow[] {
  const first = columns[0]?.answers[0]?.variables ?? [];
  return first.map(({ name, truth }, v) => ({
    name,
    truth,
    cells: columns.map(({ answers }): DotCell => {
      const said = answers.map(({ variables }) => variables[v]?.predicted ?? null);
      const [most, times] = commonest(said);
      return { right: answers.map(({ variables }) => variables[v]?.right === true), said: most, times };
    }),
  }));
}

/** Answers that are right in every value. */
export const wholeRight = (answers: readonly Prediction[]): number =>
  answers.filter(
    ({ malformed, variables }) => malformed === null && variables.every((variable) => variable.right),
  ).length;

function commonest(said: readonly (string | null)[]): readonly [string | null, number] {
  const counts = new Map<string | null, number>();
  for (const value of said) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[string | null, number]>(
    (best, next) => (next[1] > best[1] ? next : best),
    [null, 0],
  );
}
