/**
 * A policy for tests of the loop: it knows a few completions per prompt and picks one
 * by the caller's first uniform, shifted by a number that updates move.
 * Deterministic, with a state worth saving; it computes no probabilities.
 */
import type {
  Completion,
  GenerateRequest,
  Policy,
  PolicyInfo,
  PolicySnapshot,
  Score,
  ScoreRequest,
  Tokenizer,
  UpdateResult,
  UpdateRow,
  UpdateSettings,
} from '../../src/policy/types.ts';

/** One token per character; 0 ends the sequence. */
export const characters: Tokenizer = {
  encode: (text) => [...text].map((c) => c.codePointAt(0) ?? 0),
  decode: (ids) =>
    ids
      .filter((id) => id !== 0)
      .map((id) => String.fromCodePoint(id))
      .join(''),
  eosId: 0,
  vocabSize: 0x110000,
};

export type Table = (prompt: string) => readonly string[];

const logProb = (token: number) => -0.1 - (token % 7) / 10;

/** What an update says, zero but for what is given. */
export const updateResult = (given: Partial<UpdateResult>): UpdateResult => ({
  loss: 0,
  gradNorm: 0,
  entropy: 0,
  kl: 0,
  clipRatioLow: 0,
  clipRatioHigh: 0,
  logProbs: [],
  ...given,
});

export class FakePolicy implements Policy {
  readonly tokenizer = characters;
  readonly info: PolicyInfo;
  readonly updates: { readonly rows: readonly UpdateRow[]; readonly settings: UpdateSettings }[] = [];
  readonly requests: GenerateRequest[] = [];
  scored = 0;
  /** Losses to report at coming updates instead of the computed one. */
  readonly losses: number[] = [];
  /** The order in which rows end; those left out are not told of before the end. */
  order: (completions: readonly Completion[]) => readonly number[] = (all) =>
    all.map((_, row) => row).reverse();
  #shift = 0;
  #steps = 0;
  #named: Readonly<Record<string, number>> = {};

  constructor(
    private readonly table: Table,
    contextLength = 4096,
  ) {
    this.info = {
      name: 'fake',
      parameters: 1,
      adapterParameters: 1,
      rank: 1,
      contextLength,
      device: 'none',
      bytes: 4,
    };
  }

  async generate(request: GenerateRequest): Promise<Completion[]> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    const shift = request.adapter === 'base' ? 0 : this.#shift;
    const { maxNewTokens } = request;
    const budgets = request.prompts.map((_, row) =>
      typeof maxNewTokens === 'number' ? maxNewTokens : maxNewTokens[row]!,
    );
    const stride = Math.max(...budgets);
    const completions = request.prompts.map((prompt, row): Completion => {
      const choices = this.table(characters.decode(prompt));
      const uniform = request.temperature === 0 ? 0 : (request.uniforms[row * stride] ?? 0);
      const pick = choices[Math.floor(((uniform + shift) % 1) * choices.length)] ?? '';
      const all = [...characters.encode(pick), 0];
      const tokens = all.slice(0, budgets[row]);
      return { tokens, logProbs: tokens.map(logProb), finish: all.length > tokens.length ? 'length' : 'eos' };
    });
    // Rows end in no order; what comes of them must not depend on it.
    for (const row of this.order(completions)) request.onCompletion?.(row, completions[row]!);
    return completions;
  }

  async score(request: ScoreRequest): Promise<Score[]> {
    this.scored++;
    return request.sequences.map(({ completion }) => ({
      logProbs: Float32Array.from(completion, logProb),
      entropy: new Float32Array(completion.length),
    }));
  }

  async update(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<UpdateResult> {
    this.updates.push({ rows, settings });
    const pull = rows.reduce(
      (sum, row) =>
        sum + row.advantages.reduce((s, a, t) => s + a * (row.weights[t] ?? 0) * (1 + (t % 3)), 0),
      0,
    );
    const { optimizer } = settings;
    // Like moments, what a named optimizer has seen counts in what it does next.
    const seen = optimizer === undefined ? 0 : (this.#named[optimizer] ?? 0);
    this.#shift = (this.#shift + Math.abs(pull) * settings.learningRate * 100 * (1 + seen)) % 1;
    if (optimizer === undefined) this.#steps++;
    else this.#named = { ...this.#named, [optimizer]: seen + 1 };
    return updateResult({
      loss: this.losses.shift() ?? -pull,
      gradNorm: Math.abs(pull),
      entropy: 0.5,
      logProbs: rows.map(({ completion }) => Float32Array.from(completion, logProb)),
    });
  }

  async snapshot(): Promise<PolicySnapshot> {
    return {
      step: this.#steps,
      steps: this.#named,
      tensors: { shift: { dims: [2], data: new Float32Array(new Float64Array([this.#shift]).buffer) } },
    };
  }

  async restore(snapshot: PolicySnapshot): Promise<void> {
    const data = snapshot.tensors['shift']?.data ?? new Float32Array(2);
    this.#shift = new Float64Array(data.slice().buffer)[0] ?? 0;
    this.#steps = snapshot.step;
    this.#named = snapshot.steps ?? {};
  }

  async reset(): Promise<void> {
    this.#shift = 0;
    this.#steps = 0;
    this.#named = {};
  }

  async dispose(): Promise<void> {
    // Nothing is held.
  }
}
