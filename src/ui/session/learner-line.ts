/**
 * The line to the learner: one worker at a time, what it says, questions put to it and tasks
 * read from it. It knows no state of the page; who reacts to what comes over it is the session.
 */
import type { Task } from '../../tasks/types.ts';
import type { Connection } from '../../learner/connect.ts';
import type { Learner, LearnerMessage } from '../../learner/protocol.ts';

export interface LineHandlers {
  readonly onMessage: (message: LearnerMessage) => void;
  /** The worker itself has failed. */
  readonly onFailure: (message: string) => void;
}

export class LearnerLine {
  readonly #connect: () => Connection;
  #connection: Connection | null = null;
  readonly #tasks = new Map<string, Promise<Task | null>>();

  constructor(connect: () => Connection) {
    this.#connect = connect;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  get learner(): Learner | null {
    return this.#connection?.learner ?? null;
  }

  /** A new worker; what one before it still says is not heard any more. */
  async open({ onMessage, onFailure }: LineHandlers): Promise<Learner> {
    const connection = this.#connect();
    this.#connection = connection;
    connection.onFailure((message) => {
      if (this.#connection === connection) onFailure(message);
    });
    await connection.learner.listen((message) => {
      if (this.#connection === connection) onMessage(message);
    });
    return connection.learner;
  }

  end(): void {
    this.#connection?.end();
    this.#connection = null;
  }

  /** A task by its id, asked for once. */
  task(id: string): Promise<Task | null> {
    const known = this.#tasks.get(id);
    if (known) return known;
    const asked = this.learner?.task(id) ?? Promise.resolve(null);
    this.#tasks.set(id, asked);
    return asked;
  }

  forgetTasks(): void {
    this.#tasks.clear();
  }

  /** The present run as of its newest save; null when there is none, or nobody to ask. */
  async runFile(): Promise<Uint8Array | null> {
    return (await this.learner?.exportRun().catch(() => null)) ?? null;
  }

  async dispose(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.learner.dispose().catch(() => undefined);
    connection?.end();
  }
}
