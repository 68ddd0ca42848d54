/**
 * The learner as it lives in its worker: model, interpreters, tasks and a run, behind the page's `Learner` interface. It only connects
 * them; learning is src/learning. Whatever goes wrong leaves as a message with advice.
 */
import { transfer } from 'comlink';
import { TrainerControl } from '../../learning/control.ts';
import type { Config, ConfigKey, ConfigValue } from '../../learning/config.ts';
import type { TrainerEvent } from '../../learning/events.ts';
import type { AdapterExport } from '../../experiment/export/index.ts';
import { parityCard } from '../../experiment/export/parity.ts';
import { readJournal } from '../../experiment/journal.ts';
import type { RunKeeper } from '../../experiment/keeper.ts';
import { trainKept } from '../../experiment/kept-run.ts';
import type { RunFile } from '../../experiment/storage/run-file.ts';
import { isRecoverable } from '../../experiment/survive.ts';
import type { TrainerState } from '../../learning/state.ts';
import { exportAdapter, importAdapter } from '../../policy/peft.ts';
import { checkSameModel } from '../../policy/same-model.ts';
import type { Task } from '../../tasks/types.ts';
import { toErrorData, type Fallback } from '../errors.ts';
import type {
  AdapterFile,
  ErrorData,
  FailedDuring,
  Learner,
  LearnerMessage,
  Listener,
  LoadRequest,
} from '../protocol.ts';
import { readLocaleFrom, s } from '../strings.ts';
import type { Answer, Ask, Question, Replies } from '../questions.ts';
import { answer } from './answers.ts';
import { openEngine, type Engine } from './engine.ts';
import { heapBytes } from './heaps.ts';
import { Keeping } from './keeping.ts';
import { Puller } from './pull.ts';
import { inTurns, Turns, UpdatesSeen } from './turns.ts';

/** Read when needed: the page's language is known only then. */
const fallbackOf = (during: FailedDuring): Fallback =>
  ({
    load: { kept: s.error.loadKept, advice: s.error.loadAdvice },
    run: { kept: s.error.runKept, advice: s.error.runAdvice },
    change: { kept: s.error.changeKept, advice: s.error.changeAdvice },
  })[during];

/** Least milliseconds between two reports of tokens. */
const TOKENS_EVERY = 150;

