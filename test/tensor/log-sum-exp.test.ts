/**
 * log(sum(exp(x))) of logits at low temperatures, for devices whose kernels differ.
 * What it gives on WebGPU is in webgpu.browser.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph } from '../../src/tensor/onnx/encode.ts';
import { logSumExp } from '../../src/tensor/ops/reduce.ts';
import { checkGradient, distinctValues, evaluate } from './harness.ts';

const RANGES = [
  [-201, -199],
  [-1, 1],
  [119, 121],
] as const;

/** Of rows of four, in double precision. */
function ofFours(x: number[]): number[] {
  return [0, 4].map((at) => {
    const row = x.slice(at, at + 4);
    const top = Math.max(...row);
    return top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
  });
}

describe.each(['wasm', 'webgpu'] as const)('logSumExp, built for %s', (device) => {
  it.each(RANGES)('of rows between %d and %d: value and gradient', async (...range) => {
    const name = `logSumExp from ${range[0]}`;
    await checkGradient({ name, device, range, parameters: [[2, 4]], build: logSumExp, forward: ofFours });
  });
});

/** exp is infinite in float32 above this. */
const OVERFLOW = 88.7;

it.each(RANGES)('on WebGPU its kernel is given nothing that overflows: %d to %d', async (low, high) => {
  const graph = new Graph('kernel', 'webgpu');
  logSumExp(graph.input('x', 'float32', [2, 4]));
  const kernel = graph.nodes.find(({ op }) => op === 'ReduceLogSumExp');
  graph.output('given', kernel!.inputs[0]!);
  const x = distinctValues('rows', 8, low, high);
  const { given } = await evaluate(encodeGraph(graph), { x });
  expect(Math.max(...given!)).toBeLessThan(OVERFLOW);
  // Of each row one term is 1, or the sum would be nothing.
  for (const at of [0, 4]) expect(Math.max(...given!.slice(at, at + 4))).toBeGreaterThan(-OVERFLOW);
});
