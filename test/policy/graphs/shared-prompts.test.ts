/**
 * What a decoded token touches on a CPU, read off the graph: the prompt's keys and values are used
 * where they are and copied for no row; what rows carry from token to token is their own alone.
 */
import { describe, expect, it } from 'vitest';
import { decodeGraph } from '../../../src/policy/graphs/decode.ts';
import { prefillGraph } from '../../../src/policy/graphs/prefill.ts';
import type { Node } from '../../../src/tensor/graph.ts';
import { sizeOf } from '../../../src/tensor/types.ts';
import { randomWeights, TINY } from '../tiny-model.ts';

const weights = randomWeights(TINY, 1);
const adapter = { rank: 4, alpha: 8 };
const [rows, prompts, promptLength] = [12, 2, 101];
const all = (nodes: readonly Node[]): readonly Node[] =>
  nodes.flatMap((node) => [node, ...(node.body ? all(node.body.nodes) : [])]);

describe('rollouts that share prompts', () => {
  const shared = { prompts, promptLength, perPrompt: 7 };
  const graph = decodeGraph(weights, adapter, { rows, past: 3, chunk: 8, ends: [0], shared });
  const body = all(graph.nodes.filter((node) => node.body !== undefined));

  it('make no copy of a prompt for a row while they are decoded', () => {
    const copy = rows * TINY.keyValueHeads * promptLength * TINY.headDim;
    const sizes = body.flatMap(({ outputs }) => outputs.map(({ dims }) => sizeOf(dims)));
    expect(Math.max(...sizes)).toBeLessThan(copy);
    expect(body.filter(({ op }) => op === 'GroupQueryAttention')).toEqual([]);
  });

  it('put out caches of what they wrote themselves, and read prompts once each', () => {
    const cached = graph.outputs.filter(({ name }) => name.startsWith('cache.'));
    expect(cached).toHaveLength(2 * TINY.layers);
    for (const { dims } of cached) expect(dims).toEqual([rows, TINY.keyValueHeads, 3 + 8, TINY.headDim]);
    const read = graph.inputs.filter(({ name }) => name.includes('.prompt.'));
    expect(read).toHaveLength(2 * TINY.layers);
    for (const { dims } of read) expect(dims[0]).toBe(prompts);
  });

  it('begin with the last token of their prompt', () => {
    const shape = { prompts, promptLength, rows, capacity: promptLength };
    const begun = prefillGraph(weights, adapter, shape).outputs.filter(({ name }) =>
      name.startsWith('cache.'),
    );
    const own = begun.filter(({ name }) => !name.includes('.prompt.'));
    expect(begun).toHaveLength(4 * TINY.layers);
    for (const { dims } of own) expect(dims).toEqual([rows, TINY.keyValueHeads, 1, TINY.headDim]);
  });
});
