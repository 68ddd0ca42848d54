/**
 * What a visit knows, shared by the parts that command it: the model, the run that learns and the recorded
 * one, which of them is shown, the knobs, what is announced and what went wrong. It loads nothing and moves
 * nothing: that is loading, transport, recovery, saving, leasing.
 */
import { parseAssignment, type Config, type ConfigKey, type ConfigOverrides } from '../../learning/config.ts';
import type { Setup } from '../../experiment/sharing.ts';
import type { Task } from '../../tasks/types.ts';
import type { PrecisionWish } from '../../policy/model/precision.ts';
import type { ErrorData } from '../view/error-data.ts';
import { ModelChoice } from './model-choice.svelte.ts';
import type { DeviceWish, Learner, OwnModel, TransportState } from '../../learner/protocol.ts';
import type { Question, Replies } from '../../learner/questions.ts';
import { inWords, toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Told } from './asking.ts';
import type { RunStorage } from './run-storage.ts';
import { loadDecoder } from './decoder.ts';
import { DraftState } from './draft.svelte.ts';
import { Knobs, type SettingChange } from './knobs.svelte.ts';
import { LearnerLeasedError } from './leased-error.ts';
import type { Connection } from '../../learner/connect.ts';
import { LearnerLine } from './learner-line.ts';
import { MemoryState } from './memory.svelte.ts';
import { ModelState } from './model-state.svelte.ts';
import { Present } from './present.svelte.ts';
import { RolloutReading, type Decode } from './reading.svelte.ts';
import { OtherRecording } from './other-recording.svelte.ts';
import { Replay } from './replay.svelte.ts';
import { RolloutView } from './rollout-view.svelte.ts';
import { hasStopped, type RunState } from './run-state.svelte.ts';
import { SavedRunState } from './saved-run.svelte.ts';
import { may, situationOf, type SessionCommand } from './transitions.ts';

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
    opened: () => this.source === 'live' && this.forgetRead(),
    recording: () => this.leaveReplay(),
    stored: () => this.savedRun.onOther(),
  });
  /** A recorded run, beside it. */
  readonly replay: Replay;
  /** What the recorded run is held against. */
  readonly other: OtherRecording;
  /** Which of the two is shown. */
  source: 'live' | 'replay' = $state('live');
  readonly knobs: Knobs;
  readonly view = new RolloutView(() => this.run);
  readonly reading = new RolloutReading({
    ask: (question) => this.ask(question),
    canAsk: () => this.canAsk,
    temperature: () => this.run.config?.['rollouts.temperature'] ?? 1,
    step: () => this.run.step,
    loadDecoder: () =>
      this.source === 'live' && this.own !== null
        ? this.#ownDecoder()
        : loadDecoder(this.base, this.run.model ?? 'nano'),
  });
  /** A task of the visitor's own, while it is being written. */
  readonly draft = new DraftState();
  readonly memory = new MemoryState();
  readonly savedRun: SavedRunState;
  readonly choice = new ModelChoice();
  /** The visitor's model that Play trains; null: nano. */
  own: OwnModel | null = $state.raw(null);
  device: DeviceWish = $state('auto');
  /** Least seconds from one step to the next; 0 is full speed. */
  pace = $state(0);
  /** Tasks of the visitor's own that a learner has taken: the next one is to have them too. */
  ownTasks: readonly Task[] = [];
  /** Another room trains with the learner: Play rests. */
  isLeased = $state(false);
  /** One sentence for the live region. */
  announcement = $state('');

  /** Absolute address of the site's folder. */
  readonly base: string;
  readonly precision: PrecisionWish;
  readonly line: LearnerLine;

  constructor({ connect, base, device, precision = 'auto', given, setup, storage }: VisitOptions) {
    this.base = base;
    this.precision = precision;
    this.line = new LearnerLine(connect);
    this.replay = new Replay(base);
    this.other = new OtherRecording(this.replay);
    this.knobs = new Knobs(given, setup);
    this.savedRun = new SavedRunState(() => storage ?? null);
    this.device = device;
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

  set error(error: ErrorData | null) {
    this.present.fail(error);
  }

  /** The run being shown. */
  get run(): RunState {
    return this.source === 'replay' ? this.replay.run : this.live;
  }

  readonly isBusy = $derived(['running', 'stepping', 'stopping'].includes(this.transport));
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
  readonly needsReset = $derived.by((): readonly ConfigKey[] =>
    this.running === null ? [] : this.knobs.pending(this.running).needsReset,
  );
  /** Settings that only a restart applies: what the run has, and what the knobs say. */
  readonly differences = $derived.by(() => {
    const { running } = this;
    if (running === null) return [];
    return this.needsReset.map((key) => ({ key, from: running[key], to: this.knobs.config[key] }));
  });

  /** Shows a recorded run, shipped (by its id; the first one without) or brought by the visitor. */
  async watch(recording?: string | { readonly bytes: Uint8Array; readonly name: string }): Promise<void> {
    this.source = 'replay';
    this.forgetRead();
    this.line.forgetTasks();
    if (typeof recording === 'object') await this.replay.openBytes(recording.bytes, recording.name);
    else await this.replay.open(recording);
    if (!prefersStillness()) this.replay.play();
  }

  /** Back to the run that learns here; the recording stays open and rests. */
  leaveReplay(): void {
    this.replay.pause();
    this.line.forgetTasks();
    this.forgetRead();
    this.source = 'live';
  }

  /** What was open of the run that was shown. */
  forgetRead(): void {
    this.view.clear();
    this.reading.clear();
  }

  /** Whether a command is taken now. */
  may(command: SessionCommand): boolean {
    return may(command, this.situation);
  }

  /** Turns knobs. */
  set(changes: readonly SettingChange[]): void {
    this.#turn(() => changes);
  }

  /** Turns a knob by what was written into its field; one that was emptied says nothing. */
  write(key: ConfigKey, text: string): void {
    if (text.trim() !== '') this.#turn(() => [parseAssignment(`${key}=${text}`)]);
  }

  #turn(read: () => readonly SettingChange[]): void {
    try {
      this.knobs.set(read());
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.error.changeKept, advice: s.error.changeAdvice });
      return;
    }
    this.apply();
  }

  /** Sends the run what it may change now. */
  apply(): void {
    if (this.running === null || !this.may('change')) return;
    const { live } = this.knobs.pending(this.running);
    for (const { key, value } of live) {
      this.present.change(key, value);
      this.command((learner) => learner.change(key, value));
    }
  }

  /** Tells the learner to do something, when there is one; that it cannot be told is an error of the run. */
  command(what: (learner: Learner) => Promise<void>): void {
    const { learner } = this.line;
    if (!learner) return;
    what(learner).catch((cause: unknown) => {
      this.error = toErrorData(cause, { kept: s.error.runKept, advice: s.error.runAdvice });
      this.present.moved('paused');
    });
  }

  /** Puts a question to the learner; without one, or when it is gone, the answer is an error. */
  async ask<Q extends Question>(question: Q): Promise<Told<Replies[Q['ask']]>> {
    const fallback = { kept: s.ask.kept, advice: s.ask.advice };
    try {
      const { learner } = this.line;
      const isAddition = question.ask === 'add-task';
      // It would join the other room's run.
      if (isAddition && this.isLeased) throw new LearnerLeasedError();
      if (!learner || this.model.model === null || (isAddition && !this.may('add-task')))
        throw new Error(s.ask.noModel);
      const answer = await learner.ask(question);
      if (isAddition && 'value' in answer && answer.value === true)
        this.ownTasks = [...this.ownTasks.filter(({ id }) => id !== question.task.id), question.task];
      return 'error' in answer ? { error: inWords(answer.error) } : answer;
    } catch (cause) {
      return { error: toErrorData(cause, fallback) };
    }
  }

  /** Texts of the tokens of a model that the site does not have. */
  async #ownDecoder(): Promise<Decode | null> {
    const answer = await this.ask({ ask: 'vocabulary' });
    if ('error' in answer) return null;
    const texts = answer.value;
    return (ids) => ids.map((id) => texts[id] ?? '').join('');
  }
}
