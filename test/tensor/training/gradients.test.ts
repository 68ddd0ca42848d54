/**
 * Every operator that has a gradient, against central differences on the WASM device.
 */
import { describe, expect, it } from 'vitest';
import { quantise } from '../../../src/policy/model/quantise.ts';
import { gradients } from '../../../src/tensor/training/autodiff.ts';
import { Graph, type Tensor } from '../../../src/tensor/graph.ts';
import * as arithmetic from '../../../src/tensor/ops/arithmetic.ts';
import * as broadcast from '../../../src/tensor/ops/broadcast.ts';
import * as compare from '../../../src/tensor/ops/compare.ts';
import { gather, oneHot, pick } from '../../../src/tensor/ops/gather.ts';
import * as layout from '../../../src/tensor/ops/layout.ts';
import { addProduct, gemm, matmul, matmulQuantised } from '../../../src/tensor/ops/matmul.ts';
import { rmsNorm, softmax } from '../../../src/tensor/ops/normal.ts';
import * as reduce from '../../../src/tensor/ops/reduce.ts';
import { encodeGraph } from '../../../src/tensor/onnx/encode.ts';
import { checkGradient, distinctValues, evaluate, type GradientCase } from '../harness.ts';

const { add, sub, mul, div } = arithmetic;
const positive = [0.5, 2] as const;
const each = (f: (x: number) => number) => (x: number[]) => x.map(f);
const pairs = (f: (a: number, b: number) => number) => (a: number[], b: number[]) =>
  a.map((x, i) => f(x, b[i]!));
const int64 = (x: Tensor, dims: number[], values: number[]) =>
  x.graph.constant('int64', dims, BigInt64Array.from(values, BigInt));
/** Some constant weights, so that each element of a result counts differently. */
const table = (x: Tensor, dims: number[], name: string) =>
  x.graph.constant(
    'float32',
    dims,
    distinctValues(
      name,
      dims.reduce((a, b) => a * b, 1),
    ),
  );

const BROADCASTS: [string, number[], number[]][] = [
  ['equal shapes', [2, 3], [2, 3]],
  ['row', [2, 3], [3]],
  ['column', [2, 3], [2, 1]],
  ['outer', [2, 1], [1, 3]],
  ['scalar', [2, 3], []],
  ['leading axes', [2, 1, 3], [4, 1]],
];

const binary: GradientCase[] = (
  [
    ['add', add, (a: number, b: number) => a + b],
    ['sub', sub, (a: number, b: number) => a - b],
    ['mul', mul, (a: number, b: number) => a * b],
    ['div', div, (a: number, b: number) => a / b],
    ['maximum', compare.maximum, Math.max],
    ['minimum', compare.minimum, Math.min],
  ] as const
).flatMap(([name, op, f]) =>
  BROADCASTS.map(([kind, a, b]) => ({
    name: `${name}, ${kind}`,
    parameters: [a, b],
    ...(name === 'div' && { range: positive }),
    build: op as (a: Tensor, b: Tensor) => Tensor,
    ...(kind === 'equal shapes' && { forward: pairs(f) }),
  })),
);

const unary: GradientCase[] = [
  { name: 'neg', parameters: [[5]], build: arithmetic.neg, forward: each((x) => -x) },
  { name: 'exp', parameters: [[5]], build: arithmetic.exp, forward: each(Math.exp) },
  { name: 'log', parameters: [[5]], range: positive, build: arithmetic.log, forward: each(Math.log) },
  { name: 'sqrt', parameters: [[5]], range: positive, build: arithmetic.sqrt, forward: each(Math.sqrt) },
  {
    name: 'reciprocal',
    parameters: [[5]],
    range: positive,
    build: arithmetic.reciprocal,
    forward: each((x) => 1 / x),
  },
  {
    name: 'sigmoid',
    parameters: [[5]],
    build: arithmetic.sigmoid,
    forward: each((x) => 1 / (1 + Math.exp(-x))),
  },
  { name: 'tanh', parameters: [[5]], build: arithmetic.tanh, forward: each(Math.tanh) },
  { name: 'silu', parameters: [[5]], build: arithmetic.silu, forward: each((x) => x / (1 + Math.exp(-x))) },
  { name: 'a number on the left', parameters: [[3]], range: positive, build: (x) => sub(2, div(3, x)) },
];

