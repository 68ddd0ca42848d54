/** A small recording for the tests of Learn: groups and a record made by hand, in the shape the trainer logs them. */
import type {
  AlignmentGroup,
  AlignmentRecord,
  AlignmentRollout,
  CodeGroup,
  CodeRollout,
  Group,
  TrainerEvent,
  Verdict,
} from '../../../src/learning/events.ts';

export const rolloutsEvent = (step: number, groups: readonly Group[]): TrainerEvent => ({
  type: 'rollouts',
  step,
  groups,
});

export function codeRollout(
  completion: string,
  verdict: Verdict,
  more: Partial<CodeRollout> = {},
): CodeRollout {
  const reward = verdict === 'pass' ? 1 : 0;
  const failed = { args: '[1]', expected: '1', got: '2' };
  return {
    completion,
    tokens: [],
    logProbs: [],
    finish: 'eos',
    verdict,
    ...(verdict === 'pass' ? {} : { failed }),
    reward,
    rewards: { tests_reward: reward },
    advantage: 0,
    ...more,
  };
}

export const codeGroup = (taskId: string, rollouts: readonly CodeRollout[]): CodeGroup => ({
  kind: 'code',
  taskId,
  prompt: `# ${taskId}\ndef f(xs):`,
  rollouts,
});

/** Sums a list, on [-4, 12]. */
export const record: AlignmentRecord = {
  id: '1.1',
  taskId: 'sum',
  bornAt: 1,
  program:
    '# sum\ndef f(xs):\n    total = 0\n    for x in xs:\n        if x < 0:\n            total += x\n        else:\n            total += x\n    return total',
  entryPoint: 'f',
  args: '[-4, 12]',
  variables: [
    { name: 'total', value: '8', line: 8, step: 6 },
    { name: 'x', value: '12', line: 4, step: 4 },
    { name: 'return', value: '8', line: 0, step: 9 },
  ],
  answer:
    '<L1>total<0><L2>x<-4><|><12><L3><-4><lt><0><=><T><L4><0><+><-4><=><-4>total<-4><L2>x<12><|><L3><12><lt><0><=><F><L6><-4><+><12><=><8>total<8><L2><end><L7><ret><8><ans>total<8><;>x<12><;><ret><8><;>',
  prompt: '',
};

export const straight: AlignmentRecord = {
  ...record,
  id: '1.2',
  taskId: 'three',
  program: '# three\ndef f(xs):\n    total = 3\n    return total',
  variables: [
    { name: 'total', value: '3', line: 3, step: 1 },
    { name: 'return', value: '3', line: 0, step: 2 },
  ],
  answer: '<L1>total<3><L2><ret><3><ans>total<3><;><ret><3><;>',
};

/** An answer as a policy might write it; the rewards in it are not read by Learn. */
export const answer = (
  completion: string,
  reward: number | null,
  right: readonly boolean[],
): AlignmentRollout => ({
  completion,
  tokens: [],
  logProbs: [],
  finish: 'eos',
  malformed: null,
  variables: right.map((isRight, i) => ({ name: `v${i}`, truth: '1', predicted: '1', right: isRight })),
  reward,
  rewards: { trace_reward: reward },
  advantage: 0,
});

/** Adds 12 and -4 to 4 instead of 8, and says so to the end. */
export const slipped =
  '<L1>total<0><L2>x<-4><|><12><L3><-4><lt><0><=><T><L4><0><+><-4><=><-4>total<-4><L2>x<12><|><L3><12><lt><0><=><F><L6><-4><+><12><=><4>total<4><L2><end><L7><ret><4><ans>total<4><;>x<12><;><ret><4><;>';

export const alignmentGroup = (
  of: AlignmentRecord,
  rollouts: readonly AlignmentRollout[],
): AlignmentGroup => ({ kind: 'alignment', record: of, rollouts });
