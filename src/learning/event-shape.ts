/**
 * Checks that data read from a file has the shape of a trainer event: the fields that
 * readers (charts, replay, statistics) rely on. It does not check what the values mean.
 */
import { isRecord } from '../base/is-record.ts';
import { shown } from '../base/shown.ts';
import {
  optional,
  fails,
  listOf,
  mapOf,
  numberCheck,
  object,
  oneOf,
  nullOr,
  scalar,
  textCheck,
  wholeCheck,
  type Check,
  type Fields,
} from './shape.ts';

const rollout: Fields = {
  completion: textCheck,
  tokens: listOf(wholeCheck),
  logProbs: listOf(numberCheck),
  finish: oneOf('eos', 'length'),
  reward: nullOr(numberCheck),
  rewards: mapOf(nullOr(numberCheck)),
  advantage: numberCheck,
};

/** An alignment record, as a log and a saved run hold it. */
export const record: Check = object({
  id: textCheck,
  taskId: textCheck,
  bornAt: wholeCheck,
  program: textCheck,
  entryPoint: textCheck,
  args: textCheck,
  variables: listOf(object({ name: textCheck, value: textCheck })),
  answer: textCheck,
  prompt: textCheck,
});

const shownValues = listOf(object({ name: textCheck, value: textCheck }));
const divergence = object({
  args: textCheck,
  lines: listOf(wholeCheck),
  tokens: listOf(wholeCheck),
  did: shownValues,
  instead: shownValues,
  against: nullOr(wholeCheck),
});
const codeGroup = object({
  taskId: textCheck,
  prompt: textCheck,
  rollouts: listOf(object({ ...rollout, verdict: textCheck, divergence: optional(divergence) })),
});
const alignmentGroup = object({
  record,
  rollouts: listOf(
    object({
      ...rollout,
      malformed: nullOr(textCheck),
      variables: listOf(object({ name: textCheck, truth: textCheck, predicted: nullOr(textCheck) })),
    }),
  ),
});
const group: Check = (v) => {
  if (!isRecord(v)) return fails('an object');
  if (v['kind'] === 'code') return codeGroup(v);
  return v['kind'] === 'alignment' ? alignmentGroup(v) : fails('a code or alignment group');
};

const interval: Check = (v) =>
  Array.isArray(v) && v.length === 2 ? listOf(numberCheck)(v) : fails('a pair of numbers');

const examples = listOf(object({ args: textCheck, expected: textCheck }));

/** A task as events and saved states carry it: what judges, prompts and readers rely on. */
export const task = object({
  id: textCheck,
  description: textCheck,
  prompt: textCheck,
  entryPoint: textCheck,
  visible: examples,
  hidden: examples,
  split: oneOf('train', 'heldout'),
  tags: listOf(textCheck),
});

const EVENTS: Readonly<Record<string, Fields>> = {
  'run-started': {
    version: wholeCheck,
    config: mapOf(scalar),
    model: object({ name: textCheck }),
    tasks: object({ train: wholeCheck, heldout: wholeCheck }),
  },
  'step-started': { step: wholeCheck, prompts: object({ code: wholeCheck, alignment: wholeCheck }) },
  rollouts: { step: wholeCheck, groups: listOf(group) },
  records: {
    step: wholeCheck,
    funnel: listOf(object({ gate: textCheck, in: wholeCheck, out: wholeCheck })),
    added: wholeCheck,
    buffered: wholeCheck,
  },
  'step-finished': { step: wholeCheck, metrics: mapOf(numberCheck) },
  evaluation: {
    step: wholeCheck,
    metrics: mapOf(numberCheck),
    intervals: mapOf(interval),
    counts: optional(mapOf(mapOf(interval))),
  },
  changed: { step: wholeCheck, key: textCheck, from: scalar, to: scalar },
  'task-added': { step: wholeCheck, task },
  warning: { step: wholeCheck, message: textCheck, advice: textCheck },
  'run-finished': { step: wholeCheck, reason: oneOf('steps-done', 'stopped') },
  timing: { step: wholeCheck, seconds: mapOf(numberCheck) },
};

/** What is wrong with the data as an event, or null. */
export function checkEvent(data: unknown): string | null {
  if (!isRecord(data)) return 'not an object.';
  const { type } = data;
  if (typeof type !== 'string' || !Object.hasOwn(EVENTS, type)) {
    return `unknown event type ${shown(type, 40)}.`;
  }
  const problem = object(EVENTS[type] ?? {})(data);
  return problem === null ? null : `${type}: ${problem}.`;
}
