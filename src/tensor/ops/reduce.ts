/**
 * Reductions over axes, with gradients. Axes may be negative; `keep` keeps them with size 1.
 */
import { GraphError } from '../errors.ts';
import { int, type Tensor } from '../graph.ts';
import { sizeOf } from '../types.ts';
import { add, exp, mul, sub } from './arithmetic.ts';
import { equal, mask } from './compare.ts';
import { expand, reshape } from './layout.ts';

function normalised(x: Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
}

function reduce(op: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const over = normalised(x, axes);
  if (over.some((axis) => axis < 0 || axis >= x.rank) || new Set(over).size < over.length) {
    throw new GraphError(`${op} of [${x.dims}] over axes [${axes}]`);
  }
  const dims = x.dims.flatMap((size, axis) => (over.includes(axis) ? (keep ? [1] : []) : [size]));
  return x.graph.node(op, [x, x.graph.axes(over)], dims, { attributes: { keepdims: int(keep ? 1 : 0) } });
}

/** Shape of a reduction's result with the reduced axes kept as 1. */
function keptDims(x: Tensor, axes: readonly number[]): number[] {
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

export function reduceMean(x: Tensor, axes: readonly number[], keep = false): Tensor {
  if (axes.length === 0) return x;
  const out = reduce('ReduceMean', x, axes, keep);
  const count = sizeOf(normalised(x, axes).map((axis) => x.dims[axis]!));
  x.graph.record([x], [out], ([gradient]) => [
    mul(expand(reshape(gradient!, keptDims(x, axes)), x.dims), 1 / count),
  ]);
  return out;
}

/** Maximum; tied elements each receive the whole gradient, a subgradient only where there is no tie. */
export function reduceMax(x: Tensor, axes: readonly number[], keep = false): Tensor {
  if (axes.length === 0) return x;
  const out = reduce('ReduceMax', x, axes, keep);
  x.graph.record([x], [out], ([gradient]) => {
    const kept = keptDims(x, axes);
    return [mul(mask(equal(x, reshape(out, kept))), reshape(gradient!, kept))];
  });
  return out;
}

/** log(sum(exp(x))) over the last axis, kept as size 1. Its gradient is the softmax. */
export function logSumExp(x: Tensor): Tensor {
  const kernel = (of: Tensor): Tensor => reduce('ReduceLogSumExp', of, [-1], true);
  const fromTop = (): Tensor => {
    const top = reduceMax(x, [-1], true);
    return add(top, kernel(sub(x, top)));
  };
  // onnxruntime's kernel for WebGPU sums exp(x) as it is, which is infinite above 88.7; those for a CPU subtract the maximum themselves.
  const build = x.graph.device === 'webgpu' ? fromTop : () => kernel(x);
  const out = x.graph.fused([x], build, (gradient) => [mul(exp(sub(x, out)), gradient)]);
  return out;
}
