/** A record's trajectory as steps: what the trace chapter walks through. */
import { describe, expect, test } from 'vitest';
import { argumentsOf, isValue, traceSteps } from '../../../src/ui/view/trace-steps.ts';
import { record, straight } from '../learn/recording.ts';

describe('steps of a record', () => {
  const steps = traceSteps(record);

  test('arguments come by name', () => {
    expect(argumentsOf(record)).toEqual([{ name: 'xs', value: '[-4, 12]' }]);
    expect(argumentsOf({ ...record, args: 'os.system' })).toEqual([]);
  });

  test('every executed line is a step, at its place in the source', () => {
    expect(steps.map(({ k }) => k)).toEqual([1, 2, 3, 4, 2, 3, 6, 2, 7]);
    const source = record.program.split('\n');
    expect(source[steps[3]!.sourceLine! - 1]).toBe('            total += x');
  });

  test('a step knows what it changed and all values after it', () => {
    expect(steps[1]!.changed).toEqual([{ name: 'x', value: '-4' }]);
    expect(steps[2]!.changed).toEqual([]);
    expect(steps[6]!.variables).toEqual([
      { name: 'xs', value: '[-4, 12]' },
      { name: 'total', value: '8' },
      { name: 'x', value: '12' },
    ]);
  });

  test('the values after the last step are those that the record asks for', () => {
    for (const each of [record, straight]) {
      const last = new Map(
        traceSteps(each)
          .at(-1)!
          .variables.map(({ name, value }) => [name, value]),
      );
      for (const { name, value } of each.variables) expect(last.get(name)).toBe(value);
    }
  });

  test('an unpacking changes two variables in one step', () => {
    const [step] = traceSteps({ ...record, answer: '<L1>a<1>b<2><ans>' });
    expect(step!.changed).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ]);
  });

  test('an answer without trajectory has no steps', () => {
    expect(traceSteps({ ...record, answer: '{"total": 8}' })).toEqual([]);
  });
});

test('a typed value is compared as strictly as in the run, and nonsense is told from wrong', () => {
  expect(isValue(' [4, 2]', '[4, 2]')).toBe(true);
  expect(isValue('4', '[4]')).toBe(false);
  expect(isValue('1', 'True')).toBe(false);
  expect(isValue("'ab'", '"ab"')).toBe(true);
  expect(isValue('ab', "'ab'")).toBeNull();
});
