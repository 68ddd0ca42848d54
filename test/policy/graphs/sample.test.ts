/** The token that a uniform number picks out of a large vocabulary, against sums in double precision. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src/policy/model/parts.ts';
import { sampleToken, samplerInputs } from '../../../src/policy/graphs/sample.ts';
import { createRandom } from '../../../src/base/random.ts';
import { Graph } from '../../../src/tensor/graph.ts';
import { encodeGraph } from '../../../src/tensor/onnx/encode.ts';
import { evaluate } from '../../tensor/harness.ts';
import { TINY } from '../tiny-model.ts';

/** Ids sampled from rows of logits, by a graph whose hidden states are the logits. */
async function sample(logits: readonly Float32Array[], uniforms: readonly number[]): Promise<number[]> {
  const [rows, vocabSize] = [logits.length, logits[0]!.length];
  const graph = new Graph('sample');
  const model = {
    graph,
    architecture: { ...TINY, vocabSize },
    head: (hidden) => hidden,
  } satisfies Partial<Model> as unknown as Model;
  const hidden = graph.input('logits', 'float32', [rows, vocabSize]);
  const uniform = graph.input('uniforms', 'float32', [rows, 1]);
  const { id } = sampleToken(model, hidden, uniform, samplerInputs(model));
  graph.output('id', id);
  const flat = new Float32Array(rows * vocabSize);
  logits.forEach((row, i) => flat.set(row, i * vocabSize));
  const inputs = { logits: flat, uniforms: Float32Array.from(uniforms), inverseTemperature: 1, greedy: 0 };
  return (await evaluate(encodeGraph(graph), inputs))['id']!;
}

/** What the tokens up to each one have together, by the double. */
function cumulative(logits: Float32Array): number[] {
  const weights = Array.from(logits, Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => (sum += weight) / total);
}

/** A few roundings of sums near 1 in float32. */
const ROUNDING = 2e-6;

/** That the uniform falls into the token's share, up to rounding. */
function expectShare(logits: Float32Array, id: number, uniform: number): void {
  const sums = cumulative(logits);
  expect((sums[id - 1] ?? 0) - ROUNDING, `below token ${id}`).toBeLessThanOrEqual(uniform);
  expect(sums[id]! + ROUNDING, `up to token ${id}`).toBeGreaterThan(uniform);
}

describe.each([49_152, 50_003])('a vocabulary of %d', (vocabSize) => {
  const random = createRandom(`vocabulary of ${vocabSize}`);

  it('is sampled as its probabilities say', async () => {
    const rows = Array.from({ length: 6 }, () =>
      Float32Array.from({ length: vocabSize }, () => 4 * random.next()),
    );
    const uniforms = [0, 0.25, random.next(), random.next(), 0.99, 1 - 2 ** -24];
    const ids = await sample(rows, uniforms);
    ids.forEach((id, i) => expectShare(rows[i]!, id, uniforms[i]!));
  });

  it('gives a uniform next to 1 to the end of a long tail, not to an id that is no token', async () => {
    const padded = 200;
    const logits = new Float32Array(vocabSize).fill(0).fill(-60, vocabSize - padded);
    // As probable as nine times all others.
    logits[5] = Math.log(9 * vocabSize);
    const uniform = 1 - 2 ** -24;
    const [id] = await sample([logits], [uniform]);
    expect(id).toBeLessThan(vocabSize - padded);
    expectShare(logits, id!, uniform);
  });

  it('never samples what has no probability', async () => {
    const logits = new Float32Array(vocabSize).fill(-200);
    for (const token of [300, 301, 40_000]) logits[token] = 0;
    const ids = await sample([logits, logits, logits, logits], [0, 0.5, 0.7, 1 - 2 ** -24]);
    expect(ids).toEqual([300, 301, 40_000, 40_000]);
  });
});
