/** What an adapter takes over from a snapshot of another one: all of it or nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestError } from '../../../src/policy/errors.ts';
import type { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { PolicySnapshot } from '../../../src/policy/types.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime } from '../../../src/tensor/runtime/runtime.ts';
import { PROMPTS, request, rowsOf, SETTINGS, tinyPolicy } from '../harness.ts';

describe('an adapter of the last layer alone', () => {
  let [whole, last] = [] as unknown as LoraPolicy[];
  let trained: PolicySnapshot;
  beforeAll(async () => {
    const runtime = await createRuntime(nodeWasm(1));
    whole = await tinyPolicy(runtime);
    last = await tinyPolicy(runtime, { layers: 1 });
    const prompts = PROMPTS.slice(0, 2);
    const rows = rowsOf(await whole!.generate(request({ prompts, maxNewTokens: 4 })), prompts);
    await whole!.update(rows, SETTINGS);
    await whole!.update(rows, { ...SETTINGS, optimizer: 'alignment' });
    trained = await whole!.snapshot();
  });
  afterAll(async () => {
    await whole?.dispose();
    await last?.dispose();
  });

  const without = (snapshot: PolicySnapshot, part: RegExp): PolicySnapshot => ({
    ...snapshot,
    tensors: Object.fromEntries(Object.entries(snapshot.tensors).filter(([name]) => !part.test(name))),
  });

  it('refuses a snapshot of more layers, instead of dropping them, and keeps what it has', async () => {
    const before = await last!.snapshot();
    const adopted = last!.restore(trained);
    await expect(adopted).rejects.toBeInstanceOf(RequestError);
    await expect(adopted).rejects.toMatchObject({
      message: expect.stringContaining('layers.0.') as string,
      advice: expect.stringContaining('--adapter-layers') as string,
    });
    expect(await last!.snapshot()).toEqual(before);
  });

  it('refuses moments of an optimizer whose steps are not known', async () => {
    const own = without(trained, /layers\.0\./);
    await expect(last!.restore({ step: own.step, tensors: own.tensors })).rejects.toBeInstanceOf(
      RequestError,
    );
  });

  it('takes over a snapshot of its own layers, with the moments of every optimizer', async () => {
    const own = without(trained, /layers\.0\./);
    await last!.restore(own);
    expect(await last!.snapshot()).toEqual(own);
  });
});
