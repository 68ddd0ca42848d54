/**
 * The run that the page has at present: its story, its configuration, what it began from, what moves it.
 * Another one takes its place by `replace` and in no other way; transitions.ts says what ends with that. From
 * outside the fields can only be read; its story takes the learner's events. This file commands no learner.
 */
import type { Config, ConfigKey, ConfigValue } from '../../learning/config.ts';
import type { AdapterFile, TransportState } from '../../learner/protocol.ts';
import type { ErrorData } from '../view/error-data.ts';
import { RunState } from './run-state.svelte.ts';
import { REPLACEMENTS, type Part, type Reason } from './transitions.ts';

/** Ends of those parts of a run that others hold. */
export type Endings = Readonly<Record<'opened' | 'recording' | 'stored', () => void>>;

export interface Successor {
  /** The next run's; absent: as it was. */
  readonly config?: Config;
  /** What the next run begins from, where the visitor brought it. */
  readonly adopted?: AdapterFile;
}

type Unfinished = 'running' | 'stepping';

export class Present {
  /** What the learner told of it. */
  readonly story = new RunState();
  #config: Config | null = $state.raw(null);
  #adopted: AdapterFile | null = null;
  #transport: TransportState = $state('idle');
  #error: ErrorData | null = $state.raw(null);
  #rescued: Uint8Array | null = $state.raw(null);
  #unfinished: Unfinished | null = null;
  #isResetting = $state(false);

  readonly #endings: Readonly<Record<Part, () => void>>;

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

  /** It is being put back to its start, and the learner has not said so yet. */
  get isResetting(): boolean {
    return this.#isResetting;
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

  /** Another run is the present one from here on. */
  replace(reason: Reason, { config, adopted }: Successor = {}): void {
    const { ends, transport } = REPLACEMENTS[reason];
    for (const part of ends) this.#endings[part]();
    this.#isResetting = reason === 'reset';
    if (config !== undefined) this.#config = config;
    if (adopted !== undefined) this.#adopted = adopted;
    if (transport !== null) this.#transport = transport;
  }

  /** A command is taken: what went wrong before it is past. */
  move(transport: TransportState): void {
    this.#error = null;
    this.#transport = transport;
  }

  /** What moves it is in this state now; an error stays. */
  moved(transport: TransportState): void {
    this.#isResetting = false;
    this.#transport = transport;
  }

  /** A setting that may change during a run has changed. */
  change(key: ConfigKey, value: ConfigValue): void {
    if (this.#config !== null) this.#config = { ...this.#config, [key]: value } as Config;
  }

  /** Something went wrong; null: it was read, or is past. */
  fail(error: ErrorData | null): void {
    this.#error = error;
  }

  /**
   * Its session failed while it was moving; null: it was not, and what an earlier failure interrupted still
   * is.
   */
  interrupt(moving: Unfinished | null): void {
    this.#unfinished = moving ?? this.#unfinished;
  }

  /** What a failure interrupted is asked for again, or given up. @returns what it was */
  endInterruption(): Unfinished | null {
    const what = this.#unfinished;
    this.#unfinished = null;
    return what;
  }

  /** What its failed session could hand over; null: nothing. */
  rescue(run: Uint8Array | null): void {
    this.#rescued = run;
  }

  /** It is stored: the rescued copy is not needed any more. */
  stored(): void {
    this.#rescued = null;
  }
}