const selections: GradientCase[] = [
  {
    name: 'where, by a comparison',
    parameters: [[2, 3], [3], [2, 1]],
    build: (x, a, b) => add(compare.where(compare.less(x, 0.1), a, b), x),
  },
  {
    name: 'where, a number on one side',
    parameters: [[6]],
    build: (x) => compare.where(compare.greater(x, 0), x, 2),
    forward: each((x) => (x > 0 ? x : 2)),
  },
  {
    name: 'clamp',
    parameters: [[9]],
    build: (x) => compare.clamp(x, -0.5, 0.7),
    forward: each((x) => Math.min(0.7, Math.max(-0.5, x))),
  },
  {
    name: 'pick',
    parameters: [[3, 4]],
    build: (x) => pick(x, oneHot(int64(x, [3], [2, 0, 3]), 4)),
    forward: (x) => [x[2]!, x[4]!, x[11]!],
  },
  {
    name: 'gather, rows repeated',
    parameters: [[4, 3]],
    build: (x) => gather(x, int64(x, [2, 3], [1, 1, 3, 0, 1, 3])),
    forward: (x) => [1, 1, 3, 0, 1, 3].flatMap((row) => x.slice(row * 3, row * 3 + 3)),
  },
];

const reductions: GradientCase[] = [
  { name: 'reduceSum, middle axis', parameters: [[2, 3, 2]], build: (x) => broadcast.reduceSum(x, [1]) },
  {
    name: 'reduceSum, kept, two axes',
    parameters: [[2, 3, 2]],
    build: (x) => broadcast.reduceSum(x, [0, -1], true),
  },
  {
    name: 'reduceSum, no axis',
    parameters: [[2, 3]],
    build: (x) => broadcast.reduceSum(x, []),
    forward: (x) => x,
  },
  {
    name: 'sumAll',
    parameters: [[2, 3]],
    build: broadcast.sumAll,
    forward: (x) => [x.reduce((a, b) => a + b)],
  },
  {
    name: 'sumAll of a scalar',
    parameters: [[]],
    build: (x) => broadcast.sumAll(mul(x, x)),
    forward: ([x]) => [x! * x!],
  },
  { name: 'reduceMean', parameters: [[2, 3, 2]], build: (x) => reduce.reduceMean(x, [-2]) },
  { name: 'reduceMean, kept', parameters: [[2, 3]], build: (x) => reduce.reduceMean(x, [1], true) },
  { name: 'reduceMax', parameters: [[3, 4]], build: (x) => reduce.reduceMax(x, [1]) },
  { name: 'reduceMax, kept, first axis', parameters: [[3, 4]], build: (x) => reduce.reduceMax(x, [0], true) },
  {
    name: 'logSumExp',
    parameters: [[2, 4]],
    build: reduce.logSumExp,
    forward: (x) =>
      [0, 4].map((at) => Math.log(x.slice(at, at + 4).reduce((sum, v) => sum + Math.exp(v), 0))),
  },
];

const normalisations: GradientCase[] = [
  { name: 'softmax', parameters: [[2, 2, 4]], build: softmax },
  { name: 'rmsNorm', parameters: [[3, 4], [4]], build: (x, w) => rmsNorm(x, w, 1e-3) },
  {
    name: 'rmsNorm, fixed weight',
    parameters: [[2, 3, 4]],
    build: (x) => rmsNorm(x, table(x, [4], 'norm weight'), 1e-3),
  },
  {
    name: 'rmsNorm, fixed values',
    parameters: [[4]],
    build: (w) => rmsNorm(table(w, [2, 3, 4], 'norm values'), w, 1e-3),
  },
  { name: 'rmsNorm of a vector', parameters: [[4], [4]], build: (x, w) => rmsNorm(x, w, 1e-3) },
];

const layouts: GradientCase[] = [
  { name: 'reshape', parameters: [[2, 6]], build: (x) => broadcast.reshape(x, [3, 4]), forward: (x) => x },
  { name: 'transpose', parameters: [[2, 3, 4]], build: (x) => layout.transpose(x, [2, 0, 1]) },
  {
    name: 'swapLast',
    parameters: [[2, 3]],
    build: layout.swapLast,
    forward: (x) => [0, 3, 1, 4, 2, 5].map((i) => x[i]!),
  },
  { name: 'expand', parameters: [[2, 1]], build: (x) => broadcast.expand(x, [3, 2, 2]) },
  {
    name: 'concat',
    parameters: [
      [2, 1],
      [2, 2],
      [2, 3],
    ],
    build: (a, b, c) => layout.concat([a, b, c], -1),
  },
  {
    name: 'concat of one value twice',
    parameters: [[2, 2]],
    build: (a) => layout.concat([a, mul(a, a), a], 0),
  },
  {
    name: 'split, one piece unused',
    parameters: [[2, 6]],
    build: (x) => {
      const [first, , third] = layout.split(x, [1, 2, 3], -1);
      return mul(first!, third!);
    },
  },
  {
    name: 'slice',
    parameters: [[3, 5]],
    build: (x) => layout.slice(x, -1, 1, 4),
    forward: (x) => [1, 2, 3, 6, 7, 8, 11, 12, 13].map((i) => x[i]!),
  },
  { name: 'slice of the first axis', parameters: [[4, 2]], build: (x) => layout.slice(x, 0, 0, 2) },
  {
    name: 'pad',
    parameters: [[2, 2]],
    build: (x) => layout.pad(x, 1, 2, 1),
    forward: ([a, b, c, d]) => [0, 0, a!, b!, 0, 0, 0, c!, d!, 0],
  },
  { name: 'pad of the first axis', parameters: [[2, 2]], build: (x) => layout.pad(x, 0, 0, 2) },
];

