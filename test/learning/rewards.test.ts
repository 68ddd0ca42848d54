import { describe, expect, it } from 'vitest';
import { alignmentReward, codeReward, type GradedAnswer } from '../../src/learning/rewards.ts';

const item = (right: boolean) => ({ name: 'v', truth: '1', predicted: '1', right });
const items = (right: number, total: number) => Array.from({ length: total }, (_, i) => item(i < right));
const graded = (changes: Partial<GradedAnswer>): GradedAnswer => ({
  malformed: null,
  variables: [],
  returned: null,
  lines: null,
  ...changes,
});

describe('the code reward', () => {
  it('is 1 if every test passes, 0 if not, and null when the harness failed', () => {
    expect(codeReward('pass')).toBe(1);
    for (const verdict of ['wrong', 'exception', 'timeout', 'tamper', 'no-program'] as const)
      expect(codeReward(verdict)).toBe(0);
    expect(codeReward('harness-error')).toBeNull();
  });
});

describe('acceptance vector 3: rewards for 3 variables', () => {
  it('paper: 0, 1/3, 2/3, 1', () => {
    const rewards = [0, 1, 2, 3].map((right) =>
      alignmentReward('paper', graded({ variables: items(right, 3) })),
    );
    expect(rewards).toEqual([0, 1 / 3, 2 / 3, 1]);
  });

  it('reference code: 0 malformed, then .1, .325, .55, .775, 1', () => {
    const malformed = alignmentReward(
      'reference',
      graded({ malformed: 'not JSON', variables: items(0, 3), returned: item(false) }),
    );
    const rewards = [0, 1, 2, 3].map((right) =>
      alignmentReward('reference', graded({ variables: items(right, 3), returned: item(false) })),
    );
    const all = alignmentReward('reference', graded({ variables: items(3, 3), returned: item(true) }));
    const expected = [0, 0.1, 0.325, 0.55, 0.775, 1];
    [malformed, ...rewards, all].forEach((reward, i) => expect(reward).toBeCloseTo(expected[i] ?? NaN, 12));
  });
});

describe('the alignment reward', () => {
  it('counts the return value as one more item', () => {
    expect(alignmentReward('paper', graded({ variables: items(1, 3), returned: item(true) }))).toBe(0.5);
  });

  it('by prefix is the share of the trajectory before the first wrong line', () => {
    expect(alignmentReward('prefix', graded({ lines: { right: 3, total: 8 } }))).toBe(0.375);
    expect(alignmentReward('prefix', graded({ malformed: 'cut off', lines: { right: 3, total: 8 } }))).toBe(
      0.375,
    );
  });

  it('is null where it does not apply, not 0', () => {
    expect(alignmentReward('paper', graded({}))).toBeNull();
    expect(alignmentReward('prefix', graded({ variables: items(1, 1) }))).toBeNull();
  });

  it('of a malformed answer is 0 even if variables were read', () => {
    expect(alignmentReward('paper', graded({ malformed: 'two answers', variables: items(2, 2) }))).toBe(0);
  });

  it('stays in [0, 1] whatever the counts', () => {
    expect(alignmentReward('prefix', graded({ lines: { right: 9, total: 8 } }))).toBe(1);
  });
});
