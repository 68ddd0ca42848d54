/**
 * Chapter 5: one wrong answer followed to its end. What the program did and what the
 * answer said, line by line; what the update did to its tokens; and the same question put
 * again at other steps. Read from the recording: nothing is run and nothing is asked here.
 */
import type { MomentProgram, Moments } from './moments.ts';
import type { Prediction } from '../learning/asked.ts';
import type { AlignmentGroup, AlignmentRecord } from '../learning/events.ts';
import type { Config } from '../learning/config.ts';
import { gradeAnswer } from '../learning/grade.ts';
import { alignmentFormats, firstWrong, readProgram, renderTrajectory } from '../tasks/alignment/index.ts';

type AnswerFormatSetting = Pick<Config, 'alignment.format'>;

export type LineState = 'right' | 'first-wrong' | 'after';

export interface LessonLine {
  /** The line of the program that ran; null for what is no line. */
  readonly source: string | null;
  /** What happened; null where the true run had ended. */
  readonly truth: string | null;
  /** What the answer said; null where it had ended. */
  readonly said: string | null;
  readonly state: LineState;
}

/** An answer beside the truth, one entry per executed line. Empty for formats without a trajectory. */
export function lessonLines(
  record: Pick<AlignmentRecord, 'program' | 'entryPoint' | 'answer'>,
  completion: string,
  config: AnswerFormatSetting,
): readonly LessonLine[] {
  const format = alignmentFormats[config['alignment.format']];
  if (!format.needsTrajectory) return [];
  const program = readProgram(record.program, record.entryPoint);
  const wrong = firstWrong(format.lines(completion), format.lines(record.answer)) ?? Infinity;
  const executed = (text: string) => renderTrajectory(text).filter(({ final }) => !final);
  const [said, truth] = [executed(completion), executed(record.answer)];
  return Array.from({ length: Math.max(said.length, truth.length) }, (_, i): LessonLine => {
    const k = truth[i]?.line ?? said[i]?.line ?? null;
    return {
      source: k === null ? null : (program?.body[k - 1]?.text.trim() ?? null),
      truth: truth[i]?.text ?? null,
      said: said[i]?.text ?? null,
      state: i < wrong ? 'right' : i === wrong ? 'first-wrong' : 'after',
    };
  });
}

/**
 * What a reward that counts lines counted: right ones before the first wrong one, of
 * all; null where it counts values.
 */
export function countedLines(
  record: AlignmentRecord,
  { completion, finish }: AlignmentGroup['rollouts'][number],
  config: Pick<Config, 'alignment.format' | 'alignment.grading' | 'alignment.reward'>,
): { readonly right: number; readonly total: number } | null {
  if (!['prefix', 'line', 'token'].includes(config['alignment.reward'])) return null;
  const format = alignmentFormats[config['alignment.format']];
  return gradeAnswer(record, { text: completion, finish }, format, config['alignment.grading']).lines;
}

/**
 * The answer to follow: of the readable wrong ones the one that was pushed down most.
 * Null where none is wrong.
 */
export function wrongAnswer({ rollouts }: AlignmentGroup): number | null {
  const wrong = rollouts.flatMap(({ malformed, variables, advantage }, i) =>
    malformed === null && variables.some(({ right }) => !right) ? [{ i, advantage }] : [],
  );
  const lowest = wrong.reduce<(typeof wrong)[number] | null>(
    (found, next) => (found === null || next.advantage < found.advantage ? next : found),
    null,
  );
  return lowest?.i ?? null;
}

/** An answer that is right in everything, to hold beside it; null where there is none. */
export function rightAnswer({ rollouts }: AlignmentGroup): number | null {
  const place = rollouts.findIndex(
    ({ malformed, variables }) => malformed === null && variables.every(({ right }) => right),
  );
  return place < 0 ? null : place;
}

export interface PushedToken {
  readonly text: string;
  /** 0 is not pushed at all. */
  readonly advantage: number;
}

/**
 * Tokens around the place where the answer goes wrong, with what the update pushed
 * them by; empty where tokens were not kept.
 */
export function pushedTokens(
  { rollouts }: AlignmentGroup,
  rollout: number,
  advantages: readonly (readonly number[])[] | null,
  pieces: Readonly<Record<number, string>>,
  around: { readonly at: number; readonly before: number; readonly after: number },
): readonly PushedToken[] {
  const { tokens = [] } = rollouts[rollout] ?? {};
  const values = advantages?.[rollout];
  if (values === undefined || values.length !== tokens.length) return [];
  return tokens
    .map((token, i): PushedToken => ({ text: pieces[token] ?? '', advantage: values[i]! }))
    .slice(Math.max(0, around.at - around.before), around.at + around.after + 1);
}

/** Place of the first token in which two answers differ; null where one begins the other. */
export function partingToken({ rollouts }: AlignmentGroup, a: number, b: number): number | null {
  const [first, second] = [rollouts[a]?.tokens ?? [], rollouts[b]?.tokens ?? []];
  const place = first.findIndex((token, i) => token !== second[i]);
  return place < 0 ? null : place;
}

/** The recorded question about a program, when it is among those that were asked again. */
export const askedAgain = (
  { programs }: Moments,
  record: Pick<AlignmentRecord, 'program' | 'args'>,
): MomentProgram | null =>
  programs.find(({ program, args }) => program === record.program && args === record.args) ?? null;

const isRight = ({ malformed, variables }: Prediction): boolean =>
  malformed === null && variables.every(({ right }) => right);

/**
 * Which of the answers to follow through the steps: wrong at first and right at last, and turning
 * as seldom as can be between; else the first one that is wrong at first, else the first.
 */
export function answerToFollow({ answers }: Pick<MomentProgram, 'answers'>): number {
  const count = answers[0]?.length ?? 0;
  const paths = Array.from({ length: count }, (_, i) => answers.map((list) => isRight(list[i]!)));
  const turns = (path: readonly boolean[]): number =>
    path.slice(1).filter((right, i) => right !== path[i]).length;
  const turned = paths
    .map((path, i) => ({ path, i }))
    .filter(({ path }) => path[0] === false && path.at(-1) === true)
    .sort((a, b) => turns(a.path) - turns(b.path) || a.i - b.i);
  if (turned[0] !== undefined) return turned[0].i;
  return Math.max(
    0,
    paths.findIndex((path) => path[0] === false),
  );
}
