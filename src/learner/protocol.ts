/**
 * The whole conversation between the page and the worker that learns: what the page may ask (`Learner`,
 * offered through comlink) and what the worker says by itself (`LearnerMessage`). Only types and data;
 * nothing here runs. Calls do not throw across the worker: whatever goes wrong arrives as a `failed` message,
 * as data with advice.
 */
import type { Config, ConfigKey, ConfigOverrides, ConfigValue } from '../learning/config.ts';
import type { AdapterFile } from '../policy/lora/read-adapter.ts';
import type { FormatPlan } from '../experiment/memory.ts';
import type { AdapterExport } from '../experiment/export/index.ts';
import type { SavedRun } from '../experiment/storage/run-store.ts';
import type { TrainerEvent } from '../learning/events.ts';
import type { MemoryPrediction } from '../policy/lora/memory.ts';
import type { PrecisionWish } from '../policy/model/precision.ts';
import type { PolicyInfo } from '../policy/types.ts';
import type { Boundary } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';
import type { Failure } from './errors.ts';
import type { Ask } from './questions.ts';
import type { WritingProgress } from './writing.ts';

export type DeviceWish = 'auto' | 'webgpu' | 'wasm';

/** A model of the visitor's: files of this machine, which go nowhere, or an id of the Hub. */
export type OwnModel =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly File[] }
  | {
      readonly kind: 'hub';
      /** `owner/name` or `owner/name/FILE.gguf` */
      readonly id: string;
      readonly accessToken?: string;
      /** A server that speaks the Hub's protocol; absent: the Hub. */
      readonly hubUrl?: string;
      /** The origin of that server, where the visitor said by its name that the token may go there. */
      readonly tokenOrigin?: string;
    };

