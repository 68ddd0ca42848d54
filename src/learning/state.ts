/**
 * Everything a run needs to go on exactly where it was, as plain data. Random positions are not in it because there are none: every stream
 * is a function of the seed, a name and a step. Where it is stored is not known here.
 */
import type { PolicySnapshot } from '../policy/types.ts';
import { CONFIG_VERSION, readConfig, type Config } from './config.ts';
import type { TrainerEvent } from './events.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import type { StoredRecord } from './records.ts';

export interface TrainerState {
  readonly version: number;
  readonly config: Config;
  /** Finished steps. */
  readonly step: number;
  /** The last step after which was evaluated; -1 for never. */
  readonly evaluatedAt: number;
  /** Positions in the task orders. */
  readonly taken: { readonly code: number; readonly fill: number };
  /** Tokens processed so far (TRL's num_tokens). */
  readonly tokens: number;
  readonly buffer: readonly StoredRecord[];
  readonly evaluationSet: EvaluationSet | null;
  readonly policy: PolicySnapshot;
  /** Events (without timing) that belong before this state; a log longer than that is cut back before going on. */
  readonly events: number;
  /** Events decided but not yet handed out. */
  readonly pending: readonly TrainerEvent[];
}

export class TrainerStateError extends Error {
  override readonly name = 'TrainerStateError';
  readonly advice =
    'The saved run was left as it is. Resume it with the version that saved it, or start a new run.';
}

/** Checks what a saved state must hold before a run goes on from it. @throws TrainerStateError, ConfigError */
export function checkState(state: TrainerState): TrainerState {
  if (state.version !== CONFIG_VERSION) {
    throw new TrainerStateError(
      `The run was saved with configuration version ${state.version}; this is version ${CONFIG_VERSION}.`,
    );
  }
  const counts = [state.step, state.taken?.code, state.taken?.fill, state.tokens, state.events];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new TrainerStateError('The saved run is damaged: a counter is missing.');
  }
  if (
    !Array.isArray(state.buffer) ||
    !Array.isArray(state.pending) ||
    typeof state.policy?.tensors !== 'object'
  ) {
    throw new TrainerStateError('The saved run is damaged: the record buffer or the adapter is missing.');
  }
  return { ...state, config: readConfig(state.config) };
}
