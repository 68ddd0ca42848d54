/**
 * Where the model is between "not asked for" and "ready": a tagged union that late messages cannot roll back.
 * It loads nothing itself.
 */
import type { Download, LoadedModel, LoadStage } from '../../learner/protocol.ts';
import type { ErrorData } from '../view/error-data.ts';

export type ModelPhase =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'loading';
      readonly stage: LoadStage['stage'];
      readonly parts: readonly Download[];
    }
  | { readonly phase: 'ready'; readonly model: LoadedModel }
  | { readonly phase: 'failed'; readonly error: ErrorData };

const ORDER: readonly LoadStage['stage'][] = ['downloading', 'building', 'starting-python', 'warming-up'];

export class ModelState {
  #phase: ModelPhase = $state.raw({ phase: 'idle' });

  get phase(): ModelPhase {
    return this.#phase;
  }

  /** Seconds that each finished stage took, and when the present one began (`performance.now()`). */
  took: Readonly<Partial<Record<LoadStage['stage'], number>>> = $state.raw({});
  since: number | null = $state(null);

  readonly model = $derived(this.#phase.phase === 'ready' ? this.#phase.model : null);

  /** Bytes loaded and, when every part has told its size, bytes in all. */
  readonly bytes = $derived.by(() => {
    const parts = this.#phase.phase === 'loading' ? this.#phase.parts : [];
    const loaded = parts.reduce((sum, part) => sum + part.loaded, 0);
    const known = parts.length > 0 && parts.every((part) => part.total !== null);
    return { loaded, total: known ? parts.reduce((sum, part) => sum + (part.total ?? 0), 0) : null };
  });

  /** Stages passed, for a list that ticks them off. */
  isPast(stage: LoadStage['stage']): boolean {
    if (this.#phase.phase === 'ready') return true;
    if (this.#phase.phase !== 'loading') return false;
    return ORDER.indexOf(stage) < ORDER.indexOf(this.#phase.stage);
  }

  /** As before anything was asked for. */
  clear(): void {
    this.#phase = { phase: 'idle' };
  }

  begin(): void {
    this.took = {};
    this.since = performance.now();
    this.#phase = { phase: 'loading', stage: 'downloading', parts: [] };
  }

  /** A stage earlier than the present one only brings news of its downloads. */
  enter(stage: LoadStage): void {
    const now = this.#phase;
    if (now.phase !== 'loading') return;
    const back = ORDER.indexOf(stage.stage) < ORDER.indexOf(now.stage);
    if (!back && stage.stage !== now.stage) this.#finish(now.stage);
    this.#phase = {
      phase: 'loading',
      stage: back ? now.stage : stage.stage,
      parts: stage.stage === 'downloading' ? stage.parts : now.parts,
    };
  }

  /** The stage is over: its time is kept, the next one begins now. */
  #finish(stage: LoadStage['stage']): void {
    const now = performance.now();
    this.took = { ...this.took, [stage]: (now - (this.since ?? now)) / 1000 };
    this.since = now;
  }

  ready(model: LoadedModel): void {
    if (this.#phase.phase !== 'loading') return;
    this.#finish(this.#phase.stage);
    this.since = null;
    this.#phase = { phase: 'ready', model };
  }

  fail(error: ErrorData): void {
    this.since = null;
    this.#phase = { phase: 'failed', error };
  }
}

export const LOAD_STAGES = ORDER;