export interface LoadRequest {
  /**
   * Absolute address of the site's folder, ending in a slash: models, Python and the runtime lie below it.
   */
  readonly base: string;
  /** Folder under `base`, ending in a slash, e.g. `models/nano/`. */
  readonly model: string;
  /** Takes the place of `model`. */
  readonly own?: OwnModel;
  /** Settings that the visitor made: what the model would have otherwise does not change them. */
  readonly asked?: readonly ConfigKey[];
  readonly device: DeviceWish;
  /** Absent: `auto`. */
  readonly precision?: PrecisionWish;
  /** The run that the first step will belong to. */
  readonly config: Config;
  /**
   * Where Python's workers are started, when the site sends no headers (src/sandbox/frame.ts). Added on the
   * way to the worker.
   */
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

export type { WritingProgress };

/** An adapter that the visitor brought. */
export type { AdapterFile };

export interface LoadedModel {
  readonly info: PolicyInfo;
  /** What the run was predicted to take, bytes. */
  readonly memory?: MemoryPrediction;
  /** How the matrices of a visitor's own model are held, and why (src/experiment/memory.ts). */
  readonly held?: Pick<FormatPlan, 'linears' | 'because'>;
  /** Python interpreters at work. */
  readonly pythonWorkers: number;
  /** What keeps their programs in. */
  readonly boundary: Boundary;
  readonly tasks: { readonly train: number; readonly heldout: number };
  /**
   * What the model asks of a configuration, below whatever was set: how it is prompted, sizes of a step.
   * Absent for the site's own.
   */
  readonly settings?: ConfigOverrides;
}

/**
 * `running` pulls events; `stopping` finishes the piece of work in hand and then rests; `paused` rests
 * between two events, everything kept; `finished` ran all its steps.
 */
export type TransportState = 'idle' | 'running' | 'stepping' | 'stopping' | 'paused' | 'finished';

/** What was being done when it failed; a failed load leaves nothing behind, a failed run keeps the model. */
export type FailedDuring = 'load' | 'run' | 'change';

export type LearnerMessage =
  | { readonly type: 'stage'; readonly stage: LoadStage }
  /**
   * `stored`: the newest run in this browser, as the learner has read it; absent: none, or it cannot be read.
   */
  | { readonly type: 'ready'; readonly model: LoadedModel; readonly stored?: SavedRun }
  | { readonly type: 'transport'; readonly state: TransportState }
  | { readonly type: 'event'; readonly event: TrainerEvent }
  /** How far the rollouts being written have come. */
  | ({ readonly type: 'progress' } & WritingProgress)
  /** Bytes of the WebAssembly heaps in the learner's worker, after a step; they never shrink. */
  | { readonly type: 'heap'; readonly bytes: number }
  /** The present run is stored as it was after this step. */
  | { readonly type: 'saved'; readonly saved: SavedRun }
  /** It could not be stored; it goes on. */
  | { readonly type: 'not-saved'; readonly error: Failure }
  /** A saved run takes the place of the present one; its events follow, and then a transport state. */
  | { readonly type: 'resumed'; readonly config: Config; readonly step: number }
  | {
      readonly type: 'failed';
      readonly during: FailedDuring;
      readonly error: Failure;
      /** A new worker may do what this one could not: the device was lost or memory ran out. */
      readonly isRecoverable?: boolean;
    };

export type LearnerListener = (message: LearnerMessage) => void;

/** The learner as the page sees it. The page holds a comlink proxy of one, tests an object. */
export interface Learner {
  /** Where messages go; to be called first, once. */
  listen(listener: LearnerListener): Promise<void>;
  /** Fetches, builds and warms up; ends with `ready` or `failed`. */
  load(request: LoadRequest): Promise<void>;
  /** Starts or goes on pulling steps until paused or done. */
  start(): Promise<void>;
  /** Stops after the event in hand. */
  pause(): Promise<void>;
  /**
   * Rests now: what is in hand is given up, and done again from the start of its step or measurement when the
   * run goes on. The run is the one it would have been.
   */
  halt(): Promise<void>;
  /**
   * Gives up the measurement under way: that of the base model is made up for at the next one, any other is
   * left out.
   */
  skipMeasuring(): Promise<void>;
  /** Goes on to the end of one step, then pauses. */
  step(): Promise<void>;
  /** Adapter and run back to the start, with this configuration; the base model stays loaded. */
  reset(config: Config): Promise<void>;
  /** Changes a setting that may change during a run; takes effect at the next step. */
  change(key: ConfigKey, value: ConfigValue): Promise<void>;
  /**
   * The adapter as it is now in PEFT's layout with its parity card; null without a model. Between runs or
   * while paused.
   */
  adapter(): Promise<AdapterExport | null>;
  /** A task by its id, for the reader; null when there is none. */
  task(id: string): Promise<Task | null>;
  /**
   * Time from the start of one step to that of the next, at least, in milliseconds: for watching. 0 is full
   * speed.
   */
  pace(milliseconds: number): Promise<void>;
  /** Answers a question of the page (questions.ts) between two pieces of the run's work. */
  readonly ask: Ask;
  /**
   * The next run begins from this adapter, with this configuration. The answer is null, or what was wrong
   * with the adapter; nothing has changed then.
   */
  adopt(adapter: AdapterFile, config: Config): Promise<Failure | null>;
  /**
   * Takes up the stored run and rests there; says `resumed` and its events, or `failed`. Without one, a run
   * starts anew.
   */
  resume(): Promise<void>;
  /** Takes up a run from a file, as `resume` does with the stored one. */
  importRun(bytes: Uint8Array): Promise<void>;
  /** The present run as of its newest save, as a file; null when there is none. */
  exportRun(): Promise<Uint8Array | null>;
  /**
   * Whether runs that begin from now on are stored as this page's run. If not, they are kept in the worker's
   * memory: `saved` says when there is something to take with `exportRun`.
   */
  autosave(isOn: boolean): Promise<void>;
  /** Frees the device and the interpreters. The worker is to be ended afterwards. */
  dispose(): Promise<void>;
}
