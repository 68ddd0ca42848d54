/**
 * Last definitions against an observer that shares nothing with the tracer
 * (docs/definitions.md): 1,000 programs and more, and what the two must count alike.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choiceStreams } from '../../scripts/differential/choices.ts';
import { openComparer, type Comparer } from '../../scripts/differential/compare.ts';
import { corpusCases } from '../../scripts/differential/corpora.ts';
import { programOf, type DefinitionCase } from '../../scripts/differential/programs.ts';
import { shrink } from '../../scripts/differential/shrink.ts';
import { definitionCases } from './programs.ts';

let comparer: Comparer;
beforeAll(async () => {
  comparer = await openComparer();
});
afterAll(() => comparer.close());

/**
 * Text of each program on which the two differ, with what each says alone; empty when
 * they agree. Few may be beyond the observer.
 */
async function differences(cases: readonly DefinitionCase[]): Promise<string[]> {
  const results = await comparer.compare(cases);
  const silent = results.filter(({ kind }) => kind === 'unfit').length;
  expect(silent).toBeLessThanOrEqual(cases.length / 20);
  return results.flatMap((result, i) =>
    result.kind === 'different'
      ? [
          [
            cases[i]!.code,
            ...result.tracer.map((row) => `tracer   ${row}`),
            ...result.observer.map((row) => `observer ${row}`),
          ].join('\n'),
        ]
      : [],
  );
}

describe('tracer and observer agree on last definitions', () => {
  test('of the cases with values written by hand', async () => {
    const cases = definitionCases.map(({ code, args }) => ({ code, entry: 'f', args }));
    expect(await differences(cases)).toEqual([]);
  });

  test('of 300 programs of the corpus', async () => {
    expect(await differences(corpusCases(300, 5))).toEqual([]);
  });

  test('of 700 generated programs', async () => {
    const streams = fc.sample(choiceStreams, { numRuns: 700, seed: 20 });
    const results = await comparer.compare(streams.map(programOf));
    const failing = streams.filter((_, i) => results[i]!.kind === 'different');
    expect(results.filter(({ kind }) => kind === 'same').length).toBeGreaterThan(650);
    const fails = async (numbers: readonly number[]): Promise<boolean> =>
      (await comparer.compare([programOf(numbers)]))[0]!.kind === 'different';
    const small = failing[0] === undefined ? [] : [programOf(await shrink(failing[0], fails))];
    expect(await differences(small)).toEqual([]);
  });
});

test('the observer does tell a wrong line, step, value or name from the right one', async () => {
  const { compareOne } = await import('../../scripts/differential/compare.ts');
  const right = {
    outcome: 'ok',
    stepCount: 2,
    definitions: [{ name: 'a', value: ['int', '1'], line: 2, step: 0, first: 0 }],
  };
  const trace = (change: object) => ({
    outcome: 'ok' as const,
    stdout: '',
    isPlain: true,
    stepCount: 2,
    definitions: [{ name: 'a', value: { type: 'int' as const, value: 1 }, line: 2, step: 0, ...change }],
  });
  expect(compareOne(trace({}), right).kind).toBe('same');
  for (const change of [{ line: 3 }, { step: 1 }, { name: 'b' }, { value: { type: 'bool', value: true } }])
    expect(compareOne(trace(change), right).kind).toBe('different');
});
