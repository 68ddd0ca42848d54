/** What an answer about the present run is made from. It says nothing about who asks or how long it takes. */
import type { Config } from '../learning/config.ts';
import type { Policy } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';
import type { UpdatesSeen, WorkQueue } from './work-queue.ts';

export interface AnswerContext {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** For test programs (src/learning/judge.ts). */
  readonly trusted: Sandbox;
  /** All that can be asked about, the visitor's own first. */
  readonly tasks: readonly Task[];
  readonly turns: WorkQueue;
  readonly updates: UpdatesSeen;
  readonly config: Config;
  /** Finished updates of the run. */
  readonly step: number;
}
