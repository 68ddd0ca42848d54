/**
 * The present run as tables: in which situations each command is taken, and what ends when another run
 * becomes the present one. Data and two small readers of it. Whoever takes a command asks the first table, by
 * `Visit.may`. Present.replace acts on the second one.
 */
import type { TransportState } from '../../learner/protocol.ts';
import type { ModelPhase } from './model-state.svelte.ts';

/**
 * Where the page is with its run. `empty`: no model was asked for. `failed`: it could not be loaded. `idle`:
 * a run that has not begun. `can-go-on`: it is over and has more steps to do. `leased`: another room trains
 * with the learner. `reader`: another tab has the run.
 */
export const SITUATIONS = [
  'empty',
  'loading',
  'failed',
  'idle',
  'running',
  'stepping',
  'stopping',
  'paused',
  'finished',
  'can-go-on',
  'leased',
  'reader',
] as const;
export type Situation = (typeof SITUATIONS)[number];

export type SessionCommand =
  | 'load'
  | 'choose-model'
  | 'start'
  | 'pause'
  | 'halt'
  | 'skip-measuring'
  | 'step'
  | 'reset'
  | 'take-up'
  | 'adopt'
  | 'add-task'
  | 'change';

const AT_REST = ['idle', 'paused', 'can-go-on'] as const;
const LOADED = ['idle', 'running', 'stepping', 'stopping', 'paused', 'finished', 'can-go-on'] as const;

/** Situations in which a command is taken; in all others it does nothing or is refused with a reason. */
export const ALLOWED: Readonly<Record<SessionCommand, readonly Situation[]>> = {
  // The lock between tabs is asked for while loading, so a reader may try.
  load: ['empty', 'failed', ...LOADED, 'leased', 'reader'],
  'choose-model': ['empty', 'failed', ...AT_REST, 'finished', 'reader'],
  start: AT_REST,
  pause: ['running', 'stepping'],
  halt: ['stopping'],
  'skip-measuring': ['running', 'stepping', 'stopping'],
  step: AT_REST,
  reset: LOADED.filter((situation) => situation !== 'stopping'),
  // What is still loading takes the run up once it is there.
  'take-up': ['empty', 'loading', 'failed', ...AT_REST, 'finished'],
  adopt: LOADED,
  'add-task': LOADED,
  change: LOADED,
};

export const may = (command: SessionCommand, situation: Situation): boolean =>
  ALLOWED[command].includes(situation);

export interface Facts {
  readonly isLeased: boolean;
  readonly isReader: boolean;
  readonly model: ModelPhase['phase'];
  readonly transport: TransportState;
  /** Whether a run that is over has more to do. */
  readonly canGoOn: boolean;
}

export function situationOf({ isLeased, isReader, model, transport, canGoOn }: Facts): Situation {
  if (isLeased) return 'leased';
  if (isReader) return 'reader';
  if (model !== 'ready') return model === 'idle' ? 'empty' : model;
  return transport === 'finished' && canGoOn ? 'can-go-on' : transport;
}

/**
 * Why another run becomes the present one, or the present one is another than the page thought. `fitted`: it
 * has not begun, and the model that was read asks for another configuration. `looked-at`: another tab has the
 * run and this one shows what it has stored. `reconnected`: it is the same run, in a new session.
 */
export type Reason =
  | 'loaded'
  | 'load-stopped'
  | 'fitted'
  | 'reset'
  | 'adopted'
  | 'taken-up'
  | 'looked-at'
  | 'leased'
  | 'reconnected';

/**
 * What belongs to a run and may end with it:
 * - its `configuration`, and the brought `adapter` that it began from;
 * - its `story` (curves, batches, warnings) and what was `opened` of it to read;
 * - the `recording` that was shown over it;
 * - the `error` it ended with;
 * - that it is `stored` as the present one (it is offered from then on);
 * - the copy that was `rescued` from a session that failed, and what was `unfinished` when that session
 *   failed.
 */
export type Part =
  | 'configuration'
  | 'adapter'
  | 'story'
  | 'opened'
  | 'recording'
  | 'error'
  | 'stored'
  | 'rescued'
  | 'unfinished';

/** What ends for each reason, and the transport's state until the learner says another (null: as it is). */
export const REPLACEMENTS: Readonly<
  Record<Reason, { readonly ends: readonly Part[]; readonly transport: TransportState | null }>
> = {
  // What was rescued is all there is of that run: it is kept until another session has it.
  loaded: { ends: ['adapter', 'story', 'opened', 'error', 'stored', 'unfinished'], transport: 'idle' },
  'load-stopped': { ends: ['configuration'], transport: null },
  fitted: { ends: ['adapter'], transport: null },
  reset: {
    ends: ['adapter', 'story', 'opened', 'error', 'stored', 'rescued', 'unfinished'],
    transport: 'stopping',
  },
  adopted: {
    ends: ['adapter', 'recording', 'story', 'opened', 'error', 'stored', 'rescued'],
    transport: null,
  },
  // It is the stored one, or becomes it, and its session may be the one that was rescued.
  'taken-up': { ends: ['adapter', 'recording', 'story', 'opened'], transport: null },
  'looked-at': { ends: ['story', 'opened'], transport: null },
  // The stored run stays Play's until the learner comes back and a run begins.
  leased: { ends: ['adapter', 'story', 'opened', 'error'], transport: 'idle' },
  reconnected: { ends: [], transport: 'idle' },
};
