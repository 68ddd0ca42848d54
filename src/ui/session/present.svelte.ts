/**
 * The run that the page has at present: its story, its configuration, what it began from,
 * what moves it. It changes by `go`, which does what a row of transitions.ts says; beside
 * that, its story takes the learner's events, and `change` a setting that may change
 * during a run. From outside the fields can only be read. This file commands no learner.
 */
import type { Config, ConfigKey, ConfigValue } from '../../learning/config.ts';
import type { AdapterFile, TransportState } from '../../learner/protocol.ts';
import type { ErrorData } from '../view/error-data.ts';
import { RunState } from './run-state.svelte.ts';
import { TRANSITIONS, type AwaitedPart, type RunPart, type Transition } from './transitions.ts';

/** Ends of those parts of a run that others hold. */
export type Endings = Readonly<Record<'opened' | 'recording' | 'stored', () => void>>;

type Unfinished = 'running' | 'stepping';

/** What a transition brings; what is absent stays as the row leaves it. */
export interface Brings {
  readonly config?: Config;
  /** What the run begins from, where the visitor brought it. */
  readonly adopted?: AdapterFile;
  /** How the learner says that it stands, or what it is asked for again. */
  readonly transport?: TransportState;
  readonly error?: ErrorData;
  /** What a session that failed handed over; null: nothing. */
  readonly rescued?: Uint8Array | null;
  /** What the visitor had asked for when the session failed; null: nothing more than before. */
  readonly unfinished?: Unfinished | null;
}

export class Present {
  /** What the learner told of it. */
  readonly story = new RunState();
  #config: Config | null = $state.raw(null);
  #adopted: AdapterFile | null = null;
  #transport: TransportState = $state('idle');
  /** What the transport is so from; null: nothing has happened yet. */
  #saidBy: Transition | null = $state(null);
  #awaits: AwaitedPart | null = $state(null);
  #error: ErrorData | null = $state.raw(null);
  #rescued: Uint8Array | null = $state.raw(null);
  #unfinished: Unfinished | null = null;

  readonly #endings: Readonly<Record<RunPart, () => void>>;

  constructor(endings: Endings) {
    this.#endings = {
      ...endings,
      configuration: () => (this.#config = null),
      adapter: () => (this.#adopted = null),
      story: () => this.story.clear(),
      error: () => (this.#error = null),
      rescued: () => (this.#rescued = null),
      unfinished: () => (this.#unfinished = null),
    };
  }

  /** Its configuration, whether or not its first event has come. */
  get config(): Config | null {
    return this.#config;
  }

  /**
   * What it began from where the visitor brought it: a session that fails before the first save leaves
   * nothing else of it.
   */
  get adopted(): AdapterFile | null {
    return this.#adopted;
  }

  get transport(): TransportState {
    return this.#transport;
  }

  /** What the learner was given and has not said yet that it has; null: nothing. */
  get awaits(): AwaitedPart | null {
    return this.#awaits;
  }

  /** It is being put back to its start, and the learner has not said so yet. */
  get isResetting(): boolean {
    return this.#saidBy === 'reset';
  }

  /** The last error that is not a failed load. */
  get error(): ErrorData | null {
    return this.#error;
  }

  /**
   * What a session that failed handed over of a run that is not stored: all there is of it until another
   * session has it.
   */
  get rescued(): Uint8Array | null {
    return this.#rescued;
  }

  /** What the visitor had asked for when the session failed; asked for again once it is back. */
  get unfinished(): Unfinished | null {
    return this.#unfinished;
  }

  /** Something happens to it; whether it may happen now is the caller's to ask. */
  go(transition: Transition, brings: Brings = {}): void {
    const { ends, transport, awaits = this.#awaits } = TRANSITIONS[transition];
    for (const part of ends) this.#endings[part]();
    const says = brings.transport ?? transport;
    if (says !== undefined) [this.#transport, this.#saidBy] = [says, transition];
    this.#awaits = awaits;
    this.#config = brings.config ?? this.#config;
    this.#adopted = brings.adopted ?? this.#adopted;
    this.#error = brings.error ?? this.#error;
    this.#unfinished = brings.unfinished ?? this.#unfinished;
    if (brings.rescued !== undefined) this.#rescued = brings.rescued;
  }

  /** A setting that may change during a run has changed. */
  change(key: ConfigKey, value: ConfigValue): void {
    if (this.#config !== null) this.#config = { ...this.#config, [key]: value } as Config;
  }
}
