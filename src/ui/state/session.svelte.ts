/**
 * One visit: a learner, the states that follow it, and the commands of the transport. It turns messages into state and intentions into
 * calls; it computes nothing about learning.
 */
import { diff, type Config, type ConfigKey, type ConfigOverrides } from '../../learning/config.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { DEFAULT_PRESET, type Setup } from '../../experiment/sharing.ts';
import type { PrecisionWish } from '../../policy/precision.ts';
import type { Task } from '../../tasks/types.ts';
import type {
  AdapterFile,
  DeviceWish,
  ErrorData,
  Learner,
  LearnerMessage,
  Listener,
  OwnModel,
  TransportState,
} from '../protocol.ts';
import { toErrorData } from '../errors.ts';
import { localeNow, s } from '../strings.ts';
import { readJournal } from '../../experiment/journal.ts';
import type { Vault } from '../vault.ts';
import { ModelChoice } from '../models/choice.svelte.ts';
import { Knobs, type Change } from './knobs.svelte.ts';
import { MemoryState } from './memory.svelte.ts';
import { ModelState } from './model-state.svelte.ts';
import type { Answer, Question, Replies } from '../questions.ts';
import { loadDecoder } from './decoder.ts';
import { DraftState } from './draft.svelte.ts';
import { Reading, type Decode } from './reading.svelte.ts';
import { RolloutView } from './rollout-view.svelte.ts';
import { Replay } from './replay.svelte.ts';
import { RunState } from './run-state.svelte.ts';
import { SavedRunState } from './saved-run.svelte.ts';

/** Name of the error that only another tab can mend. */
const TAB = 'OtherTabError';
const otherTab = (): ErrorData => ({
  name: TAB,
  message: s.saved.readerError,
  kept: s.saved.readerKept,
  advice: s.saved.readerAdvice,
});

/** A learner whose session has failed gets this long to hand over a run that is not stored. */
const RESCUE_MS = 3000;

/** A learner and the way to end it for good. */
export interface Connection {
  readonly learner: Learner;
  end(): void;
  /** Called when the worker itself fails. */
  onFailure(listener: (message: string) => void): void;
}

export interface SessionOptions {
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
  readonly vault?: Vault;
}

/** The visitor asked for less motion: then nothing starts to play by itself. */
const prefersStillness = (): boolean =>
  globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

