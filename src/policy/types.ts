/**
 * The policy as the learning loop sees it: tokens in, tokens and log-probabilities out, one update. This file
 * has only types. A policy knows no rewards, no tasks and no Python. Log-probabilities are natural logs,
 * fp32, at the sampling temperature.
 */

export interface Tokenizer {
  encode(text: string): number[];
  /**
   * Text of ids that follow others, a first space included; special tokens such as
   * the end of sequence are left out.
   */
  decode(ids: readonly number[]): string;
  readonly eosId: number;
  /** All tokens that end a text, `eosId` among them; absent: that one alone. */
  readonly endIds?: readonly number[];
  /** The token that every text begins with; absent: none (tokenizer/encode-prompt.ts). */
  readonly beginId?: number;
  readonly vocabSize: number;
  /**
   * The text that an instruct model continues with its answer; absent for base models. @throws TokenizerError
   */
  chat?(messages: readonly Message[]): string;
}

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface GenerateRequest {
  /** One row per rollout. Rows with equal prompts are prefilled once. */
  readonly prompts: readonly (readonly number[])[];
  /** Of every row, or one per row. */
  readonly maxNewTokens: number | readonly number[];
  /** 0 is greedy (argmax). */
  readonly temperature: number;
  /** Uniforms in [0,1), [rows, the largest maxNewTokens] row-major; the only randomness there is. */
  readonly uniforms: Float32Array;
  /** `base` samples without the adapter. Default `current`. */
  readonly adapter?: 'current' | 'base';
  readonly signal?: AbortSignal;
  /**
   * Called between chunks with rows still running, for progress; `batch` is what is
   * in hand, where it is told.
   */
  readonly onProgress?: (tokensDone: number, batch?: WrittenBatch) => void;
  /** Called at most once a row, as soon as it has ended, with what the answer will hold for it. */
  readonly onCompletion?: (row: number, completion: Completion) => void;
}

/** Rows that are written together, from row `first` of the request on, as far as they have come. */
export interface WrittenBatch {
  readonly first: number;
  /** Ids per row; they grow while it is written. */
  readonly tokens: readonly (readonly number[])[];
}

export interface Completion {
  /** Sampled ids, the end of sequence included when it was sampled. */
  readonly tokens: readonly number[];
  /** log pi(token | before), one per token. */
  readonly logProbs: readonly number[];
  readonly finish: 'eos' | 'length';
}

