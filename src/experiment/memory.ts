/** A run's memory, predicted from its configuration. The formula for the model is src/policy/memory.ts; interpreters are added here. */
import type { Config } from '../learning/config.ts';
import type { Architecture } from '../policy/architecture.ts';
import {
  predictMemory,
  sizesUnder,
  type MemoryPrediction,
  type MemoryRequest,
  type WorkingSizes,
} from '../policy/memory.ts';

const MIB = 2 ** 20;
/** Heap of a CPython in WebAssembly after its start, measured, and what its worker takes besides, rounded up. */
const INTERPRETER_BYTES = 48 * MIB;
/** Pristine interpreter memory that new ones start from, held once. */
const SNAPSHOT_BYTES = 30 * MIB;
/** Prompts of the built-in tasks are shorter. */
const PROMPT_TOKENS = 96;

export interface Machine {
  readonly device: 'wasm' | 'webgpu';
  readonly pythonWorkers: number;
}

/** What is known of a model besides its architecture. */
export interface Loading {
  /** As its weights are held; absent: dense on WASM, in blocks of int4 on WebGPU. */
  readonly bytesPerWeight?: number;
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
  { device, pythonWorkers }: Machine,
  { longestPrompt = PROMPT_TOKENS, adapterLayers, ...loading }: Loading = {},
): MemoryPlan {
  const budgets = [
    config['code.maxNewTokens'],
    config['alignment.prompts'] > 0 ? 2 * config['alignment.maxNewTokens'] : 0,
  ];
  const request: MemoryRequest = {
    architecture,
    rank: config['adapter.rank'],
    bytesPerWeight: loading.bytesPerWeight ?? (device === 'wasm' ? 4 : 0.6),
    ...(adapterLayers !== undefined && { adapterLayers }),
    longest: Math.min(architecture.contextLength, longestPrompt + Math.max(...budgets)),
    // One spare stands ready to replace an interpreter that is ended.
    otherBytes: SNAPSHOT_BYTES + (pythonWorkers + 1) * INTERPRETER_BYTES,
  };
  const sizes = sizesUnder(config['memory.capMiB'] * MIB, request);
  return { sizes, prediction: predictMemory(request, sizes) };
}
