/** Learn shows moments of any recording, chosen by rule. */
import { describe, expect, test } from 'vitest';
import {
  advantageExample,
  answerToGrade,
  judgeExample,
  policyExample,
  traceExample,
  variableToPredict,
} from '../../../src/ui/learn/examples.ts';
import {
  alignmentGroup,
  answer,
  codeGroup,
  codeRollout,
  record,
  rolloutsEvent,
  slipped,
  straight,
} from './recording.ts';

const same = codeGroup(
  'same',
  [1, 2, 3, 4].map(() => codeRollout('\n    return 1', 'pass')),
);
const varied = codeGroup('varied', [
  codeRollout('\n    return 1', 'pass'),
  codeRollout('\n    return 2', 'wrong'),
  codeRollout('\n    return 3', 'wrong'),
  codeRollout('\n    return xs[9]', 'exception'),
]);
const even = codeGroup('even', [
  codeRollout('\n    return 1', 'pass'),
  codeRollout('\n    return 2', 'wrong'),
  codeRollout('\n    return 1', 'pass'),
  codeRollout('\n    return 2', 'wrong'),
]);

describe('which moments of a recording the chapters show', () => {
  test('a recording without rollouts has no examples', () => {
    expect(policyExample([])).toBeNull();
    expect(judgeExample([])).toBeNull();
    expect(advantageExample([])).toBeNull();
    expect(traceExample([])).toBeNull();
  });

  test('the policy is shown by rollouts that go apart, of the first step alone', () => {
    const events = [rolloutsEvent(1, [same, varied]), rolloutsEvent(2, [even])];
    expect(policyExample(events)?.group.taskId).toBe('varied');
    expect(policyExample([rolloutsEvent(1, [same]), rolloutsEvent(2, [varied])])?.group.taskId).toBe('same');
  });

  test('programs to judge: of a mixed group, one passes, one is wrong, none comes twice, another prompt than before', () => {
    const events = [rolloutsEvent(1, [same, varied, even])];
    const found = judgeExample(events)!;
    expect(found.group.taskId).toBe('varied');
    const shown = found.chosen.map((i) => found.group.rollouts[i]!);
    expect(shown.map(({ verdict }) => verdict)).toEqual(['pass', 'wrong', 'wrong']);
    expect(new Set(shown.map(({ completion }) => completion)).size).toBe(3);
    const other = judgeExample(events, varied.prompt)!;
    expect(other.group.taskId).toBe('even');
    expect(other.chosen).toEqual([0, 1]);
  });

  test('advantages are worked out on the first mixed group without a lone winner or loser, else on the first mixed one', () => {
    expect(advantageExample([rolloutsEvent(1, [same, varied]), rolloutsEvent(2, [even])])?.group.taskId).toBe(
      'even',
    );
    expect(advantageExample([rolloutsEvent(1, [same, varied])])?.group.taskId).toBe('varied');
    const unknown = codeGroup('unknown', [
      ...even.rollouts,
      codeRollout('', 'harness-error', { reward: null }),
    ]);
    expect(advantageExample([rolloutsEvent(1, [unknown])])).toBeNull();
  });

  test('the trace to step through has a loop and answers that differ; its program is found among the rollouts of its birth', () => {
    const completion = record.program.slice('# sum\ndef f(xs):'.length);
    const birth = codeGroup('sum', [
      codeRollout('\n    return 0', 'wrong'),
      codeRollout(completion, 'wrong'),
    ]);
    const dull = alignmentGroup(straight, [
      answer(straight.answer, 1, [true]),
      answer(straight.answer, 1, [true]),
    ]);
    const telling = alignmentGroup(record, [
      answer(slipped, 1 / 3, [false, true, false]),
      answer(record.answer, 1, [true, true, true]),
    ]);
    const found = traceExample([rolloutsEvent(1, [birth]), rolloutsEvent(2, [dull, telling])])!;
    expect(found.group.record.id).toBe('1.1');
    expect(found.origin?.rollout.completion).toBe(completion);
    expect(traceExample([rolloutsEvent(2, [telling])])?.origin).toBeNull();
  });

  test('the answer to grade is partly right where there is one; the variable asked for is no loop head', () => {
    const group = alignmentGroup(record, [
      answer(record.answer, 1, [true, true]),
      answer(slipped, 0.5, [true, false]),
    ]);
    expect(answerToGrade(group)).toBe(1);
    expect(answerToGrade(alignmentGroup(record, [answer('', 0, [false, false])]))).toBe(0);
    expect(variableToPredict(record)).toBe('total');
    expect(variableToPredict({ ...straight, variables: [] })).toBeNull();
  });
});
