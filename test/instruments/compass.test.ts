/**
 * The compass against what is known: gradients that were made with a given angle and noise, and the gradient
 * path that is checked against PyTorch (test/policy/lora-step.test.ts).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/base/random.ts';
import { directionsOf } from '../../src/instruments/compass/directions.ts';
import { readDirections } from '../../src/instruments/compass/measure.ts';
import { productsOf, type PartGradients } from '../../src/instruments/compass/products.ts';
import { readCompass, type CompassReading, type PairReading } from '../../src/instruments/compass/reading.ts';
import { createConfig } from '../../src/learning/config.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Gradient, UpdateRow } from '../../src/policy/types.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { countTask, sumTask } from '../learning/tasks.ts';
import { gap, relative, request, rowsOf, SETTINGS, tinyPolicy } from '../policy/harness.ts';

/** Standard normal (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

interface Made {
  readonly cosine: number;
  /** Standard deviation of each entry of a part's gradient; the true directions have length 1. */
  readonly noise: number;
  readonly parts: number;
  readonly size: number;
}

/**
 * Two directions of known angle, seen part by part through noise; the second layer has none of the second.
 */
function made({ cosine, noise, parts, size }: Made, seed: number | string): PartGradients {
  const random = createRandom(seed);
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  first[0] = 1;
  [second[0], second[1]] = [cosine, Math.sqrt(1 - cosine ** 2)];
  const seen = (direction: Float32Array): Gradient => ({
    'layers.0.x.lora_B': direction.map((value) => value + noise * normal(random)),
    'layers.2.x.lora_B': direction.map((_, i) => (i === 0 ? 1 : 0)),
  });
  return {
    names: ['first', 'second'],
    parts,
    gradients: [first, second].map((direction) => Array.from({ length: parts }, () => seen(direction))),
  };
}

const pairOf = ({ pairs }: Pick<CompassReading, 'pairs'>): PairReading => pairs[0]!;
const layer = (reading: CompassReading, number: number) =>
  reading.layers.find((each) => each.layer === number)!;
const read = (gradients: PartGradients, seed = 1) =>
  readCompass(productsOf(gradients), createRandom(seed), 200);

