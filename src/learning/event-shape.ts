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
  number,
  object,
  oneOf,
  orNull,
  scalar,
  text,
  whole,
  type Check,
  type Fields,
} from './shape.ts';

const rollout: Fields = {
  completion: text,
  tokens: listOf(whole),
  logProbs: listOf(number),
  finish: oneOf('eos', 'length'),
  reward: orNull(number),
  rewards: mapOf(orNull(number)),
  advantage: number,
};

/** An alignment record, as a log and a saved run hold it. */
export const record: Check = object({
  id: text,
  taskId: text,
  bornAt: whole,
  program: text,
  entryPoint: text,
  args: text,
  variables: listOf(object({ name: text, value: text })),
  answer: text,
  prompt: text,
});

const codeGroup = object({
  taskId: text,
  prompt: text,
  rollouts: listOf(object({ ...rollout, verdict: text })),
});
const alignmentGroup = object({
  record,
  rollouts: listOf(
    object({
      ...rollout,
      malformed: orNull(text),
      variables: listOf(object({ name: text, truth: text, predicted: orNull(text) })),
    }),
  ),
});
const group: Check = (v) => {
  if (!isRecord(v)) return fails('an object');
  if (v['kind'] === 'code') return codeGroup(v);
  return v['kind'] === 'alignment' ? alignmentGroup(v) : fails('a code or alignment group');
};

const interval: Check = (v) =>
  Array.isArray(v) && v.length === 2 ? listOf(number)(v) : fails('a pair of numbers');

const examples = listOf(object({ args: text, expected: text }));

/** A task as events and saved states carry it: what judges, prompts and readers rely on. */
export const task = object({
  id: text,
  description: text,
  prompt: text,
  entryPoint: text,
  visible: examples,
  hidden: examples,
  split: oneOf('train', 'heldout'),
  tags: listOf(text),
});

const EVENTS: Readonly<Record<string, Fields>> = {
  'run-started': {
    version: whole,
    config: mapOf(scalar),
    model: object({ name: text }),
    tasks: object({ train: whole, heldout: whole }),
  },
  'step-started': { step: whole, prompts: object({ code: whole, alignment: whole }) },
  rollouts: { step: whole, groups: listOf(group) },
  records: {
    step: whole,
    funnel: listOf(object({ gate: text, in: whole, out: whole })),
    added: whole,
    buffered: whole,
  },
  'step-finished': { step: whole, metrics: mapOf(number) },
  evaluation: {
    step: whole,
    metrics: mapOf(number),
    intervals: mapOf(interval),
    counts: optional(mapOf(mapOf(interval))),
  },
  changed: { step: whole, key: text, from: scalar, to: scalar },
  'task-added': { step: whole, task },
  warning: { step: whole, message: text, advice: text },
  'run-finished': { step: whole, reason: oneOf('steps-done', 'stopped') },
  timing: { step: whole, seconds: mapOf(number) },
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
