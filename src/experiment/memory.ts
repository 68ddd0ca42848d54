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

export interface MemoryPlan {
  readonly sizes: WorkingSizes;
  readonly prediction: MemoryPrediction;
}

/** What a run will take, with working sizes that keep it under `memory.capMiB`. @throws MemoryCapError */
export function planMemory(
  config: Config,
  architecture: Architecture,
  { device, pythonWorkers }: Machine,
): MemoryPlan {
  const budgets = [
    config['code.maxNewTokens'],
    config['alignment.prompts'] > 0 ? 2 * config['alignment.maxNewTokens'] : 0,
  ];
  const request: MemoryRequest = {
    architecture,
    rank: config['adapter.rank'],
    bytesPerWeight: device === 'wasm' ? 4 : 0.6,
    longest: Math.min(architecture.contextLength, PROMPT_TOKENS + Math.max(...budgets)),
    // One spare stands ready to replace an interpreter that is ended.
    otherBytes: SNAPSHOT_BYTES + (pythonWorkers + 1) * INTERPRETER_BYTES,
  };
  const sizes = sizesUnder(config['memory.capMiB'] * MIB, request);
  return { sizes, prediction: predictMemory(request, sizes) };
}
