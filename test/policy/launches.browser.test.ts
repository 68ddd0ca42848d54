/**
 * What a decoded token costs a graphics card besides arithmetic: dispatches, submissions, buffers;
 * and how often an update waits for the card. Counted on the software adapter, where times mean
 * nothing; the counts are those of any adapter. Bounds are what was counted, so that more is noticed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { gap, PROMPTS, relative, request, rowsOf, SETTINGS, tinyPolicy, uniforms } from './harness.ts';
import { randomWeights, TINY, withOffsets } from './tiny-model.ts';

const counts = { dispatches: 0, submits: 0, buffers: 0, waits: 0 };
/** The classes are globals of a browser, absent from the type library used here. */
const classes = globalThis as unknown as Record<
  string,
  { prototype: Record<string, (...values: unknown[]) => unknown> }
>;
const restore: (() => void)[] = [];

function count(owner: string, method: string, what: keyof typeof counts): void {
  const { prototype } = classes[owner]!;
  const own = prototype[method]!;
  prototype[method] = function (...values) {
    counts[what] += 1;
    return own.apply(this, values);
  };
  restore.push(() => (prototype[method] = own));
}

/** A wait begins with a read while none is under way: reads side by side are one. */
function countWaits(): void {
  const { prototype } = classes['GPUBuffer']!;
  const own = prototype['mapAsync']!;
  let reading = 0;
  prototype['mapAsync'] = function (...values) {
    if (reading++ === 0) counts.waits += 1;
    const read = own.apply(this, values) as Promise<void>;
    const done = (): void => void reading--;
    read.then(done, done);
    return read;
  };
  restore.push(() => (prototype['mapAsync'] = own));
}

let runtime: Runtime;
beforeAll(async () => {
  countWaits();
  count('GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches');
  count('GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', 'dispatches');
  count('GPUQueue', 'submit', 'submits');
  count('GPUDevice', 'createBuffer', 'buffers');
  runtime = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
});
afterAll(() => restore.forEach((undo) => undo()));

// Heads of 16 values, which the operator rotates itself, as those of all real models.
const architecture = { ...TINY, layers: 2, heads: 2, keyValueHeads: 1, headDim: 16 };

// Counted: 12.25 and 20.25 dispatches for each of two layers, 16 for the sampler and for what is read back
// once in eight tokens. Bounds are what was counted.
it.each([
  { held: 'floats', weights: randomWeights(architecture), dispatches: 40.5 },
  { held: 'blocks with offsets', weights: withOffsets(randomWeights(architecture, 1, 4)), dispatches: 56.5 },
])(
  'a token takes few launches and next to no buffers with $held, and is the one that a CPU samples',
  async ({ weights, dispatches }) => {
    const options = { architecture, weights, adapterScale: 0.3 };
    const policy = await tinyPolicy(runtime, options);
    const prompts = Array.from({ length: 8 }, () => [7, 3, 12]);
    const run = async (maxNewTokens: number): Promise<typeof counts> => {
      const before = { ...counts };
      await policy.generate(
        request({ prompts, maxNewTokens, temperature: 1, uniforms: uniforms('launches', 8, maxNewTokens) }),
      );
      return {
        dispatches: counts.dispatches - before.dispatches,
        submits: counts.submits - before.submits,
        buffers: counts.buffers - before.buffers,
        waits: counts.waits - before.waits,
      };
    };
    // Everything is compiled, and the buffers of these sizes have been seen.
    await run(17);
    const [short, long] = [await run(9), await run(17)];
    const perToken = (what: keyof typeof counts) => (long[what] - short[what]) / 8;
    expect(perToken('dispatches')).toBeLessThanOrEqual(dispatches);
    expect(perToken('submits')).toBeLessThanOrEqual(6);
    expect(perToken('buffers')).toBeLessThanOrEqual(1);

    const onCpu = await tinyPolicy(
      await createRuntime({ device: 'wasm', threads: 1, wasmFolder: '/ort/' }),
      options,
    );
    const asked = request({ prompts, maxNewTokens: 17, uniforms: uniforms('launches', 8, 17) });
    const [here, there] = [await policy.generate(asked), await onCpu.generate(asked)];
    expect(here.map(({ tokens }) => tokens)).toEqual(there.map(({ tokens }) => tokens));
    expect(
      gap(
        here.map(({ logProbs }) => logProbs),
        there.map(({ logProbs }) => logProbs),
      ),
    ).toBeLessThan(1e-3);
    await onCpu.dispose();
    await policy.dispose();
  },
);

it('an update waits for the card as often with many micro-batches as with one', async () => {
  const prompts = PROMPTS;
  const length = 20;
  const completions = prompts.map((_, row) => ({
    tokens: Array.from({ length }, (_, i) => 1 + ((row * 7 + i * 3) % 49)),
    logProbs: [],
    finish: 'length' as const,
  }));
  const rows = rowsOf(completions);
  const [whole, parts] = await Promise.all(
    [2048, 64].map((microBatchTokens) => tinyPolicy(runtime, { adapterScale: 0.3, microBatchTokens })),
  );
  const [wanted, summed] = [await whole!.gradient(rows, SETTINGS), await parts!.gradient(rows, SETTINGS)];
  for (const [name, values] of Object.entries(wanted))
    expect(relative(summed[name]!, values), name).toBeLessThan(1e-4);

  const waitsOf = async (
    policy: typeof whole,
  ): Promise<{ waits: number; dispatches: number; loss: number }> => {
    await policy!.update(rows, SETTINGS);
    const before = { ...counts };
    const { loss } = await policy!.update(rows, SETTINGS);
    return { waits: counts.waits - before.waits, dispatches: counts.dispatches - before.dispatches, loss };
  };
  const [one, many] = [await waitsOf(whole), await waitsOf(parts)];
  expect(many.dispatches).toBeGreaterThan(2 * one.dispatches);
  expect(many.loss).toBeCloseTo(one.loss, 5);
  // What is told of micro-batches, and the gradient's norm.
  expect([one.waits, many.waits]).toEqual([2, 2]);
  await whole!.dispose();
  await parts!.dispose();
});
