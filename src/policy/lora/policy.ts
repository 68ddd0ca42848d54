/**
 * The policy being trained: one base model, one LoRA adapter (trained-adapter.ts), and what
 * the learning loop asks of them: generate, score, update. It knows no rewards and no Python.
 */
import { disposeAll, type Runtime } from '../../tensor/runtime/runtime.ts';
import { accumulateGradients, checkRows, klCoefficientOf, type Accumulated } from './accumulate.ts';
import { adapterMatrices, type AdapterMatrix, type AdapterSettings } from '../model/adapter.ts';
import { parameterCount, type Architecture } from '../model/architecture.ts';
import { RequestError } from '../errors.ts';
import { CHUNK, generate } from './generate.ts';
import { accumulatorName } from '../graphs/gradient.ts';
import { mergeGraph } from '../graphs/merge.ts';
import { packedShape } from './packing.ts';
import { packSpans, type SpanBatch } from './spans.ts';
import { FULL_SIZES, graphCost, microBatchTokens, sharesWeights, type WorkingSizes } from './memory.ts';
import { withJoined } from '../model/joined.ts';
import type { Precision } from '../model/precision.ts';
import { ProgramCache } from './programs.ts';
import { scoreSequences } from './score.ts';
import { TrainedAdapter, type Named } from './trained-adapter.ts';
import type {
  CompileCount,
  Completion,
  GenerateRequest,
  Gradient,
  Policy,
  PolicyInfo,
  PolicySnapshot,
  PrecisionChoice,
  Score,
  ScoreRequest,
  Sequence,
  Tokenizer,
  UpdateResult,
  UpdateRow,
  UpdateSettings,
} from '../types.ts';
import type { Weights } from '../model/weights.ts';
import type { DeviceKind, DType } from '../../tensor/types.ts';

export interface PolicyOptions {
  readonly name: string;
  readonly runtime: Runtime;
  readonly weights: Weights;
  /** Of the base model's files (files/fingerprint.ts). */
  readonly hash?: string;
  readonly tokenizer: Tokenizer;
  readonly adapter: AdapterSettings;
  /** What the forward pass is computed in; fp32 by default. */
  readonly precision?: Precision;
  /** Seed of the adapter's initial values. */
  readonly seed: number;
  /** How much is worked on at once; the full sizes by default. */
  readonly sizes?: WorkingSizes;
}

const isDense = ({ linears }: Weights): boolean =>
  [...linears.values()].every(({ kind }) => kind === 'dense');

/**
 * onnxruntime-web takes no packed nibbles as an input on a GPU; what the backward
 * pass has of blocks of four bits is its own.
 */
const canShare = (device: DeviceKind, dtype: DType): boolean =>
  device === 'webgpu' ? dtype !== 'uint4' : dtype === 'float32';

export class LoraPolicy implements Policy {
  readonly tokenizer: Tokenizer;
  readonly architecture: Architecture;
  readonly adapter: AdapterSettings;
  private readonly fixed: Omit<PolicyInfo, 'device'>;
  private computedIn: Precision;
  private choice: PrecisionChoice | undefined;
  private readonly matrices: readonly AdapterMatrix[];
  private readonly programs: ProgramCache;
  private readonly sizes: WorkingSizes;
  private readonly trained: TrainedAdapter;

  private readonly options: PolicyOptions;
  private readonly sharesWeights: boolean;

  constructor(options: PolicyOptions) {
    const weights = withJoined(options.weights);
    this.options = { ...options, weights };
    const { runtime, adapter } = options;
    this.tokenizer = options.tokenizer;
    this.architecture = weights.architecture;
    this.adapter = adapter;
    this.computedIn = options.precision ?? 'fp32';
    this.choice = options.precision && { chosen: options.precision, because: 'asked' };
    this.matrices = adapterMatrices(weights.architecture, adapter);
    this.sizes = options.sizes ?? FULL_SIZES;
    const { kind } = runtime.device;
    this.sharesWeights = sharesWeights(kind, weights.architecture, isDense(weights) ? 4 : 0);
    this.programs = new ProgramCache(runtime, {
      programs: this.sizes.programs,
      bytes: this.sizes.graphBytes,
      cost: (bytes) => graphCost(runtime.device.kind, bytes),
      ...(this.sharesWeights && {
        isShared: ({ tensor }) => canShare(kind, tensor.dtype),
      }),
    });
    this.fixed = {
      name: options.name,
      ...(options.hash !== undefined && { hash: options.hash }),
      parameters: parameterCount(weights.architecture),
      adapterParameters: this.matrices.reduce((sum, { dims }) => sum + dims[0] * dims[1], 0),
      rank: adapter.rank,
      contextLength: weights.architecture.contextLength,
      bytes: weights.bytes,
    };
    const { architecture, matrices, programs } = this;
    this.trained = new TrainedAdapter({
      runtime,
      programs,
      architecture,
      adapter,
      matrices,
      seed: options.seed,
    });
  }

  get layers(): number {
    return this.architecture.layers;
  }

  /** What the forward pass is computed in. */
  get precision(): Precision {
    return this.computedIn;
  }

  get info(): PolicyInfo {
    const { label } = this.options.runtime.device;
    const device = `${label}, ${this.precision}`;
    return { ...this.fixed, device, ...(this.choice && { precision: this.choice }) };
  }

  /** From now on; what was compiled in another precision stays until `settle`. */
  computeIn(precision: Precision): void {
    this.computedIn = precision;
  }

