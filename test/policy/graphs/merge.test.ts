/**
 * What the merge graph makes of an adapter, against the definition (Hu et al. 2021) in double precision:
 * x W^T + alpha / rank (x A^T) B^T, whatever form the sum is taken in.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { mergeGraph } from '../../../src/policy/graphs/merge.ts';
import { adapterMatrices } from '../../../src/policy/model/adapter.ts';
import { withJoined } from '../../../src/policy/model/joined.ts';
import { loraModel } from '../../../src/policy/model/lora-model.ts';
import { adapterGroups, adapterForm } from '../../../src/policy/model/merged.ts';
import { dense, type Weights } from '../../../src/policy/model/weights.ts';
import { Graph } from '../../../src/tensor/graph.ts';
import { encodeGraph } from '../../../src/tensor/onnx/encode.ts';
import type { DeviceKind } from '../../../src/tensor/types.ts';
import { evaluate } from '../../tensor/harness.ts';
import { randomWeights, TINY, withOffsets } from '../tiny-model.ts';

const architecture = { ...TINY, intermediateSize: 96 };
/** One of two layers is adapted. */
const adapter = { rank: 4, alpha: 12, layers: 1 };
const ROWS = 3;
const random = createRandom('merge');
const values = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.next() - 0.5);
const matrices = Object.fromEntries(
  adapterMatrices(architecture, adapter).map(({ name, dims }) => [name, values(dims[0] * dims[1])]),
);

/** Row-major [rows, out] of x [rows, in] and a map, by the definition. */
function expected(weights: Weights, names: readonly string[], x: Float32Array): number[] {
  return Array.from({ length: ROWS }, (_, row) =>
    names.flatMap((name) => {
      const held = weights.linears.get(name)!;
      const w = dense(held);
      const [a, b] = [matrices[`${name}.lora_A`], matrices[`${name}.lora_B`]];
      const inFeatures = x.length / ROWS;
      const at = (matrix: ArrayLike<number>, line: number): number => {
        let sum = 0;
        for (let i = 0; i < inFeatures; i++) sum += matrix[line * inFeatures + i]! * x[row * inFeatures + i]!;
        return sum;
      };
      return Array.from({ length: w.length / inFeatures }, (_, out) => {
        let sum = at(w, out);
        if (a && b)
          for (let r = 0; r < adapter.rank; r++)
            sum += (adapter.alpha / adapter.rank) * b[out * adapter.rank + r]! * at(a, r);
        return sum;
      });
    }),
  ).flat();
}

const MAPS = [
  ['q_proj', 'k_proj', 'v_proj'].map((name) => `self_attn.${name}`),
  ['self_attn.o_proj'],
  ['mlp.gate_proj', 'mlp.up_proj'],
  ['mlp.down_proj'],
];

const KINDS: readonly [string, Weights, DeviceKind, 'merged' | 'packed'][] = [
  ['floats', randomWeights(architecture), 'wasm', 'merged'],
  ['blocks', randomWeights(architecture, 1, 4), 'webgpu', 'packed'],
  ['blocks with offsets, on a CPU', withOffsets(randomWeights(architecture, 1, 4)), 'wasm', 'packed'],
  ['blocks with offsets, on a card', withOffsets(randomWeights(architecture, 1, 4)), 'webgpu', 'packed'],
];

describe.each(KINDS)('an adapter on %s', (_name, given, device, form) => {
  const weights = withJoined(given);

  it(`is ${form}, and adds what the definition says`, async () => {
    const forms = adapterGroups(weights, adapter).map((group) =>
      adapterForm(weights, adapter, group, 'fp32', device),
    );
    expect(forms.map(({ kind }) => kind)).toEqual(MAPS.map(() => form));
    const made = await evaluate(encodeGraph(mergeGraph(weights, adapter, 'fp32', device)), matrices);
    const graph = new Graph('maps', device);
    const model = loraModel(graph, weights, adapter, 'made');
    const asked = [0, 1].flatMap((layer) =>
      MAPS.map((map) => {
        const names = map.map((name) => `layers.${layer}.${name}`);
        const held = weights.linears.get(names[0]!)!;
        const { inFeatures } = held.kind === 'dense' ? held : held.blocks;
        const name = names.join('+');
        const x = graph.input(`x of ${name}`, 'float32', [ROWS, inFeatures]);
        graph.output(
          `out of ${name}`,
          names.length === 1 ? model.linear(names[0]!, x) : model.joined(names, x),
        );
        return { name, names, x: values(ROWS * inFeatures) };
      }),
    );
    const found = await evaluate(encodeGraph(graph), {
      ...Object.fromEntries(Object.entries(made).map(([name, list]) => [name, Float32Array.from(list)])),
      ...Object.fromEntries(asked.map(({ name, x }) => [`x of ${name}`, x])),
    });
    for (const { name, names, x } of asked) {
      const wanted = expected(weights, names, x);
      const got = found[`out of ${name}`]!;
      expect(got).toHaveLength(wanted.length);
      const apart = Math.max(...wanted.map((value, i) => Math.abs(value - got[i]!)));
      expect(apart, name).toBeLessThan(2e-5);
    }
  });
});
