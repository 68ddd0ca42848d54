/**
 * Plays a recorded run: feeds its events, at a pace one can follow, to a RunState like the one a live run
 * fills, so that whatever shows the one shows the other. It needs no model, and the numbers it shows are the
 * recording's own.
 */
import { readRecording, stepsOf, type ListedRecording, type Recording } from '../../experiment/recorded.ts';
import { readMoments, type Moments } from '../../experiment/moments.ts';
import type { TrainerEvent } from '../../learning/events.ts';
import type { Task } from '../../tasks/types.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { RecordingShelf } from './recording-shelf.svelte.ts';
import { RunState, type RunSnapshot } from './run-state.svelte.ts';

/** Milliseconds that an event is looked at before the next one comes, at speed 1. */
const PACE: Readonly<Record<TrainerEvent['type'], number>> = {
  'run-started': 150,
  evaluation: 500,
  'step-started': 250,
  rollouts: 900,
  records: 350,
  'step-finished': 450,
  timing: 0,
  changed: 0,
  'task-added': 0,
  warning: 0,
  'run-finished': 0,
};
/** Before the first rollouts there is little to look at: the way to them is this much shorter. */
const LEAD_IN = 1 / 4;
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

export type ReplayPhase =
  | { readonly phase: 'empty' }
  | { readonly phase: 'loading'; readonly name: string }
  | { readonly phase: 'ready'; readonly name: string; readonly recording: Recording }
  | { readonly phase: 'failed'; readonly error: ErrorData };

/** `none`: the recording holds no moments; `there`: it does, and nobody has asked for them. */
export type MomentsPhase =
  | { readonly phase: 'none' | 'there' | 'loading' }
  | { readonly phase: 'ready'; readonly moments: Moments }
  | { readonly phase: 'failed'; readonly error: ErrorData };

export class Replay {
  readonly run = new RunState();
  phase: ReplayPhase = $state.raw({ phase: 'empty' });
  playing = $state(false);
  speed: number = $state(1);

  /** Where its recordings come from. */
  readonly shelf: RecordingShelf;
  /** Events fed so far. */
  #at = 0;
  /** What the open recording can be asked without a model. */
  moments: MomentsPhase = $state.raw({ phase: 'none' });
  #isHeld = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of events after which step k is over, by k. */
  #ends: readonly number[] = [0];
  /** Number of events after which the first rollouts are shown. */
  #firstRollouts = 0;
  /** States at those ends, as far as they have been passed. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache: nothing is drawn from it
  readonly #passed = new Map<number, RunSnapshot>();

  constructor(shelf: RecordingShelf) {
    this.shelf = shelf;
  }

  readonly recording = $derived(this.phase.phase === 'ready' ? this.phase.recording : null);
  /** The last step there is. */
  readonly steps = $derived(this.recording === null ? 0 : stepsOf(this.recording.events));

  /** The step that is shown: the one being taken once its rollouts are there, else the last finished one. */
  get step(): number {
    return Math.max(this.run.step, this.run.batch?.step ?? 0);
  }

  /** What ships with the site; null until asked for. */
  get listed(): readonly ListedRecording[] | null {
    return this.shelf.listed;
  }

