/**
 * The step: what it changes, what it leaves alone, and that nothing is left behind.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RequestError } from '../../../src/policy/errors.ts';
import type { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { Completion, PolicySnapshot, UpdateRow } from '../../../src/policy/types.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { gap, PROMPTS, request, rowsOf, SETTINGS, tinyPolicy, uniforms } from '../harness.ts';

let runtime: Runtime;
let policy: LoraPolicy;
let start: PolicySnapshot;
let completions: Completion[];
let rows: UpdateRow[];
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
  policy = await tinyPolicy(runtime, { adapterScale: 0.2 });
  start = await policy.snapshot();
  completions = await policy.generate(request());
  rows = rowsOf(completions);
});
afterAll(() => policy.dispose());
beforeEach(() => policy.restore(start));

/**
 * The first moment after one step from zero is (1 - beta1) times the clipped
 * gradient: linear without clipping.
 */
async function gradientsOf(batch: readonly UpdateRow[]): Promise<Float32Array[]> {
  await policy.restore(start);
  await policy.update(batch, { ...SETTINGS, learningRate: 0, maxGradNorm: 1e9 });
  return Object.entries((await policy.snapshot()).tensors)
    .filter(([name]) => name.endsWith('.m'))
    .map(([, { data }]) => data);
}

const adapterOf = ({ tensors }: PolicySnapshot) => Object.values(tensors).map(({ data }) => data);

