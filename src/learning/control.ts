/**
 * Lets a consumer steer a running trainer: change settings and add tasks from the
 * next step on, stop at the next boundary, save. Pausing needs nothing here, since a
 * trainer that is not asked for its next event does nothing.
 */
import { changeWhileRunning, DEFAULTS, type ConfigKey, type ConfigValue } from './config.ts';
import type { Task } from '../tasks/types.ts';
import type { TrainerState } from './state.ts';

export class TrainerControl {
  readonly #changes = new Map<ConfigKey, ConfigValue>();
  #added: Task[] = [];
  #stopping = false;
  #saver: (() => Promise<TrainerState>) | undefined;
  #skip: () => void = () => undefined;
  /** While the trainer computes, saves wait for its next event. */
  #isComputing = false;
  #waiting: { resolve(state: TrainerState): void; reject(error: unknown): void }[] = [];

  /**
   * From the next step on. @throws ConfigError at once when the key is unknown, fixed
   * for a run, or the value out of range
   */
  change(key: string, value: ConfigValue): void {
    changeWhileRunning(DEFAULTS, key, value);
    this.#changes.set(key as ConfigKey, value);
  }

  /**
   * From the next step on the task is one more code prompt of every step. A task with
   * the id of one added before takes its place.
   */
  addTask(task: Task): void {
    this.#added.push(task);
  }

  /**
   * Gives up the measurement under way, if there is one: that of the base model is made up for at the next
   * one, any other is left out.
   */
  skipMeasuring(): void {
    this.#skip();
  }

  /** Ends the run at the next step boundary. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * The state from which a new trainer goes on exactly here; asked for in the middle of a step,
   * the state before that step. Resolves at the trainer's next event when it is computing.
   */
  save(): Promise<TrainerState> {
    if (this.#saver === undefined)
      return Promise.reject(new Error('Nothing to save: the run has not started.'));
    if (!this.#isComputing) return this.#saver();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  // The trainer's side.

  get isStopping(): boolean {
    return this.#stopping;
  }

  takeChanges(): readonly (readonly [ConfigKey, ConfigValue])[] {
    const changes = [...this.#changes];
    this.#changes.clear();
    return changes;
  }

  takeTasks(): readonly Task[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }

  attach(saver: () => Promise<TrainerState>, skip: () => void): void {
    this.#saver = saver;
    this.#skip = skip;
  }

  computing(): void {
    this.#isComputing = true;
  }

  /** Serves waiting saves before the consumer gets the next event. */
  async resting(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      try {
        resolve(await (this.#saver as () => Promise<TrainerState>)());
      } catch (error) {
        reject(error);
      }
    }
    this.#isComputing = false;
  }
}
