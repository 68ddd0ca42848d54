/**
 * The recipe of the embedded model: sizes, schedule, mixture. Everything that decides
 * what nano becomes is in this file and in scripts/corpus.
 */
import { llama } from '../../src/policy/families/llama.ts';
import type { Architecture } from '../../src/policy/model/architecture.ts';

export const ARCHITECTURE: Omit<Architecture, 'vocabSize'> = {
  family: llama,
  hiddenSize: 192,
  layers: 4,
  heads: 6,
  keyValueHeads: 2,
  headDim: 32,
  intermediateSize: 512,
  ropeTheta: 10000,
  normEps: 1e-5,
  biases: [],
  tiedHead: true,
  contextLength: 512,
};

export interface Recipe {
  readonly seed: number;
  readonly steps: number;
  /** Rows of `sequenceLength` tokens per step. */
  readonly rows: number;
  readonly sequenceLength: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Share of the steps, at the end, over which the rate falls linearly to `finalRate` of its peak. */
  readonly decayShare: number;
  readonly finalRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly adamEps: number;
  readonly maxGradNorm: number;
  /**
   * Share of the steps, at the end, whose forward pass sees the weights as the file
   * will hold them (quantisation-aware training).
   */
  readonly quantisedShare: number;
  /** Share of the tokens by kind of document. */
  readonly mixture: Readonly<Record<string, number>>;
  /** Longest trace document, tokens, at the start and after `curriculumSteps`. */
  readonly curriculum: { readonly from: number; readonly to: number; readonly steps: number };
}

export const FIRST_STAGE: Recipe = {
  seed: 20261123,
  steps: 6400,
  rows: 16,
  sequenceLength: 256,
  learningRate: 3e-3,
  warmupSteps: 100,
  decayShare: 0.3,
  finalRate: 0.03,
  weightDecay: 0.05,
  beta1: 0.9,
  beta2: 0.97,
  adamEps: 1e-8,
  maxGradNorm: 1,
  quantisedShare: 0.08,
  mixture: { code: 0.42, trace: 0.5, output: 0.08 },
  curriculum: { from: 100, to: 256, steps: 1200 },
};

/**
 * Goes on from the first stage's model, which has seen true trajectories alone, with execution
 * documents that misread a few kinds of lines more often than not (corpus/misreadings.ts):
 * plain mistakes that a reward can turn round, in a model that otherwise executes.
 */
export const LAST_STAGE: Recipe = {
  ...FIRST_STAGE,
  seed: 20261128,
  steps: 700,
  learningRate: 1.5e-3,
  warmupSteps: 50,
  decayShare: 0.6,
  quantisedShare: 0.2,
  curriculum: { from: 256, to: 256, steps: 1 },
};

/**
 * Goes on from nano with tasks that are decided by computing (corpus/computed.ts), for an experiment
 * (docs/experiments.md, E2); a little under half of the tokens are of nano's own kinds.
 */
export const COMPUTED_STAGE: Recipe = {
  ...LAST_STAGE,
  seed: 20261130,
  steps: 200,
  mixture: { code: 0.12, trace: 0.12, output: 0.02, aloud: 0.5, silent: 0.02, control: 0.02, executed: 0.2 },
};

/**
 * Learning rate at step `t` (from 1): warm-up, plateau, linear decay; a plateau lets
 * a run be extended before its decay.
 */
export function learningRateAt(recipe: Recipe, t: number): number {
  const { learningRate, warmupSteps, steps, decayShare, finalRate } = recipe;
  if (t <= warmupSteps) return (learningRate * t) / warmupSteps;
  const decaySteps = steps * decayShare;
  const left = Math.max(0, steps - t) / decaySteps;
  return learningRate * (left >= 1 ? 1 : finalRate + (1 - finalRate) * left);
}
