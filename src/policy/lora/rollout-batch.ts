/**
 * What a batch of rollouts carries from run to run: the sequence that each row has written so
 * far, and the caches of the rows that are still being written. generate.ts runs the graphs.
 */
import { disposeAll, type DeviceTensor, type Runtime } from '../../tensor/runtime/runtime.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { NotANumberError } from '../errors.ts';
import { nextKeyName, nextValueName } from '../graphs/decode.ts';
import { keyName, valueName } from '../graphs/prefill.ts';
import { selectGraph, selectShapes } from '../graphs/select.ts';
import type { Precision } from '../model/precision.ts';
import type { ProgramCache } from './programs.ts';
import type { Completion } from '../types.ts';
import type { Weights } from '../model/weights.ts';

/** Rollouts decoded together. */
export const MAX_ROWS = 64;

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
  /** Tokens per run of the decode graph. */
  readonly chunk: number;
  /** Rollouts decoded together, at most MAX_ROWS; that many by default. */
  readonly rows?: number;
}

/** The sequence being written by one row. */
export class RolloutRow {
  private readonly tokens: number[] = [];
  private readonly logProbs: number[] = [];
  finish: Completion['finish'] | null = null;

  constructor(
    readonly prompt: readonly number[],
    private readonly endIds: ReadonlySet<number>,
    private readonly budget: number,
  ) {}

  /** Tokens written. */
  get written(): number {
    return this.tokens.length;
  }

  /** Tokens that it may still write, 0 when it has ended. */
  get left(): number {
    return this.finish === null ? this.budget - this.tokens.length : 0;
  }

  /** Tokens that its cache holds: all but the newest, which the next run is fed. */
  get cached(): number {
    return this.prompt.length + this.tokens.length - 1;
  }

  get last(): number {
    return this.tokens.at(-1)!;
  }

  get completion(): Completion {
    return { tokens: this.tokens, logProbs: this.logProbs, finish: this.finish ?? 'length' };
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

/** The keys and values of prompts, which rows share. */
export interface SharedCaches {
  readonly tensors: Record<string, DeviceTensor>;
  /** By row. */
  readonly promptOf: readonly number[];
  /** By prompt, tokens before its last one. */
  readonly promptTokens: Float32Array;
  readonly promptLength: number;
}

/** The keys and values of the rollouts still being written, and which row each slot of the batch is. */
export class Caches {
  constructor(
    private readonly engine: GenerationContext,
    public tensors: Record<string, DeviceTensor>,
    /** Row index per slot; the batch is padded with repetitions of slot 0. */
    public slots: readonly number[],
    public size: number,
    /** Tokens that there is room for; where rows share prompts, of a row's own. */
    public room: number,
    /** The prompts that rows share, where they do. */
    readonly shared?: SharedCaches,
  ) {}

  /** Takes over what a graph put out and disposes of what was there. */
  replace(outputs: Record<string, DeviceTensor>): void {
    const previous = this.tensors;
    this.tensors = {};
    for (let layer = 0; layer < this.engine.weights.architecture.layers; layer++) {
      this.tensors[keyName(layer)] = outputs[nextKeyName(layer)]!;
      this.tensors[valueName(layer)] = outputs[nextValueName(layer)]!;
    }
    this.room = this.tensors[keyName(0)]!.dims[2]!;
    disposeAll(previous);
  }

  /**
   * Continues without the rows that have ended, where that makes the batch smaller.
   * @param sizeFor slots for so many rows
   */
  async dropFinished(rows: readonly RolloutRow[], sizeFor: (count: number) => number): Promise<void> {
    const running = this.slots.flatMap((row, slot) => (rows[row]!.finish === null ? [slot] : []));
    const size = sizeFor(running.length);
    if (size >= this.size) return;
    const { programs, weights, precision } = this.engine;
    const select = await programs.get({
      name: `select ${precision}`,
      ...selectShapes({ from: this.size, to: size, room: this.room }),
      build: (shape) => selectGraph(weights.architecture, shape, precision),
      keep: isCache,
    });
    const taken = Array.from({ length: size }, (_, slot) => running[slot] ?? running[0]!);
    this.replace(await select.run({ rows: Int32Array.from(taken), ...this.tensors }));
    this.slots = running.map((slot) => this.slots[slot]!);
    this.size = size;
  }

  /** Which slots stand beside which prompt, as decode.ts takes it; nothing where rows share none. */
  beside(): { readonly perPrompt: number; readonly toPrompt: Int32Array; readonly fromPrompt: Int32Array } {
    const { promptOf = [], promptTokens = new Float32Array() } = this.shared ?? {};
    const counts = new Array<number>(promptTokens.length).fill(0);
    const nth = this.slots.map((row) => counts[promptOf[row]!]!++);
    const perPrompt = Math.max(1, ...counts);
    const fromPrompt = Int32Array.from(this.slots, (row, slot) => promptOf[row]! * perPrompt + nth[slot]!);
    const toPrompt = new Int32Array(promptTokens.length * perPrompt);
    fromPrompt.forEach((place, slot) => (toPrompt[place] = slot));
    return { perPrompt, toPrompt, fromPrompt };
  }

  dispose(): void {
    disposeAll(this.tensors);
    if (this.shared) disposeAll(this.shared.tensors);
    this.tensors = {};
  }
}
