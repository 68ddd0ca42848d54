/** Working sizes that keep a run under a cap, and that change nothing but the order of sums. */
import { afterAll, describe, expect, test } from 'vitest';
import { planMemory } from '../../../src/experiment/memory.ts';
import { createConfig } from '../../../src/learning/config.ts';
import { MemoryCapError, sizesUnder } from '../../../src/policy/lora/fit-sizes.ts';
import { FULL_SIZES, predictMemory, type MemoryRequest } from '../../../src/policy/lora/memory.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { createRuntime } from '../../../src/tensor/runtime/runtime.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { gap, PROMPTS, request, rowsOf, SETTINGS } from '../harness.ts';
import { plainTokenizer, randomWeights, TINY } from '../tiny-model.ts';

const model: MemoryRequest = {
  architecture: TINY,
  device: 'wasm',
  rank: 4,
  bytesPerWeight: { linear: 4, table: 4 },
  longest: 128,
  rollouts: 64,
  scored: false,
  otherBytes: 0,
};
const machine = { device: 'wasm', pythonWorkers: 2, place: 'node' } as const;

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
    for (const sizes of [FULL_SIZES, { ...FULL_SIZES, microBatchTokens: 64, rows: 4, programs: 6 }]) {
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
  });
});
