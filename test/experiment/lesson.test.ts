/** Chapter 5's example: which one is carried through the chapters, and what of it is shown. */
import { describe, expect, test } from 'vitest';
import { byReading, storyCandidates, teachesByTests, teachesByTraces } from '../../src/experiment/story.ts';
import type { Prediction } from '../../src/learning/asked.ts';
import type { AlignmentGroup, AlignmentRollout, TrainerEvent } from '../../src/learning/events.ts';
import { createConfig } from '../../src/learning/config.ts';
import { carriedExample, judgeCarried } from '../../src/ui/learn/carried.ts';
import {
  answerToFollow,
  countedLines,
  lessonLines,
  partingToken,
  pushedTokens,
  rightAnswer,
  wrongAnswer,
} from '../../src/experiment/lesson.ts';
import { codeGroup, codeRollout, record, rolloutsEvent } from '../ui/learn/recording.ts';

const config = createConfig();
const RIGHT = record.answer;
/** `total = 0` read as `total = 1`. */
const WRONG = RIGHT.replace('<L1>total<0>', '<L1>total<1>').replace('<ans>total<8>', '<ans>total<9>');

function answer(completion: string, advantage: number, tokens: readonly number[] = []): AlignmentRollout {
  const right = completion === RIGHT;
  const variables = [{ name: 'total', truth: '8', predicted: right ? '8' : '9', right }];
  const reward = right ? 1 : 0;
  const logProbs = tokens.map(() => -0.1);
  return {
    completion,
    tokens,
    logProbs,
    finish: 'eos',
    malformed: null,
    variables,
    reward,
    rewards: {},
    advantage,
  };
}
const asked = (rollouts: readonly AlignmentRollout[]): AlignmentGroup => ({
  kind: 'alignment',
  record,
  rollouts,
});
const mixed = asked([answer(RIGHT, 0.2), answer(WRONG, -0.1), answer(WRONG, -0.3)]);

const written = record.program.slice(record.program.indexOf('\n    total'));
const programs = codeGroup('sum', [
  codeRollout('\n    return sum(xs)', 'pass', { advantage: 1 }),
  codeRollout(written, 'wrong', { advantage: -1 }),
  codeRollout('\n    return 0', 'wrong', { advantage: -1 }),
]);
const events = (group: AlignmentGroup, code = programs): readonly TrainerEvent[] => [
  rolloutsEvent(1, [code]),
  rolloutsEvent(2, [group]),
];

describe('an example that teaches', () => {
  test('has right and wrong answers and pushes both ways', () => {
    expect(teachesByTraces(mixed)).toBe(true);
    // Eight right answers with advantages of zero teach nothing.
    expect(teachesByTraces(asked(Array.from({ length: 8 }, () => answer(RIGHT, 0))))).toBe(false);
    // Nor do mixed ones that the estimator left alone.
    expect(teachesByTraces(asked([answer(RIGHT, 0), answer(WRONG, 0)]))).toBe(false);
    expect(teachesByTests(programs)).toBe(true);
    expect(teachesByTests(codeGroup('sum', [codeRollout('', 'pass'), codeRollout('', 'pass')]))).toBe(false);
  });

  test('is found with the program that the answers are about', () => {
    expect(storyCandidates(events(mixed)).map(({ written: w, asked: a }) => [w, a])).toEqual([
      [
        { step: 1, rollout: 1 },
        { step: 2, record: record.id },
      ],
    ]);
    const idle = asked([answer(RIGHT, 0), answer(RIGHT, 0)]);
    expect(storyCandidates(events(idle))).toEqual([]);
    expect(carriedExample({ manifest: null, events: events(idle) })).toBeNull();
  });

  test('is one for all chapters: the same task, its program judged, its record asked about', () => {
    const carried = carriedExample({ manifest: null, events: events(mixed) })!;
    expect(carried.code.group.taskId).toBe(carried.trace.group.record.taskId);
    expect(carried.trace.origin?.rollout.completion).toBe(written);
    expect(judgeCarried(carried).chosen).toEqual([0, 1, 2]);
  });

  test('comes once a task, the easiest to read first', () => {
    const twice = [...storyCandidates(events(mixed)), ...storyCandidates(events(mixed))];
    expect(byReading(twice)).toHaveLength(1);
  });
});

describe('an answer beside the truth', () => {
  test('is right up to the line that it misreads', () => {
    const lines = lessonLines(record, WRONG, config);
    expect(lines[0]).toEqual({
      source: 'total = 0',
      truth: 'total = 0',
      said: 'total = 1',
      state: 'first-wrong',
    });
    expect(lines[1]).toMatchObject({ source: 'for x in xs:', state: 'after' });
    expect(lessonLines(record, RIGHT, config).every(({ state }) => state === 'right')).toBe(true);
  });

  test('counts as the run’s reward does', () => {
    const counting = { ...config, 'alignment.reward': 'token' as const };
    expect(countedLines(record, answer(WRONG, 0), counting)?.right).toBe(0);
    const whole = countedLines(record, answer(RIGHT, 0), counting)!;
    expect(whole.right).toBe(whole.total);
    expect(countedLines(record, answer(RIGHT, 0), { ...config, 'alignment.reward': 'paper' })).toBeNull();
  });

  test('that is followed is the one pushed down most; none where all are right', () => {
    expect(wrongAnswer(mixed)).toBe(2);
    expect(rightAnswer(mixed)).toBe(0);
    expect(wrongAnswer(asked([answer(RIGHT, 0)]))).toBeNull();
  });
});

test('tokens around the parting have the pushes of the update', () => {
  const group = asked([answer(RIGHT, 0.2, [1, 2, 3, 4]), answer(WRONG, -0.1, [1, 2, 9, 4])]);
  expect(partingToken(group, 1, 0)).toBe(2);
  const pieces = { 1: 'a', 2: 'b', 3: 'c', 4: 'd', 9: 'x' };
  const advantages = [
    [0, 0.1, 0.5, 0],
    [0, 0.1, -1.5, 0],
  ];
  const around = { at: 2, before: 1, after: 1 };
  expect(pushedTokens(group, 1, advantages, pieces, around)).toEqual([
    { text: 'b', advantage: 0.1 },
    { text: 'x', advantage: -1.5 },
    { text: 'd', advantage: 0 },
  ]);
  expect(pushedTokens(group, 1, null, pieces, around)).toEqual([]);
});

describe('the answer followed through the steps', () => {
  const prediction = (right: boolean): Prediction => ({
    completion: '',
    malformed: null,
    variables: [{ name: 'x', truth: '1', predicted: right ? '1' : '2', right }],
    lines: null,
  });
  const paths = (...rows: readonly string[]) => ({
    // One row per answer, one sign per step.
    answers: [...rows[0]!].map((_, step) => rows.map((row) => prediction(row[step] === '+'))),
  });

  test('turns right, and to and fro as seldom as can be', () => {
    expect(answerToFollow(paths('++++', '-+-+', '--++', '----'))).toBe(2);
  });
  test('is a wrong one where none turns right', () => {
    expect(answerToFollow(paths('++++', '+---', '-+--'))).toBe(2);
  });
});
