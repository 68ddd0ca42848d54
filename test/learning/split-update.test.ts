/**
 * Alignment rollouts with an optimizer of their own: which rows each update gets, at
 * which rate, and what is said of both together.
 */
import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/learning/config.ts';
import type { WeightedRow } from '../../src/learning/normalise.ts';
import { joinUpdate, splitUpdate, type UpdatePart } from '../../src/learning/split-update.ts';
import { updateSettings } from '../../src/learning/settings.ts';
import { updateResult as result } from './fake-policy.ts';

const row = (index: number, length: number, klCoefficient?: number): WeightedRow => ({
  index,
  row: {
    prompt: [1],
    completion: Array.from({ length }, () => 2),
    advantages: new Float32Array(length).fill(1),
    weights: new Float32Array(length).fill(1),
    ...(klCoefficient !== undefined && { klCoefficient }),
  },
});
const CODE = [row(0, 2), row(1, 4)];
const ALIGNMENT = [row(2, 12)];
const ROWS = [...CODE, ...ALIGNMENT];
const kindOf = ({ index }: WeightedRow) => (index < 2 ? 'code' : 'alignment');
const own = (weight: number) => createConfig({ 'alignment.optimizer': 'own', 'alignment.weight': weight });
const OWN = own(0.5);

describe('the updates of a step', () => {
  it('are one where the optimizer is shared', () => {
    const config = createConfig({});
    const settings = updateSettings(config, 1);
    expect(splitUpdate(ROWS, kindOf, settings, config)).toEqual([{ rows: ROWS, settings }]);
  });

  it('are two otherwise: code by the rate, then alignment by its share of it, with a name of its own', () => {
    const settings = updateSettings(OWN, 1);
    const [code, alignment] = splitUpdate(ROWS, kindOf, settings, OWN);
    expect(code).toEqual({ rows: CODE, settings });
    expect(alignment).toEqual({
      rows: ALIGNMENT,
      settings: { ...settings, learningRate: settings.learningRate / 2, optimizer: 'alignment' },
    });
  });

  it.each([
    [0.25, [1, 0.25]],
    [1, [1, 1]],
    [4, [0.25, 1]],
    [0, [1]],
  ])('at a weight of %d have rates in that proportion, the larger the learning rate', (weight, shares) => {
    const settings = { ...updateSettings(own(weight), 1), learningRate: 8e-3 };
    const passes = splitUpdate(ROWS, kindOf, settings, own(weight));
    expect(passes.map((pass) => pass.settings.learningRate)).toEqual(shares.map((share) => share * 8e-3));
  });

  it('leave out a kind without rows', () => {
    expect(splitUpdate(CODE, kindOf, updateSettings(OWN, 1), OWN)).toHaveLength(1);
    expect(splitUpdate(ALIGNMENT, kindOf, updateSettings(OWN, 1), OWN)).toHaveLength(1);
  });
});

describe('what is said of both together', () => {
  const settings = { ...updateSettings(OWN, 1), klCoefficient: 0.1 };
  const code: UpdatePart = { rows: CODE, settings };

  it('weighs by tokens, adds the losses and sets the gradients side by side', () => {
    const alignment: UpdatePart = { rows: ALIGNMENT, settings };
    const [a, b] = [[new Float32Array([1])], [new Float32Array([2])]];
    const joined = joinUpdate([
      {
        part: code,
        result: result({ loss: 1, gradNorm: 3, entropy: 0.3, kl: 6, clipRatioLow: 0.6, logProbs: a }),
      },
      { part: alignment, result: result({ loss: -3, gradNorm: 4, entropy: 0.6, kl: 3, logProbs: b }) },
    ]);
    expect(joined).toMatchObject({ loss: -2, gradNorm: 5, kl: 4, logProbs: [...a, ...b] });
    // 6 tokens of code, 12 of alignment.
    expect(joined.entropy).toBeCloseTo((6 * 0.3 + 12 * 0.6) / 18, 12);
    expect(joined.clipRatioLow).toBeCloseTo(0.2, 12);
  });

  it('counts a kind that is not held to the base in no mean of the KL', () => {
    const free: UpdatePart = { rows: [row(2, 12, 0)], settings };
    const joined = joinUpdate([
      { part: code, result: result({ kl: 6 }) },
      { part: free, result: result({ kl: 0 }) },
    ]);
    expect(joined.kl).toBe(6);
  });

  it('leaves a single update as it is', () => {
    const only = result({ entropy: 0.1, kl: 0.7 });
    expect(joinUpdate([{ part: code, result: only }])).toBe(only);
  });
});
