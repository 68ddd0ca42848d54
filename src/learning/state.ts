/**
 * Everything that a run needs to go on exactly where it was, as plain data. It holds
 * no random positions, because every random stream is a function of the seed, a name
 * and a step. Where it is stored is not known here.
 */
import { isRecord } from '../base/is-record.ts';
import type { ModelIdentity } from '../policy/lora/same-model.ts';
import type { PolicySnapshot } from '../policy/types.ts';
import { oneLine, shown } from '../base/shown.ts';
import type { Task } from '../tasks/types.ts';
import type { SavedCarried } from './carried.ts';
import { CONFIG_VERSION, readConfig, type Config } from './config.ts';
import type { TrainerEvent } from './events.ts';
import { checkEvent, record, task } from './event-shape.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import type { StoredRecord } from './records.ts';
import {
  fails,
  listOf,
  mapOf,
  numberCheck,
  object,
  optional,
  nullOr,
  textCheck,
  wholeCheck,
  type Check,
} from './shape.ts';

export interface TrainerState extends SavedCarried {
  readonly version: number;
  /** The base model; absent in runs saved before it was noted. */
  readonly model?: ModelIdentity;
  readonly config: Config;
  /** Finished steps. */
  readonly step: number;
  /** The last step after which the policy was evaluated; -1 for never. */
  readonly evaluatedAt: number;
  /**
   * It began with the base model and no adapter; absent in runs saved before it was
   * noted, which are measured first.
   */
  readonly isFromBase?: boolean;
  /** Positions in the task orders. */
  readonly taken: { readonly code: number; readonly fill: number };
  /** Tokens processed so far (TRL's num_tokens). */
  readonly tokens: number;
  /** Tasks of the visitor's own; absent: none. */
  readonly own?: readonly Task[];
  readonly buffer: readonly StoredRecord[];
  readonly evaluationSet: EvaluationSet | null;
  readonly policy: PolicySnapshot;
  /**
   * Events (without timing) that belong before this state; a log longer than that is
   * cut back before going on.
   */
  readonly events: number;
  /** Events decided but not yet handed out. */
  readonly pending: readonly TrainerEvent[];
}

export class TrainerStateError extends Error {
  override readonly name = 'TrainerStateError';
  readonly advice =
    'The saved run was left as it is. Resume it with the version that saved it, or start a new run.';
}

const tensor: Check = (v) => {
  if (!isRecord(v) || listOf(wholeCheck)(v['dims']) !== null) return fails('a tensor');
  const size = (v['dims'] as number[]).reduce((product, dim) => product * dim, 1);
  return v['data'] instanceof Float32Array && v['data'].length === size
    ? null
    : fails('a tensor of its size');
};
const event: Check = (v) => {
  const problem = checkEvent(v);
  return problem === null ? null : fails(`an event (${problem})`);
};
const questions = listOf(object({ taskId: textCheck, prompt: textCheck, expected: textCheck }));

const identity = object({
  name: textCheck,
  hash: optional(textCheck),
  parameters: wholeCheck,
  bytes: wholeCheck,
});

/** Readers of a run rely on these; the configuration is checked by itself. */
const stateShape = object({
  model: optional(identity),
  step: wholeCheck,
  evaluatedAt: (v) => (v === -1 ? null : wholeCheck(v)),
  isFromBase: optional((v) => (typeof v === 'boolean' ? null : fails('true or false'))),
  taken: object({ code: wholeCheck, fill: wholeCheck }),
  tokens: wholeCheck,
  means: optional(mapOf(numberCheck)),
  rates: optional(mapOf(listOf(wholeCheck))),
  heads: optional(
    mapOf(
      object({
        weights: listOf(numberCheck),
        first: listOf(numberCheck),
        second: listOf(numberCheck),
        step: wholeCheck,
      }),
    ),
  ),
  adapted: optional(object({ entropyCoefficient: numberCheck, entropy: numberCheck })),
  own: optional(listOf(task)),
  buffer: listOf(object({ record, key: textCheck })),
  evaluationSet: nullOr(
    object({
      alignment: listOf(record),
      reasoning: questions,
      ownReasoning: optional(questions),
      testOutput: questions,
    }),
  ),
  policy: object({
    step: wholeCheck,
    steps: optional(mapOf(wholeCheck)),
    tensors: mapOf(tensor),
  }),
  events: wholeCheck,
  pending: listOf(event),
});

/**
 * Checks what a saved state must hold before a run goes on from it, whatever it was
 * read from. @throws TrainerStateError, ConfigError
 */
export function checkState(state: unknown): TrainerState {
  if (!isRecord(state)) throw new TrainerStateError('The saved run is damaged: it is not an object.');
  if (state['version'] !== CONFIG_VERSION) {
    throw new TrainerStateError(
      `The run was saved with configuration version ${shown(state['version'])}; this is version ${CONFIG_VERSION}.`,
    );
  }
  const problem = stateShape(state);
  if (problem !== null) throw new TrainerStateError(oneLine(`The saved run is damaged: ${problem}.`));
  return { ...(state as unknown as TrainerState), config: readConfig(state['config']) };
}
