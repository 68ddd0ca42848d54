/**
 * What scoring and updating share: sequences as lora/spans.ts lays them out go through the decoder,
 * and out come hidden states of their own parts. Linear maps work on the flat list of tokens.
 * Attention works on two rectangles: prompts, which look at themselves, and own parts, which look
 * at their prompt and at themselves. In the last layer prompts are asked for keys and values alone.
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, mul, sub } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { less, mask } from '../../tensor/ops/compare.ts';
import { moved, oneHot, repeated } from '../../tensor/ops/gather.ts';
import { concat, slice, split } from '../../tensor/ops/layout.ts';
import {
  attendRows,
  causalMask,
  decoderLayers,
  finalNorm,
  splitHeads,
  type Heads,
} from '../model/decoder.ts';
import type { Attention, Model } from '../model/parts.ts';

/** Sizes, at least 1 each. */
export interface SpanShape {
  /** Tokens of own parts: a prompt's last token and a completion each. They are the first of the list. */
  readonly own: number;
  /** Tokens of prompts without their last one, after them. */
  readonly shared: number;
  /** The rectangle of own parts. */
  readonly spans: number;
  readonly spanLength: number;
  /** The rectangle of prompts. */
  readonly prompts: number;
  readonly promptLength: number;
}

/** A shape, and another of the same graph that differs in all its sizes. */
export const spanShapes = <S extends SpanShape>(shape: S): { readonly shape: S; readonly other: S } => ({
  shape,
  other: {
    ...shape,
    own: shape.own + 5,
    shared: shape.shared + 11,
    spans: shape.spans + 2,
    spanLength: shape.spanLength + 7,
    prompts: shape.prompts + 1,
    promptLength: shape.promptLength + 3,
  },
});

export interface SpanInputs extends SpanShape {
  /** int32 [own + shared] */
  readonly ids: Tensor;
  /** int32 [own], the token that follows; 0 where there is none. */
  readonly targets: Tensor;
  /** int32 [spans * spanLength], of a token in its sequence, from 0. */
  readonly positions: Tensor;
  /** int32 [spans], the row of its prompt among the prompts. */
  readonly promptOf: Tensor;
  /** float32 [spans], tokens of that row to look at. */
  readonly promptTokens: Tensor;
  /** Which token of the list stands at a place of the rectangle, and back; what is no token says 0. */
  readonly toSpan: Tensor;
  readonly fromSpan: Tensor;
  /** float32 [spans * spanLength], 1 where there is a token. */
  readonly inSpan: Tensor;
  /** The three index tensors for prompts, counted from the first of them. */
  readonly toPrompt: Tensor;
  readonly fromPrompt: Tensor;
  readonly inPrompt: Tensor;
}

/** The sizes alone, of what has more beside them. */
export const spanSizes = ({
  own,
  shared,
  spans,
  spanLength,
  prompts,
  promptLength,
}: SpanShape): SpanShape => ({
  own,
  shared,
  spans,
  spanLength,
  prompts,
  promptLength,
});

export function spanInputs(graph: Graph, shape: SpanShape): SpanInputs {
  const { own, shared, spans, spanLength, prompts, promptLength } = shape;
  const [spanPlaces, promptPlaces] = [spans * spanLength, prompts * promptLength];
  return {
    ...spanSizes(shape),
    ids: graph.input('ids', 'int32', [own + shared]),
    targets: graph.input('targets', 'int32', [own]),
    positions: graph.input('positions', 'int32', [spanPlaces]),
    promptOf: graph.input('promptOf', 'int32', [spans]),
    promptTokens: graph.input('promptTokens', 'float32', [spans]),
    toSpan: graph.input('toSpan', 'int32', [spanPlaces]),
    fromSpan: graph.input('fromSpan', 'int32', [own]),
    inSpan: graph.input('inSpan', 'float32', [spanPlaces]),
    toPrompt: graph.input('toPrompt', 'int32', [promptPlaces]),
    fromPrompt: graph.input('fromPrompt', 'int32', [shared]),
    inPrompt: graph.input('inPrompt', 'float32', [promptPlaces]),
  };
}

