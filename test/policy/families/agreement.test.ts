/**
 * Each family as transformers computes it, from its own files: all log-probabilities,
 * with and without a LoRA adapter, its gradients by autograd, and tokens that are
 * written one by one (scripts/vectors/families.py made the tiny checkpoints).
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../src/policy/families/families.ts';
import { openSafetensors } from '../../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { parseSafetensors, toFloat32 } from '../../../src/policy/files/safetensors.ts';
import { accumulatorName, gradientGraph, nextAccumulatorName } from '../../../src/policy/graphs/gradient.ts';
import { fitAdapter } from '../../../src/policy/lora/fit-adapter.ts';
import { openAdapter } from '../../../src/policy/lora/open-adapter.ts';
import { spanSizes } from '../../../src/policy/graphs/spans.ts';
import { packSpans, scatterCompletions, spanFeeds } from '../../../src/policy/lora/spans.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { adapterMatrices } from '../../../src/policy/model/adapter.ts';
import { parseArchitecture } from '../../../src/policy/model/architecture.ts';
import type { Weights } from '../../../src/policy/model/weights.ts';
import { encodeGraph } from '../../../src/tensor/onnx/encode.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { SETTINGS, uniforms } from '../harness.ts';
import { plainTokenizer } from '../tiny-model.ts';

interface Expected {
  readonly texts: readonly (readonly number[])[];
  /** By text and place, of every token. */
  readonly base: readonly (readonly (readonly number[])[])[];
  readonly adapted: readonly (readonly (readonly number[])[])[];
  readonly loss: number;
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

describe.each(FAMILIES.map(({ modelType }) => modelType))('%s', (name) => {
  const read = (file: string) => readFile(new URL(`../vectors/families/${name}/${file}`, import.meta.url));
  const settings = { rank: 2, alpha: 3 };
  let expected: Expected;
  let weights: Weights;
  let policy: LoraPolicy;
  beforeAll(async () => {
    expected = JSON.parse((await read('expected.json')).toString()) as Expected;
    const architecture = parseArchitecture(JSON.parse((await read('config.json')).toString()));
    const source = bytesSource(await read('model.safetensors'), 'model.safetensors');
    weights = await readWeights(await openSafetensors([source]), architecture, 'fp32');
    const tokenizer = plainTokenizer(architecture.vocabSize);
    policy = new LoraPolicy({ name, runtime, weights, tokenizer, adapter: settings, seed: 1 });
    const adapter = await openAdapter({
      name,
      bytes: await read('adapter_model.safetensors'),
      config: (await read('adapter_config.json')).toString(),
    });
    await policy.restore(fitAdapter(adapter, architecture, settings));
    return () => policy.dispose();
  });
  const sequences = () => expected.texts.map(([first, ...rest]) => ({ prompt: [first!], completion: rest }));

  it.each(['base', 'current'] as const)('has all log-probabilities of transformers: %s', async (adapter) => {
    const { vocabSize } = weights.architecture;
    const scores = await policy.score({
      sequences: sequences(),
      temperature: 1,
      adapter,
      alternatives: vocabSize,
    });
    const wanted = adapter === 'base' ? expected.base : expected.adapted;
    wanted.forEach((places, i) =>
      places.forEach((row, place) => {
        const { ids, logProbs } = scores[i]!.alternatives!;
        for (let k = place * vocabSize; k < (place + 1) * vocabSize; k++)
          expect(Math.abs(logProbs[k]! - row[ids[k]!]!)).toBeLessThan(1e-4);
      }),
    );
  });

  it('has the gradients of autograd', async () => {
    const [batch, ...rest] = packSpans(sequences(), { tokens: 64, pairs: 64 * 64 });
    expect(rest).toEqual([]);
    const shape = spanSizes(batch!);
    const matrices = adapterMatrices(weights.architecture, settings);
    const program = await runtime.compile(
      encodeGraph(gradientGraph(weights, settings, { ...shape, kl: 'none', entropyBonus: false })),
    );
    const tokens = expected.texts.reduce((sum, text) => sum + text.length - 1, 0);
    const each = (value: number) =>
      scatterCompletions(batch!, (i) => sequences()[i]!.completion.map(() => value));
    const { tensors } = await policy.snapshot();
    const outputs = await program.run({
      ...spanFeeds(batch!),
      advantages: each(1),
      weights: each(1 / tokens),
      completion: each(1),
      onPolicy: each(1),
      oldLogProb: each(0),
      inverseTemperature: 1,
      ...(SETTINGS as unknown as Record<string, number>),
      ...Object.fromEntries(
        matrices.flatMap(({ name: matrix, dims }) => [
          [matrix, tensors[matrix]!.data],
          [accumulatorName(matrix), new Float32Array(dims[0] * dims[1])],
        ]),
      ),
    });
    const stored = parseSafetensors(await read('gradients.safetensors')).tensors;
    for (const { name: matrix } of matrices) {
      const gradient = (await outputs[nextAccumulatorName(matrix)]!.download()) as Float32Array;
      const wanted = toFloat32(stored.get(matrix)!, matrix);
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - gradient[i]!)), 0);
      expect(worst / largest, matrix).toBeLessThan(1e-3);
    }
    Object.values(outputs).forEach((tensor) => tensor.dispose());
    await program.release();
  });

  it('writes tokens with the log-probabilities that it scores them with', async () => {
    const prompts = [[5, 9, 1], [3], [46, 2, 31, 8, 17, 40]];
    const maxNewTokens = 20;
    const completions = await policy.generate({
      prompts,
      maxNewTokens,
      temperature: 1,
      uniforms: uniforms(7, prompts.length, maxNewTokens),
    });
    const scores = await policy.score({
      sequences: completions.map(({ tokens }, i) => ({ prompt: prompts[i]!, completion: tokens })),
      temperature: 1,
    });
    expect(Math.max(...completions.map(({ tokens }) => tokens.length))).toBeGreaterThan(5);
    completions.forEach(({ logProbs }, i) =>
      logProbs.forEach((value, t) => expect(Math.abs(value - scores[i]!.logProbs[t]!)).toBeLessThan(1e-4)),
    );
  });
});
