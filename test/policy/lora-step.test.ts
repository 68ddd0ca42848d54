/**
 * The whole LoRA step against PyTorch (scripts/vectors/lora_step.py: checkpoints, rows and
 * expectations) and against central differences: two architectures, read from their own files.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterMatrices } from '../../src/policy/model/adapter.ts';
import { accumulatorName, nextAccumulatorName, gradientGraph } from '../../src/policy/graphs/gradient.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { spanSizes } from '../../src/policy/graphs/spans.ts';
import { packSpans, scatterCompletions, spanFeeds } from '../../src/policy/lora/spans.ts';
import { LoraPolicy } from '../../src/policy/lora/policy.ts';
import { parseSafetensors, toFloat32, type Safetensors } from '../../src/policy/files/safetensors.ts';
import { parseArchitecture } from '../../src/policy/model/architecture.ts';
import { openSafetensors } from '../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import type { Weights } from '../../src/policy/model/weights.ts';
import { readWeights } from '../../src/policy/files/read-weights.ts';
import type { PolicySnapshot, UpdateRow, UpdateSettings } from '../../src/policy/types.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { plainTokenizer } from './tiny-model.ts';

interface Vectors {
  readonly rank: number;
  readonly alpha: number;
  readonly settings: UpdateSettings;
  readonly rows: (Record<
    'prompt' | 'completion' | 'advantages' | 'weights' | 'refLogProbs' | 'oldLogProbs',
    number[]
  > & {
    readonly logProbs: number[];
    readonly entropies: number[];
  })[];
  readonly steps: {
    readonly loss: number;
    readonly kl: number;
    readonly entropy: number;
    readonly gradNorm: number;
  }[];
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

/** Largest difference, relative to the largest expected value of the tensor. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), 1e-6);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i]! - value))) / scale;
}

describe.each(['llama', 'qwen2'])('LoRA step: %s', (name) => {
  const read = (file: string) => readFile(new URL(`./vectors/${name}/${file}`, import.meta.url));
  let vectors: Vectors;
  let expected: Safetensors;
  let policy: LoraPolicy;
  let weights: Weights;
  let start: PolicySnapshot;
  const stored = (tensor: string) => toFloat32(expected.tensors.get(tensor)!, tensor);

  beforeAll(async () => {
    vectors = JSON.parse((await read('step.json')).toString()) as Vectors;
    expected = parseSafetensors(await read('expected.safetensors'));
    const source = bytesSource(await read('model.safetensors'), 'model.safetensors');
    const architecture = parseArchitecture(JSON.parse((await read('config.json')).toString()));
    weights = await readWeights(await openSafetensors([source]), architecture, 'stored');
    const adapter = { rank: vectors.rank, alpha: vectors.alpha };
    const tokenizer = plainTokenizer(weights.architecture.vocabSize);
    policy = new LoraPolicy({ name, runtime, weights, tokenizer, adapter, seed: 1 });
    const blank = await policy.snapshot();
    start = {
      step: 0,
      tensors: Object.fromEntries(
        Object.entries(blank.tensors).map(([key, { dims, data }]) => [
          key,
          { dims, data: /lora_[AB]$/.test(key) ? stored(`adapter.${key}`) : data },
        ]),
      ),
    };
    await policy.restore(start);
  });
  afterAll(() => policy.dispose());

  const rows = (step: 1 | 2): UpdateRow[] =>
    vectors.rows.map((row) => ({
      prompt: row.prompt,
      completion: row.completion,
      advantages: Float32Array.from(row.advantages),
      weights: Float32Array.from(row.weights),
      refLogProbs: Float32Array.from(row.refLogProbs),
      ...(step === 2 && { oldLogProbs: Float32Array.from(row.oldLogProbs) }),
    }));

  it('scores like PyTorch: log-probabilities and entropies, with the adapter and without', async () => {
    const { temperature } = vectors.settings;
    const scores = await policy.score({ sequences: vectors.rows, temperature });
    const base = await policy.score({ sequences: vectors.rows, temperature, adapter: 'base' });
    vectors.rows.forEach((row, i) => {
      row.logProbs.forEach((value, t) => expect(scores[i]!.logProbs[t]).toBeCloseTo(value, 4));
      row.entropies.forEach((value, t) => expect(scores[i]!.entropy[t]).toBeCloseTo(value, 4));
      row.refLogProbs.forEach((value, t) => expect(base[i]!.logProbs[t]).toBeCloseTo(value, 4));
    });
  });

  it('has the gradients of every adapter matrix that autograd finds', async () => {
    const matrices = adapterMatrices(weights.architecture, { rank: vectors.rank });
    const [batch, ...rest] = packSpans(vectors.rows, { tokens: 64, pairs: 64 * 32 });
    expect(rest).toEqual([]);
    const graph = gradientGraph(weights, vectors, {
      ...spanSizes(batch!),
      kl: 'k3',
      entropyBonus: true,
    });
    const program = await runtime.compile(encodeGraph(graph));
    const spread = (field: 'advantages' | 'weights' | 'refLogProbs') =>
      scatterCompletions(batch!, (i) => vectors.rows[i]![field]);
    const ones = scatterCompletions(batch!, (i) => vectors.rows[i]!.completion.map(() => 1));
    const { settings } = vectors;
    const outputs = await program.run({
      ...spanFeeds(batch!),
      advantages: spread('advantages'),
      weights: spread('weights'),
      completion: ones,
      onPolicy: ones,
      oldLogProb: new Float32Array(ones.length),
      refLogProb: spread('refLogProbs'),
      inverseTemperature: 1 / settings.temperature,
      ...(settings as unknown as Record<string, number>),
      klCoefficient: new Float32Array(ones.length).fill(settings.klCoefficient),
      ...Object.fromEntries(
        matrices.flatMap(({ name: matrix, dims }) => [
          [matrix, start.tensors[matrix]!.data],
          [accumulatorName(matrix), new Float32Array(dims[0] * dims[1])],
        ]),
      ),
    });
    expect((await outputs['loss']!.download())[0]).toBeCloseTo(vectors.steps[0]!.loss, 4);
    for (const { name: matrix } of matrices) {
      const gradient = (await outputs[nextAccumulatorName(matrix)]!.download()) as Float32Array;
      expect(worst(gradient, stored(`gradient.${matrix}`)), matrix).toBeLessThan(1e-3);
    }
    Object.values(outputs).forEach((tensor) => tensor.dispose());
    await program.release();
  });

  it('tells these gradients without an update, and stays as it was', async () => {
    await policy.restore(start);
    const gradient = await policy.gradient(rows(1), vectors.settings);
    expect(Object.keys(gradient)).toHaveLength(adapterMatrices(weights.architecture, vectors).length);
    for (const [matrix, values] of Object.entries(gradient))
      expect(worst(values, stored(`gradient.${matrix}`)), matrix).toBeLessThan(1e-3);
    const { tensors } = await policy.snapshot();
    for (const matrix of Object.keys(gradient))
      expect(tensors[matrix]!.data).toEqual(start.tensors[matrix]!.data);
  });

  it('has the loss, the norm and the parameters of PyTorch after two steps, the second off policy', async () => {
    await policy.restore(start);
    for (const step of [1, 2] as const) {
      const result = await policy.update(rows(step), vectors.settings);
      const wanted = vectors.steps[step - 1]!;
      expect(result.loss).toBeCloseTo(wanted.loss, 4);
      expect(result.kl).toBeCloseTo(wanted.kl, 4);
      expect(result.entropy).toBeCloseTo(wanted.entropy, 4);
      expect(result.gradNorm / wanted.gradNorm).toBeCloseTo(1, 3);
      const { tensors } = await policy.snapshot();
      for (const matrix of Object.keys(tensors).filter((key) => /lora_[AB]$/.test(key))) {
        // A step moves an entry by about the learning rate, 0.01: agreement to a hundredth of that.
        const difference = stored(`after${step}.${matrix}`).map((value, i) =>
          Math.abs(value - tensors[matrix]!.data[i]!),
        );
        expect(Math.max(...difference), `${matrix} after step ${step}`).toBeLessThan(1e-4);
      }
    }
  });

  it('moves the loss as its gradient says: central differences along the gradient and across it', async () => {
    const still = { ...vectors.settings, learningRate: 0, weightDecay: 0 };
    const lossAt = async (direction: (matrix: string) => Float32Array, step: number): Promise<number> => {
      await policy.restore({
        step: 0,
        tensors: Object.fromEntries(
          Object.entries(start.tensors).map(([key, { dims, data }]) => {
            if (!/lora_[AB]$/.test(key)) return [key, { dims, data }];
            const along = direction(key);
            return [key, { dims, data: data.map((value, i) => value + step * along[i]!) }];
          }),
        ),
      });
      // Off policy against the sampled log-probs, so that the ratio moves with the parameters.
      const fixed = rows(1).map((row, i) => ({
        ...row,
        oldLogProbs: Float32Array.from(vectors.rows[i]!.logProbs),
      }));
      return (await policy.update(fixed, still)).loss;
    };
    const gradient = (matrix: string) => stored(`gradient.${matrix}`);
    const only = (chosen: string) => (matrix: string) =>
      gradient(matrix).map((value) => (matrix === chosen ? value : 0));
    const chosen = Object.keys(start.tensors).filter((key) =>
      /layers\.[01]\..*(q_proj|down_proj)\.lora_[AB]$/.test(key),
    );
    expect(chosen).toHaveLength(8);
    for (const matrix of chosen) {
      const norm2 = gradient(matrix).reduce((sum, value) => sum + value * value, 0);
      const h = 0.005 / Math.sqrt(norm2);
      const numeric = ((await lossAt(only(matrix), h)) - (await lossAt(only(matrix), -h))) / (2 * h);
      expect(numeric / norm2, matrix).toBeCloseTo(1, 1.3);
    }
    await policy.restore(start);
  });
});
