/**
 * What a batch of rollouts carries from run to run: the sequence that each row has written so far, and the caches of the rows that
 * are still being written. generate.ts runs the graphs.
 */
import { disposeAll, type DeviceTensor, type Runtime } from '../../tensor/runtime/runtime.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { NotANumberError } from '../errors.ts';
import { nextKeyName, nextValueName } from '../graphs/decode.ts';
import { keyName, valueName } from '../graphs/prefill.ts';
import { selectGraph } from '../graphs/select.ts';
import type { Precision } from '../model/precision.ts';
import type { ProgramCache } from './programs.ts';
import type { Completion } from '../types.ts';
import type { Weights } from '../model/weights.ts';

/** Rollouts decoded together. */
export const MAX_ROWS = 64;
/** Few sizes: each is a graph of its own to compile and to hold. */
const ROW_SIZES = [8, 32, MAX_ROWS];

/** The smallest compiled batch that `count` rows fit into. */
export const rowSize = (count: number): number => ROW_SIZES.find((size) => size >= count) ?? MAX_ROWS;

/** All sizes that a batch of `count` rows goes through as rows end, ascending. */
export const rowSizes = (count: number): readonly number[] =>
  ROW_SIZES.filter((size) => size <= rowSize(count));

export const isCache = (output: string): boolean => output.startsWith('cache.');

export interface GenerationContext {
  readonly runtime: Runtime;
  readonly programs: ProgramCache;
  readonly weights: Weights;
  readonly adapter: AdapterSettings;
  readonly precision: Precision;
  readonly eosId: number;
  /** Tokens that end a rollout. */
  readonly endIds: ReadonlySet<number>;
  /** Rollouts decoded together, at most MAX_ROWS; that many by default. */
  readonly rows?: number;
}

/** The sequence being written by one row. */
export class RolloutRow {
  readonly tokens: number[] = [];
  readonly logProbs: number[] = [];
  finish: Completion['finish'] | null = null;

  constructor(
    private readonly endIds: ReadonlySet<number>,
    private readonly budget: number,
  ) {}

  /** All of it; null while it is being written. */
  completion(): Completion | null {
    const { tokens, logProbs, finish } = this;
    return finish === null ? null : { tokens, logProbs, finish };
  }

  /** The newest token, which the next run is fed. */
  get last(): number {
    return this.tokens.at(-1)!;
  }

  /** @throws NotANumberError: the token was drawn from no distribution */
  take(token: number, logProb: number): void {
    if (this.finish) return;
    if (!Number.isFinite(logProb)) throw new NotANumberError('the log-probability of a sampled token');
    this.tokens.push(token);
    this.logProbs.push(logProb);
    if (this.endIds.has(token)) this.finish = 'eos';
    else if (this.tokens.length === this.budget) this.finish = 'length';
  }
}

/** The keys and values of the rollouts still being written, and which row each slot of the batch is. */
export class Caches {
  constructor(
    private readonly engine: GenerationContext,
    private readonly capacity: number,
    public tensors: Record<string, DeviceTensor>,
    /** Row index per slot; the batch is padded with repetitions of slot 0. */
    public slots: readonly number[],
    public size: number,
    /** Padding before each row's prompt. */
    readonly padding: readonly number[],
  ) {}

  /** Takes over what a graph put out and disposes of what was there. */
  replace(outputs: Record<string, DeviceTensor>): void {
    const previous = this.tensors;
    this.tensors = {};
    for (let layer = 0; layer < this.engine.weights.architecture.layers; layer++) {
      this.tensors[keyName(layer)] = outputs[nextKeyName(layer)]!;
      this.tensors[valueName(layer)] = outputs[nextValueName(layer)]!;
    }
    disposeAll(previous);
  }

  /** Continues with a smaller batch when the rows still being written fit into one. */
  async dropFinished(rows: readonly RolloutRow[]): Promise<void> {
    const running = this.slots.flatMap((row, slot) => (rows[row]!.finish === null ? [slot] : []));
    const size = rowSize(running.length);
    if (size >= this.size) return;
    const { programs, weights, precision } = this.engine;
    const from = this.size;
    const select = await programs.get(
      `select ${from} ${size} ${this.capacity}`,
      () => selectGraph(weights.architecture, from, size, this.capacity, precision),
      isCache,
    );
    const taken = Array.from({ length: size }, (_, slot) => running[slot] ?? running[0]!);
    this.replace(await select.run({ rows: Int32Array.from(taken), ...this.tensors }));
    this.slots = running.map((slot) => this.slots[slot]!);
    this.size = size;
  }

  dispose(): void {
    disposeAll(this.tensors);
    this.tensors = {};
  }
}
