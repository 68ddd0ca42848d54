/**
 * Loops and the operators that only graphs without a gradient have, against plain
 * ones and hand calculations, on the WASM device.
 */
import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/tensor/errors.ts';
import { Graph, type Tensor } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { add, mul } from '../../src/tensor/ops/arithmetic.ts';
import { less } from '../../src/tensor/ops/compare.ts';
import { addAndNorm, fusedRmsNorm, groupedAttention } from '../../src/tensor/ops/fused.ts';
import { concat } from '../../src/tensor/ops/layout.ts';
import { loop } from '../../src/tensor/ops/loop.ts';
import { rmsNorm } from '../../src/tensor/ops/normal.ts';
import { reduceMax } from '../../src/tensor/ops/reduce.ts';
import { distinctValues, evaluate } from './harness.ts';

/** Doubles x while it is below `bound`, at most `count` times. */
function doubling(): Graph {
  const graph = new Graph('doubling');
  const x = graph.input('x', 'float32', [2]);
  const bound = graph.input('bound', 'float32', []);
  const { carried, collected } = loop(
    graph,
    graph.input('count', 'int64', []),
    [x],
    (_round, [now]) => {
      // Made of what is outside: once, not in every round.
      const two = graph.outside(() => graph.cached('two', () => add(graph.scalar(1), 1)));
      const next = mul(now!, two);
      return { carried: [next], collected: [next], goOn: less(reduceMax(next, [0]), bound) };
    },
    [[2]],
    3,
  );
  graph.output('last', carried[0]!);
  graph.output('all', collected[0]!);
  return graph;
}

describe('a loop', () => {
  it.each([
    [3, 100, [8, 16], [2, 4, 4, 8, 8, 16]],
    [1, 100, [2, 4], [2, 4]],
    [9, 10, [8, 16], [2, 4, 4, 8, 8, 16]],
  ])('of at most %s rounds that goes on below %s', async (count, bound, last, all) => {
    const found = await evaluate(encodeGraph(doubling()), { x: Float32Array.of(1, 2), bound, count });
    expect(found).toEqual({ last, all });
  });

  it('computes outside what is outside', () => {
    const { nodes } = doubling();
    expect(nodes.map(({ op }) => op)).toEqual(['Add', 'Loop']);
  });

  it('keeps its own values to itself', () => {
    const graph = new Graph('leak');
    let inner: Tensor | undefined;
    loop(
      graph,
      graph.input('count', 'int64', []),
      [graph.input('x', 'float32', [1])],
      (_round, [x]) => {
        inner = add(x!, 1);
        return { carried: [inner], collected: [], goOn: less(reduceMax(inner, [0]), 5) };
      },
      [[1]],
      1,
    );
    expect(() => add(inner!, 1)).toThrow(GraphError);
  });
});

describe('fused norms', () => {
  it('are the plain ones', async () => {
    const graph = new Graph('norms');
    const [x, y] = ['x', 'y'].map((name) => graph.input(name, 'float32', [3, 8]));
    const weight = graph.input('w', 'float32', [8]);
    const both = addAndNorm(x!, y!, weight, 1e-5);
    graph.output('fused', fusedRmsNorm(x!, weight, 1e-5));
    graph.output('plain', rmsNorm(x!, weight, 1e-5));
    graph.output('sum', both.sum);
    graph.output('fusedSum', both.normed);
    graph.output('plainSum', rmsNorm(add(x!, y!), weight, 1e-5));
    const [a, b] = [distinctValues('a', 24), distinctValues('b', 24)];
    const found = await evaluate(encodeGraph(graph), { x: a, y: b, w: distinctValues('w', 8) });
    const close = (one: number[], other: number[]) =>
      one.forEach((value, i) => expect(value).toBeCloseTo(other[i]!, 5));
    close(found['fused']!, found['plain']!);
    close(found['fusedSum']!, found['plainSum']!);
    close(
      found['sum']!,
      Array.from(a, (value, i) => value + b[i]!),
    );
  });
});

