/** What a run is given, and whether it can begin with that. The run itself is trainer.ts. */
import type { Policy, PolicySnapshot } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';
import type { BatchInstrument } from './batch-instrument.ts';
import type { Config } from './config.ts';
import type { TrainerControl } from './control.ts';
import type { EvaluationInstrument } from './evaluate.ts';
import type { MeasuringPlan } from './run-evaluations.ts';
import type { TrainerState } from './state.ts';

export interface TrainOptions {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** Another one, for the test programs of tasks that have one. */
  readonly trusted?: Sandbox;
  readonly tasks: readonly Task[];
  readonly config: Config;
  readonly signal?: AbortSignal | undefined;
  readonly control?: TrainerControl;
  /** Go on from here; `config` is then the state's. The log before it is cut to `state.events` events. */
  readonly state?: TrainerState;
  /** Told what is to be written when a measurement begins, and again when its questions are known. */
  readonly onMeasuring?: ((plan: MeasuringPlan) => void) | undefined;
  /** Seconds from any origin, for `timing` events alone; the system's clock by default. */
  readonly now?: () => number;
  /** Look at every step before its update; they change nothing. */
  readonly instruments?: readonly BatchInstrument[];
  /** Measure more at every evaluation; they change nothing. */
  readonly measurers?: readonly EvaluationInstrument[];
  /** Begin with this adapter instead of an untrained one; `state` comes before it. */
  readonly initial?: PolicySnapshot;
}

export class TrainerError extends Error {
  override readonly name = 'TrainerError';
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

/** @throws TrainerError when there is nothing to train on, or nothing to judge it with */
export function checkTasks({ tasks, trusted }: TrainOptions, train: number): void {
  if (train === 0) {
    throw new TrainerError(
      'There are no training tasks.',
      'Nothing was started. Load a task set with the split "train".',
    );
  }
  if (trusted === undefined && tasks.some(({ check }) => check !== undefined)) {
    throw new TrainerError(
      'Some tasks are judged by a test program, and there is no sandbox to run it in.',
      'Nothing was started. Give the trainer a second sandbox for test programs.',
    );
  }
}