describe('the angle between gradients', () => {
  it('without noise is what it was made, with nothing to correct', () => {
    const own = layer(read(made({ cosine: 0.6, noise: 0, parts: 4, size: 10 }, 1)), 0);
    const { cosine, corrected, ceiling, interval } = pairOf(own);
    for (const value of [cosine, corrected, ...interval!]) expect(value).toBeCloseTo(0.6, 5);
    expect(ceiling).toBeCloseTo(1, 5);
    expect(own.directions[0]!.halves).toBeCloseTo(1, 5);
  });

  it('through noise is seen smaller by what the reliability says, and found again by it', () => {
    // |a|^2 / (|a|^2 + noise^2 size / parts): 1 / (1 + .0225 * 800 / 18) = 1/2 for the
    // whole and 1/3 for halves.
    const readings = Array.from({ length: 20 }, (_, i) =>
      layer(read(made({ cosine: 0.6, noise: 0.15, parts: 18, size: 800 }, i)), 0),
    );
    const mean = (of: (reading: (typeof readings)[number]) => number) =>
      readings.reduce((sum, reading) => sum + of(reading), 0) / readings.length;
    expect(mean(({ directions }) => directions[0]!.whole!)).toBeCloseTo(1 / 2, 1);
    expect(mean(({ directions }) => directions[0]!.halves!)).toBeCloseTo(1 / 3, 1);
    expect(mean((reading) => pairOf(reading).cosine!)).toBeCloseTo(0.3, 1);
    expect(mean((reading) => pairOf(reading).corrected!)).toBeCloseTo(0.6, 1);
  });

  it('is another on the same tasks than on different ones where their noise is one', () => {
    const readings = Array.from({ length: 10 }, (_, i) => {
      const gradients = made({ cosine: 0, noise: 0.3, parts: 16, size: 100 }, i);
      const [first, second] = gradients.gradients;
      // What is noise in the first is in the second, too: tasks they share.
      const sharing = second!.map((gradient, part) => ({
        'layers.0.x.lora_B': gradient!['layers.0.x.lora_B']!.map(
          (value, j) => value + first![part]!['layers.0.x.lora_B']![j]! - (j === 0 ? 1 : 0),
        ),
      }));
      return pairOf(layer(read({ ...gradients, gradients: [first!, sharing] }), 0));
    });
    const mean = (of: (pair: PairReading) => number) =>
      readings.reduce((sum, pair) => sum + of(pair), 0) / readings.length;
    expect(mean(({ cosine }) => cosine!)).toBeGreaterThan(0.15);
    expect(Math.abs(mean(({ apart }) => apart!))).toBeLessThan(0.1);
  });

  it('of orthogonal gradients is covered by about 95 of 100 intervals, within what chance allows', () => {
    const covered = Array.from({ length: 60 }, (_, i) => {
      const gradients = made({ cosine: 0, noise: 0.2, parts: 16, size: 60 }, `null ${i}`);
      const [low, high] = pairOf(layer(read(gradients, i), 0)).interval!;
      return low <= 0 && 0 <= high;
    }).filter(Boolean);
    // Of 60 at .92, which percentile intervals of 16 parts have, fewer than 48 happen once in a thousand.
    expect(covered.length).toBeGreaterThanOrEqual(48);
  });

  it('is not corrected where a direction is noise alone', () => {
    const gradients = made({ cosine: 0, noise: 1, parts: 6, size: 400 }, 3);
    const drowned: PartGradients = {
      ...gradients,
      gradients: gradients.gradients.map((parts) =>
        parts.map((gradient) => ({
          'layers.0.x.lora_B': gradient!['layers.0.x.lora_B']!.map((value, i) => (i < 2 ? 0 : value)),
        })),
      ),
    };
    const { directions, pairs } = read(drowned);
    expect(Math.abs(directions[0]!.whole!)).toBeLessThan(0.5);
    expect(pairs[0]!.correctedInterval).toBeNull();
  });

  it('is told by layer, and in all is that of the layers together', () => {
    const reading = read(made({ cosine: 0, noise: 0, parts: 4, size: 10 }, 1));
    expect(reading.layers.map((each) => each.layer)).toEqual([0, 2]);
    expect(pairOf(layer(reading, 0)).cosine).toBeCloseTo(0, 6);
    expect(pairOf(layer(reading, 2)).cosine).toBeCloseTo(1, 6);
    // (1, 0 | 1) and (0, 1 | 1): 1 / 2.
    expect(pairOf(reading).cosine).toBeCloseTo(0.5, 6);
  });

  it('is null where there is no gradient, and parts without one count as zero', () => {
    const gradients = made({ cosine: 0.5, noise: 0, parts: 4, size: 4 }, 1);
    const none = { ...gradients, gradients: [gradients.gradients[0]!, [null, null, null, null]] };
    const nothing = read(none);
    expect(nothing.pairs[0]).toMatchObject({ cosine: null, interval: null, corrected: null });
    expect(nothing.directions[1]).toMatchObject({ norm: 0, parts: 0, halves: null, whole: null });
    const some = {
      ...gradients,
      gradients: [gradients.gradients[0]!, [gradients.gradients[1]![0]!, null, null, null]],
    };
    expect(layer(read(some), 0).pairs[0]!.cosine).toBeCloseTo(0.5, 6);
    expect(layer(read(some), 0).directions[1]).toMatchObject({ parts: 1 });
  });
});