describe('update', () => {
  it('one step is visible in the next rollouts: rewarded rows become more probable, punished ones less', async () => {
    const before = await policy.score({ sequences: rows, temperature: 1 });
    await policy.update(rows, SETTINGS);
    const after = await policy.score({ sequences: rows, temperature: 1 });
    const total = (scores: typeof before, i: number) => scores[i]!.logProbs.reduce((a, b) => a + b, 0);
    const gained = rows.reduce(
      (sum, row, i) => sum + Math.sign(row.advantages[0]!) * (total(after, i) - total(before, i)),
      0,
    );
    expect(gained).toBeGreaterThan(0);
    const rollouts = await policy.generate(request());
    expect(rollouts.map(({ logProbs }) => logProbs[0])).not.toEqual(
      completions.map(({ logProbs }) => logProbs[0]),
    );
    expect(await policy.generate(request({ adapter: 'base' }))).not.toEqual(rollouts);
  });

  it('from B = 0, one step moves B alone and the next moves A', async () => {
    const fresh = await tinyPolicy(runtime);
    const [initial, blank] = [await fresh.snapshot(), await fresh.generate(request())];
    expect(blank).toEqual(await fresh.generate(request({ adapter: 'base' })));
    await fresh.update(rowsOf(blank), SETTINGS);
    const first = await fresh.snapshot();
    await fresh.update(rowsOf(blank), SETTINGS);
    const second = await fresh.snapshot();
    for (const name of Object.keys(initial.tensors).filter((key) => /lora_[AB]$/.test(key))) {
      const moved = gap([first.tensors[name]!.data], [initial.tensors[name]!.data]);
      if (name.endsWith('A')) expect(moved, name).toBe(0);
      else expect(moved, name).toBeGreaterThan(1e-3);
      expect(gap([second.tensors[name]!.data], [first.tensors[name]!.data]), name).toBeGreaterThan(1e-4);
    }
    await fresh.dispose();
  });

  it('does not depend on the order of its rows', async () => {
    const forward = await policy.update(rows, SETTINGS);
    const one = await policy.snapshot();
    await policy.restore(start);
    const backward = await policy.update([...rows].reverse(), SETTINGS);
    expect(backward.loss).toBeCloseTo(forward.loss, 5);
    expect(gap([...backward.logProbs].reverse(), forward.logProbs)).toBeLessThan(1e-4);
    expect(gap(adapterOf(await policy.snapshot()), adapterOf(one))).toBeLessThan(2e-3);
  });

  it('is the sum over its rows one by one, though rows with one prompt are computed with it once', async () => {
    const prompt = Array.from({ length: 21 }, (_, j) => 1 + ((j * 5) % 49));
    const group = rows.map((row, i) => (i % 3 === 2 ? row : { ...row, prompt }));
    const together = await gradientsOf(group);
    const sum = together.map((values) => new Float32Array(values.length));
    for (const row of group)
      (await gradientsOf([row])).forEach((values, i) => values.forEach((v, j) => (sum[i]![j]! += v)));
    expect(gap(together, sum)).toBeLessThan(1e-5);
    expect(
      gap(
        together,
        together.map((values) => new Float32Array(values.length)),
      ),
    ).toBeGreaterThan(1e-3);
  });

  it('does not depend on how many runs it takes: gradients add up', async () => {
    // 40 rows of up to 190 tokens are several micro-batches; the same rows in one
    // call or spread over weights of two halves.
    const prompts = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 150 }, (_, j) => 1 + ((i * 7 + j * 5) % 49)),
    );
    const many = await policy.generate({
      prompts,
      maxNewTokens: 12,
      temperature: 1,
      uniforms: uniforms('many', 40, 12),
    });
    const all = rowsOf(many, prompts);
    const still = { ...SETTINGS, learningRate: 0 };
    const whole = await policy.update(all, still);
    const halves = [await policy.update(all.slice(0, 20), still), await policy.update(all.slice(20), still)];
    expect(halves[0]!.loss + halves[1]!.loss).toBeCloseTo(whole.loss, 4);
    const [a, b, ab] = [
      await gradientsOf(all.slice(0, 20)),
      await gradientsOf(all.slice(20)),
      await gradientsOf(all),
    ];
    const sum = a.map((values, i) => values.map((value, j) => value + b[i]![j]!));
    expect(gap(sum, ab)).toBeLessThan(1e-5);
  });

  it('reports the norm before clipping and never steps further than the clip allows', async () => {
    const free = await policy.update(rows, { ...SETTINGS, learningRate: 0, maxGradNorm: 1e9 });
    const clipped = await policy.update(rows, {
      ...SETTINGS,
      learningRate: 0,
      maxGradNorm: free.gradNorm / 10,
    });
    expect(clipped.gradNorm).toBeCloseTo(free.gradNorm, 4);
  });

  it.each([
    ['no rows', () => [], {}],
    ['an advantage too few', () => [{ ...rows[0]!, advantages: rows[0]!.advantages.slice(1) }], {}],
    [
      'a weight too many',
      () => [{ ...rows[0]!, weights: new Float32Array(rows[0]!.completion.length + 1) }],
      {},
    ],
    ['KL without a reference', () => rows, { klCoefficient: 0.1 }],
    ['an empty prompt', () => [{ ...rows[0]!, prompt: [] }], {}],
    ['a row longer than the context', () => [{ ...rows[0]!, prompt: new Array<number>(300).fill(1) }], {}],
  ] as [string, () => UpdateRow[], object][])(
    'refuses %s and changes nothing',
    async (_name, batch, overrides) => {
      await expect(policy.update(batch(), { ...SETTINGS, ...overrides })).rejects.toBeInstanceOf(
        RequestError,
      );
      expect(await policy.snapshot()).toEqual(start);
    },
  );
});

describe('snapshot, restore, reset', () => {
  it('a restored run goes on exactly where it was', async () => {
    await policy.update(rows, SETTINGS);
    const middle = await policy.snapshot();
    expect(middle.step).toBe(1);
    const first = await policy.update(rows, SETTINGS);
    const end = await policy.snapshot();
    const other = await tinyPolicy(runtime);
    await other.restore(middle);
    const again = await other.update(rows, SETTINGS);
    expect(again).toEqual(first);
    expect(await other.snapshot()).toEqual(end);
    await other.dispose();
  });

  it('a snapshot is a copy: later steps do not change it, nor it a later step', async () => {
    const before = await policy.snapshot();
    const values = adapterOf(before).map((data) => data.slice());
    await policy.update(rows, SETTINGS);
    expect(adapterOf(before)).toEqual(values);
    const now = await policy.snapshot();
    const name = Object.keys(now.tensors)[0]!;
    now.tensors[name]!.data.fill(99);
    expect((await policy.snapshot()).tensors[name]!.data).not.toEqual(now.tensors[name]!.data);
  });

  it('reset is the beginning: seeded values, B = 0, no moments', async () => {
    await policy.update(rows, SETTINGS);
    await policy.reset(5);
    const fresh = await tinyPolicy(runtime);
    expect(await policy.snapshot()).toEqual(await fresh.snapshot());
    await policy.reset(6);
    expect(await policy.snapshot()).not.toEqual(await fresh.snapshot());
    await fresh.dispose();
  });

  it('refuses a snapshot of another rank and keeps what it has', async () => {
    const name = Object.keys(start.tensors)[0]!;
    const wrong = {
      ...start,
      tensors: { ...start.tensors, [name]: { dims: [1, 1], data: new Float32Array(1) } },
    };
    await expect(policy.restore(wrong)).rejects.toBeInstanceOf(RequestError);
    await expect(policy.restore({ step: 0, tensors: {} })).rejects.toBeInstanceOf(RequestError);
    expect(await policy.snapshot()).toEqual(start);
  });
});