export interface Sequence {
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

export interface ScoreRequest {
  readonly sequences: readonly Sequence[];
  readonly temperature: number;
  readonly adapter?: 'current' | 'base';
  /** Return the hidden states after these many layers (0: the embedding) for the completion's tokens. */
  readonly hiddenAfterLayers?: readonly number[];
  /**
   * Return this many of the most probable tokens at each place of the completion; for
   * readers, one sequence at a time is run.
   */
  readonly alternatives?: number;
  readonly signal?: AbortSignal;
}

/** The most probable tokens at each place, most probable first; row-major [completion tokens, count]. */
export interface Alternatives {
  readonly count: number;
  readonly ids: Int32Array;
  readonly logProbs: Float32Array;
}

export interface Score {
  /** One per completion token. */
  readonly logProbs: Float32Array;
  /** Entropy of the next-token distribution, nats, one per completion token. */
  readonly entropy: Float32Array;
  /**
   * For each layer asked for [tokens, hiddenSize]: at the place that predicts the token, so that of the
   * first token is the state after the whole prompt.
   */
  readonly hidden?: readonly Float32Array[];
  readonly alternatives?: Alternatives;
}

export interface UpdateRow extends Sequence {
  /** One per completion token; the advantage already holds its kind's normalisation. */
  readonly advantages: Float32Array;
  /**
   * Weight of each completion token in the loss, global normalisation included
   * (for token-mean: 1 / tokens of the whole batch).
   */
  readonly weights: Float32Array;
  /** log pi_old; absent: the update is on policy and the ratio is 1 at this step. */
  readonly oldLogProbs?: Float32Array;
  /** log pi_ref of the base; needed where the KL coefficient is above 0. */
  readonly refLogProbs?: Float32Array;
  /** Instead of the settings' coefficient for this row, e.g. 0 where a kind of rollout is left free. */
  readonly klCoefficient?: number;
}

export interface UpdateSettings {
  readonly learningRate: number;
  readonly temperature: number;
  readonly clipLow: number;
  readonly clipHigh: number;
  /** c of the dual clip, for negative advantages; Infinity switches it off. */
  readonly dualClip: number;
  readonly klCoefficient: number;
  readonly klEstimator: 'k1' | 'k2' | 'k3' | 'k3+';
  readonly entropyCoefficient: number;
  readonly maxGradNorm: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly adamEps: number;
  /**
   * Whose moments of AdamW move the adapter; each name's begin at zero. Absent: those
   * that every update without a name shares.
   */
  readonly optimizer?: string;
}

export interface UpdateResult {
  readonly loss: number;
  /** Before clipping. */
  readonly gradNorm: number;
  /** Mean over completion tokens, nats. */
  readonly entropy: number;
  /** Mean KL estimate to the base over the tokens that are held to it, 0 when none is. */
  readonly kl: number;
  readonly clipRatioLow: number;
  readonly clipRatioHigh: number;
  /** The trainer's own log-probs before the update, per row. */
  readonly logProbs: readonly Float32Array[];
}

/** d loss / d parameters of the adapter, by matrix (model/adapter.ts), row-major as the matrix. */
export type Gradient = Readonly<Record<string, Float32Array>>;

/**
 * Adapter and optimizers, enough to go on exactly where it was. Moments of a named
 * optimizer are `OPTIMIZER:NAME`.
 */
export interface PolicySnapshot {
  /** Of the optimizer without a name. */
  readonly step: number;
  /** Of those with one; absent: there are none. */
  readonly steps?: Readonly<Record<string, number>>;
  readonly tensors: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>
  >;
}

export interface PolicyInfo {
  readonly name: string;
  /**
   * Tells the base model from others whatever it is called, hexadecimal; absent in
   * runs from before there was one.
   */
  readonly hash?: string;
  readonly parameters: number;
  readonly adapterParameters: number;
  readonly rank: number;
  readonly contextLength: number;
  /** e.g. `WebGPU (adapter name), fp16`, `WASM, 2 threads, fp32`. */
  readonly device: string;
  readonly bytes: number;
  /** Absent: fp32, and nobody asked. */
  readonly precision?: PrecisionChoice;
}

/** What computing in either precision took and did on the device. */
export interface PrecisionTrial {
  /** Of the same batch, written and scored. */
  readonly seconds: { readonly fp32: number; readonly fp16: number };
  /** Nats between sampler and trainer in fp16, at the token where they are furthest apart. */
  readonly gap: number;
}

/** What the forward pass is computed in, and why. */
export interface PrecisionChoice {
  readonly chosen: 'fp32' | 'fp16';
  /**
   * `asked`: by whoever runs it. `cpu`: it computes in 32 bits. `no-halves`: the graphics adapter has
   * no 16-bit arithmetic. The others come from a trial: fp16 was `faster` and near enough, was
   * `slower` (not clearly faster), moved sampler and trainer apart (`gap`), or did not run (`failed`).
   */
  readonly because: 'asked' | 'cpu' | 'no-halves' | 'faster' | 'slower' | 'gap' | 'failed';
  readonly trial?: PrecisionTrial;
  /** What the device said. */
  readonly failed?: string;
}

/** Graphs compiled since the policy was made, and the seconds that took. */
export interface CompileCount {
  readonly graphs: number;
  readonly seconds: number;
}

export interface Policy {
  readonly info: PolicyInfo;
  /** As it is now; absent: nothing is compiled. */
  readonly compiled?: CompileCount;
  readonly tokenizer: Tokenizer;
  /** Of the decoder, after each of which `score` gives hidden states; absent: it gives none. */
  readonly layers?: number;
  generate(request: GenerateRequest): Promise<Completion[]>;
  score(request: ScoreRequest): Promise<Score[]>;
  update(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<UpdateResult>;
  /** The gradient of an update of these rows, which is not made. Absent: the policy cannot tell. */
  gradient?(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<Gradient>;
  snapshot(): Promise<PolicySnapshot>;
  restore(snapshot: PolicySnapshot): Promise<void>;
  /** Adapter back to its seeded initial state (B = 0), moments to zero. */
  reset(seed: number): Promise<void>;
  dispose(): Promise<void>;
}
