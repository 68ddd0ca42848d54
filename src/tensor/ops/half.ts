/**
 * Products in 16 bits: operands are rounded to half precision, multiplied in it, and the
 * result is float32 again. Only the forward pass is rounded. The gradient is that of the
 * unrounded product, in float32: most entries of a policy gradient, a token's share of a
 * batch times a probability, are smaller than the smallest half (6e-8), and would vanish.
 *
 * A device with 16-bit arithmetic adds up in it, too. onnxruntime's CPU provider does
 * not: it takes a half product of float32 operands as one of float32, and rounds in
 * MatMulNBits and in what crosses a session's border alone.
 */
import type { Tensor } from '../graph.ts';
import { cast, half } from './compare.ts';
import { gemm, matmul, pullbackMatmul } from './matmul.ts';

/**
 * a [..., m, k] times b [..., k, n] of more than two axes, float32 or float16;
 * float32 where a gradient is wanted.
 */
export const matmulHalf = (a: Tensor, b: Tensor): Tensor =>
  a.graph.fused(
    [a, b],
    () => cast(matmul(half(a), half(b)), 'float32'),
    (gradient) => pullbackMatmul(gradient, a, b),
  );

/** x [n, in] times the transpose of a frozen weight [out, in], both float32. */
export const linearHalf = (x: Tensor, weight: Tensor): Tensor =>
  x.graph.fused(
    [x],
    () => cast(gemm(half(x), half(weight), false, true), 'float32'),
    (gradient) => [gemm(gradient, weight)],
  );