describe('grouped attention of a new token', () => {
  const [rows, heads, keyValueHeads, headDim, past] = [2, 4, 2, 16, 4];
  const half = headDim / 2;
  const width = (heads + 2 * keyValueHeads) * headDim;
  const angles = Array.from(
    { length: 8 * half },
    (_, i) => Math.floor(i / half) * 100 ** (-(i % half) / half),
  );
  const qkv = distinctValues('qkv', rows * width);
  const [key, value] = ['key', 'value'].map((name) =>
    distinctValues(name, rows * keyValueHeads * past * headDim),
  );
  /** Of each row; the second one has one token only, and what follows it is not to be looked at. */
  const lengths = [3, 1];

  const turned = (x: readonly number[], place: number): number[] =>
    x.map((own, i) => {
      const angle = angles[place * half + (i % half)]!;
      const other = i < half ? -x[i + half]! : x[i - half]!;
      return own * Math.cos(angle) + other * Math.sin(angle);
    });

  /** By the definition, in double precision. */
  function wanted(row: number, head: number): number[] {
    const part = (at: number) =>
      Array.from(qkv.subarray(row * width + at * headDim, row * width + (at + 1) * headDim));
    const own = Math.floor(head / (heads / keyValueHeads));
    const from = (cache: Float32Array, place: number) => {
      const at = ((row * keyValueHeads + own) * past + place) * headDim;
      return Array.from(cache.subarray(at, at + headDim));
    };
    const length = lengths[row]!;
    const places = Array.from({ length }, (_, place) => place);
    const query = turned(part(head), length);
    const keys = [...places.map((place) => from(key!, place)), turned(part(heads + own), length)];
    const values = [...places.map((place) => from(value!, place)), part(heads + keyValueHeads + own)];
    const scores = keys.map((k) => k.reduce((sum, x, i) => sum + x * query[i]!, 0) / Math.sqrt(headDim));
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = weights.reduce((a, b) => a + b);
    return Array.from({ length: headDim }, (_, i) =>
      values.reduce((sum, v, place) => sum + (v[i]! * weights[place]!) / total, 0),
    );
  }

  it('is softmax over each row’s own tokens, rotated to its own place', async () => {
    const graph = new Graph('attention');
    const cache = (name: string) => graph.input(name, 'float32', [rows, keyValueHeads, past, headDim]);
    const table = (name: string) => graph.input(name, 'float32', [8, half]);
    const { mixed, key: nextKey } = groupedAttention(graph.input('qkv', 'float32', [rows, width]), {
      heads,
      keyValueHeads,
      headDim,
      pastKey: cache('key'),
      pastValue: cache('value'),
      lengths: graph.input('lengths', 'int32', [rows]),
      total: graph.input('total', 'int32', [1]),
      room: past,
      cos: table('cos'),
      sin: table('sin'),
    });
    graph.output('mixed', concat([mixed], 0));
    graph.output('next', nextKey);
    const found = await evaluate(encodeGraph(graph), {
      qkv,
      key: key!,
      value: value!,
      lengths: Int32Array.from(lengths),
      total: Int32Array.of(4),
      cos: Float32Array.from(angles, Math.cos),
      sin: Float32Array.from(angles, Math.sin),
    });
    for (let row = 0; row < rows; row++)
      for (let head = 0; head < heads; head++)
        wanted(row, head).forEach((x, i) =>
          expect(found['mixed']![(row * heads + head) * headDim + i]).toBeCloseTo(x, 5),
        );
    // The new key stands behind the row's own tokens.
    const at = (keyValueHeads * past + 1) * headDim;
    const own = turned(Array.from(qkv.subarray(width + heads * headDim, width + (heads + 1) * headDim)), 1);
    own.forEach((x, i) => expect(found['next']![at + i]).toBeCloseTo(x, 5));
  });
});
