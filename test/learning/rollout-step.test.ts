import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/learning/config.ts';
import { fitsModel } from '../../src/learning/prompts.ts';
import { LONGEST_ROW } from '../../src/policy/lora/packing.ts';
import { FakePolicy } from './fake-policy.ts';

describe('a question fits a model', () => {
  const budget = 48;
  const config = { ...DEFAULTS, 'alignment.maxNewTokens': budget, 'prompt.style': 'completion' } as const;

  it.each([
    ['its context', 256, 256],
    ['the longest row that can be learned from, however long its context', 4 * LONGEST_ROW, LONGEST_ROW],
  ])('with its budget in %s', (_, contextLength, room) => {
    const fits = fitsModel(new FakePolicy(() => [], contextLength), config);
    expect(fits('x'.repeat(room - budget), 'yes')).toBe(true);
    expect(fits('x'.repeat(room - budget + 1), 'yes')).toBe(false);
  });
});
