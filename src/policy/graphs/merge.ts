/**
 * The merge graph: from the adapter's matrices to what graphs without a gradient take of them
 * (model/merged.ts says in which form). It runs once for a batch of rollouts or scores, not once
 * for each of their runs.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { add, mul } from '../../tensor/ops/arithmetic.ts';
import { concat } from '../../tensor/ops/layout.ts';
import { gemm } from '../../tensor/ops/matmul.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import { adapterMatrices, adapterScale, type AdapterSettings } from '../model/adapter.ts';
import {
  adapterGroups,
  downName,
  adapterForm,
  mergedName,
  sideBySide,
  upName,
  type AdapterGroup,
} from '../model/merged.ts';
import type { Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';

/**
 * Inputs: the adapter's matrices. Outputs of all that is adapted: `mergedName`, or `downName` and `upName`.
 */
export function mergeGraph(
  weights: Weights,
  settings: AdapterSettings,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): Graph {
  const graph = new Graph('merge', device);
  const inputs = new Map(
    adapterMatrices(weights.architecture, settings).map(({ name, dims }) => [
      name,
      graph.input(name, 'float32', dims),
    ]),
  );
  for (const group of adapterGroups(weights, settings)) {
    const { key, names } = group;
    const pairs = names.map((name) => ({
      a: inputs.get(`${name}.lora_A`)!,
      b: inputs.get(`${name}.lora_B`)!,
    }));
    const form = adapterForm(weights, settings, group, precision, graph.device);
    if (form.kind === 'merged') {
      const fixed = graph.constant('float32', form.dims, form.data, key);
      const changes = pairs.map(({ a, b }) => gemm(b, a));
      graph.output(mergedName(key), add(fixed, mul(concat(changes, 0), adapterScale(settings))));
      continue;
    }
    const { down, up } = sideBySide(pairs, settings);
    const scaledUp = mul(up, adapterScale(settings));
    const { offsets } = form;
    graph.output(downName(key), offsets ? concat([down, blockSums(graph, group, offsets.block)], 0) : down);
    if (!offsets) graph.output(upName(key), scaledUp);
    else {
      const dims = [form.up[0], offsets.data.length / form.up[0]];
      const held = graph.constant('float32', dims, offsets.data, `${key}.offsets`);
      graph.output(upName(key), concat([scaledUp, held], 1));
    }
  }
  return graph;
}

/** [blocks, in]: 1 where an input is of the block, so that a product with it sums over blocks. */
function blockSums(graph: Graph, { weight }: AdapterGroup, block: number): Tensor {
  const { inFeatures } = weight.kind === 'dense' ? weight : weight.blocks;
  const blocks = inFeatures / block;
  return graph.cached(`sums of ${inFeatures} by ${block}`, () => {
    const ones = new Float32Array(blocks * inFeatures);
    for (let i = 0; i < inFeatures; i++) ones[Math.floor(i / block) * inFeatures + i] = 1;
    return graph.constant('float32', [blocks, inFeatures], ones);
  });
}
