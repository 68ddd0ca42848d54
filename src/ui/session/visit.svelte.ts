/**
 * What a visit knows, shared by the parts that command it: the model, the run that learns and the recorded
 * one, which of them is shown, the knobs, what is announced and what went wrong. It loads nothing and moves
 * nothing: that is loading, transport, recovery, saving, learner-lease.
 */
import type { Config, ConfigOverrides } from '../../learning/config.ts';
import type { Setup } from '../../experiment/sharing.ts';
import type { PrecisionWish } from '../../policy/model/precision.ts';
import type { ErrorData } from '../view/error-data.ts';
import { ModelChoice } from './model-choice.svelte.ts';
import type { DeviceWish, Learner, OwnModel, TransportState } from '../../learner/protocol.ts';
import type { Question, Replies } from '../../learner/questions.ts';
import type { GoesOn } from '../../learner/take-away.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Told } from './asking.ts';
import type { RunStorage } from './run-storage.ts';
import { loadDecoder } from './decoder.ts';
import { DraftState } from './draft.svelte.ts';
import { Knobs } from './knobs.svelte.ts';
import type { Connection } from '../../learner/connect.ts';
import { LearnerLine } from './learner-line.ts';
import { MemoryState } from './memory.svelte.ts';
import { ModelState } from './model-state.svelte.ts';
import { Present, type Brings } from './present.svelte.ts';
import { LearnerQuestions } from './questions.ts';
import { RolloutReading } from './reading.svelte.ts';
import { OtherRecording } from './other-recording.svelte.ts';
import { RecordingShelf } from './recording-shelf.svelte.ts';
import { Replay } from './replay.svelte.ts';
import { RolloutView } from './rollout-view.svelte.ts';
import { hasStopped, type RunState } from './run-state.svelte.ts';
import { RunSettings } from './run-settings.svelte.ts';
import { SavedRunState } from './saved-run.svelte.ts';
import { may, situationOf, type Transition } from './transitions.ts';

export interface VisitOptions {
  readonly connect: () => Connection;
  /** Absolute address of the site's folder. */
  readonly base: string;
  readonly device: DeviceWish;
  /** From the address; absent: the device's. */
  readonly precision?: PrecisionWish;
  /** Settings from the address that are part of every preset. */
  readonly given?: ConfigOverrides;
  /** Preset and settings from the address. */
  readonly setup?: Setup;
  /** What is stored in this browser; absent: nothing is looked for. */
  readonly storage?: RunStorage;
}

/** The visitor asked for less motion: then nothing starts to play by itself. */
const prefersStillness = (): boolean =>
  globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

export class Visit {
  readonly model = new ModelState();
  readonly present = new Present({
    // What a recording is read of stays open.
    opened: () => this.source === 'live' && this.#closeRead(),
    recording: () => this.source === 'replay' && this.#closeRecording(),
    stored: () => this.savedRun.onOther(),
  });
  /** A recorded run, beside it. */
  readonly replay: Replay;
  /** What the recorded run is held against. */
  readonly other: OtherRecording;
  #source: 'live' | 'replay' = $state('live');
  readonly knobs: Knobs;
  /** The knobs' way to the run. */
  readonly settings = new RunSettings(this);
  readonly questions = new LearnerQuestions(this);
  readonly view = new RolloutView(() => this.run);
  readonly reading = new RolloutReading({
    ask: (question) => this.ask(question),
    canAsk: () => this.canAsk,
    temperature: () => this.run.config?.['rollouts.temperature'] ?? 1,
    step: () => this.run.step,
    loadDecoder: () =>
      this.source === 'live' && this.own !== null
        ? this.questions.decoder()
        : loadDecoder(this.base, this.run.model ?? 'nano'),
  });
  /** A task of the visitor's own, while it is being written. */
  readonly draft = new DraftState();
  readonly memory = new MemoryState();
  readonly savedRun: SavedRunState;
  readonly choice = new ModelChoice();
  #own: OwnModel | null = $state.raw(null);
  #device: DeviceWish = $state('auto');
  #pace = $state(0);
  #isLeased = $state(false);
  #announcement = $state('');

  /** Absolute address of the site's folder. */
  readonly base: string;
  readonly precision: PrecisionWish;
  readonly line: LearnerLine;

  constructor({ connect, base, device, precision = 'auto', given, setup, storage }: VisitOptions) {
    this.base = base;
    this.precision = precision;
    this.line = new LearnerLine(connect);
    this.replay = new Replay(new RecordingShelf(base));
    this.other = new OtherRecording(this.replay);
    this.knobs = new Knobs(given, setup);
    this.savedRun = new SavedRunState(() => storage ?? null);
    this.#device = device;
  }

  /** The run that learns here. */
  get live(): RunState {
    return this.present.story;
  }

  /** The configuration of the run that learns here. */
  get running(): Config | null {
    return this.present.config;
  }

  get transport(): TransportState {
    return this.present.transport;
  }