describe('an optimizer with a name', () => {
  const NAMED = { ...SETTINGS, optimizer: 'alignment' };
  const matricesOf = ({ tensors }: PolicySnapshot) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => /lora_[AB]$/.test(name)));
  const momentsOf = ({ tensors }: PolicySnapshot, prefix = '') =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => /\.[mv]$/.test(name) && name.includes(':') === (prefix !== ''))
        .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
    );

  it('goes on from the adapter as the others left it, with moments that begin at zero', async () => {
    await policy.update(rows, SETTINGS);
    const between = await policy.snapshot();
    await policy.update(rows, NAMED);
    const own = await policy.snapshot();
    const blank = Object.entries(between.tensors).map(([name, { dims, data }]) => {
      return [name, { dims, data: /\.[mv]$/.test(name) ? new Float32Array(data.length) : data }] as const;
    });
    await policy.restore({ step: 0, tensors: Object.fromEntries(blank) });
    await policy.update(rows, SETTINGS);
    const alone = await policy.snapshot();
    expect(matricesOf(own)).toEqual(matricesOf(alone));
    expect(momentsOf(own, 'alignment:')).toEqual(momentsOf(alone));
    expect(momentsOf(own)).toEqual(momentsOf(between));
    expect(own).toMatchObject({ step: 1, steps: { alignment: 1 } });
  });

  it('is in the snapshot: a restored run goes on exactly where it was', async () => {
    await policy.update(rows, SETTINGS);
    await policy.update(rows, NAMED);
    const middle = await policy.snapshot();
    await policy.update(rows, NAMED);
    const end = await policy.snapshot();
    const other = await tinyPolicy(runtime);
    await other.restore(middle);
    await other.update(rows, NAMED);
    expect(await other.snapshot()).toEqual(end);
    await other.dispose();
  });

  it('is gone after reset, and after a snapshot that has none', async () => {
    await policy.update(rows, NAMED);
    await policy.restore(start);
    expect(await policy.snapshot()).toEqual(start);
    await policy.update(rows, NAMED);
    await policy.reset(5);
    expect((await policy.snapshot()).steps).toBeUndefined();
  });

  it('is refused, whole, where a moment of it is missing', async () => {
    const before = await policy.snapshot();
    const lacking = { ...before, steps: { alignment: 3 } };
    await expect(policy.restore(lacking)).rejects.toThrow(/alignment:.*does not fit/);
    expect(await policy.snapshot()).toEqual(before);
  });
});

describe('what lives on the device', () => {
  it('is the same after 30 steps as after one', async () => {
    const open: number[] = [];
    for (let step = 0; step < 30; step++) {
      const rollouts = await policy.generate(request({ maxNewTokens: 10, uniforms: uniforms(step, 6, 10) }));
      await policy.score({ sequences: rowsOf(rollouts), temperature: 1, adapter: 'base' });
      await policy.update(rowsOf(rollouts), SETTINGS);
      await policy.update(rowsOf(rollouts), { ...SETTINGS, optimizer: 'alignment' });
      open.push(runtime.openTensors);
    }
    expect(new Set(open).size).toBe(1);
    expect(PROMPTS).toHaveLength(6);
  });

  it('is gone when the policy is disposed of', async () => {
    const before = runtime.openTensors;
    const passing = await tinyPolicy(runtime, { adapterScale: 0.1 });
    await passing.update(rowsOf(await passing.generate(request())), SETTINGS);
    await passing.update(rowsOf(await passing.generate(request())), { ...SETTINGS, optimizer: 'own' });
    await passing.dispose();
    expect(runtime.openTensors).toBe(before);
  });
});