describe('the gradients of a policy', () => {
  let runtime: Runtime;
  let policy: LoraPolicy;
  let rows: UpdateRow[];

  beforeAll(async () => {
    runtime = await createRuntime(nodeWasm(1));
    policy = await tinyPolicy(runtime, { adapterScale: 0.3 });
    rows = rowsOf(await policy.generate(request({ maxNewTokens: 8 })));
  });
  afterAll(() => policy.dispose());

  it('of parts add up to that of the whole', async () => {
    const whole = await policy.gradient(rows, SETTINGS);
    const parts = [
      await policy.gradient(rows.slice(0, 2), SETTINGS),
      await policy.gradient(rows.slice(2), SETTINGS),
    ];
    for (const [name, values] of Object.entries(whole))
      expect(
        relative(
          values.map((_, i) => parts[0]![name]![i]! + parts[1]![name]![i]!),
          values,
        ),
      ).toBeLessThan(1e-4);
  });

  it('change nothing, and have the norm that the update reports', async () => {
    const before = await policy.snapshot();
    const gradient = await policy.gradient(rows, SETTINGS);
    const after = await policy.snapshot();
    const names = Object.keys(before.tensors);
    expect(
      gap(
        names.map((name) => after.tensors[name]!.data),
        names.map((name) => before.tensors[name]!.data),
      ),
    ).toBe(0);
    const norm = Math.sqrt(
      Object.values(gradient).reduce((sum, g) => sum + g.reduce((s, x) => s + x * x, 0), 0),
    );
    const { gradNorm } = await policy.update(rows, { ...SETTINGS, learningRate: 0 });
    expect(norm / gradNorm).toBeCloseTo(1, 4);
    await policy.restore(before);
  });

  it('of a direction and of its opposite have the cosine -1', async () => {
    const half = (which: number) => rows.filter((_, i) => i % 2 === which);
    const turned = (list: UpdateRow[]) =>
      list.map((row) => ({ ...row, advantages: row.advantages.map((advantage) => -2 * advantage) }));
    const parts = [half(0), half(1)];
    const reading = await readDirections(
      [
        { name: 'there', parts },
        { name: 'back', parts: parts.map(turned) },
      ],
      SETTINGS,
      { policy, parts: 2 },
      createRandom(1),
    );
    expect(pairOf(reading).cosine).toBeCloseTo(-1, 4);
    expect(reading.layers.map((each) => each.layer)).toEqual([0, 1]);
  });
});

describe('the rows of the directions', () => {
  const policy = new FakePolicy(() => []);
  const config = createConfig({ 'alignment.reward': 'paper', 'code.groupSize': 2 });
  const rollout = (text: string, reward: number) => ({
    text,
    promptTokens: policy.tokenizer.encode('p'),
    tokens: [...policy.tokenizer.encode(text), 0],
    logProbs: [],
    finish: 'eos' as const,
    verdict: reward === 1 ? ('pass' as const) : ('wrong' as const),
    program: text,
    failing: [],
    reward,
  });
  const tasks = [sumTask, countTask];
  const code = [
    { task: sumTask, rollouts: [rollout('good', 1), rollout('no', 0)] },
    { task: countTask, rollouts: [rollout('no', 0), rollout('no', 0)] },
  ];
  const context = { config, format: alignmentFormats.trace, tokenizer: policy.tokenizer, parts: 2 };
  const directions = directionsOf({ tasks, code, alignment: [] }, context);

  it('are in the part of their task, with advantages in mixed groups alone', () => {
    const [own] = directions;
    expect(own!.parts.map((rows) => rows.length)).toEqual([2, 0]);
    expect(own!.parts[0]!.map(({ advantages }) => Math.sign(advantages[0]!))).toEqual([1, -1]);
  });

  it('of supervised code are the solutions with their end, weighed as one mean over tokens', () => {
    const [, , supervised] = directions;
    expect(supervised!.parts.map((rows) => rows.length)).toEqual([1, 0]);
    const [row] = supervised!.parts[0]!;
    expect(policy.tokenizer.decode(row!.completion)).toBe(sumTask.solution!.trimEnd());
    expect(row!.completion.at(-1)).toBe(policy.tokenizer.eosId);
    expect(row!.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(new Set(row!.advantages)).toEqual(new Set([1]));
  });
});
