/** An experiment goes into an address and comes back as it was; what does not fit is said. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseExperiment,
  parseSeeds,
  printExperiment,
  printSeeds,
  type SharedExperiment,
} from '../../src/experiment/experiment-link.ts';

const shared: SharedExperiment = {
  hypothesis: 'Alignment & tests: 50 % = better?\nOr not, 真的吗',
  arms: [
    { name: 'RLVR', preset: 'rlvr', overrides: {} },
    {
      name: 'CodeRL+',
      preset: 'coderl-plus',
      overrides: { 'alignment.weight': 0.125, 'records.source': 'all', 'records.exceptions': false },
    },
  ],
  seeds: [3, 4, 5, 9],
  overrides: { steps: 12, 'eval.every': 0, 'optimizer.learningRate': 0.0003 },
};
/** Through an address, as a browser writes and reads it. */
const through = (experiment: SharedExperiment) => {
  const url = new URL('https://example.org/?room=lab');
  for (const [name, value] of printExperiment(experiment)) url.searchParams.append(name, value);
  return parseExperiment(new URL(url.href).searchParams);
};

describe('a link', () => {
  test('restores hypothesis, arms, seeds and settings exactly', () => {
    expect(through(shared)).toEqual(shared);
  });

  test('restores any hypothesis in any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (hypothesis) => {
        expect(through({ ...shared, hypothesis })?.hypothesis).toBe(hypothesis);
      }),
    );
  });

  test('without arms says nothing of an experiment', () => {
    expect(parseExperiment(new URLSearchParams('room=lab&hypothesis=x'))).toBeNull();
  });

  test.each([
    ['arm=a=rlvr&arm=a=grpo', /Two arms/],
    ['arm=a=rlvr', /1 arms; there are 2 to 8/],
    ['arm=a=rlvr&arm=b=nothing', /preset "nothing"/],
    ['arm=a=rlvr&arm=b/c=rlvr', /got "b\/c=rlvr"/],
    ['arm=a=rlvr&arm=b=rlvr,code.groupSize=1', /code\.groupSize/],
    ['arm=a=rlvr&arm=b=grpo&seeds=5-3', /"5-3" is no seed/],
    ['arm=a=rlvr&arm=b=grpo&seeds=2147483648', /"2147483648" is no seed/],
    ['arm=a=rlvr&arm=b=grpo&seeds=1-21', /21 seeds are more than the 20/],
    ['arm=a=rlvr&arm=b=grpo&shared=eval.k=9', /eval\.k/],
    ['arm=a=rlvr&arm=b=grpo&lab=0', /version 0/],
  ])('%s is refused with the reason', (search, reason) => {
    expect(() => parseExperiment(new URLSearchParams(search))).toThrow(reason);
  });
});

test('seeds are written as ranges and read back', () => {
  expect(printSeeds([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10');
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 20 }), (seeds) => {
      const sorted = [...seeds].sort((a, b) => a - b);
      expect(parseSeeds(printSeeds(sorted))).toEqual(sorted);
    }),
  );
});
