/**
 * Lays sequences out for scoring and learning, so that next to no padding is computed. Tokens stand one
 * after another in a flat list, which all linear maps work on: first of each sequence its own part (the
 * last token of its prompt, then its completion), then each distinct prompt without its last token,
 * once for all sequences that have it. Only attention sees rectangles: the own parts as the rows of
 * one, the prompts as the rows of another. Every token sees what it would see alone, at the distance it
 * would have alone. Gradients of all completions meet in the prompt. graphs/spans.ts computes with it.
 */
import type { SpanShape } from '../graphs/spans.ts';
import type { Sequence } from '../types.ts';

export interface PlacedSequence {
  /** Index of the sequence in the request. */
  readonly sequence: number;
  /** Where its prompt's last token stands, which predicts the completion's first. */
  readonly start: number;
}

/** Some sequences of a request; sizes and arrays are the inputs of graphs/spans.ts. */
export interface SpanBatch extends SpanShape {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
  readonly positions: Int32Array;
  readonly promptOf: Int32Array;
  readonly promptTokens: Float32Array;
  readonly toSpan: Int32Array;
  readonly fromSpan: Int32Array;
  readonly inSpan: Float32Array;
  readonly toPrompt: Int32Array;
  readonly fromPrompt: Int32Array;
  readonly inPrompt: Float32Array;
  readonly placements: readonly PlacedSequence[];
}

export interface SpanLimits {
  /** Of a batch at most, a sequence that is longer by itself apart. */
  readonly tokens: number;
  /** Pairs of tokens in attention's rectangles at most, likewise. */
  readonly pairs: number;
  /** Sizes are rounded up to few where others are dear: the buffers of a GPU are kept by theirs. */
  readonly rounding?: 'none' | 'few sizes';
}

/** Sequences with one prompt that stand in one batch. */
interface PromptPart {
  readonly prompt: readonly number[];
  readonly sequences: number[];
}

/** Sizes of a batch being filled. */
interface Filling {
  own: number;
  shared: number;
  spans: number;
  spanLength: number;
  prompts: number;
  promptLength: number;
}

const EMPTY: Filling = { own: 0, shared: 0, spans: 0, spanLength: 0, prompts: 0, promptLength: 0 };

const pairsOf = ({ spans, spanLength, prompts, promptLength }: Filling): number =>
  spans * spanLength * (promptLength + spanLength) + prompts * promptLength * promptLength;

/** What a batch is filled with after one more part. */
function grown(sizes: Filling, all: readonly Sequence[], { prompt, sequences }: PromptPart): Filling {
  const lengths = sequences.map((index) => all[index]!.completion.length + 1);
  return {
    own: sizes.own + lengths.reduce((sum, length) => sum + length, 0),
    shared: sizes.shared + prompt.length - 1,
    spans: sizes.spans + sequences.length,
    spanLength: Math.max(sizes.spanLength, ...lengths),
    prompts: sizes.prompts + (prompt.length > 1 ? 1 : 0),
    promptLength: Math.max(sizes.promptLength, prompt.length - 1),
  };
}

/**
 * Sequences with one prompt together, those with the longest prompts first; ties keep the request's order.
 */
function byPrompt(all: readonly Sequence[]): PromptPart[] {
  const parts = new Map<string, PromptPart>();
  all.forEach(({ prompt }, index) => {
    const key = prompt.join();
    const part = parts.get(key);
    if (part) part.sequences.push(index);
    else parts.set(key, { prompt, sequences: [index] });
  });
  return [...parts.values()].sort((a, b) => b.prompt.length - a.prompt.length);
}

/**
 * Batches within the limits. Groups with one prompt stay together where they can: whoever does not
 * fit any more begins the next batch, and only a group that is too large for one of its own is split.
 */
export function packSpans(all: readonly Sequence[], limits: SpanLimits): SpanBatch[] {
  const fits = (sizes: Filling): boolean =>
    sizes.own + sizes.shared <= limits.tokens && pairsOf(sizes) <= limits.pairs;
  const batches: PromptPart[][] = [];
  let [parts, sizes]: [PromptPart[], Filling] = [[], EMPTY];
  const close = (): void => {
    if (parts.length > 0) batches.push(parts);
    [parts, sizes] = [[], EMPTY];
  };
  const take = (part: PromptPart): void => {
    sizes = grown(sizes, all, part);
    parts.push(part);
  };
  for (const group of byPrompt(all)) {
    if (!fits(grown(sizes, all, group))) close();
    if (fits(grown(EMPTY, all, group))) {
      take(group);
      continue;
    }
    let piece: PromptPart = { prompt: group.prompt, sequences: [] };
    for (const index of group.sequences) {
      const more = { ...piece, sequences: [...piece.sequences, index] };
      if (piece.sequences.length > 0 && !fits(grown(EMPTY, all, more))) {
        take(piece);
        close();
        piece = { ...piece, sequences: [index] };
      } else piece = more;
    }
    take(piece);
  }
  close();
  return batches.map((batch) => laidOut(all, batch, limits.rounding ?? 'none'));
}

