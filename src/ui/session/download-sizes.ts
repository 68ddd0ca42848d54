/**
 * How much will be fetched, known before anything is: sizes of the site's files by part. It fetches nothing.
 */
import { sizes } from 'virtual:site-sizes';
import { wanted } from '../../learner/downloads.ts';
import type { DownloadPart } from '../../learner/protocol.ts';

export type PartSizes = Readonly<Record<DownloadPart, number>>;

/**
 * Bytes of each part for a device.
 * @param model folder under the site's base, ending in a slash; null: the model is the visitor's
 */
export function partSizes(device: 'webgpu' | 'wasm', model: string | null): PartSizes {
  const sum = { model: 0, runtime: 0, python: 0, tasks: 0 };
  for (const { part, path } of wanted({ model, device })) sum[part] += sizes[path] ?? 0;
  return sum;
}

export const totalOf = (parts: PartSizes): number =>
  Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
