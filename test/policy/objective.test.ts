/**
 * The gradient graph's objective token by token against the documented scalar formulas
 * of src/learning/objective.ts: loss, its gradient with respect to the
 * log-probability, and the statistics of the step.
 */
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { tokenLoss } from '../../src/learning/objective.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Completion, UpdateRow, UpdateSettings } from '../../src/policy/types.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { PROMPTS, request, rowsOf, SETTINGS, tinyPolicy, uniforms } from './harness.ts';

let runtime: Runtime;
let policy: LoraPolicy;
let completions: Completion[];
let rows: UpdateRow[];
let logProbs: Float32Array[];
const STILL = { ...SETTINGS, learningRate: 0 };

beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
  policy = await tinyPolicy(runtime, { adapterScale: 0.3 });
  completions = await policy.generate(request({ maxNewTokens: 12 }));
  rows = rowsOf(completions);
  logProbs = (await policy.score({ sequences: rows, temperature: 1 })).map((score) => score.logProbs);
});
afterAll(() => policy.dispose());

/**
 * Rows whose old log-probs lie far and near on both sides, every advantage sign among
 * them, and reference log-probs.
 */
function varied(spread: number): UpdateRow[] {
  const shifts = uniforms('shift', rows.length, 64);
  const refs = uniforms('ref', rows.length, 64);
  return rows.map((row, i) => ({
    ...row,
    advantages: Float32Array.from(row.completion, (_, t) => [1.3, -0.8, 0, -2, 0.5][(i + t) % 5]!),
    weights: Float32Array.from(row.completion, (_, t) => 0.01 * (1 + ((i + t) % 3))),
    oldLogProbs: logProbs[i]!.map((value, t) => value + spread * (2 * shifts[i * 64 + t]! - 1)),
    refLogProbs: logProbs[i]!.map((value, t) => value + 2 * refs[i * 64 + t]! - 1),
  }));
}

function expectedOf(batch: readonly UpdateRow[], settings: UpdateSettings) {
  const tokens = batch.flatMap((row, i) =>
    row.completion.map((_, t) => ({
      weight: row.weights[t]!,
      ...tokenLoss(
        {
          logp: logProbs[i]![t]!,
          old: row.oldLogProbs?.[t] ?? logProbs[i]![t]!,
          advantage: row.advantages[t]!,
          ...(row.refLogProbs && { ref: row.refLogProbs[t]! }),
        },
        { ...settings, klCoefficient: row.klCoefficient ?? settings.klCoefficient },
      ),
    })),
  );
  const share = (marked: (token: (typeof tokens)[number]) => boolean) =>
    tokens.filter(marked).length / tokens.length;
  return {
    loss: tokens.reduce((sum, { loss, weight }) => sum + loss * weight, 0),
    kl: tokens.reduce((sum, { kl }) => sum + kl, 0) / tokens.length,
    low: share(({ clipped }) => clipped === 'low'),
    high: share(({ clipped }) => clipped === 'high'),
    dual: share(({ dualClipped }) => dualClipped),
    tokens,
  };
}

