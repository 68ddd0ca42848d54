/**
 * The runtime on the WASM device in Node: the run queue, ownership of tensors, errors
 * a caller can tell apart. The GPU's side is in webgpu.browser.test.ts.
 */
import { describe, expect, it } from 'vitest';
import {
  classifyRuntimeError,
  DeviceLostError,
  OutOfMemoryError,
  RuntimeUsageError,
  TensorError,
  UnsupportedOperatorError,
} from '../../src/tensor/errors.ts';
import { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { add, mul } from '../../src/tensor/ops/arithmetic.ts';
import { openDevice } from '../../src/tensor/runtime/device.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { Runtime } from '../../src/tensor/runtime/runtime.ts';
import { wasm } from './harness.ts';

function affine() {
  const graph = new Graph('affine');
  graph.output('out', add(mul(graph.input('x', 'float32', [2]), graph.input('scale', 'float32', [])), 1));
  return encodeGraph(graph);
}
const x = Float32Array.of(1, 2);

describe('runtime', () => {
  it('runs on device tensors, host data and numbers alike', async () => {
    const runtime = await wasm();
    const program = await runtime.compile(affine());
    const uploaded = runtime.upload({ dtype: 'float32', dims: [2], data: x });
    const first = (await program.run({ x: uploaded, scale: 2 }))['out']!;
    const second = (
      await program.run({
        x: first,
        scale: runtime.upload({ dtype: 'float32', dims: [], data: Float32Array.of(3) }),
        unknown: 7,
      })
    )['out']!;
    expect(await first.download()).toEqual(Float32Array.of(3, 5));
    expect(await second.download()).toEqual(Float32Array.of(10, 16));
    expect([second.dims, second.dtype]).toEqual([[2], 'float32']);
    await program.release();
  });

  it('runs one after another, in the order of the calls', async () => {
    const runtime = await wasm();
    const program = await runtime.compile(affine());
    const order: number[] = [];
    const results = await Promise.all(
      [1, 2, 3].map(async (scale) => {
        const { out } = await program.run({ x, scale });
        order.push(scale);
        return (await out!.download())[0];
      }),
    );
    expect(results).toEqual([2, 3, 4]);
    expect(order).toEqual([1, 2, 3]);
    await program.release();
  });

  it('goes on after a run that failed', async () => {
    const program = await (await wasm()).compile(affine());
    await expect(program.run({ x: new Float32Array(3), scale: 1 })).rejects.toBeInstanceOf(TensorError);
    expect(await (await program.run({ x, scale: 1 }))['out']!.download()).toEqual(Float32Array.of(2, 3));
    await program.release();
  });

  it('counts the tensors that are open', async () => {
    const runtime = await wasm();
    const program = await runtime.compile(affine());
    const before = runtime.openTensors;
    const { out } = await program.run({ x, scale: 1 });
    expect(runtime.openTensors).toBe(before + 1);
    out!.dispose();
    out!.dispose();
    expect(runtime.openTensors).toBe(before);
    await program.release();
  });

  it('refuses a missing input, a disposed tensor and a released program', async () => {
    const runtime = await wasm();
    const program = await runtime.compile(affine());
    await expect(program.run({ x })).rejects.toThrow(/input scale is missing/);
    const gone = runtime.upload({ dtype: 'float32', dims: [2], data: x });
    gone.dispose();
    await expect(program.run({ x: gone, scale: 1 })).rejects.toBeInstanceOf(RuntimeUsageError);
    await expect(gone.download()).rejects.toBeInstanceOf(RuntimeUsageError);
    await program.release();
    await program.release();
    await expect(program.run({ x, scale: 1 })).rejects.toThrow(/after it was released/);
  });

  it('says which operator a device does not know', async () => {
    const graph = new Graph('unknown');
    graph.output('out', graph.node('NoSuchOperator', [graph.input('x', 'float32', [2])], [2]));
    await expect((await wasm()).compile(encodeGraph(graph))).rejects.toThrow(UnsupportedOperatorError);
    await expect((await wasm()).compile(encodeGraph(graph))).rejects.toThrow(/NoSuchOperator/);
  });

  it('stops a run that waits when the device is lost, and every run after it', async () => {
    let lose = (_reason: string): void => undefined;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const device = await openDevice(nodeWasm(1));
    const runtime = new Runtime({ ...device, lost });
    const program = await runtime.compile(affine());
    const hanging = runtime.enqueue('waiting for a GPU that is gone', () => new Promise(() => undefined));
    lose('destroyed: by the test');
    await expect(hanging).rejects.toBeInstanceOf(DeviceLostError);
    await expect(program.run({ x, scale: 1 })).rejects.toBeInstanceOf(DeviceLostError);
    expect(await runtime.lost).toBeInstanceOf(DeviceLostError);
    await program.release();
  });

  it('takes a failure whose device turns out to be lost for that loss: its consequences may be reported first', async () => {
    let lose = (_reason: string): void => undefined;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const device = await openDevice(nodeWasm(1));
    const runtime = new Runtime({ ...device, lost, gpu: {} as GPUDevice });
    const failing = runtime.enqueue('reading', () =>
      Promise.reject(new Error("Failed to execute 'mapAsync'")),
    );
    setTimeout(() => lose('destroyed: by the test'), 50);
    await expect(failing).rejects.toBeInstanceOf(DeviceLostError);
  });

  it('takes a failure on a device that is still there for what it is', async () => {
    const lost = new Promise<string>(() => undefined);
    const device = await openDevice(nodeWasm(1));
    const runtime = new Runtime({ ...device, lost, gpu: {} as GPUDevice });
    const failing = runtime.enqueue('reading', () => Promise.reject(new Error('std::bad_alloc')));
    await expect(failing).rejects.toBeInstanceOf(OutOfMemoryError);
  });

  it('falls back from WebGPU to WASM where there is no GPU, and says so when it must not', async () => {
    const { loadWasmBuild } = nodeWasm(1);
    const device = await openDevice({ device: 'auto', threads: 1, ...(loadWasmBuild && { loadWasmBuild }) });
    expect([device.kind, device.label]).toEqual(['wasm', 'WASM, 1 thread']);
    await expect(openDevice({ device: 'webgpu' })).rejects.toMatchObject({
      name: 'NoAdapterError',
      advice: /WASM/,
    });
  });
});

describe('runtime errors', () => {
  it.each([
    ['The GPU device was lost during a run', DeviceLostError],
    ['std::bad_alloc', OutOfMemoryError],
    ['RangeError: Array buffer allocation failed', OutOfMemoryError],
    ['Could not find an implementation for Foo(21) node', UnsupportedOperatorError],
    ['something else', TensorError],
  ])('%s', (text, kind) => {
    const error = classifyRuntimeError(new Error(text), 'running a graph');
    expect(error.constructor).toBe(kind);
    expect(error.advice).toMatch(/\.$/);
    expect(error.message).toContain(text);
  });

  it('an error that is sorted already stays what it is', () => {
    const error = new DeviceLostError('gone');
    expect(classifyRuntimeError(error, 'running')).toBe(error);
  });
});
