/**
 * What a token could have been: the most probable tokens at each place, as the
 * scorer's own distribution has them.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime } from '../../src/tensor/runtime/runtime.ts';
import { tinyPolicy } from './harness.ts';
import { TINY } from './tiny-model.ts';

let policy: LoraPolicy;
beforeAll(async () => {
  policy = await tinyPolicy(await createRuntime(nodeWasm(1)), { adapterScale: 0.3 });
});
afterAll(() => policy.dispose());

const sequence = { prompt: [7, 3, 12], completion: [40, 5, 9] };
const score = async (extra: { alternatives?: number; adapter?: 'base' } = {}) =>
  (await policy.score({ sequences: [sequence], temperature: 0.8, ...extra }))[0]!;

it('are the largest of the whole distribution, in order', async () => {
  const { alternatives } = await score({ alternatives: 4 });
  for (let place = 0; place < sequence.completion.length; place++) {
    const prompt = [...sequence.prompt, ...sequence.completion.slice(0, place)];
    const every = Array.from({ length: TINY.vocabSize }, (_, token) => ({ prompt, completion: [token] }));
    const whole = (await policy.score({ sequences: every, temperature: 0.8 })).map((s) => s.logProbs[0]!);
    const expected = whole
      .map((logProb, id) => ({ id, logProb }))
      .sort((a, b) => b.logProb - a.logProb)
      .slice(0, 4);
    expected.forEach(({ id, logProb }, i) => {
      expect(alternatives!.ids[place * 4 + i]).toBe(id);
      expect(alternatives!.logProbs[place * 4 + i]).toBeCloseTo(logProb, 4);
    });
  }
});

it('change nothing about the scores themselves, and are the base model’s when asked for', async () => {
  const [plain, asked] = [await score(), await score({ alternatives: 3 })];
  expect(plain.alternatives).toBeUndefined();
  asked.logProbs.forEach((logProb, i) => expect(logProb).toBeCloseTo(plain.logProbs[i]!, 5));
  const base = await score({ alternatives: 3, adapter: 'base' });
  expect([...base.alternatives!.logProbs]).not.toEqual([...asked.alternatives!.logProbs]);
});
