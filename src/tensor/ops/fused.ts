/**
 * Operators of onnxruntime that do the work of many, for graphs without a gradient: a
 * decoded token is bound by the number of its operators. Their arithmetic is that of
 * the plain ones (normal.ts, and the decoder of src/policy), which gradients need.
 */
import { float, int, type Tensor } from '../graph.ts';
import { GraphError } from '../errors.ts';

const MICROSOFT = 'com.microsoft';

/** x / sqrt(mean(x^2) + eps) * weight over the last axis of x [n, width]. */
export const fusedRmsNorm = (x: Tensor, weight: Tensor, eps: number): Tensor =>
  x.graph.node('SimplifiedLayerNormalization', [x, weight], x.dims, {
    attributes: { axis: int(-1), epsilon: float(eps), stash_type: int(1) },
  });

/** x + y, and its RMS norm. */
export function addAndNorm(
  x: Tensor,
  y: Tensor,
  weight: Tensor,
  eps: number,
): { readonly sum: Tensor; readonly normed: Tensor } {
  const [normed, mean, deviation, sum] = x.graph.nodeMany(
    'SkipSimplifiedLayerNormalization',
    [x, y, weight],
    [x.dims, x.dims, x.dims, x.dims],
    { domain: MICROSOFT, attributes: { epsilon: float(eps) } },
  );
  mean!.name = deviation!.name = '';
  return { sum: sum!, normed: normed! };
}

export interface GroupedAttention {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** [rows, keyValueHeads, past, headDim]: what is in front counts, as many places as `lengths` says. */
  readonly pastKey: Tensor;
  readonly pastValue: Tensor;
  /** int32 [rows], of each row the tokens before this one. */
  readonly lengths: Tensor;
  /** int32 [1], the longest of the rows, this token included; on the CPU. */
  readonly total: Tensor;
  /** Tokens that the caches which come out have room for. */
  readonly room: number;
  /** [positions, headDim / 2]: to rotate queries and keys by. Absent: they are rotated. */
  readonly cos?: Tensor;
  readonly sin?: Tensor;
  /** What scores are multiplied by; absent: 1 / sqrt(headDim). */
  readonly scale?: number;
}

/**
 * Heads that the operator can rotate by itself. It takes others, too, as long as they
 * are of a multiple of 8 values.
 */
export const canRotate = (headDim: number): boolean => headDim % 16 === 0;

/**
 * Attention of one new token per row over its cache, itself included: qkv [rows, (heads + 2
 * keyValueHeads) * headDim] to [rows, heads * headDim] and the caches with the token in them.
 */
export function groupedAttention(
  qkv: Tensor,
  options: GroupedAttention,
): { readonly mixed: Tensor; readonly key: Tensor; readonly value: Tensor } {
  const { heads, keyValueHeads, headDim, pastKey, pastValue, lengths, total, room, cos, sin } = options;
  if (headDim % (cos ? 16 : 8) !== 0) throw new GraphError(`heads of ${headDim} values`);
  const { graph } = qkv;
  const rows = qkv.dim(0);
  const held = [rows, keyValueHeads, room, headDim];
  const token = graph.node('Unsqueeze', [qkv, graph.axes([1])], [rows, 1, qkv.dim(1)]);
  const [mixed, key, value] = graph.nodeMany(
    'GroupQueryAttention',
    [
      token,
      graph.absent,
      graph.absent,
      pastKey,
      pastValue,
      lengths,
      total,
      ...(cos && sin ? [cos, sin] : []),
    ],
    [[rows, 1, heads * headDim], held, held],
    {
      domain: MICROSOFT,
      attributes: {
        num_heads: int(heads),
        kv_num_heads: int(keyValueHeads),
        do_rotary: int(cos ? 1 : 0),
        scale: float(options.scale ?? 1 / Math.sqrt(headDim)),
      },
    },
  );
  const flat = graph.node('Squeeze', [mixed!, graph.axes([1])], [rows, heads * headDim]);
  return { mixed: flat, key: key!, value: value! };
}
