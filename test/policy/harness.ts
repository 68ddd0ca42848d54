/**
 * Policies over tiny random models, and batches for them. For tests only; runs in Node and in browsers.
 */
import { FULL_SIZES } from '../../src/policy/lora/memory.ts';
import { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { Architecture } from '../../src/policy/model/architecture.ts';
import type { Precision } from '../../src/policy/model/precision.ts';
import type { Completion, GenerateRequest, UpdateRow, UpdateSettings } from '../../src/policy/types.ts';
import type { Weights } from '../../src/policy/model/weights.ts';
import type { Runtime } from '../../src/tensor/runtime/runtime.ts';
import { createRandom } from '../../src/base/random.ts';
import { plainTokenizer, randomAdapter, randomWeights, TINY } from './tiny-model.ts';

export type Kind = 'dense' | 'int4' | 'int8';
const BITS = { dense: undefined, int4: 4, int8: 8 } as const;

export interface TinyOptions {
  readonly architecture?: Architecture;
  readonly kind?: Kind;
  /** Size of the adapter's random values; absent: B = 0. */
  readonly adapterScale?: number;
  readonly precision?: Precision;
  /** Adapted ones, the last; absent: all. */
  readonly layers?: number;
  /** Tokens of a micro-batch at most. */
  readonly microBatchTokens?: number;
  /** Instead of random ones of the architecture. */
  readonly weights?: Weights;
}

export async function tinyPolicy(runtime: Runtime, options: TinyOptions = {}): Promise<LoraPolicy> {
  const { architecture = TINY, kind = 'dense', adapterScale, precision, layers } = options;
  const { weights = randomWeights(architecture, 1, BITS[kind]), microBatchTokens } = options;
  const policy = new LoraPolicy({
    name: 'tiny',
    runtime,
    weights,
    tokenizer: plainTokenizer(architecture.vocabSize),
    adapter: { rank: 4, alpha: 8, ...(layers !== undefined && { layers }) },
    ...(precision && { precision }),
    ...(microBatchTokens !== undefined && { sizes: { ...FULL_SIZES, microBatchTokens } }),
    seed: 5,
  });
  if (adapterScale !== undefined) {
    const { step, tensors } = await policy.snapshot();
    await policy.restore({ step, tensors: randomAdapter(tensors, 3, adapterScale) });
  }
  return policy;
}

export function uniforms(seed: number | string, rows: number, count: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: rows * count }, () => random.next());
}

/** Prompts of different lengths; the first two and the last are one prompt shared by three rows. */
export const PROMPTS: readonly (readonly number[])[] = [
  [7, 3, 12, 40],
  [7, 3, 12, 40],
  [1],
  Array.from({ length: 37 }, (_, i) => 1 + ((i * 11) % 49)),
  [22, 9, 30, 5, 5, 5, 17],
  [7, 3, 12, 40],
];

export const request = (overrides: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompts: PROMPTS,
  maxNewTokens: 20,
  temperature: 1,
  uniforms: uniforms(
    9,
    (overrides.prompts ?? PROMPTS).length,
    Math.max(...[overrides.maxNewTokens ?? 20].flat()),
  ),
  ...overrides,
});

export const SETTINGS: UpdateSettings = {
  learningRate: 0.01,
  temperature: 1,
  clipLow: 0.2,
  clipHigh: 0.28,
  dualClip: 3,
  klCoefficient: 0,
  klEstimator: 'k3',
  entropyCoefficient: 0,
  maxGradNorm: 1,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.999,
  adamEps: 1e-8,
};

/** The rows of an update: advantages alternate in sign, weights are those of a token mean. */
export function rowsOf(completions: readonly Completion[], prompts = PROMPTS): UpdateRow[] {
  const tokens = completions.reduce((sum, completion) => sum + completion.tokens.length, 0);
  return completions.map((completion, i) => ({
    prompt: prompts[i]!,
    completion: completion.tokens,
    advantages: new Float32Array(completion.tokens.length).fill(i % 2 === 0 ? 1 : -0.6),
    weights: new Float32Array(completion.tokens.length).fill(1 / tokens),
  }));
}

/** Largest absolute difference of two lists of rows. */
export function gap(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length) throw new Error(`${a.length} rows against ${b.length}`);
  return Math.max(
    0,
    ...a.flatMap((row, i) => {
      if (row.length !== b[i]!.length)
        throw new Error(`row ${i}: ${row.length} values against ${b[i]!.length}`);
      return Array.from(row, (value, j) => (Number.isFinite(value) ? Math.abs(value - b[i]![j]!) : Infinity));
    }),
  );
}

/** |a - b| / |b|, Euclidean. */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  const norm = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values, (x) => x * x).reduce((s, x) => s + x, 0));
  return norm(Array.from(b, (value, i) => a[i]! - value)) / norm(b);
}

/**
 * How far 16 bits may move what the tiny models with a random adapter say. A half has 11
 * bits; a dozen roundings of 2^-12 in logits of up to about ten are a hundredth of a nat.
 */
export const HALF_BOUNDS = { logProb: 0.05, gap: 0.05, gradient: 0.02 } as const;
