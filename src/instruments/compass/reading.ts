/**
 * What the compass says: whether two losses pull an adapter the same way, and how well that can be seen.
 * From inner products of gradients over parts of the tasks (products.ts) to cosines with intervals. A
 * gradient of a few tasks is mostly noise, and the cosine of two noisy directions is small whatever the
 * true ones are; so every cosine stands beside the largest one that could have been seen
 * (docs/instruments.md has the formulas).
 */
import type { Random } from '../../base/random.ts';
import type { Interval } from '../../learning/intervals.ts';
import { percentiles } from '../../learning/intervals.ts';
import { drawWeights, RESAMPLES } from '../resample.ts';
import type { CompassProducts, Products } from './products.ts';

export interface Reliability {
  /** Mean cosine between the gradients of two random halves of the tasks; null where a half has none. */
  readonly halves: number | null;
  /**
   * Share of the whole gradient's squared length that is not noise, from products of different parts;
   * at most 1, and below 0 where the parts contradict each other. Null where there is no gradient.
   */
  readonly whole: number | null;
}

export interface DirectionReading extends Reliability {
  readonly name: string;
  /** Euclidean length of the gradient of all parts. */
  readonly norm: number;
  /** Parts that have a gradient. */
  readonly parts: number;
}

export interface PairReading {
  readonly a: string;
  readonly b: string;
  /**
   * Between the gradients of all parts, as in a step: both are of the same tasks, and what those happen to
   * have in common counts. Null where one is zero.
   */
  readonly cosine: number | null;
  /** 95 %, bootstrap over the parts. */
  readonly interval: Interval | null;
  /**
   * The cosine from products of different parts alone: what learning one thing on some tasks does for the
   * other on other tasks.
   */
  readonly apart: number | null;
  readonly apartInterval: Interval | null;
  /** The largest that `apart` could be seen to be: the root of the product of both reliabilities. */
  readonly ceiling: number | null;
  /** `apart` corrected for attenuation; null where a direction is not reliable at all. */
  readonly corrected: number | null;
  /** Null also where a twentieth of the resamples has no corrected cosine: too little is known. */
  readonly correctedInterval: Interval | null;
}

export interface GradientReading {
  readonly directions: readonly DirectionReading[];
  readonly pairs: readonly PairReading[];
}

export interface CompassReading extends GradientReading {
  readonly parts: number;
  readonly layers: readonly (GradientReading & { readonly layer: number })[];
}

/** Random halvings that a reliability is a mean over. */
const HALVINGS = 100;
/** Share of resamples that must have a corrected cosine. */
const DEFINED = 0.95;

/** @param resamples of each interval */
export function readCompass(
  { whole, layers }: CompassProducts,
  random: Random,
  resamples = RESAMPLES,
): CompassReading {
  const { parts } = whole;
  // The same draws everywhere, so that layers can be compared with the whole.
  const stream = random.fork('parts drawn');
  const draws = Array.from({ length: resamples }, () => drawWeights(parts, stream));
  const halves = Array.from({ length: HALVINGS }, (_, i) => halving(parts, random.fork(`halves ${i}`)));
  const read = (products: Products): GradientReading => readProducts(products, draws, halves);
  return {
    parts,
    ...read(whole),
    layers: layers.map(({ layer, products }) => ({ layer, ...read(products) })),
  };
}

/** Which parts are in the first half; of an odd number one is in neither. */
function halving(parts: number, random: Random): readonly [first: number[], second: number[]] {
  const order = random.shuffle(Array.from({ length: parts }, (_, i) => i));
  const half = Math.floor(parts / 2);
  return [order.slice(0, half), order.slice(half, 2 * half)];
}

