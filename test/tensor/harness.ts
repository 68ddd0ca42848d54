/**
 * Runs small graphs on the WASM device in Node and compares gradients with central
 * differences. For tests only.
 */
import { expect } from 'vitest';
import { gradients } from '../../src/tensor/training/autodiff.ts';
import { Graph, type Tensor } from '../../src/tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../src/tensor/onnx/encode.ts';
import { mul } from '../../src/tensor/ops/arithmetic.ts';
import { sumAll } from '../../src/tensor/ops/broadcast.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type RunInput, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { sizeOf, type DeviceKind } from '../../src/tensor/types.ts';
import { createRandom } from '../../src/base/random.ts';

let shared: Promise<Runtime> | null = null;
/** One runtime for a test file. */
export const wasm = (): Promise<Runtime> => (shared ??= createRuntime(nodeWasm(1)));

/** Runs an encoded graph once; outputs as plain numbers by name. */
export async function evaluate(
  graph: EncodedGraph,
  inputs: Readonly<Record<string, RunInput>>,
): Promise<Record<string, number[]>> {
  const program = await (await wasm()).compile(graph);
  try {
    return await runOnce(program, inputs);
  } finally {
    await program.release();
  }
}

interface Runs {
  run(inputs: Readonly<Record<string, RunInput>>): ReturnType<Awaited<ReturnType<Runtime['compile']>>['run']>;
}

async function runOnce(
  program: Runs,
  inputs: Readonly<Record<string, RunInput>>,
): Promise<Record<string, number[]>> {
  const outputs = await program.run(inputs);
  const values: Record<string, number[]> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    values[name] = Array.from((await tensor.download()) as ArrayLike<number | bigint>, Number);
    tensor.dispose();
  }
  return values;
}

/**
 * Values in [low, high), the same for the same name, at least `apart` from each other
 * so that no maximum is tied.
 */
export function distinctValues(name: string, size: number, low = -1.5, high = 1.5): Float32Array {
  const random = createRandom(name);
  const order = random.shuffle(Array.from({ length: size }, (_, i) => i));
  const step = (high - low) / size;
  return Float32Array.from(order, (place) => low + (place + 0.25 + 0.5 * random.next()) * step);
}

export interface GradientCase {
  readonly name: string;
  /** Shapes of the parameters. */
  readonly parameters: readonly (readonly number[])[];
  /** Range of the parameters' values. */
  readonly range?: readonly [number, number];
  readonly build: (...parameters: Tensor[]) => Tensor;
  /** What the graph is built for; it runs on WASM all the same. */
  readonly device?: DeviceKind;
  /** The forward values in double precision, where they are easy to write down. */
  readonly forward?: (...values: number[][]) => number[];
}

const STEP = 1e-2;

/**
 * The gradient of sum(out * weights), weights random, against central differences of every element
 * of every parameter. fp32 differences of values near 1 with this step are good to about 1e-4.
 */
export async function checkGradient(test: GradientCase): Promise<void> {
  const [low, high] = test.range ?? [-1.5, 1.5];
  const graph = new Graph(test.name, test.device);
  const parameters = test.parameters.map((dims, i) => graph.parameter(`p${i}`, dims));
  const out = test.build(...parameters);
  const cotangent = distinctValues(`${test.name} cotangent`, sizeOf(out.dims), 0.3, 1.3);
  const loss = sumAll(mul(out, graph.constant('float32', out.dims, cotangent)));
  const found = gradients(loss, parameters);
  graph.output('out', out);
  graph.output('loss', loss);
  found.forEach((gradient, i) => graph.output(`g${i}`, gradient));
  const program = await (await wasm()).compile(encodeGraph(graph));
  // Drawn together, so that no element of one parameter ties with one of another.
  const sizes = test.parameters.map(sizeOf);
  const drawn = distinctValues(
    test.name,
    sizes.reduce((a, b) => a + b, 0),
    low,
    high,
  );
  const values = sizes.map((size, i) => {
    const start = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    return drawn.slice(start, start + size);
  });
  const feed = (): Record<string, Float32Array> =>
    Object.fromEntries(values.map((data, i) => [`p${i}`, data]));
  const at = await runOnce(program, feed());
  if (test.forward) {
    const expected = test.forward(...values.map((data) => Array.from(data)));
    expect(at['out']!.length).toBe(expected.length);
    expected.forEach((value, i) => expect(at['out']![i], `forward element ${i}`).toBeCloseTo(value, 4));
  }
  // The weighted sum again from `out`, in double precision: less rounding than the graph's own.
  const weighted = async (): Promise<number> =>
    (await runOnce(program, feed()))['out']!.reduce((sum, value, i) => sum + value * cotangent[i]!, 0);
  for (const [p, data] of values.entries()) {
    for (let i = 0; i < data.length; i++) {
      const kept = data[i]!;
      data[i] = kept + STEP;
      const [up, upper] = [await weighted(), data[i]!];
      data[i] = kept - STEP;
      const [down, lower] = [await weighted(), data[i]!];
      data[i] = kept;
      const numeric = (up - down) / (upper - lower);
      const analytic = at[`g${p}`]![i]!;
      const error = Math.abs(numeric - analytic);
      expect(error, `parameter ${p}, element ${i}: ${analytic} against ${numeric}`).toBeLessThan(
        1e-3 + 3e-3 * Math.abs(numeric),
      );
    }
  }
  await program.release();
}
