/** Attacks that want out of the sandbox, and those on the logic of rewards, in Node. */
import { describe, expect, test } from 'vitest';
import { gradeAnswer } from '../../src/learning/grade.ts';
import { alignmentReward } from '../../src/learning/rewards.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { classes } from './index.ts';
import { answers } from './reward-logic.ts';
import { attackSuite } from './suite.ts';

attackSuite(['escape', 'reward logic']);

test('there are at least 120 cases, the controls not counted', () => {
  const { controls: _, ...attacks } = classes;
  expect(Object.values(attacks).flat().length + answers.length).toBeGreaterThanOrEqual(120);
});

const variables = [
  { name: 'x', value: '[1, 2]', line: 1, step: 0 },
  { name: 'return', value: '7', line: 2, step: 1 },
];
const record = { variables, answer: '' };

describe('answers written to please the grader', () => {
  test.each(answers)('$name', ({ text, reward }) => {
    const graded = gradeAnswer(record, { text, finish: 'eos' }, alignmentFormats.json, 'strict');
    expect(alignmentReward('paper', graded)).toBe(reward);
    for (const form of ['paper', 'reference', 'prefix', 'line'] as const) {
      const other = alignmentReward(form, graded);
      if (other === null) continue;
      expect(Number.isFinite(other) && other >= 0 && other <= 1).toBe(true);
    }
  });

  test('a record without variables and return value is worth nothing, not everything', () => {
    const graded = gradeAnswer(
      { variables: [], answer: '' },
      { text: '{}', finish: 'eos' },
      alignmentFormats.json,
      'strict',
    );
    for (const form of ['paper', 'reference', 'prefix', 'line'] as const)
      expect(alignmentReward(form, graded)).toBeNull();
  });
});
