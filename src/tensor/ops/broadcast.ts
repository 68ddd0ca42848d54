/**
 * Stretching and summing: reshape, expand, sums over axes. They stand in one file because
 * each is the gradient of another: what broadcasting stretches, its gradient sums, and
 * what a sum takes together, its gradient stretches. Other reductions are in reduce.ts.
 */
import { int, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';
import { broadcastDims, sameDims, sizeOf } from '../types.ts';

export function reshape(x: Tensor, dims: readonly number[]): Tensor {
  if (sameDims(x.dims, dims)) return x;
  if (sizeOf(x.dims) !== sizeOf(dims)) throw new GraphError(`cannot reshape [${x.dims}] to [${dims}]`);
  const out = x.graph.node('Reshape', [x, x.graph.axes(dims)], dims);
  x.graph.record([x], [out], ([gradient]) => [reshape(gradient!, x.dims)]);
  return out;
}

/** Broadcasts to `dims`. */
export function expand(x: Tensor, dims: readonly number[]): Tensor {
  if (sameDims(x.dims, dims)) return x;
  if (!sameDims(broadcastDims(x.dims, dims), dims))
    throw new GraphError(`cannot expand [${x.dims}] to [${dims}]`);
  const out = x.graph.node('Expand', [x, x.graph.axes(dims)], dims);
  x.graph.record([x], [out], ([gradient]) => [sumTo(gradient!, x.dims)]);
  return out;
}

/** Axes counted from the front. */
export function normalised(x: Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
}

/** A reduction over axes, without a gradient. @throws GraphError for axes that x does not have */
export function reduce(op: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const over = normalised(x, axes);
  if (over.some((axis) => axis < 0 || axis >= x.rank) || new Set(over).size < over.length) {
    throw new GraphError(`${op} of [${x.dims}] over axes [${axes}]`);
  }
  const dims = x.dims.flatMap((size, axis) => (over.includes(axis) ? (keep ? [1] : []) : [size]));
  return x.graph.node(op, [x, x.graph.axes(over)], dims, { attributes: { keepdims: int(keep ? 1 : 0) } });
}

/** Shape of a reduction's result with the reduced axes kept as 1. */
export function keptDims(x: Tensor, axes: readonly number[]): number[] {
  const over = normalised(x, axes);
  return x.dims.map((size, axis) => (over.includes(axis) ? 1 : size));
}

export function reduceSum(x: Tensor, axes: readonly number[], keep = false): Tensor {
  // ONNX reads an empty list of axes as all of them.
  if (axes.length === 0) return x;
  const out = reduce('ReduceSum', x, axes, keep);
  x.graph.record([x], [out], ([gradient]) => [expand(reshape(gradient!, keptDims(x, axes)), x.dims)]);
  return out;
}

/** Sum of all elements, a scalar. */
export const sumAll = (x: Tensor): Tensor =>
  reduceSum(
    x,
    x.dims.map((_, axis) => axis),
  );

/** Sums a gradient over the axes that broadcasting stretched, back to `dims`. */
export function sumTo(gradient: Tensor, dims: readonly number[]): Tensor {
  if (sameDims(gradient.dims, dims)) return gradient;
  const offset = gradient.rank - dims.length;
  const stretched = gradient.dims.flatMap((size, axis) =>
    axis < offset || (dims[axis - offset] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(stretched.length > 0 ? reduceSum(gradient, stretched) : gradient, dims);
}
