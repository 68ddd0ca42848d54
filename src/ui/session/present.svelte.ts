/**
 * The run that the page has at present: its story, its configuration, what it began from, what moves it. Another one takes its place by
 * `replace` and in no other way; what that ends stands in transitions.ts. It commands no learner.
 */
import type { Config } from '../../learning/config.ts';
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

export class Present {
  /** What the learner told of it. */
  readonly story = new RunState();
  /** Its configuration, whether or not its first event has come. */
  config: Config | null = $state.raw(null);
  /** What it began from where the visitor brought it: a session that fails before the first save leaves nothing else of it. */
  adopted: AdapterFile | null = null;
  transport: TransportState = $state('idle');
  /** The last error that is not a failed load. */
  error: ErrorData | null = $state.raw(null);
  /** What a session that failed handed over of a run that is not stored: all there is of it until another session has it. */
  rescued: Uint8Array | null = $state.raw(null);
  /** What the visitor had asked for when the session failed; asked for again once it is back. */
  unfinished: 'running' | 'stepping' | null = null;

  readonly #endings: Readonly<Record<Part, () => void>>;

  constructor(endings: Endings) {
    this.#endings = {
      ...endings,
      story: () => this.story.clear(),
      error: () => (this.error = null),
      rescued: () => (this.rescued = null),
      unfinished: () => (this.unfinished = null),
    };
  }

  /** Another run is the present one from here on. */
  replace(reason: Reason, { config, adopted }: Successor = {}): void {
    const { ends, transport } = REPLACEMENTS[reason];
    for (const part of ends) this.#endings[part]();
    if (config !== undefined) this.config = config;
    this.adopted = adopted ?? null;
    if (transport !== null) this.transport = transport;
  }

  /** A command is taken: what went wrong before it is past. */
  move(transport: TransportState): void {
    this.error = null;
    this.transport = transport;
  }
}
