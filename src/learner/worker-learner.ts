/**
 * The learner as it lives in its worker: model, interpreters, tasks and a run, behind
 * the page's `Learner` interface. It only connects them; learning is in src/learning.
 * Whatever goes wrong leaves as a message with advice.
 */
import { transfer } from 'comlink';
import type { Config, ConfigKey, ConfigValue } from '../learning/config.ts';
import { leavesRoom } from '../learning/prompts.ts';
import { adapterExport, type AdapterExport } from '../experiment/export/adapter-export.ts';
import { isRecoverable } from '../experiment/recovery.ts';
import { fitAdapter } from '../policy/lora/fit-adapter.ts';
import { openAdapter } from '../policy/lora/open-adapter.ts';
import { checkSameModel } from '../policy/lora/same-model.ts';
import type { Task } from '../tasks/types.ts';
import { NoModelError, toFailure, type Failure } from './errors.ts';
import { loadsAlike } from './load-settings.ts';
import type {
  AdapterFile,
  FailedDuring,
  Learner,
  LearnerMessage,
  LearnerListener,
  LoadRequest,
} from './protocol.ts';
import type { Answer, Ask, Question, Replies } from './questions.ts';
import { answer } from './answers.ts';
import type { LearnerEngine, OpenEngine } from './engine.ts';
import { Autosave, type RestorableRun, type AutosaveOptions } from './autosave.ts';
import { PresentRun } from './present-run.ts';
import type { GoesOn } from './take-away.ts';
import { WorkQueue } from './work-queue.ts';

export interface WorkerLearnerOptions {
  /** Builds what a run needs. */
  readonly openEngine: OpenEngine;
  /** The browser's by default. */
  readonly openStore?: AutosaveOptions['openStore'];
}

export class WorkerLearner implements Learner {
  readonly #openEngine: OpenEngine;
  #listener: LearnerListener = () => undefined;
  #engine: LearnerEngine | null = null;
  /** What the engine was opened for. */
  #request: LoadRequest | null = null;
  readonly #autosave: Autosave;
  readonly #run: PresentRun;
  /**
   * What moves the run or puts another in its place, in the order asked for: one that
   * waits is not overtaken by what was asked later.
   */
  readonly #commands = new WorkQueue();

