/**
 * Matrix products with gradients: batched, two-dimensional with transposed operands, and against
 * block-quantised weights, whose gradient reaches the activations only (base weights are frozen).
 */
import { float, int, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';
import { broadcastDims, type TypedData } from '../types.ts';
import { add } from './arithmetic.ts';
import { cast, half } from './compare.ts';
import { swapLast } from './layout.ts';
import { reduceSum, reshape, sumTo } from './broadcast.ts';

/** a [..., m, k] times b [..., k, n]; leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 2 && b.rank === 2) return gemm(a, b);
  if (a.dim(-1) !== b.dim(-2)) throw new GraphError(`matmul of [${a.dims}] and [${b.dims}]`);
  const dims = [...broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2)), a.dim(-2), b.dim(-1)];
  const out = a.graph.node('MatMul', [a, b], dims);
  a.graph.record([a, b], [out], ([gradient]) => pullbackMatmul(gradient!, a, b));
  return out;
}

/** The gradients of a product of more than two axes. */
export const pullbackMatmul = (gradient: Tensor, a: Tensor, b: Tensor): (Tensor | undefined)[] => [
  a.needsGradient ? sumTo(matmul(gradient, swapLast(b)), a.dims) : undefined,
  b.needsGradient ? sumTo(matmul(swapLast(a), gradient), b.dims) : undefined,
];

/**
 * Two-dimensional product, times `factor`, with either operand read transposed, so
 * that gradients need no copies.
 */
export function gemm(a: Tensor, b: Tensor, transposeA = false, transposeB = false, factor = 1): Tensor {
  const [m, k] = transposeA ? [a.dim(1), a.dim(0)] : [a.dim(0), a.dim(1)];
  const [k2, n] = transposeB ? [b.dim(1), b.dim(0)] : [b.dim(0), b.dim(1)];
  if (a.rank !== 2 || b.rank !== 2 || k !== k2) throw new GraphError(`gemm of [${a.dims}] and [${b.dims}]`);
  const plain = !transposeA && !transposeB && factor === 1;
  const out = plain
    ? a.graph.node('MatMul', [a, b], [m, n])
    : a.graph.node('Gemm', [a, b], [m, n], {
        attributes: {
          transA: int(transposeA ? 1 : 0),
          transB: int(transposeB ? 1 : 0),
          ...(factor !== 1 && { alpha: float(factor) }),
        },
      });
  a.graph.record([a, b], [out], ([g]) => [
    !a.needsGradient
      ? undefined
      : transposeA
        ? gemm(b, g!, transposeB, true, factor)
        : gemm(g!, b, false, !transposeB, factor),
    !b.needsGradient
      ? undefined
      : transposeB
        ? gemm(g!, a, true, transposeA, factor)
        : gemm(a, g!, !transposeA, false, factor),
  ]);
  return out;
}

/** c [m, n] + factor * a [m, k] times the transpose of b [n, k]: one operator for what an adapter adds. */
export function addProduct(c: Tensor, a: Tensor, b: Tensor, factor: number): Tensor {
  const [m, n] = [a.dim(0), b.dim(0)];
  if (a.rank !== 2 || b.rank !== 2 || a.dim(1) !== b.dim(1) || c.dim(0) !== m || c.dim(1) !== n)
    throw new GraphError(`product of [${a.dims}] and [${b.dims}] onto [${c.dims}]`);
  const attributes = { alpha: float(factor), transB: int(1) };
  const out = a.graph.node('Gemm', [a, b, c], [m, n], { attributes });
  a.graph.record([c, a, b], [out], ([gradient]) => [
    c.needsGradient ? gradient : undefined,
    a.needsGradient ? gemm(gradient!, b, false, false, factor) : undefined,
    b.needsGradient ? gemm(gradient!, a, true, false, factor) : undefined,
  ]);
  return out;
}

/**
 * Weights in blocks along the input axis: w[o, i] = (q[o, i] - 2^(bits-1)) * scale[o,
 * i / block] + offset[o, i / block]. `quants` holds [out, in] values, rows one after
 * another, uint4 packed low nibble first when bits is 4.
 */
export interface BlockQuantised {
  readonly bits: 4 | 8;
  readonly block: number;
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly quants: Uint8Array;
  /** [out, in / block] */
  readonly scales: Float32Array;
  /** [out, in / block]; absent where the blocks are symmetric around the middle code. */
  readonly offsets?: Float32Array;
}

/**
 * x [n, in] times the transpose of a block-quantised weight [out, in] -> [n, out].
 * Forward is onnxruntime's MatMulNBits, the gradient dequantises (DequantizeLinear)
 * and multiplies; both read the same bytes. @param inHalf as half.ts says
 */
export function matmulQuantised(x: Tensor, weight: BlockQuantised, name: string, inHalf = false): Tensor {
  const { bits, block, outFeatures, inFeatures } = weight;
  if (x.rank !== 2 || x.dim(1) !== inFeatures || inFeatures % block !== 0) {
    throw new GraphError(
      `matmulQuantised of [${x.dims}] and [${outFeatures}, ${inFeatures}] in blocks of ${block}`,
    );
  }
  const { graph } = x;
  const blocks = inFeatures / block;
  // An unrolled graph uses one weight many times; it holds it once.
  const packed = graph.cached(`${name}.quants`, () =>
    graph.constant('uint8', [outFeatures, blocks, (block * bits) / 8], weight.quants, `${name}.quants`),
  );
  const scales = graph.cached(`${name}.scales`, () =>
    graph.constant('float32', [outFeatures, blocks], weight.scales, `${name}.scales`),
  );
  const product = (input: Tensor, factors: Tensor): Tensor =>
    graph.node('MatMulNBits', [input, packed, factors], [x.dim(0), outFeatures], {
      domain: 'com.microsoft',
      attributes: { K: int(inFeatures), N: int(outFeatures), bits: int(bits), block_size: int(block) },
    });
  const out = graph.fused(
    [x],
    () => (inHalf ? cast(product(half(x), half(scales)), 'float32') : product(x, scales)),
    (gradient) => [gemm(gradient, dequantise(graph, weight, name, scales))],
  );
  return weight.offsets ? add(out, offsetPart(x, weight, weight.offsets, name)) : out;
}

/**
 * What the blocks' offsets add: the sum of the inputs of each block times the block's
 * offset, a product 1/block the size. MatMulNBits takes whole zero points alone, an
 * offset is any number, and this runs on every device.
 */
function offsetPart(
  x: Tensor,
  { block, outFeatures, inFeatures }: BlockQuantised,
  offsets: Float32Array,
  name: string,
): Tensor {
  const { graph } = x;
  const blocks = inFeatures / block;
  const sums = graph.cached(`${x.name} by ${block}`, () =>
    reduceSum(reshape(x, [x.dim(0), blocks, block]), [-1]),
  );
  const held = graph.cached(`${name}.offsets`, () =>
    graph.constant('float32', [outFeatures, blocks], offsets, `${name}.offsets`),
  );
  return gemm(sums, held, false, true);
}

/** The gradient of `matmulQuantised` back to x: g [n, out] times the weight, dequantised -> [n, in]. */
export function pullbackQuantised(gradient: Tensor, weight: BlockQuantised, name: string): Tensor {
  const { graph } = gradient;
  const { block, outFeatures, inFeatures, offsets } = weight;
  const blocks = inFeatures / block;
  const held = (kind: 'scales' | 'offsets', data: Float32Array) =>
    graph.cached(`${name}.${kind}`, () =>
      graph.constant('float32', [outFeatures, blocks], data, `${name}.${kind}`),
    );
  const plain = gemm(gradient, dequantise(graph, weight, name, held('scales', weight.scales)));
  if (!offsets) return plain;
  const perBlock = reshape(gemm(gradient, held('offsets', offsets)), [gradient.dim(0), blocks, 1]);
  return reshape(add(reshape(plain, [gradient.dim(0), blocks, block]), perBlock), plain.dims);
}

function dequantise(graph: Tensor['graph'], weight: BlockQuantised, name: string, scales: Tensor): Tensor {
  const { bits, block, outFeatures, inFeatures } = weight;
  const dims = [outFeatures, inFeatures];
  const dtype = bits === 4 ? 'uint4' : 'uint8';
  const quants = graph.cached(`${name}.backward`, () =>
    graph.constant(dtype, dims, weight.quants as TypedData, `${name}.backward`),
  );
  const zeroDims = [outFeatures, inFeatures / block];
  const zeroPoint = graph.cached(`zero${bits},${zeroDims}`, () => {
    const bytes = bits === 4 ? Math.ceil((zeroDims[0]! * zeroDims[1]!) / 2) : zeroDims[0]! * zeroDims[1]!;
    return graph.constant(dtype, zeroDims, new Uint8Array(bytes).fill(bits === 4 ? 0x88 : 0x80));
  });
  return graph.node('DequantizeLinear', [quants, scales, zeroPoint], dims, {
    dtype: 'float32',
    attributes: { axis: int(1), block_size: int(block) },
  });
}
