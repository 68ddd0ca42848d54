/**
 * Linear maps of one input as one matrix: queries with keys and values, the MLP's gate
 * with its other half. One product instead of three or two, over the same numbers.
 */
import { layerTensor, type Linear } from '../families/family.ts';
import type { Architecture } from './architecture.ts';
import { rowsOf, type LinearWeight, type Weights } from './weights.ts';

/** What is joined in a layer. */
const JOINED: readonly (readonly Linear[])[] = [
  ['q', 'k', 'v'],
  ['gate', 'up'],
];

/** What a joined matrix is called. */
export const joinedKey = (names: readonly string[]): string => names.join('+');

/** Names of the maps that may be joined. */
export const groupsOf = ({ layers, family }: Architecture): string[][] =>
  Array.from({ length: layers }, (_, layer) =>
    JOINED.filter((group) => group.every((linear) => family.linears[linear] !== undefined)).map((group) =>
      group.map((linear) => layerTensor(layer, family.linears[linear]!)),
    ),
  ).flat();

const rowsIn = (weight: LinearWeight): number =>
  weight.kind === 'dense' ? weight.outFeatures : weight.blocks.outFeatures;

function concatenated<T extends Float32Array | Uint8Array>(parts: readonly T[]): T {
  const [first] = parts;
  const out = new (first!.constructor as new (length: number) => T)(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part as never, at);
    at += part.length;
  }
  return out;
}

/** One matrix with the rows of all; null where they are held in different ways. */
function joinRows(parts: readonly LinearWeight[]): LinearWeight | null {
  const outFeatures = parts.reduce((sum, part) => sum + rowsIn(part), 0);
  const dense = parts.flatMap((part) => (part.kind === 'dense' ? [part] : []));
  if (dense.length === parts.length) {
    const { inFeatures } = dense[0]!;
    return { kind: 'dense', outFeatures, inFeatures, data: concatenated(dense.map(({ data }) => data)) };
  }
  const blocks = parts.flatMap((part) => (part.kind === 'quantised' ? [part.blocks] : []));
  const { bits, block, inFeatures, offsets } = blocks[0]!;
  const same = blocks.every(
    (one) =>
      one.bits === bits && one.block === block && (one.offsets === undefined) === (offsets === undefined),
  );
  if (blocks.length < parts.length || !same) return null;
  return {
    kind: 'quantised',
    blocks: {
      bits,
      block,
      outFeatures,
      inFeatures,
      quants: concatenated(blocks.map(({ quants }) => quants)),
      scales: concatenated(blocks.map(({ scales }) => scales)),
      ...(offsets && { offsets: concatenated(blocks.map((one) => one.offsets!)) }),
    },
  };
}

/**
 * The weights with joined matrices, of which the single ones are parts: nothing is held twice.
 * @param take take the matrices out of the weights that are given, so that no more
 * than a group of them is there a second time
 */
export function withJoined(weights: Weights, take = false): Weights {
  if (weights.joined) return weights;
  const left = new Map(weights.linears);
  const linears = new Map<string, LinearWeight>();
  const joined = new Map<string, LinearWeight>();
  for (const names of groupsOf(weights.architecture)) {
    const whole = joinRows(names.map((name) => left.get(name)!));
    if (!whole) continue;
    joined.set(joinedKey(names), whole);
    let first = 0;
    for (const name of names) {
      const rows = rowsIn(left.get(name)!);
      linears.set(name, rowsOf(whole, first, rows));
      first += rows;
      left.delete(name);
      if (take) (weights.linears as Map<string, LinearWeight>).delete(name);
    }
  }
  return {
    ...weights,
    linears: new Map([...left, ...linears]),
    joined,
  };
}

/** The joined matrix; undefined where there is none. */
export const joinedWeight = (weights: Weights, names: readonly string[]): LinearWeight | undefined =>
  names.length === 1 ? weights.linears.get(names[0]!) : weights.joined?.get(joinedKey(names));