/** Of a tensor over the whole list, the own parts. */
export const ownPart = ({ own }: SpanInputs, x: Tensor): Tensor =>
  x.dim(0) === own ? x : slice(x, 0, 0, own);

/**
 * Additive mask [spans, 1, spanLength, promptLength + spanLength]: 0 where a token
 * may look, -1e9 elsewhere (a shorter prompt's rest, later tokens).
 */
function spanMask(graph: Graph, { promptTokens, spans, spanLength, promptLength }: SpanInputs): Tensor {
  const places = graph.constant(
    'float32',
    [1, promptLength],
    Float32Array.from({ length: promptLength }, (_, i) => i),
  );
  const filled = mask(less(places, reshape(promptTokens, [spans, 1])));
  const hidden = (seen: Tensor): Tensor => mul(sub(1, seen), -1e9);
  const none = (count: number, dims: readonly number[]): Tensor =>
    graph.constant('float32', dims, new Float32Array(count));
  const ofPrompt = add(
    reshape(hidden(filled), [spans, 1, 1, promptLength]),
    none(spanLength, [1, 1, spanLength, 1]),
  );
  const ofOwn = add(hidden(causalMask(graph, spanLength)), none(spans, [spans, 1, 1, 1]));
  return concat([ofPrompt, ofOwn], 3);
}

/** Attention over the list; in the last layer it answers for own parts alone. */
export function spanAttention(model: Model, inputs: SpanInputs): Attention {
  const { graph, architecture } = model;
  const { own, shared, spans, spanLength, prompts, promptLength } = inputs;
  const { toSpan, fromSpan, toPrompt, fromPrompt } = inputs;
  const column = (x: Tensor): Tensor => reshape(x, [x.dim(0), 1]);
  const inSpan = column(inputs.inSpan);
  const inPrompt = column(inputs.inPrompt);
  const bias = spanMask(graph, inputs);
  const causal = mul(sub(1, causalMask(graph, promptLength)), -1e9);
  const hot = oneHot(inputs.promptOf, prompts);
  const join = (ofPrompt: Tensor, ofOwn: Tensor, axis: number): Tensor =>
    concat([repeated(ofPrompt, inputs.promptOf, hot), ofOwn], axis);
  return (q, k, v, layer) => {
    const parts = [q, k, v].map((x) => split(x, [own, shared], 0));
    const [qOwn, kOwn, vOwn] = parts.map(([first]) => moved(first!, toSpan, fromSpan));
    const [qShared, kShared, vShared] = parts.map(([, second]) => moved(second!, toPrompt, fromPrompt));
    const before = splitHeads(model, qShared!, kShared!, vShared!, prompts, promptLength, undefined, layer);
    const after = splitHeads(
      model,
      qOwn!,
      kOwn!,
      vOwn!,
      spans,
      spanLength,
      { at: inputs.positions, room: promptLength + spanLength },
      layer,
    );
    const heads: Heads = { q: after.q, k: join(before.k, after.k, 3), v: join(before.v, after.v, 2) };
    const answered = moved(attendRows(model, heads, bias, spans, spanLength), fromSpan, toSpan, inSpan);
    if (layer === architecture.layers - 1) return answered;
    const prompted = attendRows(model, before, causal, prompts, promptLength);
    return concat([answered, moved(prompted, fromPrompt, toPrompt, inPrompt)], 0);
  };
}

/** Normalised last hidden states of the own parts [own, hiddenSize]. */
export function spanHidden(model: Model, inputs: SpanInputs): Tensor {
  const layers = decoderLayers(
    model,
    model.embed(inputs.ids),
    spanAttention(model, inputs),
    0,
    model.architecture.layers,
    (x) => ownPart(inputs, x),
  );
  return finalNorm(model, layers);
}
