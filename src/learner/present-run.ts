/**
 * The run that the learner has at present: it can be begun, pulled, saved at rest, dropped and taken up
 * again, and readers may ask about it. It has no model of its own. What goes wrong it leaves to its caller.
 */
import { TrainerControl } from '../learning/control.ts';
import type { Config, ConfigKey, ConfigValue } from '../learning/config.ts';
import type { TrainerEvent } from '../learning/events.ts';
import { readJournal } from '../experiment/journal.ts';
import type { RunAutosave } from '../experiment/autosave.ts';
import { trainWithAutosave } from '../experiment/train-with-autosave.ts';
import { leavesRoom } from '../learning/prompts.ts';
import type { MeasuringPlan } from '../learning/run-evaluations.ts';
import type { TrainerState } from '../learning/state.ts';
import type { PolicySnapshot } from '../policy/types.ts';
import type { Task } from '../tasks/types.ts';
import type { FailedDuring, LearnerMessage } from './protocol.ts';
import type { LearnerEngine } from './engine.ts';
import { heapBytes } from './heaps.ts';
import type { RestorableRun, Autosave } from './autosave.ts';
import { Puller } from './pull.ts';
import { inTurns, WorkQueue, UpdatesSeen } from './work-queue.ts';
import { WritingWatch } from './writing.ts';

export interface PresentRunOptions {
  readonly engine: () => LearnerEngine | null;
  readonly autosave: Autosave;
  readonly say: (message: LearnerMessage) => void;
  readonly onFailed: (during: FailedDuring, error: unknown) => void;
}

export class PresentRun {
  readonly #options: PresentRunOptions;
  config: Config | null = null;
  /** Finished updates. */
  step = 0;
  readonly turns = new WorkQueue();
  readonly updates = new UpdatesSeen();
  /** Tasks of the visitor's own: part of every run of Play from here on. */
  #own: readonly Task[] = [];
  #control = new TrainerControl();
  #abort = new AbortController();
  readonly #writing: WritingWatch;
  /** The end that an abort brings is no end of the run. */
  #isHalting = false;
  /** Where the next run goes on from; null: it begins. */
  #from: { readonly autosave: RunAutosave; readonly state: TrainerState } | null = null;
  /** The adapter that the next run begins with; null: an untrained one. */
  #initial: PolicySnapshot | null = null;
  #autosave: RunAutosave | null = null;
  readonly puller = new Puller({
    begin: () => this.#begin(),
    onward: () => this.#goOn(),
    onRest: () => this.#save(),
    onEvent: (event) => this.#event(event),
    onState: (state) => this.#options.say({ type: 'transport', state }),
    onError: (error) => this.#options.onFailed('run', error),
  });

  constructor(options: PresentRunOptions) {
    this.#options = options;
    this.#writing = new WritingWatch((writing) => options.say({ type: 'progress', ...writing }));
  }

