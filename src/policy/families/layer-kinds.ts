/**
 * Layers of two kinds: the last of every so many is of the other kind, unless the
 * configuration lists the kind of each. Data in, data out; what a kind means is the family's.
 */
import type { VariationSource } from './family.ts';

/** The last layer of every so many, from 0. */
export const lastOfEach = (layers: number, every: number): readonly number[] =>
  Array.from({ length: layers }, (_, layer) => layer).filter((layer) => (layer + 1) % every === 0);

/** All layers but these. */
export const otherLayers = (layers: number, these: readonly number[]): readonly number[] =>
  Array.from({ length: layers }, (_, layer) => layer).filter((layer) => !these.includes(layer));

/** Whether these are the last of every so many. Both ascend. */
export const areLastOfEach = (these: readonly number[], layers: number, every: number): boolean =>
  these.join() === lastOfEach(layers, every).join();

/**
 * What the configuration's `field` lists, an entry per layer; null where it lists
 * nothing. Refuses other lists.
 */
export function listedKinds(
  { config, layers, refuse }: Pick<VariationSource, 'config' | 'layers' | 'refuse'>,
  field: string,
): readonly unknown[] | null {
  const listed = config[field] ?? null;
  if (listed === null) return null;
  if (!Array.isArray(listed) || listed.length !== layers)
    return refuse(
      `${field} does not have an entry for each of ${layers} layers`,
      'Use a complete checkpoint.',
    );
  return listed;
}
