/**
 * The present run as one table: whatever may happen to it, with the situations in which it may happen, the
 * parts of the run that end with it, and how the run stands from then on. All other parts are kept. It is
 * data with two small readers. Visit.may asks it what is taken, and Present.go does what a row says.
 */
import type { TransportState } from '../../learner/protocol.ts';
import type { ModelPhase } from './model-state.svelte.ts';

/**
 * Where the page is with its run. `empty`: no model was asked for. `failed`: it could not be loaded. `idle`:
 * a run that has not begun. `can-go-on`: it is over and has more steps to do. `taking-up`: the learner was
 * given another run, or an adapter, and has not said yet that it has it. `leased`: another room trains with
 * the learner. `reader`: another tab has the run.
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
  'taking-up',
  'leased',
  'reader',
] as const;
export type Situation = (typeof SITUATIONS)[number];

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
export const RUN_PARTS = [
  'configuration',
  'adapter',
  'story',
  'opened',
  'recording',
  'error',
  'stored',
  'rescued',
  'unfinished',
] as const;
export type RunPart = (typeof RUN_PARTS)[number];

/** What the learner was given and has not said yet that it has. */
export type AwaitedPart = 'run' | 'adapter';

interface TransitionRow {
  /** Where it may happen. A command does nothing elsewhere, or is refused with a reason. */
  readonly in: readonly Situation[];
  /** Parts that end with it; all others are kept. */
  readonly ends: readonly RunPart[];
  /** The transport until the learner says otherwise. Absent: as it was, or as whoever reports it says. */
  readonly transport?: TransportState;
  /** What is awaited of the learner from here on; null: nothing. Absent: what was. */
  readonly awaits?: AwaitedPart | null;
}

const AT_REST = ['idle', 'paused', 'can-go-on'] as const;
/** A model is there and is Play's, and nothing is on its way to the learner. */
const LOADED = ['idle', 'running', 'stepping', 'stopping', 'paused', 'finished', 'can-go-on'] as const;
/** No run moves, and none is on its way. */
const REPLACEABLE = ['empty', 'failed', ...AT_REST, 'finished'] as const;

/** What the visitor asks for, or another room. */
const COMMANDS = {
  // The lock between tabs is asked for while loading, so a reader may try. What was
  // rescued is all there is of that run: it is kept until another session has it.
  load: {
    in: ['empty', 'failed', ...LOADED, 'taking-up', 'leased', 'reader'],
    ends: ['adapter', 'story', 'opened', 'error', 'stored', 'unfinished'],
    transport: 'idle',
    awaits: null,
  },
  // Another room may be waiting for the model.
  'stop-loading': { in: ['loading', 'leased'], ends: ['configuration'] },
  // It is loaded next, and that ends the run.
  'choose-model': { in: [...REPLACEABLE, 'reader'], ends: ['recording'] },
  start: { in: AT_REST, ends: ['error'], transport: 'running' },
  pause: { in: ['running', 'stepping'], ends: [], transport: 'stopping' },
  // A pause that takes its time is made at once: what was being written is dropped.
  halt: { in: ['stopping'], ends: [] },
  'skip-measuring': { in: ['running', 'stepping', 'stopping'], ends: [] },
  step: { in: AT_REST, ends: ['error'], transport: 'stepping' },
  // Not while another run is on its way: what the learner then says of that one would
  // be taken for the new one.
  reset: {
    in: LOADED.filter((situation) => situation !== 'stopping'),
    ends: ['adapter', 'story', 'opened', 'error', 'stored', 'rescued', 'unfinished'],
    transport: 'stopping',
  },
  // What is still loading takes the run up once it is there.
  'take-up': { in: [...REPLACEABLE, 'loading'], ends: ['error'] },
  adopt: { in: LOADED, ends: [] },
  'add-task': { in: [...LOADED, 'taking-up'], ends: [] },
  change: { in: LOADED, ends: [] },
  // Elsewhere it is remembered, and told once the learner is Play's again.
  pace: { in: [...LOADED, 'taking-up'], ends: [] },
  // The stored run is removed: not while it is written or read.
  discard: { in: [...REPLACEABLE, 'loading'], ends: [] },
  // The recording that was open before makes room for the new one.
  watch: { in: SITUATIONS, ends: ['opened', 'recording'] },
  'leave-recording': { in: SITUATIONS, ends: ['recording'] },
  // Play's run goes on until the learner is handed over. A room that has it asks anew for each of its runs.
  lease: { in: SITUATIONS, ends: [] },
  // A reset follows where there is a model.
  release: { in: ['leased'], ends: [] },
} as const satisfies Readonly<Record<string, TransitionRow>>;