const up = (size: number, step: number): number => Math.max(step, Math.ceil(size / step) * step);
const powerOf2 = (size: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, size)));

/** Sizes of the graph: at least 1 each, and a place in the rectangles for what is padding in the list. */
function shapeOf(filled: Filling, rounding: 'none' | 'few sizes'): SpanShape {
  const few = rounding === 'few sizes';
  const own = few ? up(filled.own, 256) : filled.own;
  const shared = few ? up(filled.shared, 256) : Math.max(1, filled.shared);
  const spanLength = few ? up(filled.spanLength, 32) : filled.spanLength;
  const promptLength = few ? up(filled.promptLength, 64) : Math.max(1, filled.promptLength);
  const spans = few ? powerOf2(filled.spans) : filled.spans;
  const prompts = few ? powerOf2(filled.prompts) : Math.max(1, filled.prompts);
  const room = (size: number, real: number, rows: number, length: number): number =>
    size > real && rows * length === real ? rows + 1 : rows;
  return {
    own,
    shared,
    spans: room(own, filled.own, spans, spanLength),
    spanLength,
    prompts: room(shared, filled.shared, prompts, promptLength),
    promptLength,
  };
}

function laidOut(
  all: readonly Sequence[],
  parts: readonly PromptPart[],
  rounding: 'none' | 'few sizes',
): SpanBatch {
  const filled = parts.reduce((sizes, part) => grown(sizes, all, part), EMPTY);
  const shape = shapeOf(filled, rounding);
  const { own, shared, spans, spanLength, prompts, promptLength } = shape;
  const [spanPlaces, promptPlaces] = [spans * spanLength, prompts * promptLength];
  const batch = {
    ids: new Int32Array(own + shared),
    targets: new Int32Array(own),
    positions: new Int32Array(spanPlaces),
    promptOf: new Int32Array(spans),
    promptTokens: new Float32Array(spans),
    toSpan: new Int32Array(spanPlaces),
    fromSpan: new Int32Array(own),
    inSpan: new Float32Array(spanPlaces),
    toPrompt: new Int32Array(promptPlaces),
    fromPrompt: new Int32Array(shared),
    inPrompt: new Float32Array(promptPlaces),
  };
  const placements: PlacedSequence[] = [];
  let [nextOwn, nextShared, span, row] = [0, 0, 0, 0];
  for (const { prompt, sequences } of parts) {
    const before = prompt.length - 1;
    for (let i = 0; i < before; i++) {
      const place = row * promptLength + i;
      batch.ids[own + nextShared] = prompt[i]!;
      batch.fromPrompt[nextShared] = place;
      batch.toPrompt[place] = nextShared++;
      batch.inPrompt[place] = 1;
    }
    for (const sequence of sequences) {
      const tokens = [prompt.at(-1)!, ...all[sequence]!.completion];
      placements.push({ sequence, start: nextOwn });
      batch.promptOf[span] = before > 0 ? row : 0;
      batch.promptTokens[span] = before;
      tokens.forEach((token, i) => {
        const place = span * spanLength + i;
        batch.ids[nextOwn] = token;
        batch.targets[nextOwn] = tokens[i + 1] ?? 0;
        batch.positions[place] = before + i;
        batch.fromSpan[nextOwn] = place;
        batch.toSpan[place] = nextOwn++;
        batch.inSpan[place] = 1;
      });
      span++;
    }
    if (before > 0) row++;
  }
  // Padding of the list belongs to padding of the rectangles, which has no gradient.
  if (nextOwn < own) batch.fromSpan.fill(batch.inSpan.indexOf(0), nextOwn);
  if (nextShared < shared) batch.fromPrompt.fill(batch.inPrompt.indexOf(0), nextShared);
  return { ...shape, ...batch, placements };
}

/** The inputs that every graph over spans has. */
export const spanFeeds = (batch: SpanBatch): Readonly<Record<string, Int32Array | Float32Array>> =>
  Object.fromEntries(
    Object.entries(batch).filter(([, value]) => value instanceof Int32Array || value instanceof Float32Array),
  ) as Record<string, Int32Array | Float32Array>;

/** Spreads one value per completion token over a vector [own], 0 elsewhere. */
export function scatterCompletions(
  { own, placements }: SpanBatch,
  values: (sequence: number) => ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(own);
  for (const { sequence, start } of placements) out.set(values(sequence), start);
  return out;
}

/** The inverse: per placed sequence, the values of its completion tokens, `width` each. */
export function collectCompletions(
  { placements }: SpanBatch,
  sequences: readonly Sequence[],
  vector: Float32Array,
  width = 1,
): Map<number, Float32Array> {
  return new Map(
    placements.map(({ sequence, start }) => {
      const end = start + sequences[sequence]!.completion.length;
      return [sequence, vector.slice(start * width, end * width)] as const;
    }),
  );
}
