/** Memory predicted from sizes, and working sizes that keep a run under a cap. */
import { afterAll, describe, expect, test } from 'vitest';
import { planMemory } from '../../src/experiment/memory.ts';
import { createConfig } from '../../src/learning/config.ts';
import { FULL_SIZES, MemoryCapError, predictMemory, sizesUnder } from '../../src/policy/memory.ts';
import { LoraPolicy } from '../../src/policy/policy.ts';
import { createRuntime } from '../../src/tensor/runtime/runtime.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { gap, PROMPTS, request, rowsOf, SETTINGS } from './harness.ts';
import { plainTokenizer, randomWeights, TINY } from './tiny-model.ts';

const model = { architecture: TINY, rank: 4, bytesPerWeight: 4, longest: 128, otherBytes: 0 };
const machine = { device: 'wasm', pythonWorkers: 2 } as const;

describe('a prediction', () => {
  test('is the sum of its parts, each as the formula says', () => {
    const small = { ...TINY, layers: 1, vocabSize: 10, width: 2, heads: 1, keyValueHeads: 1, headWidth: 2 };
    const predicted = predictMemory(
      { ...model, architecture: { ...small, hiddenWidth: 3 }, rank: 1, longest: 8, otherBytes: 7 },
      { microBatchTokens: 16, rows: 4, programs: 2 },
    );
    expect(predicted.activations).toBe(4 * (16 * (8 * 2 + 3 * 2 + 3 * 2 + 5 * 3) + 3 * 16 * 8 + 4 * 16 * 10));
    expect(predicted.cache).toBe(2 * 2 * 1 * 4 * 8 * 2 * 4);
    const { total, ...parts } = predicted;
    expect(total).toBe(Object.values(parts).reduce((a, b) => a + b));
  });

  test('grows with whatever makes a run larger', () => {
    const { total } = predictMemory(model);
    for (const larger of [{ rank: 8 }, { longest: 256 }, { otherBytes: 1 }, { bytesPerWeight: 5 }])
      expect(predictMemory({ ...model, ...larger }).total).toBeGreaterThan(total);
    expect(predictMemory(model, { ...FULL_SIZES, microBatchTokens: 512 }).total).toBeLessThan(total);
  });
});

describe('a cap', () => {
  test('shrinks micro-batches first, and refuses with advice what cannot be made to fit', () => {
    expect(sizesUnder(0, model)).toEqual(FULL_SIZES);
    const { total } = predictMemory(model);
    expect(sizesUnder(total, model)).toEqual(FULL_SIZES);
    expect(sizesUnder(total - 1, model)).toEqual({ ...FULL_SIZES, microBatchTokens: 1024 });
    expect(() => sizesUnder(1000, model)).toThrow(MemoryCapError);
    const config = createConfig({ 'memory.capMiB': 1 });
    expect(() => planMemory(config, TINY, machine)).toThrow(/1 MiB is the cap/);
  });

  test('is the configuration’s, in MiB', () => {
    const free = planMemory(createConfig(), TINY, machine);
    expect(free.sizes).toEqual(FULL_SIZES);
    const cap = Math.floor(free.prediction.total / 2 ** 20) - 1;
    const capped = planMemory(createConfig({ 'memory.capMiB': cap }), TINY, machine);
    expect(capped.sizes).not.toEqual(FULL_SIZES);
    expect(capped.prediction.total).toBeLessThanOrEqual(cap * 2 ** 20);
  });
});

describe('smaller working sizes', () => {
  const runtime = createRuntime(nodeWasm(1));
  const made: LoraPolicy[] = [];
  afterAll(() => Promise.all(made.map((policy) => policy.dispose())));

  test('give the same rollouts and the same update, up to the order of sums', async () => {
    const results = [];
    for (const sizes of [FULL_SIZES, { microBatchTokens: 64, rows: 4, programs: 6 }]) {
      const policy = new LoraPolicy({
        name: 'tiny',
        runtime: await runtime,
        weights: randomWeights(TINY, 1),
        tokenizer: plainTokenizer(TINY.vocabSize),
        adapter: { rank: 4, alpha: 8 },
        seed: 5,
        sizes,
      });
      made.push(policy);
      const completions = await policy.generate(request());
      const { loss, gradNorm, logProbs } = await policy.update(rowsOf(completions, PROMPTS), SETTINGS);
      results.push({ tokens: completions.map(({ tokens }) => tokens), loss, gradNorm, logProbs });
    }
    const [full, small] = results as [(typeof results)[0], (typeof results)[0]];
    expect(small.tokens).toEqual(full.tokens);
    expect(Math.abs(small.gradNorm - full.gradNorm)).toBeLessThan(1e-4);
    expect(Math.abs(small.loss - full.loss)).toBeLessThan(1e-5);
    expect(gap(small.logProbs, full.logProbs)).toBeLessThan(1e-4);
  }, 240_000);
});
