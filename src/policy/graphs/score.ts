/**
 * The scoring graph: log-probabilities and entropies of given tokens, and on request the hidden states after some layer.
 */
import { Graph } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import type { AdapterSettings } from '../adapter.ts';
import { decoderLayers, finalNorm } from '../decoder.ts';
import { frozenParts } from '../parts.ts';
import type { Weights } from '../weights.ts';
import { atPlaces, rowAttention, rowInputs, tokenStatistics } from './rows.ts';

export interface ScoreShape {
  readonly rows: number;
  readonly time: number;
  /** Positions asked about (input `places`); absent: all. */
  readonly places?: number;
  /** Also output `hidden` [rows * time, width] after this many layers. */
  readonly hiddenAfterLayer?: number;
}

/** Outputs `logProb` and `entropy`, [places]. */
export function scoreGraph(weights: Weights, settings: AdapterSettings, shape: ScoreShape): EncodedGraph {
  const graph = new Graph(`score ${shape.rows}x${shape.time}`);
  const parts = frozenParts(graph, weights, settings, 'merged');
  const inputs = rowInputs(graph, shape.rows, shape.time, shape.places);
  const inverseTemperature = graph.input('inverseTemperature', 'float32', []);
  const attend = rowAttention(parts, inputs);
  const { layers } = weights.architecture;
  const probe = Math.min(shape.hiddenAfterLayer ?? layers, layers);
  const lower = decoderLayers(parts, parts.embed(inputs.ids), attend, 0, probe);
  const last = decoderLayers(parts, lower, attend, probe, layers);
  const { logProb, entropy } = tokenStatistics(
    parts,
    finalNorm(parts, atPlaces(inputs, last)),
    inputs.targets,
    inverseTemperature,
  );
  graph.output('logProb', logProb);
  graph.output('entropy', entropy);
  if (shape.hiddenAfterLayer !== undefined) graph.output('hidden', lower);
  return encodeGraph(graph);
}