function readProducts(
  products: Products,
  draws: readonly Float64Array[],
  halves: readonly (readonly [number[], number[]])[],
): GradientReading {
  const { names, parts, values } = products;
  const n = names.length * parts;
  const at = (a: number, i: number, b: number, j: number) => values[(a * parts + i) * n + b * parts + j]!;
  const all = Array.from({ length: parts }, (_, i) => i);
  const between = (a: number, from: readonly number[], b: number, to: readonly number[]) =>
    from.reduce((sum, i) => sum + to.reduce((part, j) => part + at(a, i, b, j), 0), 0);
  /**
   * Mean product of gradients of different parts, each counted by its weights: what noise and tasks that
   * both directions share have no part in. A part that was drawn twice is not multiplied with itself.
   */
  const cross = (a: number, b: number, weights: Float64Array): number => {
    let [sum, total] = [0, 0];
    for (let i = 0; i < parts; i++) {
      if (weights[i] === 0) continue;
      for (let j = 0; j < parts; j++) {
        if (i === j || weights[j] === 0) continue;
        const weight = weights[i]! * weights[j]!;
        sum += weight * at(a, i, b, j);
        total += weight;
      }
    }
    return total === 0 ? Number.NaN : sum / total;
  };
  const once = new Float64Array(parts).fill(1);
  const squares = names.map((_, a) => between(a, all, a, all));
  const own = names.map((_, a) => cross(a, a, once));
  const reliabilities = names.map((_, a) =>
    squares[a]! > 0 && Number.isFinite(own[a]!) ? (own[a]! * parts ** 2) / squares[a]! : null,
  );
  const ownDrawn = names.map((_, a) => draws.map((weights) => cross(a, a, weights)));

  const directions = names.map((name, a): DirectionReading => {
    const cosines = halves.map(([first, second]) =>
      cosineOf(between(a, first, a, second), between(a, first, a, first), between(a, second, a, second)),
    );
    const known = cosines.filter((cosine) => cosine !== null);
    return {
      name,
      norm: Math.sqrt(Math.max(0, squares[a]!)),
      parts: all.filter((i) => at(a, i, a, i) > 0).length,
      halves: known.length === 0 ? null : known.reduce((sum, c) => sum + c, 0) / known.length,
      whole: reliabilities[a]!,
    };
  });
  const pairs = names.flatMap((_, a) =>
    names.slice(a + 1).map((_, offset): PairReading => {
      const b = a + 1 + offset;
      const cosine = cosineOf(between(a, all, b, all), squares[a]!, squares[b]!);
      const mean = cross(a, b, once);
      const drawn = draws.map((weights) => cross(a, b, weights));
      const scale = parts ** 2 / Math.sqrt(squares[a]! * squares[b]!);
      // The norms are held: drawing tasks twice makes a gradient noisier, and longer, than it was.
      const [low, high] = percentiles(drawn.map((value) => (value - mean) * scale));
      const around = (value: number | null): Interval | null =>
        value === null || !Number.isFinite(low) ? null : [value + low, value + high];
      const apart = cosine === null || !Number.isFinite(mean) ? null : mean * scale;
      const [ra, rb] = [reliabilities[a] ?? -1, reliabilities[b] ?? -1];
      const corrected = own[a]! > 0 && own[b]! > 0 ? mean / Math.sqrt(own[a]! * own[b]!) : null;
      const correctedDrawn = drawn.map((value, d) => {
        const product = [ownDrawn[a]![d]!, ownDrawn[b]![d]!];
        return product.every((own) => own > 0) ? value / Math.sqrt(product[0]! * product[1]!) : Number.NaN;
      });
      const isKnown =
        corrected !== null &&
        correctedDrawn.filter(Number.isFinite).length >= DEFINED * correctedDrawn.length;
      return {
        a: names[a]!,
        b: names[b]!,
        cosine,
        interval: around(cosine),
        apart,
        apartInterval: around(apart),
        ceiling: ra > 0 && rb > 0 ? Math.sqrt(ra * rb) : null,
        corrected,
        correctedInterval: isKnown ? percentiles(correctedDrawn) : null,
      };
    }),
  );
  return { directions, pairs };
}

function cosineOf(product: number, aa: number, bb: number): number | null {
  return aa > 0 && bb > 0 ? product / Math.sqrt(aa * bb) : null;
}
