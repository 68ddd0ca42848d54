/**
 * The largest working sizes with which a run fits into the memory that it may take. How much it takes is
 * predicted by memory.ts.
 */
import { PolicyError } from '../errors.ts';
import { estimateMemory, FULL_SIZES, GRAPH_CAP, type MemoryRequest, type WorkingSizes } from './memory.ts';

const MIB = 2 ** 20;

/**
 * In the order they are tried. Micro-batches come first, because they slow a run down
 * the least. Graphs that are let go are compiled again in the next step.
 */
const SMALLER: readonly WorkingSizes[] = [
  { ...FULL_SIZES, microBatchTokens: 1024 },
  { ...FULL_SIZES, microBatchTokens: 512 },
  { ...FULL_SIZES, microBatchTokens: 512, rows: 32 },
  { ...FULL_SIZES, microBatchTokens: 512, rows: 32, graphBytes: GRAPH_CAP / 2 },
  { ...FULL_SIZES, microBatchTokens: 512, rows: 8, graphBytes: GRAPH_CAP / 2 },
  { microBatchTokens: 256, rows: 8, programs: 6, graphBytes: GRAPH_CAP / 4 },
];

/** What bounds a run: the setting, what WebAssembly can address, or what the machine has. */
type MemoryBound = 'cap' | 'address' | 'machine';

const BOUNDS: Readonly<Record<MemoryBound, (bytes: string) => string>> = {
  cap: (bytes) => `${bytes} is the cap`,
  address: (bytes) => `${bytes} is what WebAssembly can use`,
  machine: (bytes) => `this machine has ${bytes}`,
};

/** The run does not fit, however small its working sizes. */
export class MemoryCapError extends PolicyError {
  override readonly name = 'MemoryCapError';
  readonly kept = 'Nothing was loaded.';
  constructor(needed: number, cap: number, bound: MemoryBound = 'cap') {
    super(
      `The run would take about ${inMiB(needed)} MiB at its smallest, and ${BOUNDS[bound](`${inMiB(cap)} MiB`)}.`,
      bound === 'cap'
        ? 'Raise memory.capMiB, shorten the completion budgets, or choose a smaller model.'
        : 'Shorten the completion budgets, or choose a smaller model.',
    );
  }
}

/** What WebAssembly can address is 4 GiB, and a heap cannot be used to the last byte. */
const WASM_CAP = 3584 * MIB;

/**
 * The largest working sizes that fit under the cap and into what the device can address.
 * @param cap bytes; 0: no cap
 * @param machine bytes that there are; absent: not known
 * @throws MemoryCapError
 */
export function sizesUnder(cap: number, request: MemoryRequest, machine = Infinity): WorkingSizes {
  const most = Math.min(cap === 0 ? Infinity : cap, machine);
  const isAddressable = (heap: number): boolean => request.device !== 'wasm' || heap <= WASM_CAP;
  const fitting = [FULL_SIZES, ...SMALLER].find((sizes) => {
    const { prediction, heap } = estimateMemory(request, sizes);
    return prediction.total <= most && isAddressable(heap);
  });
  if (fitting) return fitting;
  const { prediction, heap } = estimateMemory(request, SMALLER.at(-1)!);
  if (prediction.total > most)
    throw new MemoryCapError(prediction.total, most, most === machine ? 'machine' : 'cap');
  throw new MemoryCapError(heap, WASM_CAP, 'address');
}

const inMiB = (bytes: number): number => Math.ceil(bytes / MIB);
