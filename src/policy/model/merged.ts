/**
 * How graphs without a gradient take the adapter: what becomes of its matrices before such a graph
 * runs, and what that is called. graphs/merge.ts makes it, lora-model.ts uses it.
 *
 *   merged   W + scale B A, [out, in]: one product instead of three. For dense weights of small
 *            models: blocks cannot hold the sum, and in fp16 it would round small changes away
 *   packed   of maps that share an input, `down` [k, in] and `up` [out, k], so that they add
 *            (x down^T) up^T: A side by side, scale B on a diagonal. On WebGPU, where each operator
 *            is a launch, also what the offsets of blocks add: sums over blocks, and the offsets
 */
import type { Tensor } from '../../tensor/graph.ts';
import { concat, pad } from '../../tensor/ops/layout.ts';
import type { DeviceKind } from '../../tensor/types.ts';

import { adapterMatrices, type AdapterSettings } from './adapter.ts';
import { parameterCount } from './architecture.ts';
import { groupsOf, joinedKey } from './joined.ts';
import type { Precision } from './precision.ts';
import type { LinearWeight, Weights } from './weights.ts';

/** Models up to this size are merged: it takes a second copy of their layers. */
const MERGED_PARAMETERS = 20e6;

export const mergedName = (key: string): string => `${key}.merged`;
export const downName = (key: string): string => `${key}.down`;
export const upName = (key: string): string => `${key}.up`;

/** Adapted maps that are one matrix. */
export interface AdapterGroup {
  readonly key: string;
  readonly names: readonly string[];
  readonly weight: LinearWeight;
}

/** All adapted maps, those that are joined together. */
export function adapterGroups(weights: Weights, settings: AdapterSettings): AdapterGroup[] {
  const { architecture, joined = new Map<string, LinearWeight>() } = weights;
  const adapted = new Set(
    adapterMatrices(architecture, settings).flatMap(({ name, side }) =>
      side === 'A' ? [name.replace(/\.lora_A$/, '')] : [],
    ),
  );
  const together = groupsOf(architecture).filter((names) => joined.has(joinedKey(names)));
  const inOne = new Set(together.flat());
  const alone = [...weights.linears.keys()].filter((name) => !inOne.has(name)).map((name) => [name]);
  return [...together, ...alone]
    .filter((names) => names.every((name) => adapted.has(name)))
    .map((names) => {
      const key = joinedKey(names);
      return { key, names, weight: joined.get(key) ?? weights.linears.get(key)! };
    });
}

type Dims = readonly [number, number];

export type AdapterForm =
  | { readonly kind: 'merged'; readonly dims: Dims; readonly data: Float32Array }
  | {
      readonly kind: 'packed';
      readonly down: Dims;
      readonly up: Dims;
      /** The weight without what is packed. */
      readonly base: LinearWeight;
      /** Offsets that are packed, with the size of a block. */
      readonly offsets?: { readonly data: Float32Array; readonly block: number };
    };

export function adapterForm(
  weights: Weights,
  { rank }: AdapterSettings,
  { names, weight }: AdapterGroup,
  precision: Precision,
  device: DeviceKind,
): AdapterForm {
  const small = precision === 'fp32' && parameterCount(weights.architecture) <= MERGED_PARAMETERS;
  const { outFeatures, inFeatures } = weight.kind === 'dense' ? weight : weight.blocks;
  if (weight.kind === 'dense' && small)
    return { kind: 'merged', dims: [outFeatures, inFeatures], data: weight.data };
  const ranks = names.length * rank;
  const packed = (k: number) => ({
    kind: 'packed' as const,
    down: [k, inFeatures] as const,
    up: [outFeatures, k] as const,
  });
  if (weight.kind === 'dense' || weight.blocks.offsets === undefined || device !== 'webgpu')
    return { ...packed(ranks), base: weight };
  const { offsets, ...symmetric } = weight.blocks;
  const { block } = symmetric;
  return {
    ...packed(ranks + inFeatures / block),
    base: { kind: 'quantised', blocks: symmetric },
    offsets: { data: offsets, block },
  };
}

/** A [rank, in] of some maps below each other, and their B [out, rank] on a diagonal, not scaled. */
export function sideBySide(
  pairs: readonly { readonly a: Tensor; readonly b: Tensor }[],
  { rank }: AdapterSettings,
  once: (name: string, make: () => Tensor) => Tensor = (_name, make) => make(),
): { readonly down: Tensor; readonly up: Tensor } {
  const down = once('lora_A', () =>
    concat(
      pairs.map(({ a }) => a),
      0,
    ),
  );
  const up = once('lora_B', () =>
    concat(
      pairs.map(({ b }, i) => pad(b, 1, i * rank, (pairs.length - 1 - i) * rank)),
      0,
    ),
  );
  return { down, up };
}
