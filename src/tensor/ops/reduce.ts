/**
 * Mean, maximum and log-sum-exp over axes, with gradients; the sum is in
 * broadcast.ts. Axes may be negative; `keep` keeps them with size 1.
 */
import type { Tensor } from '../graph.ts';
import { sizeOf } from '../types.ts';
import { add, exp, mul, sub } from './arithmetic.ts';
import { equal, mask } from './compare.ts';
import { expand, keptDims, normalised, reduce, reshape } from './broadcast.ts';

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

/** Minimum. No gradient. */
export const reduceMin = (x: Tensor, axes: readonly number[]): Tensor => reduce('ReduceMin', x, axes, false);

/** log(sum(exp(x))) over the last axis, kept as size 1. Its gradient is the softmax. */
export function logSumExp(x: Tensor): Tensor {
  const kernel = (of: Tensor): Tensor => reduce('ReduceLogSumExp', of, [-1], true);
  const fromTop = (): Tensor => {
    const top = reduceMax(x, [-1], true);
    return add(top, kernel(sub(x, top)));
  };
  // onnxruntime's kernel for WebGPU sums exp(x) as it is, which is infinite above
  // 88.7; those for a CPU subtract the maximum themselves.
  const build = x.graph.device === 'webgpu' ? fromTop : () => kernel(x);
  const out = x.graph.fused([x], build, (gradient) => [mul(exp(sub(x, out)), gradient)]);
  return out;
}
