/** What readers work out by hand in Learn, and how their answers are taken. */
import { describe, expect, test } from 'vitest';
import {
  advantageExercise,
  checkAdvantage,
  checkMean,
  checkStd,
  readNumber,
} from '../../../src/ui/learn/advantage-exercise.ts';
import { advantagesUnder, answersOf, comparedLines } from '../../../src/ui/learn/answer-rows.ts';
import { alignmentGroup, answer, record, slipped } from './recording.ts';

test('numbers are read as people write them', () => {
  expect(['0.25', '.25', '0,25', '1/4', '25 %'].map(readNumber)).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
  expect(['\u22120.5', '-1/2', '+2'].map(readNumber)).toEqual([-0.5, -0.5, 2]);
  expect(['', 'two', '1/0', '.', '1e3'].map(readNumber)).toEqual([null, null, null, null, null]);
});

describe('the advantages of one winner among eight', () => {
  const exercise = advantageExercise([0, 0, 1, 0, 0, 0, 0, 0], 1e-4);

  test('are +2.475 and \u22120.354', () => {
    expect(exercise.mean).toBe(0.125);
    expect(exercise.advantages[2]).toBeCloseTo(2.474, 3);
    expect(exercise.advantages[0]).toBeCloseTo(-0.3535, 3);
  });

  test('rounding is no mistake, nor is a spread rounded first', () => {
    expect(checkMean('0.13', exercise)).toBeNull();
    expect(checkStd('0.35', exercise)).toBeNull();
    expect(checkAdvantage('2.5', exercise, 2)).toBeNull();
    expect(checkAdvantage('-0.36', exercise, 0)).toBeNull();
  });

  test('usual mistakes are told apart', () => {
    expect(checkMean('0.5', exercise)).toBe('other');
    expect(checkStd('0.331', exercise)).toBe('population-std');
    expect(checkStd('0.125', exercise)).toBe('variance');
    expect(checkAdvantage('-2.475', exercise, 2)).toBe('sign');
    expect(checkAdvantage('0.875', exercise, 2)).toBe('no-spread');
    expect(checkAdvantage('2.83', exercise, 2)).toBe('no-mean');
    expect(checkAdvantage('many', exercise, 2)).toBe('not-a-number');
  });

  test('a group of equal rewards has no advantage', () => {
    expect(advantageExercise([1, 1, 1], 1e-4).advantages).toEqual([0, 0, 0]);
  });
});

describe('answers about one record', () => {
  const config = { 'alignment.format': 'trace', 'alignment.grading': 'strict' } as const;
  const group = alignmentGroup(record, [
    answer(slipped, null, []),
    answer(record.answer, null, []),
    answer('total is 8', null, []),
  ]);
  const answers = answersOf(group, config);

  test('each reward function on the same answers', () => {
    expect(answers.map(({ right }) => right)).toEqual([1, 3, 0]);
    expect(answers.map(({ rewards }) => rewards.paper)).toEqual([1 / 3, 1, 0]);
    expect(answers[0]!.rewards.reference).toBeCloseTo(0.1 + 0.9 / 3, 12);
    expect(answers[2]!.rewards.reference).toBe(0);
    // 6 of 13 lines: 9 executed, 3 final values, the end.
    expect(answers[0]!.rewards.prefix).toBeCloseTo(6 / 13, 12);
    expect(answers[2]!.malformed).not.toBeNull();
  });

  test('advantages under a reward function sum to zero', () => {
    const sum = advantagesUnder(answers, 'paper', 1e-4).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(0, 12);
  });

  test('line by line, the first wrong one is marked and what follows is off the truth', () => {
    const lines = comparedLines(group, 0, config);
    expect(lines).toHaveLength(9);
    expect(lines.map(({ state }) => state).indexOf('first-wrong')).toBe(6);
    expect(lines[6]!.k).toBe(6);
    expect(lines[7]!.state).toBe('after');
    expect(comparedLines(group, 1, config).every(({ state }) => state === 'right')).toBe(true);
    expect(comparedLines(group, 1, { ...config, 'alignment.format': 'json' })).toEqual([]);
  });
});
