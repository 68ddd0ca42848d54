/**
 * The Lab's queue: it runs planned runs one after another on one base model. It
 * drives a leased learner. It hands over each run when it ends, and before that what
 * the learner saves of it. It plans, stores and draws nothing.
 */
import type { AdapterExport } from '../../experiment/export/index.ts';
import type { Evaluated } from '../../experiment/experiment.ts';
import type { Config } from '../../learning/config.ts';
import type { TrainerEvent } from '../../learning/events.ts';
import type { Learner, LearnerMessage, LearnerListener } from '../../learner/protocol.ts';
import type { ErrorData } from '../view/error-data.ts';
import { inWords } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import { Pace } from './pace.ts';
import type { PlannedRun, RunEnding, RunProgress } from './runs.ts';

/**
 * `preparing` loads the model and resets the adapter; `pausing` finishes the piece of work in hand; `paused`
 * keeps everything; after a failure the queue is paused too, before the next run.
 */
export type QueueState = 'idle' | 'preparing' | 'running' | 'pausing' | 'paused' | 'stopping';

export interface EndedRun {
  readonly planned: PlannedRun;
  readonly events: readonly TrainerEvent[];
  readonly adapter: AdapterExport | null;
  readonly state: RunEnding;
}

export interface QueueOptions {
  /** A learner whose adapter fits the configuration; null when there is none to be had. */
  readonly lease: (config: Config, listener: LearnerListener) => Promise<Learner | null>;
  readonly release: () => void;
  /** Awaited before the next run begins. */
  readonly onEnded: (run: EndedRun) => Promise<void>;
  /** The learner's file of the run in hand, as of a step; null once the run has ended. */
  readonly onProgress: (progress: RunProgress | null) => Promise<void>;
  /** Such a file of an earlier visit, to go on from. */
  readonly progressOf: (run: PlannedRun) => Promise<RunProgress | null>;
  readonly asError: (cause: unknown) => ErrorData;
  /** Told whether it is to go on by itself: after a reload, too. */
  readonly onMoving?: (isMoving: boolean) => void;
}

export interface CurrentRun {
  readonly planned: PlannedRun;
  /** Finished steps. */
  readonly step: number;
  readonly history: readonly Evaluated[];
}

export class Queue {
  state: QueueState = $state('idle');
  /** After the current one, in order. */
  waiting: readonly PlannedRun[] = $state.raw([]);
  current: CurrentRun | null = $state.raw(null);
  /** Runs ended since the queue was last idle. */
  ended = $state(0);
  error: ErrorData | null = $state.raw(null);
  readonly pace = new Pace();
  /** Rises with every measurement of the pace. */
  measured = $state(0);

  readonly #options: QueueOptions;
  #learner: Learner | null = null;
  #events: TrainerEvent[] = [];
  /** The learner's answer to a reset, after which everything it says is about the new run. */
  #onIdle: (() => void) | null = null;
  /** Told whether a run that is taken up goes on; until then the learner speaks of another one. */
  #onTakenUp: ((isTaken: boolean) => void) | null = null;
  #isKeeping = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  readonly isBusy = $derived(this.state !== 'idle' && this.state !== 'paused');

  /** Puts runs at the end; begins with the first when nothing is under way. */
  add(runs: readonly PlannedRun[]): void {
    this.waiting = [...this.waiting, ...runs];
    if (this.state !== 'idle' || this.waiting.length === 0) return;
    this.ended = 0;
    this.error = null;
    this.#options.onMoving?.(true);
    void this.#next();
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.state = 'pausing';
    this.#options.onMoving?.(false);
    this.#call((learner) => learner.pause());
  }

  /** Goes on where it was paused, or with the next run after a failure. */
  resume(): void {
    if (this.state !== 'paused') return;
    this.error = null;
    this.#options.onMoving?.(true);
    if (this.current === null) {
      void this.#next();
      return;
    }
    this.state = 'running';
    this.#call((learner) => learner.start());
  }

  /** Drops what waits and ends the run in hand; what it has done is handed over as a stopped run. */
  async stop(): Promise<void> {
    if (this.state === 'idle' || this.state === 'stopping' || this.state === 'preparing') return;
    this.waiting = [];
    this.state = 'stopping';
    await this.#end('stopped');
    this.#rest();
  }

  async #next(): Promise<void> {
    const [planned, ...waiting] = this.waiting;
    if (planned === undefined) return this.#rest();
    this.state = 'preparing';
    this.waiting = waiting;
    this.#events = [];
    this.current = { planned, step: 0, history: [] };
    try {
      const learner = await this.#options.lease(planned.config, (message) => this.#take(message));
      if (learner === null) throw new NoLearnerError();
      this.#learner = learner;
      if (!(await this.#takeUp(learner, planned))) {
        const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
        await learner.reset(planned.config);
        await idle;
      }
      if (this.current?.planned !== planned) return; // failed meanwhile
      this.state = 'running';
      await learner.start();
    } catch (cause) {
      this.waiting = [planned, ...this.waiting];
      this.current = null;
      this.#fail(this.#options.asError(cause));
    }
  }

