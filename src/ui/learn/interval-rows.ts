/**
 * Where the marks of a chart of intervals stand: one row a measured mean, on one axis that
 * holds all of them and the values that have to be seen. Data in, places out; it draws nothing.
 */
import type { Mean } from '../../experiment/study-picture.ts';

/** Ends of the axis: all means, all ends that exist and `seen`, with a margin of 4 % at both sides. */
export function axisOf(means: readonly Mean[], seen: readonly number[]): readonly [number, number] {
  const all = [...seen, ...means.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean])];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const margin = 0.04 * (most - least);
  return [least - margin, most + margin];
}

/** Place of a value on an axis of `width` pixels. */
export const placeOn =
  ([from, to]: readonly [number, number], width: number) =>
  (value: number): number =>
    (width * (value - from)) / (to - from);

/**
 * End of an arrow of `length` pixels whose angle to the x axis has this cosine; upwards, in SVG's
 * coordinates. An estimate that was corrected for noise can lie beyond 1: it is drawn as the same direction.
 */
export function arrowAt(cosine: number, length: number): { readonly x: number; readonly y: number } {
  const within = Math.max(-1, Math.min(1, cosine));
  return { x: length * within, y: -length * Math.sqrt(1 - within * within) };
}