export class WorkerLearner implements Learner {
  #listener: Listener = () => undefined;
  #engine: Engine | null = null;
  #config: Config | null = null;
  /** What the engine was opened for. */
  #request: LoadRequest | null = null;
  #control = new TrainerControl();
  #abort = new AbortController();
  #tokensAt = 0;
  readonly #turns = new Turns();
  readonly #updates = new UpdatesSeen();
  /** Finished updates of the run. */
  #step = 0;
  /** Tasks of the visitor's own: part of every run from here on. */
  #own: readonly Task[] = [];
  /** Where the next run goes on from; null: it begins. */
  #from: { readonly keeper: RunKeeper; readonly state: TrainerState } | null = null;
  #keeper: RunKeeper | null = null;
  readonly #keeping = new Keeping({
    onSaved: (saved) => this.#say({ type: 'saved', saved }),
    onProblem: (problem) => this.#say({ type: 'not-saved', error: toErrorData(problem, fallbackOf('run')) }),
  });
  readonly #puller = new Puller({
    begin: () => this.#begin(),
    onRest: () => this.#save(),
    onEvent: (event) => this.#event(event),
    onState: (state) => this.#say({ type: 'transport', state }),
    onError: (error) => this.#fail('run', error),
  });

  listen(listener: Listener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  async load(request: LoadRequest): Promise<void> {
    readLocaleFrom(() => request.language);
    try {
      await this.#engine?.dispose();
      this.#engine = null;
      this.#config = request.config;
      this.#request = request;
      const engine = await openEngine(request, (stage) => this.#say({ type: 'stage', stage }));
      await this.#keeping.open();
      this.#engine = engine;
      const count = (split: Task['split']) => engine.tasks.filter((task) => task.split === split).length;
      this.#say({
        type: 'ready',
        model: {
          info: engine.policy.info,
          memory: engine.memory,
          ...(engine.settings && { settings: engine.settings }),
          pythonWorkers: engine.sandbox.workers,
          boundary: engine.sandbox.boundary,
          tasks: { train: count('train'), heldout: count('heldout') },
        },
      });
    } catch (error) {
      this.#fail('load', error);
    }
  }

  async start(): Promise<void> {
    if (this.#engine) this.#puller.start();
  }

  async pause(): Promise<void> {
    this.#puller.pause();
  }

  async step(): Promise<void> {
    if (this.#engine) this.#puller.step();
  }

  async resume(): Promise<void> {
    await this.#takeUp(() => this.#keeping.resume());
  }

  async importRun(bytes: Uint8Array): Promise<void> {
    await this.#takeUp(() => this.#keeping.adopt(bytes));
  }

  async exportRun(): Promise<Uint8Array | null> {
    try {
      const file = await this.#keeping.file();
      return file === null ? null : transfer(file, [file.buffer]);
    } catch (error) {
      this.#fail('change', error);
      return null;
    }
  }

  async keep(isKept: boolean): Promise<void> {
    this.#keeping.isOn = isKept;
  }

  /** Lets go of the present run for another, which rests. */
  async #takeUp(
    find: () => Promise<{ readonly keeper: RunKeeper; readonly run: RunFile } | null>,
  ): Promise<void> {
    try {
      this.#abort.abort();
      await this.#puller.drop();
      const found = await find();
      if (found === null) return this.#say({ type: 'transport', state: 'idle' });
      const { state, journal } = found.run;
      if (this.#engine) checkSameModel('The saved run', state.model, this.#engine.policy.info);
      await this.#fit(state.config);
      this.#from = { keeper: found.keeper, state };
      this.#config = state.config;
      this.#control = new TrainerControl();
      this.#say({ type: 'resumed', config: state.config, step: state.step });
      for (const event of readJournal(journal)) this.#say({ type: 'event', event });
      this.#say({ type: 'transport', state: 'paused' });
    } catch (error) {
      this.#fail('run', error);
      this.#say({ type: 'transport', state: 'idle' });
    }
  }

  /** The adapter's shape is the policy's: another one needs another policy. */
  async #fit(config: Config): Promise<void> {
    const loaded = this.#request;
    if (!loaded || !this.#engine) throw new Error(s.saved.noModel);
    const keys = ['adapter.rank', 'adapter.alpha', 'memory.capMiB'] as const;
    if (keys.every((key) => loaded.config[key] === config[key])) return;
    await this.load({ ...loaded, config });
    if (!this.#engine) throw new Error(s.saved.noModel);
  }

  /** At rest, the run as it is. */
  async #save(): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === null || !keeper.isBehind) return;
    try {
      await keeper.save(await this.#control.save());
    } catch (error) {
      this.#fail('run', error);
    }
  }

  async reset(config: Config): Promise<void> {
    try {
      this.#abort.abort();
      await this.#puller.drop();
      this.#from = null;
      this.#keeper = null;
      this.#config = config;
      this.#control = new TrainerControl(); // changes that the dropped run had not taken yet are in `config`
      this.#updates.clear();
      this.#step = 0;
      await this.#turns.take(async () => this.#engine?.policy.reset(config.seed));
      this.#say({ type: 'transport', state: 'idle' });
    } catch (error) {
      this.#fail('run', error);
    }
  }

  async adopt({ name, bytes }: AdapterFile): Promise<ErrorData | null> {
    try {
      const engine = this.#engine;
      if (!engine) throw new Error(s.ask.noModel);
      const snapshot = importAdapter(bytes, engine.architecture, engine.adapter, name, engine.policy.info);
      this.#abort.abort();
      await this.#puller.drop();
      this.#updates.clear();
      this.#step = 0;
      await this.#turns.take(() => engine.policy.restore(snapshot));
      this.#say({ type: 'transport', state: 'idle' });
      return null;
    } catch (error) {
      return toErrorData(error, { kept: s.brought.adapterRankKept, advice: s.brought.advice });
    }
  }

  async change(key: ConfigKey, value: ConfigValue): Promise<void> {
    try {
      this.#control.change(key, value);
    } catch (error) {
      this.#fail('change', error);
    }
  }

  async adapter(): Promise<AdapterExport | null> {
    if (!this.#engine) return null;
    const { policy, architecture, adapter } = this.#engine;
    const files = exportAdapter(await policy.snapshot(), architecture, adapter, policy.info);
    return { files, parity: await parityCard(policy) };
  }

  async task(id: string): Promise<Task | null> {
    return [...this.#own, ...(this.#engine?.tasks ?? [])].find((task) => task.id === id) ?? null;
  }

  async pace(milliseconds: number): Promise<void> {
    this.#puller.pace(milliseconds);
  }

  readonly ask: Ask = async <Q extends Question>(question: Q): Promise<Answer<Replies[Q['ask']]>> => {
    try {
      return { value: (await this.#answer(question)) as Replies[Q['ask']] };
    } catch (error) {
      return { error: toErrorData(error, { kept: s.ask.kept, advice: s.ask.advice }) };
    }
  };

  async #answer(question: Question): Promise<Replies[Question['ask']]> {
    const engine = this.#engine;
    if (!engine || !this.#config) throw new Error(s.ask.noModel);
    if (question.ask === 'add-task') {
      this.#own = [...this.#own.filter(({ id }) => id !== question.task.id), question.task];
      this.#control.addTask(question.task);
      return null;
    }
    const { policy, sandbox } = engine;
    return answer(question, {
      policy,
      sandbox,
      tasks: [...this.#own, ...engine.tasks],
      turns: this.#turns,
      updates: this.#updates,
      config: this.#config,
      step: this.#step,
    });
  }

  async dispose(): Promise<void> {
    this.#abort.abort();
    await this.#puller.drop();
    await this.#engine?.dispose();
    this.#engine = null;
  }

  #begin(): ReturnType<typeof trainKept> {
    const engine = this.#engine!;
    this.#abort = new AbortController();
    const early = this.#control.takeChanges();
    this.#control = new TrainerControl();
    for (const task of this.#own) this.#control.addTask(task);
    this.#updates.clear();
    if (this.#from !== null) for (const [key, value] of early) this.#control.change(key, value);
    // Changed before the run began: part of its configuration, not of its story.
    const config = { ...this.#config!, ...Object.fromEntries(early) } as Config;
    const from = this.#from;
    this.#from = null;
    this.#keeper = from?.keeper ?? this.#keeping.begin();
    const run = {
      policy: inTurns(engine.policy, {
        turns: this.#turns,
        updates: this.#updates,
        onTokens: (tokens) => this.#tokens(tokens),
      }),
      sandbox: engine.sandbox,
      tasks: engine.tasks,
      config,
      control: this.#control,
      signal: this.#abort.signal,
      ...(from && { state: from.state }),
    };
    return trainKept(run, this.#keeper);
  }

  #event(event: TrainerEvent): void {
    if (event.type === 'step-started') this.#updates.step = event.step;
    if (event.type === 'step-finished') this.#step = event.step;
    this.#say({ type: 'event', event });
    if (event.type === 'step-finished') this.#say({ type: 'heap', bytes: heapBytes() });
  }

  #tokens(tokens: number): void {
    const now = performance.now();
    if (now - this.#tokensAt < TOKENS_EVERY) return;
    this.#tokensAt = now;
    this.#say({ type: 'progress', tokens });
  }

  #say(message: LearnerMessage): void {
    this.#listener(message);
  }

  #fail(during: FailedDuring, error: unknown): void {
    const data = toErrorData(error, fallbackOf(during));
    this.#say({ type: 'failed', during, error: data, isRecoverable: isRecoverable(error) });
  }
}
