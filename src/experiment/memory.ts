/**
 * Predicts a run's memory from its configuration. The formula for the model is in
 * src/policy/lora/memory.ts; this file adds the interpreters.
 */
import type { Config } from '../learning/config.ts';
import type { Architecture } from '../policy/model/architecture.ts';
import {
  predictMemory,
  sizesUnder,
  type MemoryPrediction,
  type MemoryRequest,
  type WorkingSizes,
} from '../policy/lora/memory.ts';
import { packedShape } from '../policy/lora/packing.ts';
import type { BytesPerWeight } from '../policy/lora/weight-bytes.ts';
import type { DeviceKind } from '../tensor/types.ts';

const MIB = 2 ** 20;
/**
 * Measured sizes: the process before a model is in it; Python's files and a spare
 * interpreter; a worker, and what it grows by while it runs its first hundred programs.
 */
const PLACES = {
  /** A process of Node with the command line in it. */
  node: { process: 130 * MIB, python: 240 * MIB, worker: 30 * MIB, growth: 190 * MIB },
  /** The page's own process in Chromium. */
  page: { process: 150 * MIB, python: 120 * MIB, worker: 30 * MIB, growth: 100 * MIB },
} as const;
const PROGRAMS_TO_GROW = 75;
const FLOATS: BytesPerWeight = { linear: 4, table: 4 };
const BLOCKS: BytesPerWeight = { linear: 0.625, table: 4 };
/** The longest prompt of the built-in tasks has 44. */
const PROMPT_TOKENS = 48;

/** Interpreters that the page starts: a core is left to the model. */
export const pageWorkers = (cores: number): number => Math.max(1, Math.min(4, cores - 1));

export interface Machine {
  readonly device: DeviceKind;
  /** Of one sandbox. */
  readonly pythonWorkers: number;
  /** Test programs have one of their own; absent: there are none. */
  readonly sandboxes?: number;
  readonly place: keyof typeof PLACES;
}

/** What is known of a model besides its architecture. */
export interface ModelFootprint {
  /** As its weights are held; absent: floats, on WebGPU in blocks of four bits. */
  readonly bytesPerWeight?: BytesPerWeight;
  /** Only the last this many layers are adapted; absent: all. */
  readonly adapterLayers?: number;
  /** Tokens; absent: the built-in tasks'. */
  readonly longestPrompt?: number;
}

export interface MemoryPlan {
  readonly sizes: WorkingSizes;
  readonly prediction: MemoryPrediction;
}

/**
 * What a run will take, with working sizes that keep it under `memory.capMiB`.
 * @throws MemoryCapError; RequestError when a sequence may become too long to learn from
 */
export function planMemory(
  config: Config,
  architecture: Architecture,
  { device, pythonWorkers, sandboxes = 1, place }: Machine,
  { longestPrompt = PROMPT_TOKENS, adapterLayers, ...loading }: ModelFootprint = {},
): MemoryPlan {
  const aligns = config['alignment.prompts'] > 0;
  // An alignment prompt holds a program; most are shorter than half of what they may be.
  const budgets = [
    config['code.maxNewTokens'],
    aligns ? config['code.maxNewTokens'] / 2 + config['alignment.maxNewTokens'] : 0,
  ];
  const { process, python, worker, growth } = PLACES[place];
  const { steps } = config;
  const programs = steps * config['code.prompts'] * config['code.groupSize'];
  const grown = Math.min(1, programs / pythonWorkers / PROGRAMS_TO_GROW) * growth;
  const request: MemoryRequest = {
    architecture,
    rank: config['adapter.rank'],
    device,
    bytesPerWeight: loading.bytesPerWeight ?? (device === 'webgpu' ? BLOCKS : FLOATS),
    ...(adapterLayers !== undefined && { adapterLayers }),
    longest: Math.min(architecture.contextLength, longestPrompt + Math.max(...budgets)),
    rollouts: Math.max(
      config['code.prompts'] * config['code.groupSize'],
      aligns ? config['alignment.prompts'] * config['alignment.groupSize'] : 0,
    ),
    kinds: aligns ? 2 : 1,
    optimizers: aligns && config['alignment.optimizer'] === 'own' ? 2 : 1,
    scored: config['kl.coefficient'] > 0 || config['metrics.tokens'] === 'all',
    steps,
    otherBytes: process + python + sandboxes * pythonWorkers * (worker + grown),
  };
  // Found out now, and not after a first step of rollouts.
  packedShape(request.longest, architecture.contextLength);
  const sizes = sizesUnder(config['memory.capMiB'] * MIB, request);
  return { sizes, prediction: predictMemory(request, sizes) };
}
