/** Values of an answer beside the true ones, on a record made by hand. */
import { describe, expect, test } from 'vitest';
import { valuesAfterLines } from '../../../src/ui/view/values-after.ts';
import { record } from '../learn/recording.ts';

describe('values after each line', () => {
  test('of the truth beside itself are equal', () => {
    const steps = valuesAfterLines(record, record.answer);
    expect(steps).toHaveLength(9);
    expect(steps.flat().every(({ truth, said }) => truth === said)).toBe(true);
    expect(steps.at(-1)!.find(({ name }) => name === 'return')).toBeDefined();
  });

  test('of an empty answer are the arguments, and differ from the first definition on', () => {
    const steps = valuesAfterLines(record, '');
    expect(steps).toHaveLength(9);
    expect(steps[0]!.find(({ name }) => name === 'xs')).toEqual({
      name: 'xs',
      truth: '[-4, 12]',
      said: '[-4, 12]',
      isDefined: false,
    });
    const first = steps[0]!.find(({ isDefined }) => isDefined)!;
    expect(first.said).toBeNull();
    expect(first.truth).not.toBeNull();
  });

  test('of an answer that breaks off stay what they were there', () => {
    const lines = record.answer.split(/(?=<L\d+>)/);
    const steps = valuesAfterLines(record, lines.slice(0, 3).join(''));
    expect(steps.at(-1)!.map(({ said }) => said)).toEqual(
      steps.at(-1)!.map(({ name }) => steps[1]!.find((other) => other.name === name)?.said ?? null),
    );
  });
});
