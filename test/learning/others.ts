/**
 * What the tests against functions of TRL and verl share: vectors, rollouts of given
 * lengths, a tolerance. It is no test.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { tokenLoss, type ObjectiveSettings } from '../../src/learning/objective.ts';
import {
  objectiveOf,
  type CoefficientSettings,
  type ObjectiveName,
} from '../../src/learning/objectives/index.ts';
import { updateRows, type LossRollout, type NormaliseSettings } from '../../src/learning/normalise.ts';

export type Rows = readonly (readonly number[])[];
export type Rewards = readonly (readonly (number | null)[])[];

/** Log-probabilities now and before, per row and token; an advantage per row. */
export interface LossInputs {
  readonly logProbs: Rows;
  readonly old: Rows;
  readonly advantages: readonly number[];
  readonly settings: CoefficientSettings & { readonly dualClip: number };
  readonly gspo: Pick<CoefficientSettings, 'clipLow' | 'clipHigh'>;
}

export const readVectors = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8'));

/** Equal to this part of the expected value, or of 1 where that is smaller. */
export function near(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    const distance = Math.abs(found[i]! - value) / Math.max(1, Math.abs(value));
    expect(distance, `${i}: ${found[i]}, expected ${value}`).toBeLessThanOrEqual(tolerance);
  });
}

export const nearRows = (found: readonly ArrayLike<number>[], expected: Rows, tolerance?: number): void => {
  expect(found.length).toBe(expected.length);
  expected.forEach((row, i) => near(found[i]!, row, tolerance));
};

/** The weight of each row's tokens in a batch of one kind. */
export function weightsOf(
  lengths: readonly number[],
  normalisation: NormaliseSettings['normalisation'],
  budget: number,
): number[] {
  const rollouts = lengths.map((length, group): LossRollout => ({
    kind: 'code',
    group,
    prompt: [1],
    tokens: Array.from({ length }, () => 5),
    advantage: 1,
    finish: 'eos',
    rewarded: true,
  }));
  return updateRows(rollouts, {
    normalisation,
    constantGroups: 'keep',
    truncated: 'keep',
    kindWeight: { code: 1, alignment: 1 },
    budget: { code: budget, alignment: budget },
    withoutKl: [],
    regularised: [],
  }).map(({ row }) => row.weights[0]!);
}

export interface Slopes {
  /** d loss / d log pi, per row and token, before the tokens' weights. */
  readonly rows: readonly number[][];
  /** Tokens that a bound decided. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
  readonly dualClipped: number;
  /** Per row and token; null for objectives that are coefficients alone. */
  readonly losses: readonly number[][] | null;
}

/**
 * What this project makes of a policy loss. @param ppo settings of the clipped loss
 * and its KL @param ref for the KL
 */
export function slopesOf(
  name: ObjectiveName,
  { logProbs, old, advantages, settings, gspo }: LossInputs,
  ppo: Partial<ObjectiveSettings> = {},
  ref?: Rows,
): Slopes {
  const { coefficients } = objectiveOf(name);
  let [clippedLow, clippedHigh, dualClipped] = [0, 0, 0];
  const losses: number[][] = [];
  const rows = logProbs.map((row, i) => {
    if (coefficients !== null) {
      const found = coefficients(
        {
          logProbs: Float32Array.from(row),
          old: Float32Array.from(old[i]!),
          advantages: new Float32Array(row.length).fill(advantages[i]!),
        },
        { ...settings, ...(name === 'gspo' && gspo) },
      );
      clippedLow += found.clippedLow;
      clippedHigh += found.clippedHigh;
      return Array.from(found.coefficients, (one) => -one);
    }
    const terms = row.map((logp, t) =>
      tokenLoss(
        { logp, old: old[i]![t]!, advantage: advantages[i]!, ...(ref && { ref: ref[i]![t]! }) },
        { ...settings, klCoefficient: 0, klEstimator: 'k3', ...ppo },
      ),
    );
    clippedLow += terms.filter(({ clipped }) => clipped === 'low').length;
    clippedHigh += terms.filter(({ clipped }) => clipped === 'high').length;
    dualClipped += terms.filter((one) => one.dualClipped).length;
    losses.push(terms.map(({ loss }) => loss));
    return terms.map(({ dLogp }) => dLogp);
  });
  return { rows, clippedLow, clippedHigh, dualClipped, losses: coefficients === null ? losses : null };
}