  constructor(options: WorkerLearnerOptions) {
    this.#openEngine = options.openEngine;
    this.#autosave = new Autosave({
      onSaved: (saved) => this.#say({ type: 'saved', saved }),
      onProblem: (problem) => this.#say({ type: 'not-saved', error: toFailure(problem, 'save') }),
      ...(options.openStore && { openStore: options.openStore }),
    });
    this.#run = new PresentRun({
      engine: () => this.#engine,
      autosave: this.#autosave,
      say: (message) => this.#say(message),
      onFailed: (during, error) => this.#fail(during, error),
    });
  }

  listen(listener: LearnerListener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  async load(request: LoadRequest): Promise<void> {
    try {
      await this.#engine?.dispose();
      this.#engine = null;
      this.#run.config = request.config;
      this.#request = request;
      const engine = await this.#openEngine(request, (stage) => this.#say({ type: 'stage', stage }));
      await this.#autosave.open();
      this.#engine = engine;
      const { newest } = this.#autosave;
      const count = (split: Task['split']) => engine.tasks.filter((task) => task.split === split).length;
      this.#say({
        type: 'ready',
        model: {
          info: engine.policy.info,
          memory: engine.memory,
          ...(engine.held && { held: engine.held }),
          ...(engine.settings && { settings: engine.settings }),
          pythonWorkers: engine.sandbox.workers,
          boundary: engine.sandbox.boundary,
          tasks: { train: count('train'), heldout: count('heldout') },
        },
        ...(newest && { stored: newest }),
      });
    } catch (error) {
      this.#fail('load', error);
    }
  }

  start(): Promise<void> {
    return this.#commands.take(async () => {
      if (this.#engine) this.#run.puller.start();
    });
  }

  pause(): Promise<void> {
    return this.#commands.take(async () => this.#run.puller.pause());
  }

  halt(): Promise<void> {
    return this.#commands.take(() => this.#run.halt());
  }

  async skipMeasuring(): Promise<void> {
    this.#run.skipMeasuring();
  }

  step(): Promise<void> {
    return this.#commands.take(async () => {
      if (this.#engine) this.#run.puller.step();
    });
  }

  resume(): Promise<void> {
    return this.#commands.take(() => this.#takeUp(() => this.#autosave.stored()));
  }

  importRun(bytes: Uint8Array): Promise<void> {
    return this.#commands.take(() => this.#takeUp(async () => this.#autosave.fromFile(bytes)));
  }

  async exportRun(): Promise<Uint8Array | null> {
    try {
      const file = await this.#autosave.file();
      return file === null ? null : transfer(file, [file.buffer]);
    } catch (error) {
      this.#fail('change', error);
      return null;
    }
  }

  autosave(isOn: boolean): Promise<void> {
    return this.#commands.take(async () => void (this.#autosave.isOn = isOn));
  }

  /**
   * Another run takes the place of the present one, and rests. It is looked at first:
   * one that cannot be taken up leaves the present one as it is.
   */
  async #takeUp(find: () => Promise<RestorableRun | null>): Promise<void> {
    try {
      // A run that goes on would be saved between the look and the change.
      await this.#run.puller.rest();
      const found = await find();
      if (found === null) return await this.#letGo();
      const { state } = found.run;
      if (!this.#engine) throw new NoModelError('no-model');
      // eslint-disable-next-line words/in-catalogue -- a part of a sentence of the engine
      checkSameModel('The saved run', state.model, this.#engine.policy.info);
      await this.#run.takeUp(await this.#fit(state.config), found);
    } catch (error) {
      this.#fail('run', error);
    }
  }

  async #letGo(): Promise<void> {
    await this.#run.drop();
    this.#say({ type: 'transport', state: 'idle' });
  }

  /** A model loaded for such a run: the present one, or another, with which the present run ends. */
  async #fit(config: Config): Promise<LearnerEngine> {
    const loaded = this.#request;
    if (!loaded || !this.#engine) throw new NoModelError('no-model');
    if (loadsAlike(loaded.config, config)) return this.#engine;
    await this.#letGo();
    await this.load({ ...loaded, config });
    if (!this.#engine) throw new NoModelError('no-model');
    return this.#engine;
  }

  reset(config: Config): Promise<void> {
    return this.#commands.take(() => this.#reset(config));
  }

  async #reset(config: Config): Promise<void> {
    try {
      await this.#run.restart(config);
      this.#say({ type: 'transport', state: 'idle' });
    } catch (error) {
      this.#fail('run', error);
    }
  }

  adopt(file: AdapterFile, config: Config): Promise<Failure | null> {
    return this.#commands.take(() => this.#adopt(file, config));
  }

  async #adopt(file: AdapterFile, config: Config): Promise<Failure | null> {
    try {
      const engine = this.#engine;
      if (!engine) throw new NoModelError('nobody-to-ask');
      const { architecture, adapter, policy } = engine;
      const snapshot = fitAdapter(await openAdapter(file), architecture, adapter, policy.info);
      await this.#run.restartFrom(engine, snapshot, config);
      this.#say({ type: 'transport', state: 'idle' });
      return null;
    } catch (error) {
      return toFailure(error, 'adapter');
    }
  }

  async change(key: ConfigKey, value: ConfigValue): Promise<void> {
    try {
      this.#run.change(key, value);
    } catch (error) {
      this.#fail('change', error);
    }
  }

  async adapter(): Promise<AdapterExport | null> {
    if (!this.#engine) return null;
    const { policy, architecture, adapter } = this.#engine;
    return adapterExport(policy, architecture, adapter);
  }

  async task(id: string): Promise<Task | null> {
    return this.#run.tasks.find((task) => task.id === id) ?? null;
  }

  async pace(milliseconds: number): Promise<void> {
    this.#run.puller.pace(milliseconds);
  }

  readonly ask: Ask = async <Q extends Question>(
    question: Q,
    goesOn: GoesOn = () => true,
  ): Promise<Answer<Replies[Q['ask']]>> => {
    try {
      return { value: (await this.#answer(question, goesOn)) as Replies[Q['ask']] };
    } catch (error) {
      return { error: toFailure(error, 'question') };
    }
  };

  async #answer(question: Question, goesOn: GoesOn): Promise<Replies[Question['ask']]> {
    const engine = this.#engine;
    const { config, step, tasks, turns, updates } = this.#run;
    if (!engine || !config) throw new NoModelError('nobody-to-ask');
    const { policy, sandbox, trusted, model, adapter } = engine;
    if (question.ask === 'add-task') {
      const fits = leavesRoom(question.task, policy.tokenizer, policy.info.contextLength, config);
      if (fits) this.#run.addTask(question.task);
      return fits;
    }
    if (question.ask === 'take-offers' || question.ask === 'take') {
      // The writers of files are much script that a run does without.
      const { take, takeOffers } = await import('./take-away.ts');
      if (question.ask === 'take-offers') return takeOffers({ model, adapter, step });
      const inTurn = <T>(work: () => Promise<T>): Promise<T> => turns.take(work);
      return take(question.as, { model, policy, adapter, step, inTurn }, goesOn);
    }
    return answer(question, { policy, sandbox, trusted, tasks, turns, updates, config, step });
  }

  async dispose(): Promise<void> {
    await this.#run.drop();
    await this.#engine?.dispose();
    this.#engine = null;
  }

  #say(message: LearnerMessage): void {
    this.#listener(message);
  }

  #fail(during: FailedDuring, error: unknown): void {
    this.#say({
      type: 'failed',
      during,
      error: toFailure(error, during),
      isRecoverable: isRecoverable(error),
    });
  }
}
