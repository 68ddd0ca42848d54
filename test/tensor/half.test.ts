/**
 * Products in 16 bits, by numbers that a half cannot hold: 2049 lies between two
 * halves, 65504 is the largest, 1.0001 is nearest to 1.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/tensor/training/autodiff.ts';
import { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { linearHalf, matmulHalf } from '../../src/tensor/ops/half.ts';
import { matmulQuantised } from '../../src/tensor/ops/matmul.ts';
import { sumAll } from '../../src/tensor/ops/broadcast.ts';
import { evaluate } from './harness.ts';

/** Inputs of one row. */
const row = (...values: number[]): Float32Array => {
  const x = new Float32Array(32);
  x.set(values);
  return x;
};

describe('a block-quantised product in 16 bits', () => {
  /** Sums 32 inputs, times `scale`. */
  async function summed(x: Float32Array, scale = 1): Promise<{ out: number; gradient: number[] }> {
    const graph = new Graph('sum');
    const input = graph.parameter('x', [1, 32]);
    const blocks = { bits: 8, block: 32, outFeatures: 1, inFeatures: 32 } as const;
    const weight = { ...blocks, quants: new Uint8Array(32).fill(129), scales: Float32Array.of(scale) };
    const out = matmulQuantised(input, weight, 'ones', true);
    expect(out.dtype).toBe('float32');
    graph.output('out', out);
    graph.output('gradient', gradients(sumAll(out), [input])[0]!);
    const read = await evaluate(encodeGraph(graph), { x });
    return { out: read['out']![0]!, gradient: read['gradient']! };
  }

  it.each([
    [[2047, 1], 2048],
    [[2048, 1], 2048],
    [[2048, 2], 2050],
    [[0.1], Math.fround(0.0999755859375)],
    [[65504, 65504], Infinity],
    [[70000], Infinity],
  ])('of %j is %d', async (values, expected) => {
    expect((await summed(row(...values))).out).toBe(expected);
  });

  it('rounds its scales, and its gradient does not', async () => {
    const { out, gradient } = await summed(row(8), 1.0001);
    expect(out).toBe(8);
    expect(gradient).toEqual(Array<number>(32).fill(Math.fround(1.0001)));
  });
});

describe('products of float32 values', () => {
  it('are float32, within rounding, with the gradients of the unrounded product', async () => {
    const graph = new Graph('products');
    const a = graph.parameter('a', [1, 2, 2]);
    const b = graph.parameter('b', [1, 2, 1]);
    const product = matmulHalf(a, b);
    const weight = graph.constant('float32', [1, 2], Float32Array.of(0.1, 0.7));
    const x = graph.parameter('x', [1, 2]);
    const line = linearHalf(x, weight);
    graph.output('product', product);
    graph.output('line', line);
    gradients(sumAll(product), [a, b]).forEach((gradient, i) => graph.output(`of${'ab'[i]}`, gradient));
    graph.output('ofx', gradients(sumAll(line), [x])[0]!);
    const values = {
      a: Float32Array.of(1.1, 2.2, 3.3, 4.4),
      b: Float32Array.of(0.3, 0.9),
      x: Float32Array.of(5, -3),
    };
    const read = await evaluate(encodeGraph(graph), values);
    const close = (name: string, expected: readonly number[], relative: number) =>
      expected.forEach((value, i) =>
        expect(Math.abs(read[name]![i]! / value - 1), `${name} ${i}`).toBeLessThan(relative),
      );
    close('product', [1.1 * 0.3 + 2.2 * 0.9, 3.3 * 0.3 + 4.4 * 0.9], 2e-3);
    close('line', [5 * 0.1 - 3 * 0.7], 2e-3);
    close('ofa', [0.3, 0.9, 0.3, 0.9], 1e-7);
    close('ofb', [1.1 + 3.3, 2.2 + 4.4], 1e-6);
    close('ofx', [0.1, 0.7], 1e-7);
  });

  it('share one cast of an operand', () => {
    const graph = new Graph('shared');
    const x = graph.input('x', 'float32', [1, 2]);
    const weights = [1, 2].map((value) => graph.constant('float32', [1, 2], Float32Array.of(value, value)));
    weights.forEach((weight) => linearHalf(x, weight));
    expect(graph.nodes.filter(({ op, inputs }) => op === 'Cast' && inputs[0] === x)).toHaveLength(1);
  });
});
