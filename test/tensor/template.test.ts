/**
 * One graph for all sizes: what it computes at a size is what a graph of that size
 * computes, and another graph is told from it.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { Graph, type Tensor } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { Template } from '../../src/tensor/onnx/template.ts';
import { add, mul } from '../../src/tensor/ops/arithmetic.ts';
import { reduceSum, reshape } from '../../src/tensor/ops/broadcast.ts';
import { slice, split, transpose } from '../../src/tensor/ops/layout.ts';
import { gemm } from '../../src/tensor/ops/matmul.ts';
import type { Program } from '../../src/tensor/runtime/runtime.ts';
import { distinctValues, evaluate, wasm } from './harness.ts';

interface Size {
  readonly rows: number;
  readonly length: number;
}

const WEIGHT = distinctValues('weight', 4 * 6);
/** Above what is written into the model. */
const LARGE = distinctValues('large', 8192);

/**
 * Two open sizes in one reshape, one size in another, a table and a split that depend
 * on them, a weight that does not.
 */
function build({ rows, length }: Size, weight = WEIGHT): Graph {
  const graph = new Graph(`${rows}x${length}`);
  const x = graph.input('x', 'float32', [rows * length, 4]);
  const y = gemm(x, graph.constant('float32', [4, 6], weight, 'weight'));
  const places = graph.constant(
    'float32',
    [1, length, 1],
    Float32Array.from({ length }, (_, i) => i / 2),
  );
  const placed = add(reshape(y, [rows, length, 6]), places);
  const [first, rest] = split(placed, [1, length - 1], 1);
  const flat = reshape(transpose(rest!, [0, 2, 1]), [rows * 6, length - 1]);
  graph.output('first', reshape(first!, [rows, 6]));
  graph.output('sums', reduceSum(flat, [-1]));
  const large = slice(graph.constant('float32', [8192], LARGE, 'large'), 0, 8190, 8192);
  graph.output('scaled', mul(graph.input('scale', 'float32', []), large));
  return graph;
}

const inputsAt = ({ rows, length }: Size) => ({
  x: distinctValues(`x ${rows} ${length}`, rows * length * 4),
  scale: 3,
});

const valuesOf = async (program: Program, ...run: Parameters<Program['run']>) => {
  const outputs = await program.run(...run);
  const values: Record<string, number[]> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    values[name] = Array.from((await tensor.download()) as Float32Array);
    tensor.dispose();
  }
  return values;
};

describe('a template', () => {
  const made: Program[] = [];
  afterAll(() => Promise.all(made.map((program) => program.release())));
  const sizes: Size[] = [
    { rows: 2, length: 3 },
    { rows: 5, length: 9 },
    { rows: 1, length: 4 },
    { rows: 3, length: 3 },
  ];

  it('computes at every size what a graph of that size computes, compiled once', async () => {
    const template = new Template(build(sizes[0]!), build({ rows: 3, length: 7 }));
    const program = await (await wasm()).compile(template.encoded);
    made.push(program);
    for (const size of sizes) {
      const { inputs, constants } = template.bind(build(size))!;
      const signature = [
        ...inputs,
        ...Object.entries(constants).map(([name, { dtype, dims }]) => ({ name, dtype, dims })),
      ];
      const found = await valuesOf(program, { ...inputsAt(size), ...constants }, signature);
      const wanted = await evaluate(encodeGraph(build(size)), inputsAt(size));
      expect(found, JSON.stringify(size)).toEqual(wanted);
    }
  });

  it('leaves open what must be, and no more', () => {
    const template = new Template(build(sizes[0]!), build({ rows: 3, length: 7 }));
    const { constants } = template.bind(build({ rows: 5, length: 9 }))!;
    // A target with two open sizes, the table, the sizes of the split, a target
    // again. Targets with one open size follow.
    expect(Object.values(constants).map(({ dims }) => dims)).toEqual([[3], [1, 9, 1], [2], [2]]);
  });

  it('takes weights as inputs where it is told to', async () => {
    const template = new Template(build(sizes[0]!), build({ rows: 3, length: 7 }), { asInput: () => true });
    expect(Object.keys(template.weights), 'small ones stay').toEqual(['large']);
    expect(template.encoded.external).toEqual([]);
  });

  it.each<[string, () => Graph]>([
    ['other weights', () => build({ rows: 2, length: 3 }, distinctValues('other', 4 * 6))],
    [
      'another operator',
      () => {
        const graph = build({ rows: 2, length: 3 });
        graph.output('more', graph.node('Neg', [graph.outputs[0]!], [2, 6]));
        return graph;
      },
    ],
  ])('is not the graph of %s', (_, other) => {
    const template = new Template(build(sizes[0]!), build({ rows: 3, length: 7 }));
    expect(template.bind(build({ rows: 4, length: 5 }))).not.toBeNull();
    expect(template.bind(other())).toBeNull();
  });

  it('that was seen at one size alone fits that one alone', () => {
    const template = new Template(build(sizes[0]!), build(sizes[0]!));
    expect(template.bind(build(sizes[0]!))).not.toBeNull();
    expect(template.bind(build(sizes[1]!))).toBeNull();
  });

  it('does not take sizes for free that were equal by chance in both builds it was made of', () => {
    const square = (rows: number, columns: number): Graph => {
      const graph = new Graph('square');
      const x: Tensor = graph.input('x', 'float32', [rows, columns]);
      graph.output('y', mul(x, 2));
      return graph;
    };
    const template = new Template(square(2, 2), square(3, 3));
    expect(template.bind(square(4, 4))).not.toBeNull();
    expect(template.bind(square(4, 5))).toBeNull();
  });
});
