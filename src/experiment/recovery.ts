/**
 * Keeps a run going when its session fails: when the device is lost or memory runs out, the
 * parts are built anew and the run goes on from its newest state. This is for one process.
 * On a page only a new worker gives memory back, and src/ui/session recovers with workers.
 */
import type { TrainerEvent } from '../learning/events.ts';
import type { TrainOptions } from '../learning/trainer.ts';
import { DeviceLostError, OutOfMemoryError } from '../tensor/errors.ts';
import type { RunAutosave } from './autosave.ts';
import { trainWithAutosave } from './train-with-autosave.ts';

/** Failures in a row, without a finished step between them, after which a run stops. */
const MAX_FAILURES = 3;

/** Whether a new session may do what this one could not. */
export const isRecoverable = (error: unknown): boolean =>
  error instanceof DeviceLostError || error instanceof OutOfMemoryError;

/** The session failed as often as is tried. */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
  readonly kept = 'The run as of its last save, with its log.';
  readonly advice: string;
  constructor(cause: unknown) {
    const { message, advice } = cause as { readonly message?: string; readonly advice?: string };
    super(`The session failed ${MAX_FAILURES} times in a row: ${message ?? String(cause)}`, { cause });
    this.advice = `The run stops and can be resumed. ${advice ?? ''}`.trim();
  }
}

/** Counts failures in a row; a step finished further on than ever before ends the row. */
export class FailureCount {
  #count = 0;
  #furthest = 0;

  get count(): number {
    return this.#count;
  }

  /** Whether the step is further on than any before: those that are done again end no row. */
  finished(step: number): boolean {
    if (step <= this.#furthest) return false;
    this.#furthest = step;
    this.#count = 0;
    return true;
  }

  /** Whether to try again. */
  failed(): boolean {
    return ++this.#count < MAX_FAILURES;
  }
}

/** What a run works with, built and freed together. */
export interface TrainingSession extends Pick<TrainOptions, 'policy' | 'sandbox' | 'trusted' | 'initial'> {
  dispose(): Promise<void>;
}

export interface RecoveryOptions<S extends TrainingSession> extends Omit<
  TrainOptions,
  'policy' | 'sandbox' | 'trusted'
> {
  readonly open: () => Promise<S>;
  readonly autosave: RunAutosave;
  /** Called before the session is built anew. */
  readonly onFailure?: (error: unknown, failures: number, step: number) => void;
  /** Called with the session that ended the run, before it is freed. */
  readonly onEnd?: (session: S) => Promise<void>;
}

/**
 * The events of a run, some of them a second time after a failure: those that came after the newest save.
 * @throws GaveUpError, and at once what no new session would mend
 */
export async function* trainWithRecovery<S extends TrainingSession>(
  options: RecoveryOptions<S>,
): AsyncGenerator<TrainerEvent, void, void> {
  const { open, autosave, onFailure, onEnd, ...train } = options;
  const failures = new FailureCount();
  for (;;) {
    let session: S | null = null;
    try {
      session = await open();
      const { policy, sandbox, trusted, initial } = session;
      const state = autosave.last;
      const run = {
        ...train,
        policy,
        sandbox,
        ...(trusted && { trusted }),
        ...(initial && { initial }),
        ...(state && { state }),
      };
      for await (const event of trainWithAutosave(run, autosave)) {
        if (event.type === 'step-finished') failures.finished(event.step);
        yield event;
      }
      await onEnd?.(session);
      return;
    } catch (error) {
      if (!isRecoverable(error)) throw error;
      autosave.rollBack();
      if (!failures.failed()) throw new GaveUpError(error);
      onFailure?.(error, failures.count, autosave.last?.step ?? 0);
    } finally {
      // What lived on a lost device may fail once more while it is freed.
      await session?.dispose().catch(() => undefined);
    }
  }
}
