/**
 * The graph builder: what it refuses, what it keeps, what it leaves out.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/tensor/training/autodiff.ts';
import { GraphError } from '../../src/tensor/errors.ts';
import { Graph, type Tensor } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { add, exp, mul } from '../../src/tensor/ops/arithmetic.ts';
import { clamp, less, where } from '../../src/tensor/ops/compare.ts';
import { concat, pad, slice, split, transpose } from '../../src/tensor/ops/layout.ts';
import { gemm, matmul, matmulQuantised } from '../../src/tensor/ops/matmul.ts';
import { expand, reduceSum, reshape, sumAll } from '../../src/tensor/ops/broadcast.ts';
import { evaluate } from './harness.ts';

const fresh = () => {
  const graph = new Graph('test');
  return { graph, x: graph.parameter('x', [2, 3]), y: graph.parameter('y', [4, 5]) };
};

describe('graph: what does not fit is refused when it is built', () => {
  const mistakes: [string, (x: Tensor, y: Tensor) => unknown][] = [
    ['shapes that do not broadcast', (x, y) => add(x, y)],
    ['where over shapes that do not broadcast', (x, y) => where(less(x, 0), y, 0)],
    ['gemm of unequal inner sizes', (x, y) => gemm(x, y)],
    ['matmul of unequal inner sizes', (x, y) => matmul(reshape(x, [1, 2, 3]), y)],
    ['reshape to another size', (x) => reshape(x, [7])],
    ['transpose by something else than a permutation', (x) => transpose(x, [0, 0])],
    ['expand to a shape that does not hold it', (x) => expand(x, [2, 1])],
    ['concat of unequal other axes', (x, y) => concat([x, y], 0)],
    ['split into pieces that do not add up', (x) => split(x, [1, 1], 1)],
    ['slice beyond the end', (x) => slice(x, 1, 1, 4)],
    ['an empty slice', (x) => slice(x, 1, 1, 1)],
    ['a negative pad', (x) => pad(x, 0, -1, 0)],
    ['a reduction over an axis that is not there', (x) => reduceSum(x, [2])],
    ['a reduction over one axis twice', (x) => reduceSum(x, [1, -1])],
    ['an axis that is not there', (x) => x.dim(2)],
    ['a clamp whose bound is trained', (x) => clamp(x, x.graph.parameter('bound', []), 1)],
    [
      'quantised weights of another width',
      (x) =>
        matmulQuantised(
          x,
          {
            bits: 4,
            block: 32,
            outFeatures: 1,
            inFeatures: 32,
            quants: new Uint8Array(16),
            scales: new Float32Array(1),
          },
          'w',
        ),
    ],
    [
      'a constant whose data does not fill its shape',
      (x) => x.graph.constant('float32', [3], new Float32Array(2)),
    ],
    ['a name used twice', (x) => x.graph.input('x', 'float32', [])],
    ['an output named like an input', (x) => x.graph.output('y', exp(x))],
    ['a value of another graph', (x) => add(x, new Graph('other').input('x', 'float32', [2, 3]))],
    ['a gradient of something that is no scalar', (x) => gradients(exp(x), [x])],
    ['a gradient of a parameter that does not matter', (x, y) => gradients(sumAll(exp(x)), [x, y])],
  ];
  it.each(mistakes)('%s', (_name, build) => {
    const { x, y } = fresh();
    expect(() => build(x, y)).toThrow(GraphError);
  });

  it('names the parameter that the loss does not depend on', () => {
    const { x, y } = fresh();
    expect(() => gradients(sumAll(exp(x)), [x, y])).toThrow(/does not depend on y/);
  });
});

describe('graph: what is kept and what is left out', () => {
  it('a node keeps the inputs it was given, whatever becomes of the list', async () => {
    const graph = new Graph('lists');
    const parts = [graph.parameter('a', [1]), graph.parameter('b', [1])];
    const joined = concat(parts, 0);
    parts.push(graph.parameter('c', [1]));
    graph.output('joined', joined);
    graph.output('gradient', gradients(sumAll(mul(joined, joined)), parts.slice(0, 2))[1]!);
    const encoded = encodeGraph(graph);
    expect(encoded.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await evaluate(encoded, { a: Float32Array.of(2), b: Float32Array.of(3) })).toEqual({
      joined: [2, 3],
      gradient: [6],
    });
  });

  it('writes nothing that no output depends on', async () => {
    const { graph, x, y } = fresh();
    graph.constant('float32', [1000], new Float32Array(1000), 'unused.constant');
    exp(mul(y, y));
    graph.output('out', sumAll(x));
    const encoded = encodeGraph(graph);
    expect(encoded.nodeCount).toBe(1);
    expect(encoded.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(new TextDecoder('latin1').decode(encoded.model)).not.toContain('unused.constant');
    expect(await evaluate(encoded, { x: new Float32Array(6).fill(1) })).toEqual({ out: [6] });
  });

  it('makes equal scalars and equal axes one constant', () => {
    const { graph, x } = fresh();
    add(mul(x, 2), 2);
    reduceSum(x, [0]);
    reduceSum(x, [0]);
    expect(graph.initializers).toHaveLength(2);
  });

  it('gives an input, or a value that is an output already, a name of its own', async () => {
    const graph = new Graph('aliases');
    const x = graph.input('x', 'float32', [2]);
    const doubled = mul(x, 2);
    graph.output('same', x);
    graph.output('first', doubled);
    graph.output('second', doubled);
    expect(await evaluate(encodeGraph(graph), { x: Float32Array.of(1, 2) })).toEqual({
      same: [1, 2],
      first: [2, 4],
      second: [2, 4],
    });
  });
});