  /** Opens a shipped recording, or the first one; what goes wrong is the phase `failed`. */
  async open(id?: string): Promise<void> {
    await this.#show(id ?? '', async () => {
      const { file } = await this.shelf.find(id);
      return readRecording(await this.shelf.fetch(file), file);
    });
  }

  /** Opens a recording or a run log that the visitor brought; `name` is its file's name. */
  async openBytes(bytes: Uint8Array, name: string): Promise<void> {
    await this.#show(name, () => readRecording(bytes, name));
  }

  async #show(name: string, read: () => Promise<Recording>): Promise<void> {
    this.pause();
    const loading: ReplayPhase = { phase: 'loading', name };
    this.phase = loading;
    try {
      const recording = await read();
      if (this.phase !== loading) return; // another one was asked for meanwhile
      this.#ends = endsOfSteps(recording.events);
      this.#firstRollouts = recording.events.findIndex(({ type }) => type === 'rollouts') + 1;
      this.#passed.clear();
      this.run.clear();
      this.#at = 0;
      this.phase = { phase: 'ready', name: recording.manifest?.id ?? name, recording };
      // Of a file that the visitor brought there is nothing beside it.
      const isListed = this.listed?.some(({ id }) => id === recording.manifest?.id) === true;
      this.moments = { phase: isListed && recording.manifest?.moments ? 'there' : 'none' };
      this.seek(0);
    } catch (cause) {
      if (this.phase !== loading) return;
      const error = toErrorData(cause, { kept: s.error.replayKept, advice: s.error.replayAdvice });
      this.phase = { phase: 'failed', error };
    }
  }

  /**
   * Fetches what the open recording can be asked, once; what goes wrong is the phase
   * `failed`, and may be tried again.
   */
  async loadMoments(): Promise<void> {
    const { recording } = this;
    const file = recording?.manifest?.moments?.file;
    if (file === undefined || !['there', 'failed'].includes(this.moments.phase)) return;
    this.moments = { phase: 'loading' };
    let next: MomentsPhase;
    try {
      next = { phase: 'ready', moments: await readMoments(await this.shelf.fetch(file), file) };
    } catch (cause) {
      const error = toErrorData(cause, { kept: s.error.replayKept, advice: s.error.replayAdvice });
      next = { phase: 'failed', error };
    }
    // Another recording may have been opened meanwhile.
    if (this.recording === recording) this.moments = next;
  }

  play(): void {
    const { recording } = this;
    if (recording === null || this.playing) return;
    if (this.#at >= recording.events.length) this.seek(0);
    this.playing = true;
    this.#next();
  }

  /** What is opened next rests: a link leads to a moment of it. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Plays what was opened, unprompted. */
  begin(): void {
    if (!this.#isHeld) this.play();
    this.#isHeld = false;
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.#timer);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Goes to the moment when step k is over; 0 is before the first step. Playing goes on from there. */
  seek(step: number): void {
    const { recording } = this;
    if (recording === null) return;
    const to = Math.max(0, Math.min(Math.round(step), this.#ends.length - 1));
    clearTimeout(this.#timer);
    const from = [...this.#passed.keys()].filter((k) => k <= to).sort((a, b) => b - a)[0];
    if (from === undefined) {
      this.run.clear();
      this.#at = 0;
    } else if (this.#at > this.#ends[to]! || this.#at < this.#ends[from]!) {
      this.run.restore(this.#passed.get(from)!);
      this.#at = this.#ends[from]!;
    }
    while (this.#at < this.#ends[to]!) this.#feed(recording.events);
    if (this.playing) this.#next();
  }

  stepBy(steps: number): void {
    this.pause();
    this.seek(this.step + steps);
  }

  /** A task of the recording, for the reader. */
  task(id: string): Task | null {
    return this.recording?.tasks.find((task) => task.id === id) ?? null;
  }

  close(): void {
    this.pause();
    this.moments = { phase: 'none' };
    this.phase = { phase: 'empty' };
    this.run.clear();
  }

  #feed(events: readonly TrainerEvent[]): void {
    const event = events[this.#at++];
    if (event) this.run.take(event);
    const k = this.#ends.indexOf(this.#at);
    if (k >= 0 && !this.#passed.has(k)) this.#passed.set(k, this.run.snapshot());
  }

  #next(): void {
    const events = this.recording?.events ?? [];
    const before = events[this.#at - 1];
    const factor = this.#at < this.#firstRollouts ? LEAD_IN : 1;
    const wait = before === undefined ? 0 : (factor * PACE[before.type]) / this.speed;
    this.#timer = setTimeout(() => {
      if (!this.playing) return;
      this.#feed(events);
      if (this.#at < events.length) this.#next();
      else this.playing = false;
    }, wait);
  }
}

/** For each step how many events there are until it is over: with its times and the evaluation after it. */
export function endsOfSteps(events: readonly TrainerEvent[]): readonly number[] {
  const ends: number[] = [];
  events.forEach((event, i) => {
    if (event.type === 'step-started') ends.push(i);
  });
  return [...ends, events.length];
}