  /** Those of the visitor first. */
  get tasks(): readonly Task[] {
    return [...this.#own, ...(this.#options.engine()?.tasks ?? [])];
  }

  addTask(task: Task): void {
    this.#own = [...this.#own.filter(({ id }) => id !== task.id), task];
    this.#control.addTask(task);
  }

  /** @throws ConfigError */
  change(key: ConfigKey, value: ConfigValue): void {
    this.#control.change(key, value);
  }

  /** Stops what is under way and lets go of it. */
  async drop(): Promise<void> {
    this.#abort.abort();
    await this.puller.drop();
    this.#from = null;
    this.#initial = null;
    this.#autosave = null;
  }

  /**
   * Rests at once: what is in hand is given up, and done again when the run goes on,
   * from the state before it.
   */
  async halt(): Promise<void> {
    if (!this.puller.isPulling) return;
    this.#isHalting = true;
    try {
      this.#abort.abort();
      await this.puller.drop();
    } finally {
      this.#isHalting = false;
    }
    this.#goOn();
  }

  /** Gives up the measurement under way, if there is one. */
  skipMeasuring(): void {
    this.#control.skipMeasuring();
  }

  /** The next run begins anew, with this configuration. */
  async restart(config: Config): Promise<void> {
    await this.#forget(config);
    await this.turns.take(async () => this.#options.engine()?.policy.reset(config.seed));
  }

  /** The next run begins from this adapter, with this configuration. */
  async restartFrom(engine: LearnerEngine, snapshot: PolicySnapshot, config: Config): Promise<void> {
    await this.#forget(config);
    // At once and not only when the run begins: what is asked until then is about this adapter.
    await this.turns.take(() => engine.policy.restore(snapshot));
    this.#initial = snapshot;
  }

  /**
   * The next run goes on where this one was; its story is told. One whose adapter
   * does not fit leaves the present run as it is.
   */
  async takeUp(
    engine: LearnerEngine,
    { startAutosave, run: { state, journal } }: RestorableRun,
  ): Promise<void> {
    // At once and not only when it goes on: what is asked until then is about the saved policy.
    await this.turns.take(() => engine.policy.restore(state.policy));
    await this.drop();
    this.#from = { autosave: await startAutosave(), state };
    this.updates.clear();
    this.step = state.step;
    this.config = state.config;
    this.#control = new TrainerControl();
    const { say } = this.#options;
    say({ type: 'resumed', config: state.config, step: state.step });
    for (const event of readJournal(journal)) say({ type: 'event', event });
    say({ type: 'transport', state: 'paused' });
  }

  /**
   * A run that ended or was halted goes on where it did: with more steps, or with other settings after it had
   * stopped.
   */
  #goOn(): boolean {
    const autosave = this.#autosave;
    if (autosave === null || autosave.last === null) return false;
    autosave.rollBack(); // its end, which was none
    this.#from = { autosave, state: autosave.last };
    return true;
  }

  async #forget(config: Config): Promise<void> {
    await this.drop();
    this.config = config;
    this.#control = new TrainerControl(); // changes that the dropped run had not taken yet are in `config`
    this.updates.clear();
    this.step = 0;
  }

  #begin(): ReturnType<typeof trainWithAutosave> {
    const engine = this.#options.engine()!;
    this.#abort = new AbortController();
    const early = this.#control.takeChanges();
    this.#control = new TrainerControl();
    const from = this.#from;
    if (from === null) this.updates.clear();
    // Changed before the run began: part of its configuration, not of its story.
    const config = { ...(from?.state.config ?? this.config!), ...Object.fromEntries(early) } as Config;
    if (from !== null) for (const [key, value] of early) this.#control.change(key, value);
    for (const task of this.#joining(engine, config)) this.#control.addTask(task);
    const initial = this.#initial;
    this.#from = null;
    this.#initial = null;
    this.#autosave = from?.autosave ?? this.#options.autosave.begin();
    const run = {
      policy: inTurns(engine.policy, {
        turns: this.turns,
        updates: this.updates,
        writing: this.#writing,
      }),
      sandbox: engine.sandbox,
      trusted: engine.trusted,
      tasks: engine.tasks,
      config,
      control: this.#control,
      signal: this.#abort.signal,
      onMeasuring: (plan: MeasuringPlan) => this.#writing.measures(plan),
      ...(from && { state: from.state }),
      ...(initial && { initial }),
    };
    return trainWithAutosave(run, this.#autosave);
  }

  /**
   * Tasks of the visitor's own that the run does not have yet and that leave room for
   * a program, which they may not do any more: settings have changed since they were
   * added. What another room trains is what its configuration says, and nothing else.
   */
  #joining({ policy }: LearnerEngine, config: Config): readonly Task[] {
    if (!this.#options.autosave.isOn) return [];
    // By content: a run that was read from a store has copies.
    const present = new Set((this.#from?.state.own ?? []).map((task) => JSON.stringify(task)));
    return this.#own.filter(
      (task) =>
        !present.has(JSON.stringify(task)) &&
        leavesRoom(task, policy.tokenizer, policy.info.contextLength, config),
    );
  }

  /** At rest, the run as it is. */
  async #save(): Promise<void> {
    const autosave = this.#autosave;
    if (autosave === null || !autosave.isBehind) return;
    try {
      await autosave.save(await this.#control.save());
    } catch (error) {
      this.#options.onFailed('run', error);
    }
  }

  #event(event: TrainerEvent): void {
    const { say } = this.#options;
    this.#writing.restart();
    if (this.#isHalting && event.type === 'run-finished') return;
    if (event.type === 'step-started') this.updates.step = event.step;
    if (event.type === 'step-finished') this.step = event.step;
    say({ type: 'event', event });
    if (event.type === 'step-finished') say({ type: 'heap', bytes: heapBytes() });
  }
}