  /** The precision for good: graphs in another one are let go. */
  async settle(choice: PrecisionChoice): Promise<void> {
    [this.choice, this.computedIn] = [choice, choice.chosen];
    const other: Precision = choice.chosen === 'fp16' ? 'fp32' : 'fp16';
    await this.programs.letGo((kind) => kind.endsWith(` ${other}`));
  }

  /** Graphs compiled so far, and the seconds it took. */
  get compiled(): CompileCount {
    return this.programs.compiled;
  }

  /** Does work that takes the adapter as graphs without a gradient want it (graphs/merge.ts). */
  private async withAdapter<T>(
    which: 'current' | 'base' | undefined,
    work: (inputs: Named) => Promise<T>,
  ): Promise<T> {
    if (this.matrices.length === 0) return work({});
    const matrices = which === 'base' ? this.trained.base : this.trained.current;
    const { weights, adapter } = this.options;
    const { precision } = this;
    const program = await this.programs.get({
      name: `merge ${precision}`,
      shape: {},
      build: (_shape, device) => mergeGraph(weights, adapter, precision, device),
      keep: () => true,
    });
    const inputs = await program.run(matrices);
    try {
      return await work(inputs);
    } finally {
      disposeAll(inputs);
    }
  }

  generate(request: GenerateRequest): Promise<Completion[]> {
    const { runtime, weights, adapter } = this.options;
    const { eosId, endIds = [eosId] } = this.tokenizer;
    const engine = {
      runtime,
      weights,
      adapter,
      precision: this.precision,
      programs: this.programs,
      eosId,
      endIds: new Set(endIds),
      // Shared weights are copied into the heap of WebAssembly for every run, which
      // more tokens a run make up for.
      chunk: this.sharesWeights && runtime.device.kind === 'wasm' ? 2 * CHUNK : CHUNK,
      rows: this.sizes.rows,
    };
    return this.withAdapter(request.adapter, (inputs) => generate(engine, request, inputs));
  }

  /** `most`: tokens of a batch at most; fewer where what a token gives is large. */
  private packed(sequences: readonly Sequence[], most = this.sizes.microBatchTokens): SpanBatch[] {
    if (sequences.some(({ prompt }) => prompt.length === 0)) {
      throw new RequestError('a prompt is empty', 'Give every prompt at least one token.');
    }
    // A graph runs at any size; the buffers of a GPU are kept by theirs.
    const rounding = this.options.runtime.device.kind === 'webgpu' ? 'few sizes' : 'none';
    const longest = Math.max(...sequences.map(({ prompt, completion }) => prompt.length + completion.length));
    const { sequenceLength } = packedShape(longest, this.architecture.contextLength);
    const tokens = microBatchTokens(this.architecture, this.adapter.layers, sequenceLength, most);
    return packSpans(sequences, { tokens, pairs: tokens * sequenceLength, rounding });
  }

  async score(request: ScoreRequest): Promise<Score[]> {
    const { sequences, alternatives } = request;
    if (sequences.length === 0) return [];
    const { weights, adapter } = this.options;
    const engine = { weights, adapter, precision: this.precision, programs: this.programs };
    const batches = this.packed(sequences, alternatives === undefined ? undefined : 1);
    return this.withAdapter(request.adapter, (inputs) => scoreSequences(engine, batches, request, inputs));
  }

  private accumulated(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<Accumulated> {
    checkRows(rows, settings);
    const { weights, adapter } = this.options;
    const { precision, programs, matrices, trained } = this;
    const engine = { weights, adapter, precision, programs, matrices };
    return accumulateGradients(
      engine,
      this.packed(rows),
      rows,
      settings,
      trained.current,
      trained.zeroGradients,
    );
  }

  async update(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<UpdateResult> {
    if (rows.length === 0)
      throw new RequestError('an update without rows', 'Skip the update when no rollout has an advantage.');
    const { gradients, sums, logProbs } = await this.accumulated(rows, settings);
    const gradNorm = await this.trained.apply(gradients, settings);
    const tokensOf = (list: readonly UpdateRow[]) =>
      list.reduce((sum, { completion }) => sum + completion.length, 0);
    const tokens = tokensOf(rows);
    const held = tokensOf(rows.filter((row) => klCoefficientOf(row, settings) > 0));
    return {
      loss: sums.loss,
      gradNorm,
      entropy: sums.entropy / tokens,
      kl: sums.kl / Math.max(1, held),
      clipRatioLow: sums.clippedLow / tokens,
      clipRatioHigh: sums.clippedHigh / tokens,
      logProbs,
    };
  }

  async gradient(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<Gradient> {
    if (rows.length === 0)
      throw new RequestError('a gradient without rows', 'Ask for it only where a rollout has an advantage.');
    const { gradients } = await this.accumulated(rows, settings);
    const out: Record<string, Float32Array> = {};
    try {
      for (const { name } of this.matrices)
        out[name] = Float32Array.from((await gradients[accumulatorName(name)]!.download()) as Float32Array);
    } finally {
      if (gradients !== this.trained.zeroGradients) disposeAll(gradients);
    }
    return out;
  }

  snapshot(): Promise<PolicySnapshot> {
    return this.trained.snapshot();
  }

  async restore(snapshot: PolicySnapshot): Promise<void> {
    await Promise.resolve(this.trained.restore(snapshot));
  }

  reset(seed: number): Promise<void> {
    this.trained.reset(seed);
    return Promise.resolve();
  }

  async dispose(): Promise<void> {
    this.trained.dispose();
    await this.programs.release();
  }
}
