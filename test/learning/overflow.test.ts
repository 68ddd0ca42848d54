/**
 * A model whose activations are too large for 16 bits, in the loop: the step is
 * undone and says so, and the policy is what it was before.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Batch } from '../../src/learning/batch.ts';
import { Clock } from '../../src/learning/clock.ts';
import { createConfig } from '../../src/learning/config.ts';
import { updatePolicy } from '../../src/learning/update.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Precision } from '../../src/policy/model/precision.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { tinyPolicy } from '../policy/harness.ts';
import { randomWeights, TINY, withLargeActivations } from '../policy/tiny-model.ts';

let runtime: Runtime;
const open: LoraPolicy[] = [];
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});
afterAll(() => Promise.all(open.map((policy) => policy.dispose())));

async function large(precision: Precision): Promise<LoraPolicy> {
  const weights = withLargeActivations(randomWeights(TINY, 1, 4), 1e5);
  const policy = await tinyPolicy(runtime, { weights, precision, adapterScale: 0.3 });
  open.push(policy);
  return policy;
}

/** Two rollouts of one prompt, one better than the other. */
const batch: Batch = {
  groups: [],
  rollouts: [1, -1].map((advantage) => ({
    kind: 'code',
    group: 0,
    prompt: [7, 3, 12],
    tokens: [5, 9 + advantage, 0],
    advantage,
    finish: 'eos',
    rewarded: true,
  })),
  sampled: [
    [-1, -1, -1],
    [-1, -1, -1],
  ],
  means: {},
};

it('in fp16 the update is undone and named', async () => {
  const policy = await large('fp16');
  const before = await policy.snapshot();
  const { undone, metrics } = await updatePolicy(policy, batch, createConfig(), 1, new Clock());
  expect(undone).toBe('the loss is NaN');
  expect(metrics).toMatchObject({ rolled_back: 1 });
  expect(await policy.snapshot()).toEqual(before);
});

it('in fp32 the same update goes through', async () => {
  const policy = await large('fp32');
  const { undone } = await updatePolicy(policy, batch, createConfig(), 1, new Clock());
  expect(undone).toBeNull();
});
