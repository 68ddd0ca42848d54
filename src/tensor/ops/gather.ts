/**
 * Looking values up by index: embedding rows, one element per row, cumulative sums for
 * sampling. Written with comparisons instead of OneHot and scatter, which have no
 * WebGPU kernels in onnxruntime 1.30. Indices are int32 or float32 for the same reason:
 * Cast, Reshape and Concat of int64 fall back to the CPU there, a round trip per token.
 */
import { int, type Graph, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';
import { sizeOf } from '../types.ts';
import { add, mul } from './arithmetic.ts';
import { reduceSum, reshape } from './broadcast.ts';
import { cast, equal, mask, where } from './compare.ts';
import { pad, slice } from './layout.ts';
import { gemm, type BlockQuantised } from './matmul.ts';
import { reduceMax, reduceMin } from './reduce.ts';

/** Rows of `table` [rows, ...] at `indices` (int32 or int64, any shape) -> [...indices, ...row]. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  const dims = [...indices.dims, ...table.dims.slice(1)];
  const out = table.graph.node('Gather', [table, indices], dims, { attributes: { axis: int(0) } });
  table.graph.record([table], [out], ([gradient]) => {
    if (table.rank !== 2) throw new GraphError('the gradient of gather is written for tables of rows');
    // A matrix product with the one-hot rows sums what falls on the same row, without atomics.
    const count = sizeOf(indices.dims);
    const hot = oneHot(reshape(indices, [count]), table.dim(0));
    return [gemm(hot, reshape(gradient!, [count, table.dim(1)]), true, false)];
  });
  return out;
}

/**
 * Rows of x [n, width] in another order: row i of the result is row `there`[i], each row once at most. `back`
 * says where rows went, so that the gradient is a look-up too, and no sum. @param real [rows, 1], 0 where a
 * row of x stands for none and what it gets back is to count for nothing; absent: that is nothing already
 */
export function moved(x: Tensor, there: Tensor, back: Tensor, real?: Tensor): Tensor {
  return x.graph.fused(
    [x],
    () => gather(x, there),
    (gradient) => {
      const rows = gather(gradient, back);
      return [real ? mul(rows, real) : rows];
    },
  );
}

/**
 * Entries of x [n, ...] at `indices` int32 [m], any of them several times; the gradient sums what fell on the
 * same. @param hot of the indices, [m, n] (oneHot)
 */
export function repeated(x: Tensor, indices: Tensor, hot: Tensor): Tensor {
  const size = sizeOf(x.dims.slice(1));
  return x.graph.fused(
    [x],
    () => gather(x, indices),
    (gradient) => [reshape(gemm(hot, reshape(gradient, [indices.dim(0), size]), true, false), x.dims)],
  );
}

/**
 * Rows of a block-quantised table [out, in] at `indices` (int32 [n]) -> float32 [n,
 * in]; only the rows asked for are dequantised. No gradient: such a table is frozen.
 */
export function gatherQuantised(indices: Tensor, table: BlockQuantised, name: string): Tensor {
  const { graph } = indices;
  const { bits, block, outFeatures, inFeatures, quants, scales, offsets } = table;
  const blocks = inFeatures / block;
  const held = graph.cached(name, () =>
    graph.constant('uint8', [outFeatures, (inFeatures * bits) / 8], quants, name),
  );
  const heldScales = graph.cached(`${name}.scales`, () =>
    graph.constant('float32', [outFeatures, blocks], scales, `${name}.scales`),
  );
  const rows = graph.node('GatherBlockQuantized', [held, indices, heldScales], [indices.dim(0), inFeatures], {
    dtype: 'float32',
    domain: 'com.microsoft',
    attributes: { bits: int(bits), block_size: int(block), gather_axis: int(0), quantize_axis: int(1) },
  });
  if (!offsets) return rows;
  const heldOffsets = graph.cached(`${name}.offsets`, () =>
    graph.constant('float32', [outFeatures, blocks], offsets, `${name}.offsets`),
  );
  const perBlock = reshape(gather(heldOffsets, indices), [indices.dim(0), blocks, 1]);
  return reshape(add(reshape(rows, [indices.dim(0), blocks, block]), perBlock), rows.dims);
}

/** indices [n] (whole numbers of any type) -> [n, size] of 0.0 and 1.0. No gradient. */
export function oneHot(indices: Tensor, size: number): Tensor {
  const { graph } = indices;
  const asFloat = indices.dtype === 'float32' ? indices : cast(indices, 'float32');
  // Compared as float32: exact up to 2^24, far above any vocabulary, and WebGPU has the kernel.
  return mask(equal(reshape(asFloat, [sizeOf(indices.dims), 1]), range(graph, size)));
}

/** x [n, size] and hot [n, size] -> [n], the element of each row that `hot` marks. */
export const pick = (x: Tensor, hot: Tensor): Tensor => reduceSum(mul(x, hot), [-1]);

/** Running sum along the last axis, each element with itself or (`exclusive`) without. No gradient. */
export function cumulativeSum(x: Tensor, exclusive = false): Tensor {
  const { graph } = x;
  const axis = graph.cached(`axis${x.rank - 1}`, () =>
    graph.constant('int64', [], BigInt64Array.of(BigInt(x.rank - 1))),
  );
  return graph.node('CumSum', [x, axis], x.dims, exclusive ? { attributes: { exclusive: int(1) } } : {});
}

/** Elements summed one after another by `cumulativeSumInBlocks`. */
const SUM_BLOCK = 256;

/**
 * Running sum along the last axis of x [n, size], in blocks: within each, and of what is before it. The
 * last element, repeated up to a whole block, is the sum of all. For long rows: onnxruntime's kernel
 * for WebGPU adds up each element from the beginning of the row, which is quadratic in its length, and
 * a sum of many small numbers one after another loses more of them to rounding. No gradient.
 */
export function cumulativeSumInBlocks(x: Tensor): Tensor {
  const [n, size] = [x.dim(0), x.dim(1)];
  const blocks = Math.ceil(size / SUM_BLOCK);
  const filled = pad(x, 1, 0, blocks * SUM_BLOCK - size);
  const within = cumulativeSum(reshape(filled, [n, blocks, SUM_BLOCK]));
  const sums = reshape(slice(within, 2, SUM_BLOCK - 1, SUM_BLOCK), [n, blocks]);
  const before = reshape(cumulativeSum(sums, true), [n, blocks, 1]);
  return reshape(add(within, before), [n, blocks * SUM_BLOCK]);
}

/**
 * Index of the largest element along the last axis of x [n, size] -> [n], float32; the
 * first at a tie. No gradient. Not ArgMax, whose int64 result WebGPU could not cast back.
 */
export const argMax = (x: Tensor): Tensor =>
  x.graph.withoutRecording(() => firstWhere(equal(x, reduceMax(x, [-1], true)), x.dim(-1)));

/**
 * Index of the first true element along the last axis of a condition [n, any] -> [n], float32; the last of
 * `size` elements where there is none, or none before it. No gradient.
 */
export function firstWhere(condition: Tensor, size: number): Tensor {
  const { graph } = condition;
  const width = condition.dim(-1);
  const order = graph.cached(`range${width} to ${size}`, () =>
    graph.constant(
      'float32',
      [1, width],
      Float32Array.from({ length: width }, (_, i) => Math.min(i, size - 1)),
    ),
  );
  return reduceMin(where(condition, order, size - 1), [-1]);
}

/** x [n, size] and indices int32 [n], each below size -> [n], an element of each row. No gradient. */
export function elementAt(x: Tensor, indices: Tensor): Tensor {
  const n = x.dim(0);
  const found = x.graph.node('GatherElements', [x, reshape(indices, [n, 1])], [n, 1], {
    attributes: { axis: int(1) },
  });
  return reshape(found, [n]);
}

/** 0, 1, ... as float32 [1, size]. */
function range(graph: Graph, size: number): Tensor {
  return graph.cached(`range${size}`, () =>
    graph.constant(
      'float32',
      [1, size],
      Float32Array.from({ length: size }, (_, i) => i),
    ),
  );
}
