/**
 * The whole conversation between the page and the worker that learns: what the page may ask (`Learner`, offered through comlink) and what
 * the worker says by itself (`LearnerMessage`). Only types and data; nothing here runs. Calls do not throw across the worker:
 * whatever goes wrong arrives as a `failed` message, as data with advice.
 */
import type { Config, ConfigKey, ConfigValue } from '../learning/config.ts';
import type { TrainerEvent } from '../learning/events.ts';
import type { PolicyInfo } from '../policy/types.ts';
import type { Boundary } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';

export type DeviceWish = 'auto' | 'webgpu' | 'wasm';

export interface LoadRequest {
  /** Absolute address of the site's folder, ending in a slash: models, Python and the runtime lie below it. */
  readonly base: string;
  /** Folder under `base`, ending in a slash, e.g. `models/nano/`. */
  readonly model: string;
  readonly device: DeviceWish;
  /** The run that the first step will belong to. */
  readonly config: Config;
  /** Where Python's workers are started, when the site sends no headers (src/sandbox/frame.ts). Added on the way to the worker. */
  readonly frame?: MessagePort;
}

/** What is fetched, in the order shown. */
export type DownloadPart = 'model' | 'runtime' | 'python' | 'tasks';

export interface Download {
  readonly part: DownloadPart;
  readonly loaded: number;
  /** Bytes; null while the server has not said. */
  readonly total: number | null;
}

/** Stages of loading, in order. `warming-up` compiles the first graphs (and, on WebGPU, their shaders). */
export type LoadStage =
  | { readonly stage: 'downloading'; readonly parts: readonly Download[] }
  | { readonly stage: 'building' }
  | { readonly stage: 'starting-python' }
  | { readonly stage: 'warming-up' };

export interface LoadedModel {
  readonly info: PolicyInfo;
  /** Python interpreters at work. */
  readonly pythonWorkers: number;
  /** What keeps their programs in. */
  readonly boundary: Boundary;
  readonly tasks: { readonly train: number; readonly heldout: number };
}

/**
 * `running` pulls events; `stopping` finishes the piece of work in hand and then rests; `paused` rests between two events,
 * everything kept; `finished` ran all its steps.
 */
export type TransportState = 'idle' | 'running' | 'stepping' | 'stopping' | 'paused' | 'finished';

/** An error as data, fit to cross a worker: what happened, what was kept, what to do. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly kept: string;
  readonly advice: string;
}

/** What was being done when it failed; a failed load leaves nothing behind, a failed run keeps the model. */
export type FailedDuring = 'load' | 'run' | 'change';

export type LearnerMessage =
  | { readonly type: 'stage'; readonly stage: LoadStage }
  | { readonly type: 'ready'; readonly model: LoadedModel }
  | { readonly type: 'transport'; readonly state: TransportState }
  | { readonly type: 'event'; readonly event: TrainerEvent }
  /** Tokens sampled so far in the rollouts being written. */
  | { readonly type: 'progress'; readonly tokens: number }
  | { readonly type: 'failed'; readonly during: FailedDuring; readonly error: ErrorData };

export type Listener = (message: LearnerMessage) => void;

/** The same on both sides of the worker: the page holds a comlink proxy of it, tests an object. */
export interface Learner {
  /** Where messages go; to be called first, once. */
  listen(listener: Listener): Promise<void>;
  /** Fetches, builds and warms up; ends with `ready` or `failed`. */
  load(request: LoadRequest): Promise<void>;
  /** Starts or goes on pulling steps until paused or done. */
  start(): Promise<void>;
  /** Stops after the event in hand. */
  pause(): Promise<void>;
  /** Goes on to the end of one step, then pauses. */
  step(): Promise<void>;
  /** Adapter and run back to the start, with this configuration; the base model stays loaded. */
  reset(config: Config): Promise<void>;
  /** Changes a setting that may change during a run; takes effect at the next step. */
  change(key: ConfigKey, value: ConfigValue): Promise<void>;
  /** A task by its id, for the reader; null when there is none. */
  task(id: string): Promise<Task | null>;
  /** Frees the device and the interpreters. The worker is to be ended afterwards. */
  dispose(): Promise<void>;
}
