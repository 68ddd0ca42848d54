/** A run's memory, predicted from its configuration. The formula for the model is src/policy/memory.ts; interpreters are added here. */
import type { Config } from '../learning/config.ts';
import type { Architecture } from '../policy/architecture.ts';
import {
  predictMemory,
  sizesUnder,
  type DeviceKind,
  type MemoryPrediction,
  type MemoryRequest,
  type WorkingSizes,
} from '../policy/memory.ts';
import type { BytesPerWeight } from '../policy/weight-bytes.ts';

const MIB = 2 ** 20;
/** Measured with some hundred programs run: machine code of Python grows as it is used, in each worker anew. */
const PLACES = {
  /** A process of Node with the command line in it. */
  node: { process: 165 * MIB, python: 250 * MIB, worker: 190 * MIB },
  /** The page's own process in Chromium. */
  page: { process: 150 * MIB, python: 150 * MIB, worker: 100 * MIB },
} as const;
const FLOATS: BytesPerWeight = { linear: 4, table: 4 };
const BLOCKS: BytesPerWeight = { linear: 0.625, table: 4 };
/** Prompts of the built-in tasks are shorter. */
const PROMPT_TOKENS = 96;

export interface Machine {
  readonly device: DeviceKind;
  readonly pythonWorkers: number;
  readonly place: keyof typeof PLACES;
}

/** What is known of a model besides its architecture. */
export interface Loading {
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

/** What a run will take, with working sizes that keep it under `memory.capMiB`. @throws MemoryCapError */
export function planMemory(
  config: Config,
  architecture: Architecture,
  { device, pythonWorkers, place }: Machine,
  { longestPrompt = PROMPT_TOKENS, adapterLayers, ...loading }: Loading = {},
): MemoryPlan {
  const aligns = config['alignment.prompts'] > 0;
  const budgets = [config['code.maxNewTokens'], aligns ? 2 * config['alignment.maxNewTokens'] : 0];
  const { process, python, worker } = PLACES[place];
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
    scored: config['kl.coefficient'] > 0,
    otherBytes: process + python + pythonWorkers * worker,
  };
  const sizes = sizesUnder(config['memory.capMiB'] * MIB, request);
  return { sizes, prediction: predictMemory(request, sizes) };
}
