/**
 * Normalisations of the last axis: softmax and RMS norm. Each has one fused gradient instead of the chain of
 * its parts.
 */
import { int, type Tensor } from '../graph.ts';
import { add, mul, reciprocal, sqrt, sub } from './arithmetic.ts';
import { reduceSum } from './broadcast.ts';
import { reduceMean } from './reduce.ts';

export function softmax(x: Tensor): Tensor {
  const out = x.graph.node('Softmax', [x], x.dims, { attributes: { axis: int(-1) } });
  x.graph.record([x], [out], ([gradient]) => {
    const weighted = mul(gradient!, out);
    return [sub(weighted, mul(out, reduceSum(weighted, [-1], true)))];
  });
  return out;
}

/**
 * (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias over the last axis (Ba et al. 2016), the variance
 * without correction. weight, bias [width].
 */
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor =>
  add(rmsNorm(sub(x, reduceMean(x, [-1], true)), weight, eps), bias);

/** x / sqrt(mean(x^2) + eps) * weight over the last axis (Zhang & Sennrich 2019). weight [width]. */
export function rmsNorm(x: Tensor, weight: Tensor, eps: number): Tensor {
  const { inverse, unit } = x.graph.withoutRecording(() => {
    const inverse = reciprocal(sqrt(add(reduceMean(mul(x, x), [-1], true), eps)));
    return { inverse, unit: mul(x, inverse) };
  });
  return x.graph.fused(
    [x, weight],
    () => mul(unit, weight),
    (gradient) => {
      const forUnit = mul(gradient, weight);
      const mean = reduceMean(mul(forUnit, unit), [-1], true);
      const leading = x.dims.slice(0, -1).map((_, axis) => axis);
      return [
        x.needsGradient ? mul(sub(forUnit, mul(unit, mean)), inverse) : undefined,
        weight.needsGradient ? reduceSum(mul(gradient, unit), leading) : undefined,
      ];
    },
  );
}
