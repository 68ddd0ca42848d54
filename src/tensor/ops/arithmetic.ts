/**
 * Elementwise arithmetic with NumPy broadcasting, each operator with its gradient. Comparisons and
 * selections, which have none or route it, are in compare.ts.
 */
import type { Graph, Tensor } from '../graph.ts';
import { broadcastDims } from '../types.ts';
import { sumTo } from './broadcast.ts';

export type Operand = Tensor | number;

/** A number becomes a scalar constant of the graph. */
export function lift(graph: Graph, operand: Operand): Tensor {
  return typeof operand === 'number' ? graph.scalar(operand) : operand;
}

function binary(
  op: string,
  left: Operand,
  right: Operand,
  pull: (gradient: Tensor, a: Tensor, b: Tensor, out: Tensor) => [() => Tensor, () => Tensor],
): Tensor {
  const graph = (typeof left === 'number' ? (right as Tensor) : left).graph;
  const a = lift(graph, left);
  const b = lift(graph, right);
  const out = graph.node(op, [a, b], broadcastDims(a.dims, b.dims));
  graph.record([a, b], [out], ([gradient]) => {
    const [forA, forB] = pull(gradient!, a, b, out);
    return [
      a.needsGradient ? sumTo(forA(), a.dims) : undefined,
      b.needsGradient ? sumTo(forB(), b.dims) : undefined,
    ];
  });
  return out;
}

export const add = (a: Operand, b: Operand): Tensor => binary('Add', a, b, (g) => [() => g, () => g]);

export const sub = (a: Operand, b: Operand): Tensor => binary('Sub', a, b, (g) => [() => g, () => neg(g)]);

export const mul = (a: Operand, b: Operand): Tensor =>
  binary('Mul', a, b, (g, x, y) => [() => mul(g, y), () => mul(g, x)]);

export const div = (a: Operand, b: Operand): Tensor =>
  binary('Div', a, b, (g, _x, y, out) => [() => div(g, y), () => neg(div(mul(g, out), y))]);

function unary(op: string, x: Tensor, pull: (gradient: Tensor, x: Tensor, out: Tensor) => Tensor): Tensor {
  const out = x.graph.node(op, [x], x.dims);
  x.graph.record([x], [out], ([gradient]) => [pull(gradient!, x, out)]);
  return out;
}

export const neg = (x: Tensor): Tensor => unary('Neg', x, (g) => neg(g));
export const exp = (x: Tensor): Tensor => unary('Exp', x, (g, _x, y) => mul(g, y));
export const log = (x: Tensor): Tensor => unary('Log', x, (g, v) => div(g, v));
export const sqrt = (x: Tensor): Tensor => unary('Sqrt', x, (g, _x, y) => div(mul(g, 0.5), y));
export const reciprocal = (x: Tensor): Tensor => unary('Reciprocal', x, (g, _x, y) => neg(mul(g, mul(y, y))));
export const sigmoid = (x: Tensor): Tensor => unary('Sigmoid', x, (g, _x, y) => mul(g, mul(y, sub(1, y))));
export const tanh = (x: Tensor): Tensor => unary('Tanh', x, (g, _x, y) => mul(g, sub(1, mul(y, y))));

/** x * sigmoid(x), the gate of SwiGLU (Shazeer 2020). */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));
