/**
 * The policy on WASM and on WebGPU (software adapter) in a real browser: the same rollouts, scores and steps.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { qwen2 } from '../../src/policy/families/qwen2.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Completion } from '../../src/policy/types.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { gap, request, rowsOf, SETTINGS, tinyPolicy, type TinyOptions } from './harness.ts';
import { TINY } from './tiny-model.ts';

let wasm: Runtime;
let webgpu: Runtime;
beforeAll(async () => {
  wasm = await createRuntime({ device: 'wasm', threads: 1, wasmFolder: '/ort/' });
  webgpu = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
});

// One layer: the software adapter takes about a minute to compile the shaders of a model's graphs.
const oneLayer = { ...TINY, layers: 1 };
const variants: [string, TinyOptions][] = [
  ['dense', { architecture: oneLayer, adapterScale: 0.3 }],
  [
    'int4, biases, a head of its own',
    { architecture: { ...oneLayer, biases: qwen2.biases, tiedHead: false }, kind: 'int4', adapterScale: 0.3 },
  ],
];

describe.each(variants)('WASM and WebGPU agree: %s', (_name, options) => {
  let onWasm: LoraPolicy;
  let onWebGpu: LoraPolicy;
  let completions: Completion[];
  beforeAll(async () => {
    onWasm = await tinyPolicy(wasm, options);
    onWebGpu = await tinyPolicy(webgpu, options);
    completions = await onWasm.generate(request());
  });
  afterAll(async () => {
    await onWasm.dispose();
    await onWebGpu.dispose();
  });

  it('in what they sample, and how probable it was', async () => {
    const other = await onWebGpu.generate(request());
    expect(other.map(({ tokens }) => tokens)).toEqual(completions.map(({ tokens }) => tokens));
    expect(
      gap(
        other.map(({ logProbs }) => logProbs),
        completions.map(({ logProbs }) => logProbs),
      ),
    ).toBeLessThan(1e-3);
  });

  it('in the most probable tokens', async () => {
    const greedy = request({ temperature: 0 });
    expect((await onWebGpu.generate(greedy)).map(({ tokens }) => tokens)).toEqual(
      (await onWasm.generate(greedy)).map(({ tokens }) => tokens),
    );
  });

  it('in scores, entropies and hidden states', async () => {
    const sequences = rowsOf(completions);
    const [a, b] = await Promise.all(
      [onWasm, onWebGpu].map((policy) => policy.score({ sequences, temperature: 1, hiddenAfterLayers: [1] })),
    );
    for (const field of ['logProbs', 'entropy', 'hidden'] as const) {
      expect(
        gap(
          a!.flatMap((score) => score[field]!),
          b!.flatMap((score) => score[field]!),
        ),
        field,
      ).toBeLessThan(1e-3);
    }
  });

  it('at a temperature that makes logits larger than float32 has an exp for', async () => {
    const temperature = 0.05;
    const cold = await onWasm.generate(request({ temperature }));
    const other = await onWebGpu.generate(request({ temperature }));
    expect(other.map(({ tokens }) => tokens)).toEqual(cold.map(({ tokens }) => tokens));
    const rows = rowsOf(cold);
    const start = await onWasm.snapshot();
    const settings = { ...SETTINGS, temperature };
    const [a, b] = [await onWasm.update(rows, settings), await onWebGpu.update(rows, settings)];
    // Rounding of logits grows with them.
    expect(gap(b.logProbs, a.logProbs)).toBeLessThan(0.02);
    expect(b.gradNorm / a.gradNorm).toBeCloseTo(1, 2);
    for (const policy of [onWasm, onWebGpu]) await policy.restore(start);
    const scores = await onWebGpu.score({ sequences: rows, temperature });
    for (const lists of [other.map(({ logProbs }) => logProbs), scores.map(({ logProbs }) => logProbs)])
      expect(gap(lists, a.logProbs)).toBeLessThan(0.02);
  });

  it('in two steps of training: loss, norm, every matrix of the adapter, and the sampler with the trainer', async () => {
    const settings = { ...SETTINGS, adamEps: 1e-4, klCoefficient: 0.1, entropyCoefficient: 0.01 };
    const rows = rowsOf(completions).map((row) => ({
      ...row,
      refLogProbs: new Float32Array(row.completion.length).fill(-2),
      oldLogProbs: new Float32Array(row.completion.length).fill(-1.5),
    }));
    const sampler = (await onWebGpu.generate(request())).map(({ logProbs }) => logProbs);
    for (let step = 0; step < 2; step++) {
      const [a, b] = [await onWasm.update(rows, settings), await onWebGpu.update(rows, settings)];
      expect(b.loss).toBeCloseTo(a.loss, 3);
      expect(b.gradNorm / a.gradNorm).toBeCloseTo(1, 3);
      expect(gap(b.logProbs, a.logProbs)).toBeLessThan(1e-3);
      // On policy: what sampled these tokens and what learns from them is one distribution.
      if (step === 0) expect(gap(sampler, b.logProbs)).toBeLessThan(1e-3);
      const [one, other] = [await onWasm.snapshot(), await onWebGpu.snapshot()];
      expect(other.step).toBe(one.step);
      for (const [name, { data }] of Object.entries(one.tensors)) {
        expect(gap([other.tensors[name]!.data], [data]), name).toBeLessThan(1e-3);
      }
    }
  });

  it('and a rollout after the step is not the one before', async () => {
    const after = await onWebGpu.generate(request());
    expect(
      gap(
        [[...after.flatMap(({ logProbs }) => logProbs)].slice(0, 5)],
        [[...completions.flatMap(({ logProbs }) => logProbs)].slice(0, 5)],
      ),
    ).toBeGreaterThan(1e-3);
    // Per linear map A and B, each with two moments, its zero twin in the base, and a zero gradient.
    expect(webgpu.openTensors).toBe(oneLayer.layers * 7 * 2 * 5);
  });
});

it('WASM and WebGPU agree: samples of a large vocabulary', async () => {
  // No multiple of the blocks that its probabilities are summed in.
  const options: TinyOptions = { architecture: { ...oneLayer, vocabSize: 9001 }, adapterScale: 0.3 };
  const completions: Completion[][] = [];
  for (const runtime of [wasm, webgpu]) {
    const policy = await tinyPolicy(runtime, options);
    completions.push(await policy.generate(request({ maxNewTokens: 4 })));
    await policy.dispose();
  }
  const [a, b] = completions;
  expect(b!.map(({ tokens }) => tokens)).toEqual(a!.map(({ tokens }) => tokens));
  const logProbs = (list: Completion[]) => list.map((one) => one.logProbs);
  expect(gap(logProbs(b!), logProbs(a!))).toBeLessThan(1e-3);
});

it('WASM and WebGPU agree: int8 scores', async () => {
  const options: TinyOptions = { architecture: oneLayer, kind: 'int8', adapterScale: 0.3 };
  const sequences = [{ prompt: [3, 1, 4], completion: [1, 5, 9, 2, 6] }];
  const scores = [];
  for (const runtime of [wasm, webgpu]) {
    const policy = await tinyPolicy(runtime, options);
    scores.push((await policy.score({ sequences, temperature: 1 }))[0]!.logProbs);
    await policy.dispose();
  }
  expect(gap([scores[0]!], [scores[1]!])).toBeLessThan(1e-3);
});
