/**
 * The forward pass in 16 bits on a graphics adapter that computes in them, against
 * fp32 on the same adapter. Software WebGPU does not offer `shader-f16`: there this
 * skips, and says so. `WEBGPU_ADAPTER=default` runs it on the machine's own adapter.
 */
import { expect, it, type TestContext } from 'vitest';
import { measurePrecision } from '../../src/policy/lora/measure-precision.ts';
import { checkPrecision, choosePrecision } from '../../src/policy/model/precision.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { gap, HALF_BOUNDS, relative, request, rowsOf, SETTINGS, tinyPolicy, type Kind } from './harness.ts';
import { TINY } from './tiny-model.ts';

const opening = createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });

let isTold = false;

async function runtimeWithHalves(context: TestContext): Promise<Runtime> {
  const runtime = await opening;
  if (runtime.device.gpu?.features.has('shader-f16') === true) return runtime;
  const reason = `fp16 on WebGPU is NOT tested here: ${runtime.device.label} has no shader-f16`;
  if (!isTold) console.warn(reason);
  isTold = true;
  return context.skip(reason);
}

it('the precision follows what the adapter offers', async () => {
  const { device } = await opening;
  const adapter = await navigator.gpu.requestAdapter();
  const offered = adapter?.features.has('shader-f16') === true;
  if (offered) expect(() => checkPrecision('fp16', device)).not.toThrow();
  else expect(() => checkPrecision('fp16', device)).toThrow(/shader-f16/);
});

it.for<Kind>(['int4', 'dense'])(
  '%s: log-probabilities, sampler, trainer and gradients stay within rounding of fp32',
  async (kind, context) => {
    const runtime = await runtimeWithHalves(context);
    const options = { architecture: { ...TINY, layers: 1 }, kind, adapterScale: 0.3 };
    const single = await tinyPolicy(runtime, { ...options, precision: 'fp32' });
    const half = await tinyPolicy(runtime, { ...options, precision: 'fp16' });
    const completions = await half.generate(request());
    const rows = rowsOf(completions);
    const still = { ...SETTINGS, learningRate: 0, maxGradNorm: Infinity };
    const [ofHalf, ofSingle] = [await half.update(rows, still), await single.update(rows, still)];
    expect(gap(ofHalf.logProbs, ofSingle.logProbs)).toBeLessThan(HALF_BOUNDS.logProb);
    expect(gap(ofHalf.logProbs, ofSingle.logProbs)).toBeGreaterThan(1e-4);
    const sampler = completions.map(({ logProbs }) => logProbs);
    expect(gap(sampler, ofHalf.logProbs)).toBeLessThan(HALF_BOUNDS.gap);
    const [a, b] = [await half.snapshot(), await single.snapshot()];
    const moments = (tensors: typeof a.tensors) =>
      Object.entries(tensors).flatMap(([name, { data }]) => (name.endsWith('.m') ? [...data] : []));
    expect(relative(moments(a.tensors), moments(b.tensors))).toBeLessThan(HALF_BOUNDS.gradient);
    await single.dispose();
    await half.dispose();
  },
);

it('a model that is loaded with `auto` says what it is computed in, and why', async () => {
  const runtime = await opening;
  const policy = await tinyPolicy(runtime, { architecture: { ...TINY, layers: 1 } });
  const choice = await choosePrecision('auto', runtime.device, () =>
    measurePrecision(policy, { rows: 4, tokens: 9, budget: 0 }),
  );
  await policy.settle(choice);
  expect(policy.info.precision).toEqual(choice);
  expect(policy.info.device).toMatch(new RegExp(`, ${choice.chosen}$`));
  const offered = runtime.device.gpu?.features.has('shader-f16') === true;
  if (offered) expect(choice.trial!.seconds.fp32).toBeGreaterThan(0);
  else expect(choice).toEqual({ chosen: 'fp32', because: 'no-halves' });
  await policy.dispose();
});
