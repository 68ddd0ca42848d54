/**
 * What a decoded token costs a graphics card besides arithmetic: dispatches,
 * submissions, buffers. Counted on the software adapter, where times mean nothing; the
 * counts are those of any adapter. Bounds are what was counted, so that more is noticed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { gap, request, tinyPolicy, uniforms } from './harness.ts';
import { TINY } from './tiny-model.ts';

const counts = { dispatches: 0, submits: 0, buffers: 0 };
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

let runtime: Runtime;
beforeAll(async () => {
  count('GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches');
  count('GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', 'dispatches');
  count('GPUQueue', 'submit', 'submits');
  count('GPUDevice', 'createBuffer', 'buffers');
  runtime = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
});
afterAll(() => restore.forEach((undo) => undo()));

it('a token takes few launches and next to no buffers, and is the one that a CPU samples', async () => {
  // Heads of 16 values, which the operator rotates itself, as those of all real models.
  const architecture = { ...TINY, layers: 2, heads: 2, keyValueHeads: 1, headDim: 16 };
  const policy = await tinyPolicy(runtime, { architecture, adapterScale: 0.3 });
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
    };
  };
  // Everything is compiled, and the buffers of these sizes have been seen.
  await run(17);
  const [short, long] = [await run(9), await run(17)];
  const perToken = (what: keyof typeof counts) => (long[what] - short[what]) / 8;
  // 57 dispatches, 5.5 submissions and .9 buffers were counted: two layers, the
  // sampler, what is read back once in eight tokens.
  expect(perToken('dispatches')).toBeLessThanOrEqual(58);
  expect(perToken('submits')).toBeLessThanOrEqual(6);
  expect(perToken('buffers')).toBeLessThanOrEqual(1);

  const onCpu = await tinyPolicy(await createRuntime({ device: 'wasm', threads: 1, wasmFolder: '/ort/' }), {
    architecture,
    adapterScale: 0.3,
  });
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
});
