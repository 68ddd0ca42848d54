/**
 * The learner as it lives in its worker: model, interpreters, tasks and a run, behind the page's `Learner` interface. It only connects
 * them; learning is src/learning. Whatever goes wrong leaves as a message with advice.
 */
import { TrainerControl } from '../../learning/control.ts';
import type { Config, ConfigKey, ConfigValue } from '../../learning/config.ts';
import { train } from '../../learning/trainer.ts';
import type { Task } from '../../tasks/types.ts';
import { toErrorData, type Fallback } from '../errors.ts';
import type { FailedDuring, Learner, LearnerMessage, Listener, LoadRequest } from '../protocol.ts';
import { s } from '../strings.ts';
import { openEngine, watchTokens, type Engine } from './engine.ts';
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
  #control = new TrainerControl();
  #abort = new AbortController();
  #tokensAt = 0;
  readonly #puller = new Puller({
    begin: () => this.#begin(),
    onEvent: (event) => this.#say({ type: 'event', event }),
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
      const engine = await openEngine(request, (stage) => this.#say({ type: 'stage', stage }));
      this.#engine = engine;
      const count = (split: Task['split']) => engine.tasks.filter((task) => task.split === split).length;
      this.#say({
        type: 'ready',
        model: {
          info: engine.policy.info,
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

  async reset(config: Config): Promise<void> {
    try {
      this.#abort.abort();
      await this.#puller.drop();
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

  #begin(): ReturnType<typeof train> {
    const engine = this.#engine!;
    this.#abort = new AbortController();
    const early = this.#control.takeChanges();
    this.#control = new TrainerControl();
    // Changed before the run began: part of its configuration, not of its story.
    const config = { ...this.#config!, ...Object.fromEntries(early) } as Config;
    return train({
      policy: watchTokens(engine.policy, (tokens) => this.#tokens(tokens)),
      sandbox: engine.sandbox,
      tasks: engine.tasks,
      config,
      control: this.#control,
      signal: this.#abort.signal,
    });
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
    this.#say({ type: 'failed', during, error: toErrorData(error, FALLBACKS[during]) });
  }
}