  /** Goes on with what was kept of the run in an earlier visit; what cannot be taken up is begun anew. */
  async #takeUp(learner: Learner, planned: PlannedRun): Promise<boolean> {
    const progress = await this.#options.progressOf(planned).catch(() => null);
    if (progress === null) return false;
    const taken = new Promise<boolean>((resolve) => (this.#onTakenUp = resolve));
    await learner.importRun(progress.file);
    const isTaken = await taken;
    this.#onTakenUp = null;
    if (!isTaken) {
      this.#events = [];
      this.current = { planned, step: 0, history: [] };
    }
    return isTaken;
  }

  /** Hands over what the learner has just saved; while one is handed over the next is left out. */
  async #keep(): Promise<void> {
    const { current } = this;
    if (current === null || this.#learner === null || this.#isKeeping) return;
    this.#isKeeping = true;
    try {
      const file = await this.#learner.exportRun();
      const { experiment, arm, seed } = current.planned;
      if (file !== null && this.current?.planned === current.planned)
        await this.#options.onProgress({
          experiment: experiment.id,
          arm: arm.name,
          seed,
          step: current.step,
          file,
        });
    } catch {
      // What is not kept is done again after a reload.
    } finally {
      this.#isKeeping = false;
    }
  }

  /** @returns whether the message belongs to a run being taken up, and is dealt with */
  #takesUp(message: LearnerMessage): boolean {
    if (this.#onTakenUp === null) return false;
    if (message.type === 'failed') this.#onTakenUp(false);
    else if (message.type === 'resumed') {
      this.#events = [];
      // Of another version of the page: it would be another run.
      if (!isSameConfig(message.config, this.current?.planned.config)) this.#onTakenUp(false);
    } else if (message.type === 'event') return false;
    else if (message.type === 'transport' && (message.state === 'paused' || message.state === 'idle'))
      this.#onTakenUp(message.state === 'paused');
    return true;
  }

  #take(message: LearnerMessage): void {
    if (this.#takesUp(message)) return;
    if (message.type === 'saved') return void this.#keep();
    if (message.type === 'failed') return void this.#failed(inWords(message.error));
    if (message.type === 'transport') {
      const { state } = message;
      if (state === 'idle') {
        this.#onIdle?.();
        this.#onIdle = null;
      }
      if (this.#onIdle !== null) return;
      if (state === 'paused' && this.state === 'pausing') this.state = 'paused';
      const isMoving = this.state === 'running' || this.state === 'pausing';
      // After a failure the learner says so too: the run is handed over already.
      if (state === 'finished' && isMoving && this.current !== null) void this.#finished();
      return;
    }
    if (message.type !== 'event' || this.current === null || this.#onIdle !== null) return;
    const { event } = message;
    this.#events.push(event);
    // What an earlier visit measured is no measurement of this one.
    if (this.#onTakenUp === null) {
      this.pace.take(event);
      if (event.type === 'timing') this.measured += 1;
    }
    if (event.type === 'step-finished' || event.type === 'evaluation') {
      const step = Math.max(this.current.step, event.step);
      this.current = { ...this.current, step, history: merged(this.current.history, event) };
    }
  }

  async #finished(): Promise<void> {
    await this.#end('done');
    if (this.state === 'idle') return; // stopped meanwhile
    if (this.state === 'pausing' && this.waiting.length > 0) this.state = 'paused';
    else await this.#next();
  }

  async #failed(error: ErrorData): Promise<void> {
    if (this.current === null) return;
    this.#onIdle?.();
    this.#onIdle = null;
    this.state = 'stopping';
    await this.#end('failed');
    this.#fail(error);
  }

  /** Hands the run in hand over. */
  async #end(state: RunEnding): Promise<void> {
    const { current } = this;
    if (current === null) return;
    const events = this.#events;
    this.current = null;
    this.#events = [];
    try {
      await this.#options.onProgress(null);
      const adapter = state === 'done' ? ((await this.#learner?.adapter()) ?? null) : null;
      if (events.length > 0)
        await this.#options.onEnded({ planned: current.planned, events, adapter, state });
      this.ended += 1;
    } catch (cause) {
      this.error = this.#options.asError(cause);
    }
  }

  #fail(error: ErrorData): void {
    this.error = error;
    this.state = this.waiting.length > 0 ? 'paused' : 'idle';
    this.#options.onMoving?.(false);
    this.#learner = null;
    this.#options.release();
  }

  #rest(): void {
    this.state = 'idle';
    this.#options.onMoving?.(false);
    this.#learner = null;
    this.#options.release();
  }

  #call(what: (learner: Learner) => Promise<void>): void {
    if (this.#learner)
      what(this.#learner).catch((cause: unknown) => this.#failed(this.#options.asError(cause)));
  }
}

/** The learner could not be had; why is said where the model is loaded. */
export class NoLearnerError extends Error {
  override readonly name = 'NoModelError';
  constructor() {
    super(s.lab.errors.noModel);
  }
}

const isSameConfig = (a: Config, b: Config | undefined): boolean =>
  b !== undefined && (Object.keys(b) as (keyof Config)[]).every((key) => a[key] === b[key]);

function merged(
  history: readonly Evaluated[],
  event: Extract<TrainerEvent, { type: 'step-finished' | 'evaluation' }>,
): readonly Evaluated[] {
  const known = history.find(({ step }) => step === event.step);
  const others = history.filter(({ step }) => step !== event.step);
  const at = { step: event.step, metrics: { ...known?.metrics, ...event.metrics } };
  // The base model is measured after the first step and stands before it.
  return [...others, at].sort((a, b) => a.step - b.step);
}