const products: GradientCase[] = [
  {
    name: 'matmul, two axes',
    parameters: [
      [2, 3],
      [3, 4],
    ],
    build: matmul,
  },
  {
    name: 'matmul, batched',
    parameters: [
      [2, 2, 3],
      [2, 3, 2],
    ],
    build: matmul,
  },
  {
    name: 'matmul, right operand shared',
    parameters: [
      [2, 2, 3],
      [3, 2],
    ],
    build: matmul,
  },
  {
    name: 'matmul, left operand shared',
    parameters: [
      [2, 3],
      [2, 3, 2],
    ],
    build: matmul,
  },
  {
    name: 'matmul, batch broadcast on both sides',
    parameters: [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
    build: matmul,
  },
  ...[false, true].flatMap((tA) =>
    [false, true].map((tB): GradientCase => ({
      name: `gemm${tA ? ', left transposed' : ''}${tB ? ', right transposed' : ''}`,
      parameters: [tA ? [3, 2] : [2, 3], tB ? [4, 3] : [3, 4]],
      build: (a, b) => gemm(a, b, tA, tB),
      forward: (a, b) =>
        Array.from({ length: 8 }, (_, at) => {
          const [i, j] = [Math.floor(at / 4), at % 4];
          return [0, 1, 2].reduce(
            (sum, k) => sum + a[tA ? k * 2 + i : i * 3 + k]! * b[tB ? j * 3 + k : k * 4 + j]!,
            0,
          );
        }),
    })),
  ),
  {
    name: 'a product added to what is there, with a factor',
    parameters: [
      [2, 3],
      [2, 4],
      [3, 4],
    ],
    build: (c, a, b) => addProduct(c, a, b, 0.5),
    forward: (c, a, b) =>
      c.map((value, i) => {
        const [row, column] = [Math.floor(i / 3), i % 3];
        const sum = [0, 1, 2, 3].reduce((total, k) => total + a[row * 4 + k]! * b[column * 4 + k]!, 0);
        return value + 0.5 * sum;
      }),
  },
  ...([4, 8] as const).map((bits): GradientCase => ({
    name: `matmulQuantised, ${bits} bits, activations`,
    parameters: [[2, 64]],
    build: (x) =>
      matmulQuantised(x, quantise(distinctValues('quantised weight', 3 * 64), 3, 64, bits), 'weight'),
  })),
];

const families: Record<string, GradientCase[]> = {
  'elementwise, two operands': binary,
  'elementwise, one operand': unary,
  selections,
  reductions,
  normalisations,
  layouts,
  products,
};

describe.each(Object.entries(families))('gradients: %s', (_, cases) => {
  it.each(cases.map((test) => [test.name, test] as const))('%s', (_name, test) => checkGradient(test));
});

describe('gradients: what an operator leaves alone', () => {
  it('a value used twice receives the sum of both gradients', async () => {
    const graph = new Graph('twice');
    const x = graph.parameter('x', [2]);
    const loss = broadcast.sumAll(add(mul(x, x), mul(x, 3)));
    graph.output('g', gradients(loss, [x])[0]!);
    expect((await evaluate(encodeGraph(graph), { x: Float32Array.of(1, -2) }))['g']).toEqual([5, -1]);
  });

  it('at a tie the gradient of a maximum goes to its first operand alone', async () => {
    const graph = new Graph('tie');
    const [a, b] = [graph.parameter('a', [1]), graph.parameter('b', [1])];
    const found = gradients(broadcast.sumAll(compare.maximum(a, b)), [a, b]);
    found.forEach((gradient, i) => graph.output(`g${i}`, gradient));
    const one = Float32Array.of(1);
    expect(await evaluate(encodeGraph(graph), { a: one, b: one })).toEqual({ g0: [1], g1: [0] });
  });

  it('what was computed without recording is a constant', async () => {
    const graph = new Graph('stopped');
    const x = graph.parameter('x', [1]);
    const fixed = graph.withoutRecording(() => mul(x, x));
    graph.output('g', gradients(broadcast.sumAll(mul(x, fixed)), [x])[0]!);
    expect((await evaluate(encodeGraph(graph), { x: Float32Array.of(3) }))['g']).toEqual([9]);
  });
});
