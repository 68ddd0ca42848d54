/**
 * The runtime on WebGPU in a real browser (software adapter): tensors that stay on
 * the device, and what happens when it is lost.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../src/tensor/training/autodiff.ts';
import { DeviceLostError, RuntimeUsageError } from '../../src/tensor/errors.ts';
import { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { add, mul } from '../../src/tensor/ops/arithmetic.ts';
import { sumAll } from '../../src/tensor/ops/broadcast.ts';
import { logSumExp } from '../../src/tensor/ops/reduce.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';

function affine() {
  const graph = new Graph('affine');
  const x = graph.input('x', 'float32', [2, 3]);
  graph.output('out', add(mul(x, graph.input('scale', 'float32', [])), 1));
  return encodeGraph(graph);
}
const values = Float32Array.of(1, 2, 3, 4, 5, 6);

describe('tensors on the GPU', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
  });

  it('is the device that was asked for', () => {
    expect(runtime.device.kind).toBe('webgpu');
    expect(runtime.device.label).toMatch(/^WebGPU \(.+\)$/);
  });

  it.each([
    ['float32', values, [2, 3]],
    ['float32', Float32Array.of(7), []],
    ['int64', BigInt64Array.of(1n, -2n, 1n << 40n), [3]],
    ['int32', Int32Array.of(-5, 6), [2]],
    ['uint8', Uint8Array.of(1, 2, 3), [3]],
  ] as const)('%s: what is uploaded comes back', async (dtype, data, dims) => {
    const before = runtime.openTensors;
    const tensor = runtime.upload({ dtype, dims, data });
    expect(await tensor.download()).toEqual(data);
    expect(await tensor.download(), 'a second time').toEqual(data);
    tensor.dispose();
    expect(runtime.openTensors).toBe(before);
    await expect(tensor.download()).rejects.toBeInstanceOf(RuntimeUsageError);
  });

  it('outputs that are kept feed the next run, and stay on the device after a download', async () => {
    const program = await runtime.compile(affine(), ['out']);
    const x = runtime.upload({ dtype: 'float32', dims: [2, 3], data: values });
    const { out } = await program.run({ x, scale: 2 });
    expect(out!.ort.location).toBe('gpu-buffer');
    expect(await out!.download()).toEqual(values.map((value) => value * 2 + 1));
    expect(out!.ort.location).toBe('gpu-buffer');
    const again = (await program.run({ x: out!, scale: 10 }))['out']!;
    expect(await again.download()).toEqual(values.map((value) => (value * 2 + 1) * 10 + 1));
    [x, out!, again].forEach((tensor) => tensor.dispose());
    await program.release();
  });

  it('outputs that are not kept are in host memory', async () => {
    const program = await runtime.compile(affine());
    const { out } = await program.run({ x: values, scale: 1 });
    expect(out!.ort.location).toBe('cpu');
    out!.dispose();
    await program.release();
  });

  it('the device outlives its last program', async () => {
    const program = await runtime.compile(affine());
    await program.release();
    const next = await runtime.compile(affine());
    const { out } = await next.run({ x: values, scale: 1 });
    expect(await out!.download()).toEqual(values.map((value) => value + 1));
    await next.release();
  });

  it('logSumExp of rows around -200 and 120, and its gradient', async () => {
    const rows = [
      [-201, -200, -199.5, -199],
      [119, 120, 121, 120.5],
    ];
    const graph = new Graph('logSumExp', runtime.device.kind);
    const x = graph.parameter('x', [2, 4]);
    const out = logSumExp(x);
    graph.output('gradient', gradients(sumAll(out), [x])[0]!);
    graph.output('out', out);
    const program = await runtime.compile(encodeGraph(graph));
    const outputs = await program.run({ x: Float32Array.from(rows.flat()) });
    const [found, gradient] = [await outputs['out']!.download(), await outputs['gradient']!.download()];
    rows.forEach((row, i) => {
      const top = Math.max(...row);
      const expected = top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
      expect(Number(found[i])).toBeCloseTo(expected, 3);
      row.forEach((value, j) =>
        expect(Number(gradient[4 * i + j])).toBeCloseTo(Math.exp(value - expected), 3),
      );
    });
    await program.release();
  });

  // Last: what it does to the device cannot be undone.
  it('a lost device is reported, and every run after it rejects', async () => {
    const program = await runtime.compile(affine());
    (runtime.device.gpu as unknown as { destroy(): void }).destroy();
    const error = await runtime.lost;
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error.advice).toMatch(/snapshot is kept/);
    await expect(program.run({ x: values, scale: 1 })).rejects.toBeInstanceOf(DeviceLostError);
    await expect(runtime.compile(affine())).rejects.toBeInstanceOf(DeviceLostError);
    await program.release();
  });
});

describe('devices in a browser', () => {
  const opened: Runtime[] = [];
  afterAll(() =>
    opened.forEach((runtime) =>
      (runtime.device.gpu as unknown as { destroy(): void } | undefined)?.destroy(),
    ),
  );

  it('auto takes WebGPU where there is an adapter', async () => {
    const runtime = await createRuntime({ device: 'auto', wasmFolder: '/ort/' });
    opened.push(runtime);
    expect(runtime.device.kind).toBe('webgpu');
  });

  it('a device opened after another was lost works', async () => {
    const runtime = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/' });
    opened.push(runtime);
    const program = await runtime.compile(affine());
    const { out } = await program.run({ x: values, scale: 3 });
    expect(await out!.download()).toEqual(values.map((value) => value * 3 + 1));
  });
});
