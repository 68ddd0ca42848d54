/**
 * The selection graph. It copies the caches of some rollouts out of a larger batch,
 * so that the last few long rollouts are not decoded together with finished ones.
 */
import { Graph } from '../../tensor/graph.ts';
import { gather } from '../../tensor/ops/gather.ts';
import type { Architecture } from '../model/architecture.ts';
import { cacheType, type Precision } from '../model/precision.ts';
import { nextKeyName, nextValueName } from './decode.ts';
import { keyName, valueName } from './prefill.ts';

export interface SelectShape {
  readonly from: number;
  readonly to: number;
  readonly room: number;
}

export const selectShapes = (shape: SelectShape) => ({
  shape,
  other: { from: shape.from + 2, to: shape.to + 1, room: shape.room + 3 },
});

/**
 * Inputs: caches of `from` rows and `rows` int32 [to]; outputs: caches of those rows,
 * named as the decode graph names its own.
 */
export function selectGraph(
  architecture: Architecture,
  { from, to, room }: SelectShape,
  precision: Precision = 'fp32',
): Graph {
  const { layers, keyValueHeads, headDim } = architecture;
  const graph = new Graph(`select ${to} of ${from}x${room}`);
  const held = cacheType(precision);
  const rows = graph.input('rows', 'int32', [to]);
  for (let layer = 0; layer < layers; layer++) {
    const taken = (name: string) =>
      gather(graph.input(name, held, [from, keyValueHeads, room, headDim]), rows);
    graph.output(nextKeyName(layer), taken(keyName(layer)));
    graph.output(nextValueName(layer), taken(valueName(layer)));
  }
  return graph;
}