  get error(): ErrorData | null {
    return this.present.error;
  }

  /** Which of the two is shown. */
  get source(): 'live' | 'replay' {
    return this.#source;
  }

  /** The run being shown. */
  get run(): RunState {
    return this.source === 'replay' ? this.replay.run : this.live;
  }

  /** The visitor's model that Play trains; null: nano. */
  get own(): OwnModel | null {
    return this.#own;
  }

  get device(): DeviceWish {
    return this.#device;
  }

  /** Least seconds from one step to the next; 0 is full speed. */
  get pace(): number {
    return this.#pace;
  }

  /** Another room trains with the learner: Play rests. */
  get isLeased(): boolean {
    return this.#isLeased;
  }

  /** One sentence for the live region. */
  get announcement(): string {
    return this.#announcement;
  }

  readonly isBusy = $derived.by(
    () => this.situation === 'taking-up' || ['running', 'stepping', 'stopping'].includes(this.transport),
  );
  /**
   * Whether the run is over and can go on all the same: it has got more steps, or it had stopped before its
   * end.
   */
  readonly canGoOn = $derived.by(() => {
    const { activity, step } = this.live;
    if (activity.doing !== 'finished') return false;
    return hasStopped(activity) || (this.running !== null && this.running.steps > step);
  });
  readonly situation = $derived.by(() => {
    const { isLeased, transport, canGoOn } = this;
    return situationOf({
      isLeased,
      isReader: this.savedRun.isReader,
      model: this.model.phase.phase,
      transport,
      awaits: this.present.awaits,
      canGoOn,
    });
  });
  /** Whether there is a run that moves or may be moved. */
  readonly canMove = $derived(this.may('start') || this.may('pause') || this.situation === 'stopping');
  /**
   * Whether there is a model to put questions about the run to: it is not the one that a recorded run was
   * made by.
   */
  readonly canAsk = $derived(this.model.model !== null && this.source === 'live');
  /** Whether there is Python. */
  readonly canTrace = $derived(this.model.model !== null);
  /** Shows a recorded run, shipped (by its id; the first one without) or brought by the visitor. */
  async watch(recording?: string | { readonly bytes: Uint8Array; readonly name: string }): Promise<void> {
    if (!this.go('watch')) return;
    this.#source = 'replay';
    this.line.forgetTasks();
    if (typeof recording === 'object') await this.replay.openBytes(recording.bytes, recording.name);
    else await this.replay.open(recording);
    if (!prefersStillness()) this.replay.begin();
  }

  /** Back to the run that learns here; the recording stays open and rests. */
  leaveReplay(): void {
    this.go('leave-recording');
  }

  #closeRecording(): void {
    this.replay.pause();
    this.line.forgetTasks();
    this.#closeRead();
    this.#source = 'live';
  }

  /** What was open of the run that was shown. */
  #closeRead(): void {
    this.view.clear();
    this.reading.clear();
  }

  /** Whether it may happen now (transitions.ts). */
  may(transition: Transition): boolean {
    return may(transition, this.situation);
  }

  /** Lets it happen to the present run, where it may happen now. @returns whether it did */
  go(transition: Transition, brings?: Brings): boolean {
    if (!this.may(transition)) return false;
    this.present.go(transition, brings);
    return true;
  }

  /** An error of the run, to be read. */
  report(error: ErrorData): void {
    this.go('erred', { error });
  }

  /** The error was read, or is past. */
  dismissError(): void {
    this.go('error-read');
  }

  announce(sentence: string): void {
    this.#announcement = sentence;
  }

  /** The model that Play is to train, and what it asks of a configuration. What is loaded stays. */
  useModel(own: OwnModel | null, settings: ConfigOverrides): void {
    this.#own = own;
    this.knobs.useLayer(settings);
  }

  useDevice(device: DeviceWish): void {
    this.#device = device;
  }

  /** @param seconds at least, from one step to the next; remembered while there is nobody to tell */
  setPace(seconds: number): void {
    this.#pace = seconds;
    if (this.go('pace')) this.command((learner) => learner.pace(1000 * seconds));
  }

  /** Another room begins to use the learner, or has done with it. @returns whether it may */
  setLeased(isLeased: boolean): boolean {
    if (!this.go(isLeased ? 'lease' : 'release')) return false;
    this.#isLeased = isLeased;
    return true;
  }

  /** Tells the learner to do something, when there is one; that it cannot be told is an error of the run. */
  command(what: (learner: Learner) => Promise<void>): void {
    const { learner } = this.line;
    if (!learner) return;
    what(learner).catch((cause: unknown) => {
      const error = toErrorData(cause, { kept: s.error.runKept, advice: s.error.runAdvice });
      this.go('unreachable', { error });
    });
  }

  /** Puts a question to the learner; without one, or when it is gone, the answer is an error. */
  ask<Q extends Question>(question: Q, goesOn?: GoesOn): Promise<Told<Replies[Q['ask']]>> {
    return this.questions.ask(question, goesOn);
  }
}
