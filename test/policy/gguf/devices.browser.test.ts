/**
 * A GGUF file picked in a browser: the same log-probabilities on WASM and on WebGPU
 * (software adapter), and a step on blocks of every kind.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicy } from '../../../src/policy/lora/load.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { quantise } from '../../../src/policy/model/quantise.ts';
import { openGgufModel } from '../../../src/policy/sources/open-model.ts';
import { blobSource } from '../../../src/policy/files/range-source.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { gap, SETTINGS } from '../harness.ts';
import { plainTokenizer, randomAdapter, randomWeights, TINY } from '../tiny-model.ts';
import expected from '../vectors/gguf/llama.json';
import fileUrl from '../vectors/gguf/llama.gguf?url';

const runtimes: Partial<Record<'wasm' | 'webgpu', Runtime>> = {};
beforeAll(async () => {
  runtimes.wasm = await createRuntime({ device: 'wasm', threads: 1, wasmFolder: '/ort/' });
  runtimes.webgpu = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
});

describe('a picked GGUF file', () => {
  it.each(['wasm', 'webgpu'] as const)('computes on %s what its weights say', async (device) => {
    const blob = await (await fetch(fileUrl)).blob();
    const model = await openGgufModel(blobSource(new File([blob], 'llama.gguf'), 'llama.gguf'));
    const policy = await buildPolicy(model, {
      name: 'llama',
      device: runtimes[device]!,
      rank: 2,
      alpha: 4,
      seed: 1,
    });
    const [prompt, ...completion] = expected.ids;
    const [score] = await policy.score({ sequences: [{ prompt: [prompt!], completion }], temperature: 1 });
    // On WebGPU blocks stay blocks, and Q6_K is requantised.
    expect(gap([score!.logProbs], [expected.logProbs])).toBeLessThan(device === 'wasm' ? 1e-4 : 0.02);
    await policy.dispose();
  });
});

describe('a large vocabulary in blocks', () => {
  const architecture = { ...TINY, layers: 1, vocabSize: 9001 };
  const open: LoraPolicy[] = [];
  afterAll(async () => {
    for (const policy of open) await policy.dispose();
  });

  it('learns the same on WASM and on WebGPU', async () => {
    const base = randomWeights(architecture, 1, 4);
    if (base.embedding.kind !== 'dense') throw new Error('the harness makes dense tables');
    const blocks = {
      ...quantise(base.embedding.data, architecture.vocabSize, architecture.hiddenSize, 8),
      offsets: Float32Array.from({ length: architecture.vocabSize }, (_, i) => (i % 5) * 0.02),
    };
    const table = { kind: 'quantised', blocks } as const;
    const completion = [8999, 4, 17, 5000, 3];
    const row = {
      prompt: [7, 8192],
      completion,
      advantages: new Float32Array(5).fill(1),
      weights: new Float32Array(5).fill(0.2),
    };
    const run = async (runtime: Runtime) => {
      const policy = new LoraPolicy({
        name: 'large',
        runtime,
        weights: { ...base, embedding: table, head: table },
        tokenizer: plainTokenizer(architecture.vocabSize),
        adapter: { rank: 2, alpha: 4 },
        seed: 5,
      });
      open.push(policy);
      const { step, tensors } = await policy.snapshot();
      await policy.restore({ step, tensors: randomAdapter(tensors, 3, 0.2) });
      const sampled = await policy.generate({
        prompts: [row.prompt],
        maxNewTokens: 3,
        temperature: 1,
        uniforms: Float32Array.of(0.3, 0.6, 0.9),
      });
      const updated = await policy.update([row], SETTINGS);
      return { tokens: sampled[0]!.tokens, ...updated };
    };
    const [a, b] = [await run(runtimes.wasm!), await run(runtimes.webgpu!)];
    expect(b.tokens).toEqual(a.tokens);
    expect(gap(b.logProbs, a.logProbs)).toBeLessThan(1e-3);
    expect(a.gradNorm).toBeGreaterThan(1e-3);
    expect(Math.abs(b.gradNorm / a.gradNorm - 1)).toBeLessThan(1e-2);
  });
});
