/**
 * Turns on the policy: the run's work and the page's questions one after another, so
 * that a question never meets an adapter that is being replaced. It also remembers,
 * for readers, what the last updates were made of. It knows no page and no messages.
 */
import type { Policy, UpdateResult, UpdateRow } from '../policy/types.ts';
import type { WritingWatch } from './writing.ts';

/** One piece of work after another, in the order asked for. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** What the trainer made of one completion. */
export interface Seen {
  /** Log-probabilities before the step's updates; null where another update of the step came before. */
  readonly logProbs: Float32Array | null;
  readonly advantages: Float32Array;
}

const keyOf = (prompt: readonly number[], completion: readonly number[]): string =>
  `${prompt.join()}|${completion.join()}`;

/** The rows of the latest updates, by step. Bounded: about 200 rows of 60 tokens a step make 0.1 MB. */
export class UpdatesSeen {
  readonly #steps = new Map<number, Map<string, Seen>>();
  /** The step under way; set by whoever hears the trainer's events. */
  step = 0;

  constructor(private readonly limit = 200) {}

  clear(): void {
    this.#steps.clear();
    this.step = 0;
  }

  /**
   * Each row as its first update met it; later updates are clipped around the
   * log-probabilities of that one. A step may have updates of other rows.
   */
  add(rows: readonly UpdateRow[], { logProbs }: UpdateResult): void {
    const before = this.#steps.get(this.step);
    const seen = before ?? new Map<string, Seen>();
    rows.forEach(({ prompt, completion, advantages }, i) => {
      const key = keyOf(prompt, completion);
      const own = logProbs[i];
      if (!own || seen.has(key)) return;
      seen.set(key, { logProbs: before ? null : own.slice(), advantages: advantages.slice() });
    });
    this.#steps.set(this.step, seen);
    const [oldest] = this.#steps.keys();
    if (this.#steps.size > this.limit && oldest !== undefined) this.#steps.delete(oldest);
  }

  find(step: number | undefined, prompt: readonly number[], completion: readonly number[]): Seen | null {
    return step === undefined ? null : (this.#steps.get(step)?.get(keyOf(prompt, completion)) ?? null);
  }
}

export interface Watching {
  readonly turns: WorkQueue;
  readonly updates: UpdatesSeen;
  readonly writing: WritingWatch;
}

/** The policy as the run gets it: each call takes its turn, updates are remembered, tokens are told. */
export function inTurns(policy: Policy, { turns, updates, writing }: Watching): Policy {
  return {
    info: policy.info,
    tokenizer: policy.tokenizer,
    generate: (asked) =>
      turns.take(async () => {
        const { request, over } = writing.watch(asked, policy.tokenizer);
        const completions = await policy.generate(request);
        over();
        return completions;
      }),
    score: (request) => turns.take(() => policy.score(request)),
    update: (rows, settings) =>
      turns.take(async () => {
        const result = await policy.update(rows, settings);
        updates.add(rows, result);
        return result;
      }),
    snapshot: () => turns.take(() => policy.snapshot()),
    restore: (snapshot) => turns.take(() => policy.restore(snapshot)),
    reset: (seed) => turns.take(() => policy.reset(seed)),
    dispose: () => turns.take(() => policy.dispose()),
  };
}
