/**
 * Operators that move elements without changing them: transpose, concat, slice,
 * split, pad. What stretches is in broadcast.ts.
 */
import { int, ints, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';
import { sameDims } from '../types.ts';
import { expand, reshape } from './broadcast.ts';

/** out.dims[i] = x.dims[perm[i]] */
export function transpose(x: Tensor, perm: readonly number[]): Tensor {
  if (
    !sameDims(
      [...perm].sort((a, b) => a - b),
      x.dims.map((_, axis) => axis),
    )
  ) {
    throw new GraphError(`transpose of [${x.dims}] by [${perm}]`);
  }
  const out = x.graph.node(
    'Transpose',
    [x],
    perm.map((axis) => x.dim(axis)),
    { attributes: { perm: ints(perm) } },
  );
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  x.graph.record([x], [out], ([gradient]) => [transpose(gradient!, inverse)]);
  return out;
}

/** Swaps the last two axes. */
export function swapLast(x: Tensor): Tensor {
  const perm = x.dims.map((_, axis) => axis);
  perm.splice(-2, 2, x.rank - 1, x.rank - 2);
  return transpose(x, perm);
}

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const at = axis < 0 ? axis + first.rank : axis;
  if (
    parts.some(
      (part) => part.rank !== first.rank || part.dims.some((size, i) => i !== at && size !== first.dims[i]),
    )
  ) {
    throw new GraphError(`concat of ${parts.map((part) => `[${part.dims}]`).join(', ')} along axis ${at}`);
  }
  const sizes = parts.map((part) => part.dim(at));
  const dims = first.dims.map((size, i) => (i === at ? sizes.reduce((a, b) => a + b) : size));
  const out = first.graph.node('Concat', parts, dims, { attributes: { axis: int(at) } });
  first.graph.record(parts, [out], ([gradient]) => split(gradient!, sizes, at));
  return out;
}

/** Cuts `axis` into pieces of the given sizes. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const at = axis < 0 ? axis + x.rank : axis;
  if (sizes.some((size) => size < 1) || sizes.reduce((a, b) => a + b, 0) !== x.dim(at)) {
    throw new GraphError(`split of axis ${at} of [${x.dims}] into [${sizes}]`);
  }
  if (sizes.length === 1) return [x];
  const pieces = sizes.map((size) => x.dims.map((dim, i) => (i === at ? size : dim)));
  const outs = x.graph.nodeMany('Split', [x, x.graph.axes(sizes)], pieces, { attributes: { axis: int(at) } });
  x.graph.record([x], outs, (gradientsOut) => [
    concat(
      gradientsOut.map((gradient, i) => gradient ?? zeros(outs[i]!)),
      at,
    ),
  ]);
  return outs;
}

/** x[..., start:end, ...] along one axis, step 1. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (start < 0 || end > x.dim(at) || start >= end) {
    throw new GraphError(`slice ${start}:${end} of axis ${at} of [${x.dims}]`);
  }
  const { graph } = x;
  const dims = x.dims.map((size, i) => (i === at ? end - start : size));
  const out = graph.node('Slice', [x, graph.axes([start]), graph.axes([end]), graph.axes([at])], dims);
  graph.record([x], [out], ([gradient]) => [pad(gradient!, at, start, x.dim(at) - end)]);
  return out;
}

/** Zeros before and after along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before < 0 || after < 0) throw new GraphError(`pad of [${x.dims}] by ${before} and ${after}`);
  if (before === 0 && after === 0) return x;
  const at = axis < 0 ? axis + x.rank : axis;
  const amounts = [
    ...x.dims.map((_, i) => (i === at ? before : 0)),
    ...x.dims.map((_, i) => (i === at ? after : 0)),
  ];
  const dims = x.dims.map((size, i) => (i === at ? size + before + after : size));
  const out = x.graph.node('Pad', [x, x.graph.axes(amounts)], dims);
  x.graph.record([x], [out], ([gradient]) => [slice(gradient!, at, before, before + x.dim(at))]);
  return out;
}

function zeros(like: Tensor): Tensor {
  return expand(
    reshape(
      like.graph.scalar(0),
      like.dims.map(() => 1),
    ),
    like.dims,
  );
}
