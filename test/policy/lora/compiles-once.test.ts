/**
 * A run meets new lengths, numbers of rows and sizes of micro-batches in every step. Its graphs are compiled
 * in the first ones and fit all that come later.
 */
import { expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createRuntime } from '../../../src/tensor/runtime/runtime.ts';
import { rowsOf, SETTINGS, tinyPolicy, uniforms } from '../harness.ts';

/** Steps in which graphs may be compiled. */
const FIRST = 3;
const STEPS = 60;

it('nothing is compiled after the first steps, whatever the lengths', async () => {
  const runtime = await createRuntime({ device: 'wasm', threads: 1 });
  const policy = await tinyPolicy(runtime, { adapterScale: 0.3, microBatchTokens: 128 });
  const random = createRandom('lengths');
  const upTo = (most: number): number => 1 + Math.floor(random.next() * most);
  let first = 0;
  const shapes = new Set<string>();
  for (let step = 1; step <= STEPS; step++) {
    const groups = Array.from({ length: upTo(3) }, () => Array.from({ length: upTo(30) }, () => upTo(49)));
    const prompts = groups.flatMap((prompt) => Array<number[]>(upTo(3)).fill(prompt));
    const maxNewTokens = upTo(20);
    const completions = await policy.generate({
      prompts,
      maxNewTokens,
      temperature: step % 5 === 0 ? 0 : 1,
      uniforms: uniforms(step, prompts.length, maxNewTokens),
    });
    const sequences = completions.map(({ tokens }, row) => ({ prompt: prompts[row]!, completion: tokens }));
    await policy.score({ sequences, temperature: 1 });
    await policy.update(rowsOf(completions, prompts), SETTINGS);
    shapes.add(completions.map(({ tokens }, row) => `${prompts[row]!.length}+${tokens.length}`).join());
    if (step === FIRST) first = policy.compiled.graphs;
  }
  expect(shapes.size).toBeGreaterThan(STEPS / 2);
  expect(first).toBeGreaterThan(0);
  expect(policy.compiled.graphs).toBe(first);
  // Nor is anything left behind: what is held at the end was there at the beginning.
  const held = runtime.openTensors;
  await policy.score({ sequences: [{ prompt: [1, 2], completion: [3] }], temperature: 1 });
  expect(runtime.openTensors).toBe(held);
  await policy.dispose();
});
