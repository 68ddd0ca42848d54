/**
 * Clipping and AdamW as graph operators against PyTorch (scripts/vectors/adamw.py).
 */
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/tensor/graph.ts';
import { encodeGraph } from '../../../src/tensor/onnx/encode.ts';
import { mul } from '../../../src/tensor/ops/arithmetic.ts';
import {
  adamScalarInputs,
  adamScalarValues,
  adamW,
  clipFactor,
  globalNorm,
} from '../../../src/tensor/training/optimizer.ts';
import { evaluate } from '../harness.ts';
import vectors from '../vectors/adamw.json' with { type: 'json' };

const names = ['w', 'b'] as const;

function step(decay: boolean) {
  const graph = new Graph('adamw');
  const scalars = adamScalarInputs(graph);
  const gradients = names.map((name) => graph.input(`${name}.g`, 'float32', vectors.shapes[name]));
  const norm = globalNorm(gradients);
  const factor = clipFactor(norm, scalars.maxGradNorm);
  names.forEach((name, i) => {
    const dims = vectors.shapes[name];
    const state = {
      parameter: graph.input(name, 'float32', dims),
      firstMoment: graph.input(`${name}.m`, 'float32', dims),
      secondMoment: graph.input(`${name}.v`, 'float32', dims),
    };
    const next = adamW(state, mul(gradients[i]!, factor), scalars, decay);
    graph.output(`${name}.next`, next.parameter);
    graph.output(`${name}.m.next`, next.firstMoment);
    graph.output(`${name}.v.next`, next.secondMoment);
  });
  graph.output('gradNorm', norm);
  return encodeGraph(graph);
}

describe('optimizer', () => {
  it('takes the steps that PyTorch takes, clipped and not', async () => {
    const graph = step(true);
    let state: Record<string, Float32Array> = {};
    for (const name of names) {
      const start = Float32Array.from(vectors.start[name]);
      state[name] = start;
      state[`${name}.m`] = new Float32Array(start.length);
      state[`${name}.v`] = new Float32Array(start.length);
    }
    expect(vectors.steps.some(({ gradNorm }) => gradNorm < vectors.settings.maxGradNorm)).toBe(true);
    expect(vectors.steps.some(({ gradNorm }) => gradNorm > vectors.settings.maxGradNorm)).toBe(true);
    for (const [index, { gradients, gradNorm, after }] of vectors.steps.entries()) {
      const outputs = await evaluate(graph, {
        ...state,
        ...Object.fromEntries(names.map((name) => [`${name}.g`, Float32Array.from(gradients[name])])),
        ...adamScalarValues(index + 1, vectors.settings),
      });
      expect(outputs['gradNorm']![0]).toBeCloseTo(gradNorm, 4);
      for (const name of names) {
        after[name].forEach((value, i) => expect(outputs[`${name}.next`]![i]).toBeCloseTo(value, 5));
      }
      state = Object.fromEntries(
        Object.keys(state).map((name) => [name, Float32Array.from(outputs[`${name}.next`]!)]),
      );
    }
  });

  it('leaves weight decay out where it is asked to', async () => {
    const zeros = (name: 'w' | 'b') => new Float32Array(vectors.start[name].length);
    const outputs = await evaluate(step(false), {
      ...Object.fromEntries(
        names.flatMap((name) => [
          [name, Float32Array.from(vectors.start[name])],
          [`${name}.m`, zeros(name)],
          [`${name}.v`, zeros(name)],
          [`${name}.g`, zeros(name)],
        ]),
      ),
      ...adamScalarValues(1, vectors.settings),
    });
    expect(outputs['w.next']).toEqual(Array.from(Float32Array.from(vectors.start.w)));
  });
});
