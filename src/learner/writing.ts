/**
 * How far the policy has come with what it is writing, for whoever waits: how many rollouts have ended since
 * the last event, and a few of those in hand as far as they go. It watches requests on their way to the
 * policy and changes nothing of them; none of it is in the log.
 */
import type { MeasuringPlan } from '../learning/run-evaluations.ts';
import type { GenerateRequest, Tokenizer, WrittenBatch } from '../policy/types.ts';

/** A rollout that is being written, or has just been. */
export interface WrittenRow {
  readonly prompt: string;
  /** As far as it goes. */
  readonly text: string;
  readonly hasEnded: boolean;
}

export interface WritingProgress {
  /** Tokens sampled since the last event. */
  readonly tokens: number;
  /** Rollouts that have ended since the last event. */
  readonly done: number;
  /** While held-out tasks are measured: what is written for it in all. Null while a step is made. */
  readonly plan: MeasuringPlan | null;
  readonly rows: readonly WrittenRow[];
}

/** Rollouts that are shown while they are written. */
const ROWS = 4;
/** Least milliseconds between two reports. */
const EVERY = 150;

export class WritingWatch {
  readonly #say: (writing: WritingProgress) => void;
  #plan: MeasuringPlan | null = null;
  /** Of requests that are over. */
  #tokensBefore = 0;
  #done = 0;
  #saidAt = -Infinity;

  constructor(say: (writing: WritingProgress) => void) {
    this.#say = say;
  }

  /** An event came: what follows is another piece of work. */
  restart(): void {
    this.#plan = null;
    this.#tokensBefore = 0;
    this.#done = 0;
  }

  /** What is to be measured, or is known of it by now. */
  measures(plan: MeasuringPlan): void {
    this.#plan = plan;
  }

  /** The same request, watched. `over` is to be called when it has been answered. */
  watch(
    request: GenerateRequest,
    tokenizer: Tokenizer,
  ): { readonly request: GenerateRequest; readonly over: () => void } {
    const ended = new Set<number>();
    let tokens = 0;
    let batch: WrittenBatch | undefined;
    const report = (): void => {
      this.#saidAt = performance.now();
      this.#say({
        tokens: this.#tokensBefore + tokens,
        done: this.#done,
        plan: this.#plan,
        rows: batch === undefined ? [] : rowsOf(batch, request.prompts, ended, tokenizer),
      });
    };
    const watched: GenerateRequest = {
      ...request,
      onCompletion: (row, completion) => {
        ended.add(row);
        this.#done += 1;
        request.onCompletion?.(row, completion);
      },
      onProgress: (soFar, inHand) => {
        request.onProgress?.(soFar, inHand);
        [tokens, batch] = [soFar, inHand];
        if (performance.now() - this.#saidAt >= EVERY) report();
      },
    };
    const over = (): void => {
      // A policy need not tell of each row.
      this.#done += request.prompts.length - ended.size;
      report();
      this.#tokensBefore += tokens;
    };
    return { request: watched, over };
  }
}

/** A few rows of the batch, spread over it: neighbours mostly continue the same prompt. */
function rowsOf(
  { first, tokens }: WrittenBatch,
  prompts: GenerateRequest['prompts'],
  ended: ReadonlySet<number>,
  tokenizer: Tokenizer,
): readonly WrittenRow[] {
  const count = Math.min(ROWS, tokens.length);
  return Array.from({ length: count }, (_, i): WrittenRow => {
    const row = Math.floor((i * tokens.length) / count);
    return {
      prompt: tokenizer.decode(prompts[first + row]!),
      text: tokenizer.decode(tokens[row]!),
      hasEnded: ended.has(first + row),
    };
  });
}
