/**
 * The learner as it lives in its worker: model, interpreters, tasks and a run, behind the page's `Learner` interface. It only connects
 * them; learning is src/learning. Whatever goes wrong leaves as a message with advice.
 */
import { transfer } from 'comlink';
import { TrainerControl } from '../../learning/control.ts';
import type { Config, ConfigKey, ConfigValue } from '../../learning/config.ts';
import { readJournal } from '../../experiment/journal.ts';
import type { RunKeeper } from '../../experiment/keeper.ts';
import { trainKept } from '../../experiment/kept-run.ts';
import type { RunFile } from '../../experiment/storage/run-file.ts';
import { isRecoverable } from '../../experiment/survive.ts';
import type { TrainerState } from '../../learning/state.ts';
import type { Task } from '../../tasks/types.ts';
import { toErrorData, type Fallback } from '../errors.ts';
import type { FailedDuring, Learner, LearnerMessage, Listener, LoadRequest } from '../protocol.ts';
import { s } from '../strings.ts';
import { openEngine, watchTokens, type Engine } from './engine.ts';
import { heapBytes } from './heaps.ts';
import { Keeping } from './keeping.ts';
import { Puller } from './pull.ts';

const FALLBACKS: Readonly<Record<FailedDuring, Fallback>> = {
  load: { kept: s.error.loadKept, advice: s.error.loadAdvice },
  run: { kept: s.error.runKept, advice: s.error.runAdvice },
  change: { kept: s.error.changeKept, advice: s.error.changeAdvice },
};

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
  /** Where the next run goes on from; null: it begins. */
  #from: { readonly keeper: RunKeeper; readonly state: TrainerState } | null = null;
  #keeper: RunKeeper | null = null;
  readonly #keeping = new Keeping({
    onSaved: (saved) => this.#say({ type: 'saved', saved }),
    onProblem: (problem) => this.#say({ type: 'not-saved', error: toErrorData(problem, FALLBACKS.run) }),
  });
  readonly #puller = new Puller({
    begin: () => this.#begin(),
    onRest: () => this.#save(),
    onEvent: (event) => {
      this.#say({ type: 'event', event });
      if (event.type === 'step-finished') this.#say({ type: 'heap', bytes: heapBytes() });
    },
    onState: (state) => this.#say({ type: 'transport', state }),
    onError: (error) => this.#fail('run', error),
  });

  listen(listener: Listener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  async load(request: LoadRequest): Promise<void> {
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
          pythonWorkers: engine.sandbox.workers,
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
      await this.#engine?.policy.reset(config.seed);
      this.#say({ type: 'transport', state: 'idle' });
    } catch (error) {
      this.#fail('run', error);
    }
  }

  async change(key: ConfigKey, value: ConfigValue): Promise<void> {
    try {
      this.#control.change(key, value);
    } catch (error) {
      this.#fail('change', error);
    }
  }

  async task(id: string): Promise<Task | null> {
    return this.#engine?.tasks.find((task) => task.id === id) ?? null;
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
    if (this.#from !== null) for (const [key, value] of early) this.#control.change(key, value);
    // Changed before the run began: part of its configuration, not of its story.
    const config = { ...this.#config!, ...Object.fromEntries(early) } as Config;
    const from = this.#from;
    this.#from = null;
    this.#keeper = from?.keeper ?? this.#keeping.begin();
    const run = {
      policy: watchTokens(engine.policy, (tokens) => this.#tokens(tokens)),
      sandbox: engine.sandbox,
      tasks: engine.tasks,
      config,
      control: this.#control,
      signal: this.#abort.signal,
      ...(from && { state: from.state }),
    };
    return trainKept(run, this.#keeper);
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
    const data = toErrorData(error, FALLBACKS[during]);
    this.#say({ type: 'failed', during, error: data, isRecoverable: isRecoverable(error) });
  }
}