/** What the learner says, or becomes of it. */
const HAPPENINGS = {
  // It has not begun, and the model that was read asks for another configuration.
  fitted: { in: ['idle'], ends: ['adapter'] },
  // The learner was given the stored run, or one from a file.
  'run-given': { in: [...AT_REST, 'finished'], ends: [], awaits: 'run' },
  // It is the stored one, or becomes it, and its session may be the one that was rescued.
  'taken-up': {
    in: ['taking-up', ...AT_REST, 'finished'],
    ends: ['adapter', 'recording', 'story', 'opened'],
  },
  'adapter-given': { in: LOADED, ends: [], awaits: 'adapter' },
  adopted: {
    in: [...LOADED, 'taking-up', 'leased'],
    ends: ['adapter', 'recording', 'story', 'opened', 'error', 'stored', 'rescued'],
    awaits: null,
  },
  // The learner has what it was given, or has refused it.
  'not-awaited': { in: SITUATIONS, ends: [], awaits: null },
  // The stored run stays Play's until the learner comes back and a run begins.
  'handed-over': {
    in: ['leased'],
    ends: ['adapter', 'story', 'opened', 'error'],
    transport: 'idle',
    awaits: null,
  },
  // Another tab has the run, and this one shows what it has stored.
  'looked-at': { in: ['reader'], ends: ['story', 'opened'] },
  // The learner has said how the run stands.
  told: { in: SITUATIONS, ends: [] },
  stored: { in: SITUATIONS, ends: ['rescued'] },
  'load-failed': { in: SITUATIONS, ends: [], transport: 'idle', awaits: null },
  // It could not be told what to do.
  unreachable: { in: SITUATIONS, ends: [], transport: 'paused', awaits: null },
  erred: { in: SITUATIONS, ends: [] },
  'error-read': { in: SITUATIONS, ends: ['error'] },
  // The run has failed, and a new session would not help.
  'run-failed': { in: SITUATIONS, ends: ['unfinished'], awaits: null },
  // A setting could not be changed, or the run not be handed out.
  'change-failed': { in: SITUATIONS, ends: ['unfinished'] },
  // The session has failed, and a new one will take its place: the same run, in a new session.
  interrupted: { in: SITUATIONS, ends: [], awaits: null },
  reconnected: { in: SITUATIONS, ends: [], transport: 'idle', awaits: null },
  // All that the failed session could hand over.
  rescued: { in: SITUATIONS, ends: [] },
  // What the failure interrupted is asked for again.
  'gone-on': { in: SITUATIONS, ends: ['unfinished'] },
  // Another room has the learner by now, or the run could not be begun again.
  'not-gone-on': { in: SITUATIONS, ends: ['unfinished'] },
  'given-up': { in: SITUATIONS, ends: ['unfinished'], transport: 'idle', awaits: null },
  // The session failed while another room had it.
  'lost-while-leased': { in: ['leased'], ends: [], transport: 'idle', awaits: null },
} as const satisfies Readonly<Record<string, TransitionRow>>;

export type SessionCommand = keyof typeof COMMANDS;
export type Transition = SessionCommand | keyof typeof HAPPENINGS;

export const TRANSITIONS: Readonly<Record<Transition, TransitionRow>> = { ...COMMANDS, ...HAPPENINGS };
export const SESSION_COMMANDS = Object.keys(COMMANDS) as readonly SessionCommand[];

export const may = (transition: Transition, situation: Situation): boolean =>
  TRANSITIONS[transition].in.includes(situation);

export interface Facts {
  readonly isLeased: boolean;
  readonly isReader: boolean;
  readonly model: ModelPhase['phase'];
  readonly transport: TransportState;
  readonly awaits: AwaitedPart | null;
  /** Whether a run that is over has more to do. */
  readonly canGoOn: boolean;
}

export function situationOf({ isLeased, isReader, model, transport, awaits, canGoOn }: Facts): Situation {
  if (isLeased) return 'leased';
  if (isReader) return 'reader';
  if (model !== 'ready') return model === 'idle' ? 'empty' : model;
  if (awaits !== null) return 'taking-up';
  return transport === 'finished' && canGoOn ? 'can-go-on' : transport;
}
