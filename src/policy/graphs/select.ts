/**
 * The selection graph. It copies the caches of some rollouts out of a larger batch, so that the last few long rollouts are not
 * decoded together with finished ones.
 */
import { Graph } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import { gather } from '../../tensor/ops/gather.ts';
import type { Architecture } from '../model/architecture.ts';
import { cacheType, type Precision } from '../model/precision.ts';
import { nextKeyName, nextValueName } from './decode.ts';
import { keyName, valueName } from './prefill.ts';

/** Inputs: caches of `from` rows and `rows` int32 [to]; outputs: caches of those rows, named as the decode graph names its own. */
export function selectGraph(
  architecture: Architecture,
  from: number,
  to: number,
  capacity: number,
  precision: Precision = 'fp32',
): EncodedGraph {
  const { layers, keyValueHeads, headDim } = architecture;
  const graph = new Graph(`select ${to} of ${from}x${capacity}`);
  const held = cacheType(precision);
  const rows = graph.input('rows', 'int32', [to]);
  for (let layer = 0; layer < layers; layer++) {
    const key = graph.input(keyName(layer), held, [from, keyValueHeads, headDim, capacity]);
    const value = graph.input(valueName(layer), held, [from, keyValueHeads, capacity, headDim]);
    graph.output(nextKeyName(layer), gather(key, rows));
    graph.output(nextValueName(layer), gather(value, rows));
  }
  return encodeGraph(graph);
}
