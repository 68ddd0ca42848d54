/**
 * The forward pass in 16 bits against the one in 32, on a CPU: what is rounded and what
 * is not, how far log-probabilities and gradients move, how far sampler and trainer are
 * apart. A CPU rounds in block-quantised products and in the cache alone (ops/half.ts); a
 * device with 16-bit arithmetic is held to the same bounds in precision.browser.test.ts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loraModel } from '../../../src/policy/model/lora-model.ts';
import type { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { checkPrecision, choosePrecision } from '../../../src/policy/model/precision.ts';
import { tokenStatistics } from '../../../src/policy/graphs/rows.ts';
import { spanHidden, spanInputs } from '../../../src/policy/graphs/spans.ts';
import type { Completion, Sequence, UpdateRow } from '../../../src/policy/types.ts';
import { gradients } from '../../../src/tensor/training/autodiff.ts';
import { Graph } from '../../../src/tensor/graph.ts';
import { sumAll } from '../../../src/tensor/ops/broadcast.ts';
import { openDevice, type Device } from '../../../src/tensor/runtime/device.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { gap, HALF_BOUNDS, PROMPTS, relative, request, rowsOf, SETTINGS, tinyPolicy } from '../harness.ts';
import { randomWeights, TINY, withLargeActivations } from '../tiny-model.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

const sequencesOf = (completions: readonly Completion[]): Sequence[] =>
  completions.map(({ tokens }, i) => ({ prompt: PROMPTS[i]!, completion: tokens }));

describe('what is rounded', () => {
  const graph = new Graph('loss');
  const model = loraModel(graph, randomWeights(TINY, 1, 4), { rank: 4, alpha: 8 }, 'separate', 'fp16');
  const sizes = { own: 12, shared: 9, spans: 3, spanLength: 5, prompts: 2, promptLength: 6 };
  const inputs = spanInputs(graph, sizes);
  const statistics = tokenStatistics(model, spanHidden(model, inputs), inputs.targets, graph.scalar(1));
  const loss = sumAll(statistics.logProb);
  const forward = graph.nodes.length;
  gradients(loss, model.adapter);
  const typed = (nodes: typeof graph.nodes, dtype: string) =>
    nodes.filter(({ outputs }) => outputs.some((output) => output.dtype === dtype));

  it('are products with frozen weights and those of attention, with their operands', () => {
    const counts = new Map<string, number>();
    for (const { op } of typed(graph.nodes, 'float16')) counts.set(op, (counts.get(op) ?? 0) + 1);
    counts.delete('Cast');
    // Prompts and own parts have attention apart, in the last layer own parts alone.
    const products = 4 * TINY.layers - 2;
    expect(Object.fromEntries(counts)).toEqual({ MatMulNBits: 7 * TINY.layers, MatMul: products });
  });

  it('are not norms, softmax, logits, the adapter or any gradient', () => {
    expect(typed(graph.nodes.slice(forward), 'float16')).toEqual([]);
    const halves = new Set(typed(graph.nodes, 'float16').flatMap(({ outputs }) => outputs));
    const fed = graph.nodes.filter((node) => node.inputs.some((input) => halves.has(input)));
    expect(new Set(fed.map(({ op }) => op))).toEqual(new Set(['MatMulNBits', 'MatMul', 'Cast']));
    expect(statistics.logits().dtype).toBe('float32');
    // Whatever has a matrix of the adapter for an operand.
    const ofAdapter = graph.nodes.filter(({ inputs: all }) => all.some((one) => model.adapter.includes(one)));
    expect(ofAdapter.length).toBeGreaterThan(0);
    expect(typed(ofAdapter, 'float16')).toEqual([]);
  });
});

describe.each(['int4', 'int8', 'dense'] as const)('fp16 beside fp32: %s', (kind) => {
  let single: LoraPolicy;
  let half: LoraPolicy;
  let completions: Completion[];
  beforeAll(async () => {
    const options = { kind, adapterScale: 0.3 };
    single = await tinyPolicy(runtime, { ...options, precision: 'fp32' });
    half = await tinyPolicy(runtime, { ...options, precision: 'fp16' });
    completions = await half.generate(request());
  });
  afterAll(async () => {
    await single.dispose();
    await half.dispose();
  });

  it('says which it is', () => {
    expect(single.info.device).toBe('WASM, 1 thread, fp32');
    expect(half.info.device).toBe('WASM, 1 thread, fp16');
  });

  it('log-probabilities differ, by no more than rounding', async () => {
    const sequences = sequencesOf(completions);
    const read = async (policy: LoraPolicy) =>
      (await policy.score({ sequences, temperature: 1 })).map(({ logProbs }) => logProbs);
    const difference = gap(await read(half), await read(single));
    expect(difference).toBeLessThan(HALF_BOUNDS.logProb);
    if (kind !== 'dense') expect(difference).toBeGreaterThan(1e-4);
  });

  it('sampler, scorer and trainer stay together', async () => {
    const sampler = completions.map(({ logProbs }) => logProbs);
    const scores = await half.score({ sequences: sequencesOf(completions), temperature: 1 });
    const { logProbs: trainer } = await half.update(rowsOf(completions), { ...SETTINGS, learningRate: 0 });
    expect(gap(sampler, trainer)).toBeLessThan(HALF_BOUNDS.gap);
    expect(
      gap(
        scores.map(({ logProbs }) => logProbs),
        trainer,
      ),
    ).toBeLessThan(HALF_BOUNDS.gap);
  });

  it('gradients point the same way: the moments of one update', async () => {
    const moments = async (policy: LoraPolicy) => {
      await policy.update(rowsOf(completions), { ...SETTINGS, learningRate: 0, maxGradNorm: Infinity });
      const { tensors } = await policy.snapshot();
      return Object.entries(tensors).flatMap(([name, { data }]) => (name.endsWith('.m') ? [...data] : []));
    };
    await half.reset(5);
    await single.reset(5);
    expect(relative(await moments(half), await moments(single))).toBeLessThan(HALF_BOUNDS.gradient);
  });
});

it('the loss in 16 bits moves as its gradient says, by central differences', async () => {
  const policy = await tinyPolicy(runtime, { kind: 'int4', adapterScale: 0.3, precision: 'fp16' });
  const completions = await policy.generate(request());
  const old = completions.map(({ logProbs }) => Float32Array.from(logProbs));
  // Off policy, so that the ratio moves with the parameters; unclipped.
  const rows: UpdateRow[] = rowsOf(completions).map((row, i) => ({ ...row, oldLogProbs: old[i]! }));
  const settings = { ...SETTINGS, learningRate: 0, clipLow: 1, clipHigh: 9, maxGradNorm: Infinity };
  const start = await policy.snapshot();
  const { gradNorm } = await policy.update(rows, settings);
  const { tensors } = await policy.snapshot();
  // The first moment after one step is a tenth of the gradient.
  const gradient = (name: string) => tensors[`${name}.m`]!.data.map((value) => value / (1 - SETTINGS.beta1));
  const lossAt = async (distance: number): Promise<number> => {
    const moved = Object.entries(start.tensors).map(([name, { dims, data }]) => {
      if (!/lora_[AB]$/.test(name)) return [name, { dims, data }] as const;
      const along = gradient(name);
      return [name, { dims, data: data.map((x, i) => x + (distance * along[i]!) / gradNorm) }] as const;
    });
    await policy.restore({ step: 0, tensors: Object.fromEntries(moved) });
    return (await policy.update(rows, settings)).loss;
  };
  // Far enough that the loss moves by much more than 16 bits can blur it.
  const h = 0.02;
  expect(((await lossAt(h)) - (await lossAt(-h))) / (2 * h) / gradNorm).toBeCloseTo(1, 1);
  await policy.dispose();
});

describe('activations beyond the largest half', () => {
  const weights = withLargeActivations(randomWeights(TINY, 1, 4), 1e5);

  it('are numbers in fp32', async () => {
    const policy = await tinyPolicy(runtime, { weights, precision: 'fp32' });
    const completions = await policy.generate(request());
    const { loss, gradNorm } = await policy.update(rowsOf(completions), SETTINGS);
    expect([loss, gradNorm].every(Number.isFinite)).toBe(true);
    await policy.dispose();
  });

  it('end a rollout in fp16 with an error that says what to choose, and leak nothing', async () => {
    const policy = await tinyPolicy(runtime, { weights, precision: 'fp16' });
    const open = runtime.openTensors;
    await expect(policy.generate(request())).rejects.toMatchObject({
      name: 'NotANumberError',
      advice: expect.stringContaining('choose fp32') as string,
    });
    expect(runtime.openTensors).toBe(open);
    await policy.dispose();
  });
});

describe('the choice', () => {
  const deviceWith = (...features: string[]) =>
    ({ kind: 'webgpu', gpu: { features: new Set(features) } }) as unknown as Device;

  const told = (fp32: number, fp16: number, gap: number) => () =>
    Promise.resolve({ seconds: { fp32, fp16 }, gap });
  const never = () => Promise.reject(new Error('nothing was to be timed'));

  it('is a wish at its word, and fp32 where nothing computes in 16 bits, without a trial', async () => {
    const halves = deviceWith('shader-f16', 'subgroups');
    expect(await choosePrecision('fp16', halves, never)).toEqual({ chosen: 'fp16', because: 'asked' });
    expect(await choosePrecision('fp32', halves, never)).toEqual({ chosen: 'fp32', because: 'asked' });
    const without = deviceWith('subgroups');
    expect(await choosePrecision('auto', without, never)).toEqual({ chosen: 'fp32', because: 'no-halves' });
    await expect(choosePrecision('fp16', without, never)).rejects.toThrow(/shader-f16/);
    for (const kind of ['wasm', 'native'] as const) {
      expect(await choosePrecision('auto', { kind }, never)).toEqual({ chosen: 'fp32', because: 'cpu' });
      expect(await choosePrecision('fp16', { kind }, never)).toMatchObject({ chosen: 'fp16' });
    }
  });

  it.each([
    // What an H200 took, and its gap with SmolLM2.
    ['slower', 'fp32', 1.6, 3.2, 0.14],
    ['slower', 'fp32', 1, 0.97, 0.001],
    ['gap', 'fp32', 1, 0.5, 0.02],
    ['gap', 'fp32', 1, 0.5, Infinity],
    ['gap', 'fp32', 1, 0.5, NaN],
    ['faster', 'fp16', 1, 0.9, 0.019],
  ] as const)('is by the trial: %s, so %s', async (because, chosen, fp32, fp16, gap) => {
    const choice = await choosePrecision('auto', deviceWith('shader-f16'), told(fp32, fp16, gap));
    expect(choice).toEqual({ chosen, because, trial: { seconds: { fp32, fp16 }, gap } });
  });

  it('is fp32 where fp16 does not run, with what the device said', async () => {
    const failing = () => Promise.resolve({ failed: 'no such shader' });
    expect(await choosePrecision('auto', deviceWith('shader-f16'), failing)).toEqual({
      chosen: 'fp32',
      because: 'failed',
      failed: 'no such shader',
    });
  });

  describe('of a device that was opened', () => {
    afterEach(() => void vi.unstubAllGlobals());

    it.each([
      [['shader-f16', 'subgroups'], true],
      [['subgroups'], false],
    ] as const)('on an adapter with %j may be fp16: %s', async (offered, mayBeHalf) => {
      const adapter = {
        features: new Set<string>(offered),
        limits: {},
        info: { description: 'pretended' },
        // As a browser does: a device has what was asked for, and no more.
        requestDevice: ({ requiredFeatures }: { requiredFeatures: string[] }) =>
          Promise.resolve({ features: new Set(requiredFeatures), lost: new Promise(() => undefined) }),
      };
      vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
      const device = await openDevice({ device: 'webgpu' });
      expect(device.label).toBe('WebGPU (pretended)');
      if (mayBeHalf) expect(() => checkPrecision('fp16', device)).not.toThrow();
      else expect(() => checkPrecision('fp16', device)).toThrow(/shader-f16/);
    });
  });
});
