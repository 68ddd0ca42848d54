/**
 * Predicts a run's memory from its configuration. The formula for the model is in
 * src/policy/lora/memory.ts; this file adds the interpreters.
 */
import type { Config } from '../learning/config.ts';
import type { Architecture } from '../policy/model/architecture.ts';
import { formatsOf } from '../policy/lora/load.ts';
import {
  FULL_SIZES,
  predictMemory,
  type MemoryPrediction,
  type MemoryRequest,
  type WorkingSizes,
} from '../policy/lora/memory.ts';
import { MemoryCapError, sizesUnder } from '../policy/lora/fit-sizes.ts';
import { packedShape } from '../policy/lora/packing.ts';
import { bytesPerWeight, type BytesPerWeight } from '../policy/lora/weight-bytes.ts';
import type { LinearFormat } from '../policy/model/weights.ts';
import type { DeviceKind } from '../tensor/types.ts';

const MIB = 2 ** 20;
/**
 * Measured sizes: the process before a model is in it; Python's files and a spare
 * interpreter; a worker, and what it grows by while it runs its first hundred programs.
 */
const PLACES = {
  /** A process of Node with the command line in it, and one of each interpreter. */
  node: { process: 130 * MIB, python: 240 * MIB, worker: 150 * MIB, growth: 190 * MIB },
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

/** What a browser tells of the machine's memory: Chromium does, in steps, up to some bound. */
export function browserMemory(): { readonly memoryBytes?: number } {
  const { deviceMemory } = globalThis.navigator as { readonly deviceMemory?: number };
  return deviceMemory === undefined ? {} : { memoryBytes: deviceMemory * 1024 * MIB };
}

export interface Machine {
  readonly device: DeviceKind;
  /** Of one sandbox. */
  readonly pythonWorkers: number;
  /** Test programs have one of their own; absent: there are none. */
  readonly sandboxes?: number;
  readonly place: keyof typeof PLACES;
  /** Absent where it is not told. */
  readonly memoryBytes?: number;
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

/** A plan, and how it wants a model's matrices held. */
export interface FormatPlan extends MemoryPlan {
  readonly linears: LinearFormat;
  /**
   * `asked`: by whoever runs it. `only`: there is no other. `room`: floats, for there
   * is memory. `short`: blocks, for there is not.
   */
  readonly because: 'asked' | 'only' | 'room' | 'short';
}

/** Of the machine's memory, what a run may take for floats instead of blocks. */
const SHARE_FOR_FLOATS = 0.6;
/** A browser tells no more than this, whatever there is. */
const MOST_TOLD = 8192 * MIB;
/** Where nothing tells how much there is. */
const USUAL_MEMORY = 4096 * MIB;

/**
 * The plan with the first format that fits: under the configuration's cap at full working
 * sizes, and into a share of the machine's memory. The last one is taken at whatever sizes fit the machine.
 * @throws MemoryCapError; RequestError
 */
export function planFormats(
  config: Config,
  { architecture, fileBytes }: { readonly architecture: Architecture; readonly fileBytes: number },
  machine: Machine,
  footprint: Omit<ModelFootprint, 'bytesPerWeight'> = {},
  asked?: LinearFormat,
): FormatPlan {
  const plan = (linears: LinearFormat): MemoryPlan =>
    planMemory(
      config,
      architecture,
      machine,
      { ...footprint, bytesPerWeight: bytesPerWeight(architecture, linears, fileBytes) },
      memoryOf(machine),
    );
  if (asked !== undefined) return { ...plan(asked), linears: asked, because: 'asked' };
  const formats = formatsOf(architecture, machine.device, fileBytes);
  const last = formats.at(-1)!;
  const room = SHARE_FOR_FLOATS * (machine.memoryBytes ?? USUAL_MEMORY);
  for (const linears of formats.slice(0, -1)) {
    const whole = planUnlessRefused(() => plan(linears));
    if (whole && whole.sizes === FULL_SIZES && whole.prediction.total <= room)
      return { ...whole, linears, because: 'room' };
  }
  return { ...plan(last), linears: last, because: formats.length > 1 ? 'short' : 'only' };
}

/** Bytes that a run has to fit into; Infinity where they are not known. */
function memoryOf({ place, memoryBytes = Infinity }: Machine): number {
  return place === 'page' && memoryBytes >= MOST_TOLD ? Infinity : memoryBytes;
}

/** Null where it does not fit. */
function planUnlessRefused(plan: () => MemoryPlan): MemoryPlan | null {
  try {
    return plan();
  } catch (error) {
    if (error instanceof MemoryCapError) return null;
    throw error;
  }
}

/**
 * What a run will take, with working sizes that keep it under `memory.capMiB`.
 * @param machineBytes that there are for it; absent: not known
 * @throws MemoryCapError; RequestError when a sequence may become too long to learn from
 */
export function planMemory(
  config: Config,
  architecture: Architecture,
  { device, pythonWorkers, sandboxes = 1, place }: Machine,
  { longestPrompt = PROMPT_TOKENS, adapterLayers, ...loading }: ModelFootprint = {},
  machineBytes = Infinity,
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
    optimizers: aligns && config['alignment.optimizer'] === 'own' ? 2 : 1,
    scored: config['kl.coefficient'] > 0 || config['metrics.tokens'] === 'all',
    otherBytes: process + python + sandboxes * pythonWorkers * (worker + grown),
  };
  // Found out now, and not after a first step of rollouts.
  packedShape(request.longest, architecture.contextLength);
  const sizes = sizesUnder(config['memory.capMiB'] * MIB, request, machineBytes);
  return { sizes, prediction: predictMemory(request, sizes) };
}