describe('objective of the gradient graph', () => {
  it.each([
    ['near the old policy', 0.1, {}],
    ['clipped on both sides', 1.5, {}],
    ['dual clip', 3, { dualClip: 2 }],
    ['dual clip off', 3, { dualClip: Infinity }],
    ['beyond the largest log-ratio', 45, {}],
    ['KL k1', 1, { klCoefficient: 0.3, klEstimator: 'k1' }],
    ['KL k2', 1, { klCoefficient: 0.3, klEstimator: 'k2' }],
    ['KL k3', 1, { klCoefficient: 0.3, klEstimator: 'k3' }],
    ['KL k3+', 1, { klCoefficient: 0.3, klEstimator: 'k3+' }],
  ] as [string, number, Partial<UpdateSettings>][])('%s', async (_name, spread, overrides) => {
    const settings = { ...STILL, ...overrides };
    const batch = varied(spread);
    const result = await policy.update(batch, settings);
    const expected = expectedOf(batch, settings);
    expect(result.loss / expected.loss).toBeCloseTo(1, 3);
    expect(result.kl).toBeCloseTo(expected.kl, 3);
    expect(result.clipRatioLow).toBeCloseTo(expected.low, 6);
    expect(result.clipRatioHigh).toBeCloseTo(expected.high, 6);
    if (spread >= 1.5) expect(Math.min(expected.low, expected.high)).toBeGreaterThan(0.05);
    if (overrides.dualClip === 2) expect(expected.dual).toBeGreaterThan(0.05);
  });

  it.each([
    ['policy loss', 1.5, {}],
    ['dual clip', 3, { dualClip: 2 }],
    ['KL k1', 0.5, { klCoefficient: 0.3, klEstimator: 'k1' }],
    ['KL k2', 0.5, { klCoefficient: 0.3, klEstimator: 'k2' }],
    ['KL k3', 0.5, { klCoefficient: 0.3, klEstimator: 'k3' }],
    ['KL k3+', 0.5, { klCoefficient: 0.3, klEstimator: 'k3+' }],
  ] as [string, number, Partial<UpdateSettings>][])(
    'the gradient of %s is the formula’s, token by token',
    async (_name, spread, overrides) => {
      // The same derivatives as weights of a plain on-policy loss (-A r, d/dlogp =
      // -A) must give the same gradient norm.
      const settings = { ...STILL, ...overrides };
      const batch = varied(spread);
      const { tokens } = expectedOf(batch, settings);
      let next = 0;
      const linear = batch.map(({ prompt, completion }) => {
        const own = tokens.slice(next, (next += completion.length));
        return {
          prompt,
          completion,
          advantages: Float32Array.from(own, ({ dLogp }) => -dLogp),
          weights: Float32Array.from(own, ({ weight }) => weight),
        };
      });
      const found = await policy.update(batch, settings);
      const wanted = await policy.update(linear, STILL);
      expect(found.gradNorm / wanted.gradNorm).toBeCloseTo(1, 3);
    },
  );

  it('the entropy bonus lowers the loss by coefficient times weighted entropy, and pushes entropy up', async () => {
    const entropies = (await policy.score({ sequences: rows, temperature: 1 })).map(({ entropy }) => entropy);
    const weighted = rows.reduce(
      (sum, { weights }, i) => sum + weights.reduce((s, w, t) => s + w * entropies[i]![t]!, 0),
      0,
    );
    const plain = await policy.update(rows, STILL);
    const bonus = await policy.update(rows, { ...STILL, entropyCoefficient: 0.5 });
    expect(plain.loss - bonus.loss).toBeCloseTo(0.5 * weighted, 4);
    const start = await policy.snapshot();
    const idle = rows.map((row) => ({ ...row, advantages: new Float32Array(row.completion.length) }));
    await policy.update(idle, { ...SETTINGS, entropyCoefficient: 1, learningRate: 0.002 });
    const after = await policy.update(rows, STILL);
    expect(after.entropy).toBeGreaterThan(plain.entropy);
    await policy.restore(start);
  });

  it('a group of equal rewards, advantage 0, has no gradient; with KL it has only that', async () => {
    const idle = varied(0).map((row) => ({ ...row, advantages: new Float32Array(row.completion.length) }));
    expect((await policy.update(idle, STILL)).gradNorm).toBe(0);
    expect((await policy.update(idle, { ...STILL, klCoefficient: 0.1 })).gradNorm).toBeGreaterThan(0);
  });

  it('KL reaches only the rows that are not set free, which then need no reference', async () => {
    const settings = { ...STILL, klCoefficient: 0.3 };
    const batch = varied(1).map((row, i) => {
      if (i > 0) return row;
      const { refLogProbs: _, ...free } = row;
      return { ...free, klCoefficient: 0 };
    });
    const { tokens, loss } = expectedOf(batch, settings);
    const result = await policy.update(batch, settings);
    expect(result.loss / loss).toBeCloseTo(1, 3);
    const held = tokens.slice(batch[0]!.completion.length);
    expect(result.kl).toBeCloseTo(held.reduce((sum, { kl }) => sum + kl, 0) / held.length, 3);
    await expect(
      policy.update(
        batch.map((row) => ({ ...row, klCoefficient: 0.1 })),
        settings,
      ),
    ).rejects.toThrow('reference');
  });

  it('on policy the ratio is 1: the same as old log-probs equal to the trainer’s own', async () => {
    const implicit = await policy.update(rows, STILL);
    const explicit = await policy.update(
      rows.map((row, i) => ({ ...row, oldLogProbs: implicit.logProbs[i]! })),
      STILL,
    );
    expect(explicit.loss).toBeCloseTo(implicit.loss, 5);
    expect(explicit.gradNorm / implicit.gradNorm).toBeCloseTo(1, 4);
    expect([implicit.clipRatioLow, implicit.clipRatioHigh, implicit.kl]).toEqual([0, 0, 0]);
  });

  it('a temperature divides the logits', async () => {
    const hot = await policy.update(rows, { ...STILL, temperature: 2 });
    const scored = await policy.score({ sequences: rows, temperature: 2 });
    scored.forEach(({ logProbs: values }, i) =>
      values.forEach((value, t) => expect(hot.logProbs[i]![t]).toBeCloseTo(value, 4)),
    );
    expect(PROMPTS).toHaveLength(rows.length);
  });
});
