import { afterAll, beforeAll, expect, it } from 'vitest';
import { measurePrecision, type PreciseAtWill } from '../../../src/policy/lora/measure-precision.ts';
import { DeviceLostError } from '../../../src/tensor/errors.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { tinyPolicy } from '../harness.ts';

let runtime: Runtime;
beforeAll(async () => (runtime = await createRuntime(nodeWasm(1))));
afterAll(() => expect(runtime.openTensors).toBe(0));

/** A device that takes what it is told to, in the order of the runs: writing, then scoring. */
function toldTimes(seconds: Readonly<Record<'fp32' | 'fp16', readonly number[]>>, offBy = 0) {
  let [time, precision]: [number, 'fp32' | 'fp16'] = [0, 'fp32'];
  const runs = { fp32: 0, fp16: 0 };
  const order: string[] = [];
  const policy = {
    tokenizer: { encode: () => [1, 2] },
    computeIn: (wanted: 'fp32' | 'fp16') => (precision = wanted),
    generate: ({ prompts }: { prompts: readonly unknown[] }) => {
      time += seconds[precision][runs[precision]++] ?? NaN;
      order.push(precision);
      return Promise.resolve(prompts.map(() => ({ tokens: [3, 4], logProbs: [-1, -2], finish: 'length' })));
    },
    score: ({ sequences }: { sequences: readonly unknown[] }) => {
      time += 0.25;
      // The second row's last token is the one that differs.
      const scored = sequences.map((_, row) => ({ logProbs: [-1, row === 1 ? -2 - offBy : -2] }));
      return Promise.resolve(scored);
    },
  } as unknown as PreciseAtWill;
  return { policy, now: () => time, order };
}

it('times each precision in turns, the fastest of three, and not the first, which compiles', async () => {
  const { policy, now, order } = toldTimes({ fp32: [9, 0.5, 0.25, 0.5], fp16: [9, 1, 2, 0.75] }, 0.125);
  expect(await measurePrecision(policy, { now, rows: 3, budget: 100 })).toEqual({
    seconds: { fp32: 0.5, fp16: 1 },
    gap: 0.125,
  });
  expect(order).toEqual(['fp32', 'fp16', 'fp32', 'fp16', 'fp32', 'fp16', 'fp32', 'fp16']);
});

it('ends with the round in which its time is up', async () => {
  const { policy, now, order } = toldTimes({ fp32: [9, 1, 1], fp16: [9, 1, 1] });
  await measurePrecision(policy, { now, rows: 2, budget: 1 });
  expect(order).toHaveLength(4);
});

it('says what fp16 fails with, and does not hide a lost device or fp32', async () => {
  const failing = (at: number, error: Error) => {
    const { policy, now, order } = toldTimes({ fp32: [1, 1], fp16: [1, 1] });
    const write = policy.generate.bind(policy);
    const generate: typeof policy.generate = (request) =>
      order.length === at ? Promise.reject(error) : write(request);
    return measurePrecision({ ...policy, generate }, { now, rows: 2 });
  };
  expect(await failing(1, new Error('no such shader'))).toEqual({ failed: 'no such shader' });
  await expect(failing(1, new DeviceLostError('gone'))).rejects.toThrow('gone');
  await expect(failing(0, new Error('no fp32'))).rejects.toThrow('no fp32');
});

it('measures a model for real, and leaves it as it is but for the precision that is settled on', async () => {
  const policy = await tinyPolicy(runtime, { kind: 'int4' });
  expect(policy.info).not.toHaveProperty('precision');
  const trial = await measurePrecision(policy, { rows: 4, tokens: 9, budget: 0 });
  if ('failed' in trial) throw new Error(trial.failed);
  expect(Math.min(trial.seconds.fp32, trial.seconds.fp16)).toBeGreaterThan(0);
  // Blocks are rounded to halves in the products of sampler and trainer alike.
  expect(trial.gap).toBeGreaterThan(0);
  expect(trial.gap).toBeLessThan(0.05);
  const { graphs } = policy.compiled;
  await policy.settle({ chosen: 'fp32', because: 'slower', trial });
  expect(policy.info).toMatchObject({
    precision: { because: 'slower' },
    device: expect.stringMatching(/fp32$/) as string,
  });
  await measurePrecision({ ...bound(policy), computeIn: () => undefined }, { rows: 4, tokens: 9, budget: 0 });
  // What is computed in was kept, what is not was let go.
  expect(policy.compiled.graphs).toBe(graphs);
  await policy.dispose();
});

const bound = (policy: PreciseAtWill): PreciseAtWill => ({
  tokenizer: policy.tokenizer,
  computeIn: (precision) => policy.computeIn(precision),
  generate: (request) => policy.generate(request),
  score: (request) => policy.score(request),
});
