/** Statistics over a vocabulary in pieces against the plain way, and a policy whose vocabulary needs them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dequantise, quantise } from '../../../src/policy/model/quantise.ts';
import { headPieces } from '../../../src/policy/model/lora-model.ts';
import { rowsOf } from '../../../src/policy/model/weights.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { Weights } from '../../../src/policy/model/weights.ts';
import { createRandom } from '../../../src/base/random.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { gap, rowsOf as updateRows, SETTINGS, uniforms } from '../harness.ts';
import { plainTokenizer, randomAdapter, randomWeights, TINY } from '../tiny-model.ts';

const LARGE = { ...TINY, vocabSize: 9001 };

describe('pieces of a vocabulary', () => {
  it('cover it once, none above the limit', () => {
    for (const size of [1, 50, 8192, 8193, 49_152, 151_936]) {
      const pieces = headPieces(size);
      expect(pieces.reduce((end, { first, size: length }) => (first === end ? first + length : NaN), 0)).toBe(
        size,
      );
      expect(Math.max(...pieces.map(({ size: length }) => length))).toBeLessThanOrEqual(8192);
    }
  });

  it('are rows of the weight, whatever holds it', () => {
    const data = Float32Array.from({ length: 6 * 64 }, (_, i) => Math.sin(i));
    const blocks = {
      ...quantise(data, 6, 64, 4),
      offsets: Float32Array.from({ length: 12 }, (_, i) => i / 9),
    };
    const cut = rowsOf({ kind: 'quantised', blocks }, 2, 3);
    expect(cut.kind === 'quantised' && dequantise(cut.blocks)).toEqual(dequantise(blocks).subarray(128, 320));
  });
});

describe('a policy with a large vocabulary', () => {
  let runtime: Runtime;
  const open: LoraPolicy[] = [];
  beforeAll(async () => {
    runtime = await createRuntime(nodeWasm(1));
  });
  afterAll(async () => {
    for (const policy of open) await policy.dispose();
  });

  /**
   * The same model four times: the table in blocks or dense with the same values, the
   * vocabulary declared large or cut to what is used.
   */
  const policyOf = async (weights: Weights): Promise<LoraPolicy> => {
    const policy = new LoraPolicy({
      name: 'large',
      runtime,
      weights,
      tokenizer: plainTokenizer(weights.architecture.vocabSize),
      adapter: { rank: 4, alpha: 8 },
      seed: 5,
    });
    const { step, tensors } = await policy.snapshot();
    await policy.restore({ step, tensors: randomAdapter(tensors, 3, 0.2) });
    open.push(policy);
    return policy;
  };
  const random = createRandom('large vocabulary');
  const prompts = [
    [7, 8999, 12, 40],
    [1, 2],
    [4500, 3, 3, 9, 77],
  ];
  const completions = prompts.map((_, i) => ({
    tokens: Array.from({ length: 5 + 3 * i }, () => random.int(LARGE.vocabSize)),
    logProbs: [],
    finish: 'eos' as const,
  }));
  const rows = updateRows(completions, prompts);
  const settings = { ...SETTINGS, entropyCoefficient: 0.05, temperature: 0.8 };

  it.each([4, 8] as const)(
    '%i-bit tables give what their dense values give, forward and backward',
    async (bits) => {
      const base = randomWeights(LARGE);
      const { embedding } = base;
      if (embedding.kind !== 'dense') throw new Error('the harness makes dense tables');
      const blocks = {
        ...quantise(embedding.data, LARGE.vocabSize, LARGE.hiddenSize, bits),
        offsets: Float32Array.from({ length: LARGE.vocabSize }, (_, i) => (i % 5) * 0.02),
      };
      const quantised = { kind: 'quantised', blocks } as const;
      const dense = { ...embedding, data: dequantise(blocks) };
      const inBlocks = await policyOf({ ...base, embedding: quantised, head: quantised });
      const asFloats = await policyOf({ ...base, embedding: dense, head: dense });
      const sequences = rows.map(({ prompt, completion }) => ({ prompt, completion }));
      const score = (policy: LoraPolicy) => policy.score({ sequences, temperature: 0.8 });
      const [a, b] = [await score(inBlocks), await score(asFloats)];
      expect(
        gap(
          a.map(({ logProbs }) => logProbs),
          b.map(({ logProbs }) => logProbs),
        ),
      ).toBeLessThan(2e-4);
      expect(
        gap(
          a.map(({ entropy }) => entropy),
          b.map(({ entropy }) => entropy),
        ),
      ).toBeLessThan(2e-4);
      const [one, other] = [await inBlocks.update(rows, settings), await asFloats.update(rows, settings)];
      expect(one.gradNorm).toBeGreaterThan(1e-3);
      expect(Math.abs(one.gradNorm / other.gradNorm - 1)).toBeLessThan(1e-3);
      expect(Math.abs(one.loss - other.loss)).toBeLessThan(1e-4);
    },
  );

  it('samples and scores the same distribution: what generate says of its tokens, score says too', async () => {
    const policy = await policyOf(randomWeights(LARGE));
    const request = { prompts, maxNewTokens: 6, temperature: 1, uniforms: uniforms(4, 3, 6) };
    const sampled = await policy.generate(request);
    const sequences = prompts.map((prompt, i) => ({ prompt, completion: sampled[i]!.tokens }));
    const scores = await policy.score({ sequences, temperature: 1 });
    expect(
      gap(
        sampled.map(({ logProbs }) => logProbs),
        scores.map(({ logProbs }) => logProbs),
      ),
    ).toBeLessThan(1e-3);
  });

  it('names the most probable tokens with the log-probabilities that scoring them gives', async () => {
    const policy = await policyOf(randomWeights(LARGE));
    const prompt = [7, 8999, 12];
    const [asked] = await policy.score({
      sequences: [{ prompt, completion: [4] }],
      temperature: 0.8,
      alternatives: 3,
    });
    const { ids, logProbs } = asked!.alternatives!;
    const sequences = [...ids].map((id) => ({ prompt, completion: [id] }));
    const scores = await policy.score({ sequences, temperature: 0.8 });
    expect(new Set(ids).size).toBe(3);
    expect([...logProbs]).toEqual([...logProbs].toSorted((a, b) => b - a));
    expect(logProbs[0]).toBeGreaterThanOrEqual(asked!.logProbs[0]!);
    expect(gap([logProbs], [scores.map(({ logProbs: [value] }) => value!)])).toBeLessThan(1e-4);
  });

  it('has the gradient its loss has: a central difference along it', async () => {
    const policy = await policyOf(randomWeights(LARGE));
    const before = await policy.snapshot();
    const quiet = { ...settings, learningRate: 0, maxGradNorm: 1e9 };
    const { gradNorm } = await policy.update(rows, quiet);
    await policy.restore(before);
    // Adam's first moment after one step is (1 - beta1) times the gradient.
    await policy.update(rows, quiet);
    const moments = (await policy.snapshot()).tensors;
    const gradient = (name: string) =>
      moments[`${name}.m`]!.data.map((value) => value / (1 - settings.beta1));
    const step = 1e-3;
    const lossAt = async (sign: number): Promise<number> => {
      const tensors = Object.fromEntries(
        Object.entries(before.tensors).map(([name, { dims, data }]) => {
          if (!/lora_[AB]$/.test(name)) return [name, { dims, data }];
          const along = gradient(name);
          return [name, { dims, data: data.map((value, i) => value + (sign * step * along[i]!) / gradNorm) }];
        }),
      );
      await policy.restore({ step: 0, tensors });
      // Off policy against fixed old log-probabilities, or the ratio would be 1 wherever it is measured.
      return (await policy.update(fixed, quiet)).loss;
    };
    await policy.restore(before);
    const old = await policy.score({ sequences: rows, temperature: settings.temperature });
    const fixed = rows.map((row, i) => ({ ...row, oldLogProbs: old[i]!.logProbs }));
    const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
    expect(Math.abs(slope / gradNorm - 1)).toBeLessThan(0.02);
  });
});
