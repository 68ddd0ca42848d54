/**
 * Comparisons, selections and casts. Comparisons have no gradient; selections route it to the side that was
 * taken. Booleans become numbers only through `mask`, because WebGPU has few operators on booleans and every
 * graph has to run there.
 */
import { int, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';
import { DATA_TYPE, broadcastDims, sameDims, type DType } from '../types.ts';
import { lift, mul, type Operand } from './arithmetic.ts';
import { sumTo } from './broadcast.ts';

/** Cast without gradient. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.graph.node('Cast', [x], x.dims, { dtype, attributes: { to: int(DATA_TYPE[dtype]) } });
}

/** x as float16; no gradient. One cast serves every product that x enters. */
export const half = (x: Tensor): Tensor =>
  x.dtype === 'float16' ? x : x.graph.cached(`${x.name}.half`, () => cast(x, 'float16'));

function compare(op: string, left: Tensor, right: Operand): Tensor {
  const b = lift(left.graph, right);
  return left.graph.node(op, [left, b], broadcastDims(left.dims, b.dims), { dtype: 'bool' });
}

export const equal = (a: Tensor, b: Operand): Tensor => compare('Equal', a, b);
export const less = (a: Tensor, b: Operand): Tensor => compare('Less', a, b);
export const greater = (a: Tensor, b: Operand): Tensor => compare('Greater', a, b);
export const lessOrEqual = (a: Tensor, b: Operand): Tensor => compare('LessOrEqual', a, b);
export const greaterOrEqual = (a: Tensor, b: Operand): Tensor => compare('GreaterOrEqual', a, b);

/** Boolean to 0.0 / 1.0. */
export const mask = (condition: Tensor): Tensor => cast(condition, 'float32');

/** condition ? a : b, elementwise; the gradient goes to the side that was taken. */
export function where(condition: Tensor, left: Operand, right: Operand): Tensor {
  const graph = condition.graph;
  const a = lift(graph, left);
  const b = lift(graph, right);
  const dims = broadcastDims(condition.dims, broadcastDims(a.dims, b.dims));
  const out = graph.node('Where', [condition, a, b], dims, { dtype: a.dtype });
  graph.record([a, b], [out], ([gradient]) => [
    a.needsGradient ? sumTo(where(condition, gradient!, 0), a.dims) : undefined,
    b.needsGradient ? sumTo(where(condition, 0, gradient!), b.dims) : undefined,
  ]);
  return out;
}

/** Elementwise maximum; at a tie the gradient goes to `a`. */
export const maximum = (a: Tensor, b: Operand): Tensor => where(greaterOrEqual(a, b), a, b);
/** Elementwise minimum; at a tie the gradient goes to `a`. */
export const minimum = (a: Tensor, b: Operand): Tensor => where(lessOrEqual(a, b), a, b);

/**
 * min(max(x, low), high); the gradient is 0 outside, 1 inside and on the bounds, which are constants to it.
 */
export function clamp(x: Tensor, low: Operand, high: Operand): Tensor {
  const graph = x.graph;
  const bounds = [lift(graph, low), lift(graph, high)] as const;
  for (const bound of bounds) {
    if (bound.needsGradient || !sameDims(broadcastDims(bound.dims, x.dims), x.dims)) {
      throw new GraphError(`clamp of [${x.dims}] by ${bound.name} [${bound.dims}]`);
    }
  }
  const out = graph.node('Min', [graph.node('Max', [x, bounds[0]], x.dims), bounds[1]], x.dims);
  graph.record([x], [out], ([gradient]) => [mul(gradient!, mask(equal(out, x)))]);
  return out;
}