export class Session {
  readonly model = new ModelState();
  /** The run that learns here. */
  readonly live = new RunState();
  /** A recorded run, beside it. */
  readonly replay: Replay;
  /** Which of the two is shown. */
  source: 'live' | 'replay' = $state('live');
  readonly knobs: Knobs;
  readonly view = new RolloutView(() => this.run);
  readonly reading = new Reading({
    ask: (question) => this.ask(question),
    canAsk: () => this.canAsk,
    temperature: () => this.run.config?.['rollouts.temperature'] ?? 1,
    step: () => this.run.step,
    loadDecoder: () =>
      this.source === 'live' && this.own !== null
        ? this.#ownDecoder()
        : loadDecoder(this.#options.base, this.run.model ?? 'nano'),
  });
  /** A task of the visitor's own, while it is being written. */
  readonly draft = new DraftState();
  /** Least seconds from one step to the next; 0 is full speed. */
  pace = $state(0);
  readonly memory = new MemoryState();
  readonly kept = new SavedRunState(() => this.#options.vault ?? null);
  transport: TransportState = $state('idle');
  /** The last error that is not a failed load. */
  error: ErrorData | null = $state.raw(null);
  /** One sentence for the live region. */
  announcement = $state('');
  device: DeviceWish = $state('auto');

  readonly #options: SessionOptions;
  #connection: Connection | null = null;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache: nothing is drawn from it
  readonly #tasks = new Map<string, Promise<Task | null>>();
  /** The configuration of the run, whether or not its first event has come. */
  #running: Config | null = $state.raw(null);
  /** What is to be done with the model once it is there, instead of waiting for a command. */
  #whenReady: (() => void) | null = null;
  /** What the visitor had asked for when the session failed; asked for again once it is back. */
  #unfinished: 'running' | 'stepping' | null = null;
  /** The connection that is being replaced: its failure is told once. */
  #lost: Connection | null = null;
  /** What a session that failed handed over of a run that is not stored: all there is of it until another session has it. */
  #rescued: Uint8Array | null = $state.raw(null);

  constructor(options: SessionOptions) {
    this.#options = options;
    this.replay = new Replay(options.base);
    this.knobs = new Knobs(options.given, options.setup);
    this.device = options.device;
  }

  /** The run being shown. */
  get run(): RunState {
    return this.source === 'replay' ? this.replay.run : this.live;
  }

  /** Shows a recorded run, shipped (by its id; the first one without) or brought by the visitor. */
  async watch(recording?: string | { readonly bytes: Uint8Array; readonly name: string }): Promise<void> {
    this.source = 'replay';
    this.view.clear();
    this.reading.clear();
    this.#tasks.clear();
    if (typeof recording === 'object') await this.replay.openBytes(recording.bytes, recording.name);
    else await this.replay.open(recording);
    if (!prefersStillness()) this.replay.play();
  }

  /** Back to the run that learns here; the recording stays open and rests. */
  leaveReplay(): void {
    this.replay.pause();
    this.#tasks.clear();
    this.view.clear();
    this.reading.clear();
    this.source = 'live';
  }

  /** Another room trains with the learner: Play rests. */
  isLent = $state(false);
  #borrower: Listener | null = null;
  /** What the model was loaded for: rank and alpha of its adapter are fixed until it is loaded anew. */
  #loadedFor: Config | null = null;
  #settled: () => void = () => undefined;
  #loading: Promise<void> = Promise.resolve();

  /** Absolute address of the site's folder. */
  get base(): string {
    return this.#options.base;
  }

  /** Looks for a saved run: offered, or shown when another tab has it. */
  look(): Promise<void> {
    return this.kept.look(
      (journal) => {
        for (const event of readJournal(journal)) this.live.take(event);
      },
      () => this.#free(),
    );
  }

  #free(): void {
    this.announcement = s.saved.free;
    if (this.error?.name === TAB) this.error = null;
    if (this.model.phase.phase === 'failed' && this.model.phase.error.name === TAB) this.model.clear();
  }

  readonly isBusy = $derived(['running', 'stepping', 'stopping'].includes(this.transport));
  readonly canMove = $derived(
    this.model.model !== null && this.transport !== 'finished' && !this.isLent && !this.kept.isReader,
  );
  readonly needsReset = $derived.by((): readonly ConfigKey[] =>
    this.#running === null ? [] : this.knobs.pending(this.#running).needsReset,
  );

  /** Whether there is a model to put questions about the run to: it is not the one that a recorded run was made by. */
  readonly canAsk = $derived(this.model.model !== null && this.source === 'live');
  /** Whether there is Python. */
  readonly canTrace = $derived(this.model.model !== null);

  /** Settings that only a restart applies: what the run has, and what the knobs say. */
  readonly differences = $derived.by(() => {
    const running = this.#running;
    if (running === null) return [];
    return this.needsReset.map((key) => ({ key, from: running[key], to: this.knobs.config[key] }));
  });

  readonly choice = new ModelChoice();
  /** The visitor's model that Play trains; null: nano. */
  own: OwnModel | null = $state.raw(null);

  /**
   * Another model for Play, loaded at once; null goes back to nano.
   * @param settings what it asks of a configuration, as far as that is known before it is read
   */
  async choose(own: OwnModel | null, settings: ConfigOverrides = {}): Promise<void> {
    if (this.isBusy || this.isLent || this.model.phase.phase === 'loading') return;
    this.leaveReplay();
    this.own = own;
    this.knobs.layer = settings;
    this.knobs.choose(own === null ? DEFAULT_PRESET : 'rlvr');
    await this.load();
  }

  /** Gives up a load; what was downloaded of a model from the Hub is kept. */
  stopLoading(): void {
    if (this.model.phase.phase !== 'loading') return;
    this.#connection?.end();
    this.#connection = null;
    this.#whenReady = null;
    this.#running = null;
    this.model.clear();
    this.announcement = s.models.stopped;
    this.#settled();
  }

  /** Resolves when the model is ready or has failed to load. @param config the first run's; the knobs' when absent */
  async load(device: DeviceWish = this.device, config: Config = this.knobs.config): Promise<void> {
    if (this.model.phase.phase === 'loading') return this.#loading;
    this.#whenReady = null;
    this.#unfinished = null;
    this.live.clear();
    this.error = null;
    this.kept.onOther();
    await this.#connect(device, config);
  }

  /** A new worker with the model. */
  async #connect(device: DeviceWish, config: Config): Promise<void> {
    this.#connection?.end();
    this.#connection = null;
    const settled = new Promise<void>((resolve) => (this.#settled = resolve));
    this.#loading = settled;
    this.device = device;
    this.transport = 'idle';
    this.#tasks.clear();
    this.model.begin();
    this.#running = config;
    this.#loadedFor = config;
    try {
      if (!(await this.kept.claim(() => this.#free()))) {
        this.model.fail(otherTab());
        this.#settled();
        return;
      }
      const connection = this.#options.connect();
      this.#connection = connection;
      connection.onFailure((message) => {
        if (this.#connection === connection) this.#workerFailed(message);
      });
      await connection.learner.listen((message) => {
        if (this.#connection === connection) this.take(message);
      });
      const { base, precision = 'auto' } = this.#options;
      const language = localeNow();
      const { given, overrides } = this.knobs;
      const asked = Object.keys({ ...given, ...overrides }) as ConfigKey[];
      const own = this.own === null ? {} : { own: this.own, asked };
      await connection.learner.load({
        base,
        model: 'models/nano/',
        ...own,
        device,
        precision,
        language,
        config,
      });
      await settled;
    } catch (cause) {
      this.#loadFailed(toErrorData(cause, { kept: s.error.loadKept, advice: s.error.loadAdvice }));
    }
  }

  /** Says so; a session that was to take the place of a failed one has failed like it, and is tried again as often. */
  #loadFailed(error: ErrorData): void {
    this.transport = 'idle';
    this.#settled();
    if (this.kept.recovering !== null && this.#borrower === null) void this.#recover(error);
    else this.model.fail(error);
  }

  /**
   * The learner for another room, with a model whose adapter fits the configuration; loads one when there is none. What the learner says of
   * runs goes to `borrower` until `takeBack`. Play's own run ends with it: there is one model. Null when it could not be loaded.
   */
  async lend(config: Config, borrower: Listener): Promise<Learner | null> {
    this.isLent = true;
    this.#borrower = borrower;
    if (this.model.model === null || !this.#fits(config)) await this.load(this.device, config);
    if (this.model.model === null || this.#connection === null) {
      this.takeBack();
      return null;
    }
    // What the other room trains is no run to be found here after a reload.
    await this.#connection.learner.keep(false);
    this.live.clear();
    this.view.choose(0);
    this.error = null;
    this.transport = 'idle';
    return this.#connection.learner;
  }

  /** Play has the learner again, at the start of a run. */
  takeBack(): void {
    if (!this.isLent) return;
    this.isLent = false;
    this.#borrower = null;
    if (this.model.model === null) return;
    this.#call((learner) => learner.keep(true));
    if (this.#fits(this.knobs.config)) this.reset();
    else void this.load();
  }

  #fits(config: Config): boolean {
    return (['adapter.rank', 'adapter.alpha'] as const).every(
      (key) => this.#loadedFor?.[key] === config[key],
    );
  }

  /** Takes up the run that was saved, and rests there. */
  resume(): void {
    if (this.isBusy || this.kept.isReader) return;
    this.error = null;
    const goOn = (): void => this.#call((learner) => learner.resume());
    if (this.model.model !== null) goOn();
    else this.#loadFor(goOn);
  }

  /** Takes up a run from a file, and rests there. */
  importRun(bytes: Uint8Array): void {
    if (this.isBusy || this.kept.isReader) return;
    this.error = null;
    const goOn = (): void => this.#call((learner) => learner.importRun(bytes));
    if (this.model.model !== null) goOn();
    else this.#loadFor(goOn);
  }

  /** Whether there may be something to export. */
  get canExport(): boolean {
    return this.model.model !== null || this.#rescued !== null;
  }

  /** The present run as a file, as of its newest save; null when there is none. */
  async exportRun(): Promise<Uint8Array | null> {
    return (await this.#askForRun()) ?? this.#rescued;
  }

  async #askForRun(): Promise<Uint8Array | null> {
    return (await this.#connection?.learner.exportRun().catch(() => null)) ?? null;
  }

  async discard(): Promise<void> {
    try {
      await this.kept.discard();
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.error.runKept, advice: s.error.runAdvice });
    }
  }

  #loadFor(goOn: () => void): void {
    void this.load();
    this.#whenReady = goOn;
  }

  /** Start, or pause when running: the space bar. */
  toggle(): void {
    if (!this.canMove || this.transport === 'stopping') return;
    if (this.transport === 'running' || this.transport === 'stepping') {
      this.transport = 'stopping';
      this.#call((learner) => learner.pause());
    } else {
      this.error = null;
      this.transport = 'running';
      this.announcement = s.announce.started;
      this.#call((learner) => learner.start());
    }
  }

  oneStep(): void {
    if (!this.canMove || this.isBusy) return;
    this.error = null;
    this.transport = 'stepping';
    this.#call((learner) => learner.step());
  }

  reset(): void {
    if (this.model.model === null || this.isLent || this.transport === 'stopping') return;
    const config = this.knobs.config;
    this.#running = config;
    this.error = null;
    this.live.clear();
    this.view.clear();
    this.reading.clear();
    this.kept.onOther();
    this.#rescued = null;
    this.transport = 'stopping';
    this.announcement = s.announce.reset;
    this.#call((learner) => learner.reset(config));
  }

  choosePreset(preset: PresetName): void {
    this.knobs.choose(preset);
    this.#apply();
  }

  restorePreset(): void {
    this.knobs.restore();
    this.#apply();
  }

  set(changes: readonly Change[]): void {
    try {
      this.knobs.set(changes);
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.error.changeKept, advice: s.error.changeAdvice });
      return;
    }
    this.#apply();
  }

  /** The task of a group, asked for once. */
  task(id: string): Promise<Task | null> {
    const own = this.run.ownTasks.find((task) => task.id === id);
    if (own) return Promise.resolve(own);
    const known = this.#tasks.get(id);
    if (known) return known;
    if (this.source === 'replay') return Promise.resolve(this.replay.task(id));
    const asked = this.#connection?.learner.task(id) ?? Promise.resolve(null);
    this.#tasks.set(id, asked);
    return asked;
  }

  /** Puts a question to the learner; without one, or when it is gone, the answer is an error. */
  async ask<Q extends Question>(question: Q): Promise<Answer<Replies[Q['ask']]>> {
    const fallback = { kept: s.ask.kept, advice: s.ask.advice };
    try {
      const learner = this.#connection?.learner;
      if (!learner || this.model.model === null) throw new Error(s.ask.noModel);
      return await learner.ask(question);
    } catch (cause) {
      return { error: toErrorData(cause, fallback) };
    }
  }

  /** Tasks that the visitor brought join the run. @throws ErrorData for the first one that cannot */
  async addTasks(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      const answer = await this.ask({ ask: 'add-task', task });
      if ('error' in answer) throw answer.error;
    }
  }

  /** The policy goes on from an adapter that the visitor brought; the run is back at its start. @throws ErrorData when it does not fit */
  async adopt(
    adapter: AdapterFile & { readonly rank: number; readonly alpha: number | null },
  ): Promise<void> {
    const learner = this.#connection?.learner;
    const model = this.model.model;
    const fallback = { kept: s.brought.adapterRankKept, advice: s.brought.adapterLater };
    if (!learner || model === null) throw toErrorData(new Error(s.brought.adapterLater), fallback);
    const { rank } = model.info;
    if (adapter.rank !== rank) {
      const advice = s.brought.adapterRankAdvice(adapter.rank);
      throw toErrorData(new Error(s.brought.adapterRank(adapter.rank, rank)), { ...fallback, advice });
    }
    const error = await learner.adopt({ name: adapter.name, bytes: adapter.bytes });
    if (error) throw error;
    this.leaveReplay();
    this.live.clear();
    this.view.clear();
    this.reading.clear();
  }

  setPace(seconds: number): void {
    this.pace = seconds;
    this.#call((learner) => learner.pace(1000 * seconds));
  }

  /** Sends the run what it may change now. */
  #apply(): void {
    if (this.#running === null || this.model.model === null || this.isLent) return;
    const { live } = this.knobs.pending(this.#running);
    for (const { key, value } of live) {
      this.#running = { ...this.#running, [key]: value } as Config;
      this.#call((learner) => learner.change(key, value));
    }
  }

  #call(what: (learner: Learner) => Promise<void>): void {
    const learner = this.#connection?.learner;
    if (!learner) return;
    what(learner).catch((cause: unknown) => this.#failed(cause));
  }

  #failed(cause: unknown): void {
    this.error = toErrorData(cause, { kept: s.error.runKept, advice: s.error.runAdvice });
    this.transport = 'paused';
  }

  #workerFailed(message: string): void {
    const error = {
      name: s.error.workerName,
      message: message === '' ? s.error.worker : `${s.error.worker} ${message}`,
      kept: s.error.runKept,
      advice: s.error.workerAdvice,
    };
    if (this.#borrower !== null) {
      this.#settled();
      // The run belongs to the other room, which decides about it.
      this.model.fail(error);
      this.transport = 'idle';
      this.#borrower({ type: 'failed', during: 'run', error });
      return;
    }
    // While loading for the first time it would only fail again.
    if (this.model.phase.phase !== 'ready') this.#loadFailed(error);
    else void this.#recover(error);
  }

  /** The session is lost: says so, and goes on with a new one from the last save. */
  async #recover(error: ErrorData): Promise<void> {
    const failed = this.#connection;
    if (failed === null || failed === this.#lost) return;
    this.#lost = failed;
    const { transport } = this;
    const moving = transport === 'running' || transport === 'stepping' ? transport : null;
    this.#unfinished = moving ?? this.#unfinished;
    // Not stored: as long as the worker answers, it can hand over what it has.
    const rescued = this.kept.saved === null ? ((await this.#rescue()) ?? this.#rescued) : null;
    this.#rescued = rescued;
    const step = this.kept.saved?.step ?? (rescued === null ? null : this.live.step);
    const kept = step === null ? s.saved.keptNothing : s.saved.keptUntil(step);
    const config = this.#running ?? this.knobs.config;
    if (!this.kept.onFailure()) {
      this.#unfinished = null;
      this.#connection?.end();
      this.#connection = null;
      this.transport = 'idle';
      this.error = { ...error, kept, advice: `${s.saved.gaveUp} ${error.advice}` };
      this.kept.failure = null;
      this.model.clear();
      return;
    }
    this.kept.failure = { ...error, kept, advice: s.saved.recovering(this.kept.recovering ?? 1, step ?? 0) };
    this.#whenReady = () => this.#call((learner) => learner.resume());
    if (rescued !== null) this.#whenReady = () => this.#call((learner) => learner.importRun(rescued));
    // Nothing saved yet: the run begins again.
    if (step === null) this.#whenReady = () => this.#goOn();
    await this.#connect(this.device, config);
  }

  /** Texts of the tokens of a model that the site does not have. */
  async #ownDecoder(): Promise<Decode | null> {
    const answer = await this.ask({ ask: 'vocabulary' });
    if ('error' in answer) return null;
    const texts = answer.value;
    return (ids) => ids.map((id) => texts[id] ?? '').join('');
  }

  /** Now that the model is read, it is known how it is to be asked: the run that has not begun yet gets that configuration. */
  #fitTo(settings: ConfigOverrides): void {
    this.knobs.layer = settings;
    const { config } = this.knobs;
    if (this.#whenReady !== null || this.#running === null || diff(config, this.#running).length === 0)
      return;
    this.#running = config;
    this.#call((learner) => learner.reset(config));
  }

  async #rescue(): Promise<Uint8Array | null> {
    // It may be gone, and will not answer then.
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), RESCUE_MS));
    return Promise.race([this.#askForRun(), late]);
  }

  /** Asks again for what the failure interrupted. */
  #goOn(): void {
    const what = this.#unfinished;
    this.#unfinished = null;
    if (what === null) return;
    this.transport = what;
    this.#call((learner) => (what === 'running' ? learner.start() : learner.step()));
  }

  take(message: LearnerMessage): void {
    const ofLoading = message.type === 'stage' || message.type === 'ready';
    if (this.#borrower && !ofLoading && !(message.type === 'failed' && message.during === 'load')) {
      this.#borrower(message);
      return;
    }
    switch (message.type) {
      case 'stage':
        this.model.enter(message.stage);
        break;
      case 'ready':
        this.model.ready(message.model);
        if (message.model.settings) this.#fitTo(message.model.settings);
        if (this.pace > 0) this.setPace(this.pace);
        this.announcement = s.announce.ready(message.model.info.name, message.model.info.device);
        // Knobs turned while loading.
        this.#apply();
        this.#settled();
        this.#whenReady?.();
        this.#whenReady = null;
        break;
      case 'transport':
        this.#moved(message.state);
        break;
      case 'progress':
        this.live.progress(message.tokens);
        break;
      case 'event':
        this.live.take(message.event);
        if (message.event.type === 'step-finished') this.kept.onStep(message.event.step);
        if (message.event.type === 'evaluation') {
          const pass = message.event.metrics['eval_heldout/pass@1'];
          if (pass !== undefined) this.announcement = s.announce.evaluated(`${(100 * pass).toFixed(1)} %`);
        }
        break;
      case 'heap':
        void this.memory.onHeap(message.bytes);
        break;
      case 'saved':
        this.kept.onSaved(message.saved);
        this.#rescued = null;
        break;
      case 'not-saved':
        this.kept.problem = message.error;
        break;
      case 'resumed':
        this.#resumed(message.config, message.step);
        break;
      case 'failed':
        if (message.during === 'load') this.#loadFailed(message.error);
        else if (message.during === 'run' && message.isRecoverable === true)
          void this.#recover(message.error);
        else {
          this.error = message.error;
          this.#unfinished = null;
          this.kept.recovering = null;
        }
        break;
    }
  }

  /** The events that follow are the saved run's. */
  #resumed(config: Config, step: number): void {
    this.leaveReplay();
    this.live.clear();
    this.view.choose(0);
    this.#running = config;
    this.announcement = s.saved.resumed(step);
    if (this.kept.recovering === null) {
      this.kept.onResumed(step, config);
      this.knobs.adopt(config);
    }
  }

  #moved(state: TransportState): void {
    if (state === 'paused' && this.#unfinished !== null) {
      // Taken up again after a failure: knobs may have been turned since the save.
      this.#apply();
      return this.#goOn();
    }
    if (state === 'paused' && this.transport !== 'paused') {
      this.announcement =
        this.transport === 'stepping'
          ? s.announce.stepDone(this.live.step)
          : s.announce.paused(this.live.step);
    }
    if (state === 'finished') this.announcement = s.announce.finished;
    this.transport = state;
  }

  async dispose(): Promise<void> {
    this.#settled();
    const connection = this.#connection;
    this.#connection = null;
    await connection?.learner.dispose().catch(() => undefined);
    connection?.end();
  }
}
