/**
 * Acceptance vector 7: sampler, scorer and trainer speak of one distribution, with B
 * = 0 (the adapter changes nothing) and with an adapter that does something; whatever
 * the weights are held in and however rows are batched, padded and packed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { qwen2 } from '../../src/policy/families/qwen2.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Completion, Sequence } from '../../src/policy/types.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { gap, PROMPTS, request, rowsOf, SETTINGS, tinyPolicy, type TinyOptions } from './harness.ts';
import { TINY } from './tiny-model.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

const sequencesOf = (completions: readonly Completion[]): Sequence[] =>
  completions.map(({ tokens }, i) => ({ prompt: PROMPTS[i]!, completion: tokens }));

const untied = { ...TINY, biases: qwen2.biases, tiedHead: false };
const variants: [string, TinyOptions][] = [
  ['dense, B = 0', {}],
  ['dense, adapter', { adapterScale: 0.3 }],
  ['dense, biases and a head of its own, adapter', { architecture: untied, adapterScale: 0.3 }],
  ['int4, B = 0', { kind: 'int4' }],
  ['int4, adapter', { kind: 'int4', adapterScale: 0.3 }],
  ['int8, adapter', { kind: 'int8', adapterScale: 0.3 }],
];

describe.each(variants)('acceptance vector 7: sampler, scorer and trainer agree: %s', (_name, options) => {
  let policy: LoraPolicy;
  beforeAll(async () => {
    policy = await tinyPolicy(runtime, options);
  });
  afterAll(() => policy.dispose());

  it.each([1, 0.7])('at temperature %s within 1e-4', async (temperature) => {
    const completions = await policy.generate(request({ temperature }));
    const sampler = completions.map(({ logProbs }) => logProbs);
    const scores = await policy.score({ sequences: sequencesOf(completions), temperature });
    const still = { ...SETTINGS, temperature, learningRate: 0 };
    const { logProbs: trainer, entropy } = await policy.update(rowsOf(completions), still);
    expect(
      gap(
        sampler,
        scores.map(({ logProbs }) => logProbs),
      ),
    ).toBeLessThan(1e-4);
    expect(gap(sampler, trainer)).toBeLessThan(1e-4);
    const entropies = scores.flatMap((score) => Array.from(score.entropy));
    expect(entropy).toBeCloseTo(entropies.reduce((a, b) => a + b) / entropies.length, 4);
  });

  it('the base is the model without the adapter', async () => {
    const sequences = sequencesOf(await policy.generate(request()));
    const read = async (adapter: 'current' | 'base') =>
      (await policy.score({ sequences, temperature: 1, adapter })).map(({ logProbs }) => logProbs);
    const difference = gap(await read('current'), await read('base'));
    if (options.adapterScale === undefined) expect(difference).toBe(0);
    else expect(difference).toBeGreaterThan(0.1);
    const base = await policy.generate(request({ adapter: 'base' }));
    const blank = await tinyPolicy(runtime, { ...options, adapterScale: 0 });
    expect(base.map(({ tokens }) => tokens)).toEqual(
      (await blank.generate(request())).map(({ tokens }) => tokens),
    );
    await blank.dispose();
  });
});

describe('a row is what it is, whatever stands beside it', () => {
  let policy: LoraPolicy;
  beforeAll(async () => {
    policy = await tinyPolicy(runtime, { adapterScale: 0.3 });
  });
  afterAll(() => policy.dispose());

  it('sampled alone or in a batch', async () => {
    const together = await policy.generate(request());
    for (const [i, prompt] of PROMPTS.entries()) {
      const { uniforms } = request();
      const [alone] = await policy.generate(
        request({ prompts: [prompt], uniforms: uniforms.slice(i * 20, i * 20 + 20) }),
      );
      expect(alone!.tokens).toEqual(together[i]!.tokens);
      expect(gap([alone!.logProbs], [together[i]!.logProbs])).toBeLessThan(1e-4);
    }
  });

  it('sampled in a batch larger than one run takes', async () => {
    const prompts = Array.from({ length: 70 }, (_, i) => PROMPTS[i % 6]!);
    const many = request({ prompts, maxNewTokens: 6 });
    const all = await policy.generate(many);
    expect(all).toHaveLength(70);
    const tail = await policy.generate({
      ...many,
      prompts: prompts.slice(64),
      uniforms: many.uniforms.slice(64 * 6),
    });
    expect(tail.map(({ tokens }) => tokens)).toEqual(all.slice(64).map(({ tokens }) => tokens));
  });

  it('scored alone or packed with others', async () => {
    const sequences = sequencesOf(await policy.generate(request()));
    const packed = await policy.score({ sequences, temperature: 1 });
    for (const [i, sequence] of sequences.entries()) {
      const [alone] = await policy.score({ sequences: [sequence], temperature: 1 });
      expect(gap([alone!.logProbs], [packed[i]!.logProbs])).toBeLessThan(1e-4);
      expect(gap([alone!.entropy], [packed[i]!.entropy])).toBeLessThan(1e-4);
    }
  });

  it('probed: hidden states of its completion, the same alone and packed', async () => {
    const sequences = sequencesOf(await policy.generate(request()));
    const [packed, plain] = await Promise.all([
      policy.score({ sequences, temperature: 1, hiddenAfterLayers: [1] }),
      policy.score({ sequences, temperature: 1 }),
    ]);
    const [alone] = await policy.score({
      sequences: [sequences[4]!],
      temperature: 1,
      hiddenAfterLayers: [1],
    });
    expect(packed[4]!.hidden![0]).toHaveLength(sequences[4]!.completion.length * TINY.hiddenSize);
    expect(gap([alone!.hidden![0]!], [packed[4]!.hidden![0]!])).toBeLessThan(1e-4);
    expect(
      gap(
        packed.map(({ logProbs }) => logProbs),
        plain.map(({ logProbs }) => logProbs),
      ),
    ).toBeLessThan(1e-5);
    expect(plain[0]).not.toHaveProperty('hidden');
  });
});
