/**
 * Whether data read from a file has the shape of a trainer event: the fields that readers (charts, replay, statistics) rely on. Not a
 * validator of meaning.
 */

type Check = (value: unknown) => string | null;
type Fields = Readonly<Record<string, Check>>;

const fails = (what: string): string => `should be ${what}`;
const text: Check = (v) => (typeof v === 'string' ? null : fails('a text'));
const number: Check = (v) => (typeof v === 'number' && Number.isFinite(v) ? null : fails('a number'));
const whole: Check = (v) => (Number.isSafeInteger(v) && (v as number) >= 0 ? null : fails('a whole number'));
const anything: Check = () => null;
const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

const object =
  (fields: Fields): Check =>
  (v) => {
    if (!isObject(v)) return fails('an object');
    for (const [key, check] of Object.entries(fields)) {
      const problem = check(Object.hasOwn(v, key) ? v[key] : undefined);
      if (problem !== null) return `${key}: ${problem}`;
    }
    return null;
  };
const listOf =
  (check: Check): Check =>
  (v) => {
    if (!Array.isArray(v)) return fails('a list');
    for (const [i, item] of v.entries()) {
      const problem = check(item);
      if (problem !== null) return `[${i}] ${problem}`;
    }
    return null;
  };
const mapOf =
  (check: Check): Check =>
  (v) => {
    if (!isObject(v)) return fails('an object');
    for (const [key, item] of Object.entries(v)) {
      const problem = check(item);
      if (problem !== null) return `${key}: ${problem}`;
    }
    return null;
  };
const orNull =
  (check: Check): Check =>
  (v) =>
    v === null ? null : check(v);
const oneOf =
  (...choices: readonly string[]): Check =>
  (v) =>
    typeof v === 'string' && choices.includes(v) ? null : fails(`one of ${choices.join(', ')}`);

const rollout: Fields = {
  completion: text,
  tokens: listOf(whole),
  logProbs: listOf(number),
  finish: oneOf('eos', 'length'),
  reward: orNull(number),
  rewards: mapOf(orNull(number)),
  advantage: number,
};

const codeGroup = object({
  taskId: text,
  prompt: text,
  rollouts: listOf(object({ ...rollout, verdict: text })),
});
const alignmentGroup = object({
  record: object({
    id: text,
    taskId: text,
    bornAt: whole,
    program: text,
    args: text,
    answer: text,
    prompt: text,
  }),
  rollouts: listOf(
    object({
      ...rollout,
      malformed: orNull(text),
      variables: listOf(object({ name: text, truth: text, predicted: orNull(text) })),
    }),
  ),
});
const group: Check = (v) => {
  if (!isObject(v)) return fails('an object');
  if (v['kind'] === 'code') return codeGroup(v);
  return v['kind'] === 'alignment' ? alignmentGroup(v) : fails('a code or alignment group');
};

const interval: Check = (v) =>
  Array.isArray(v) && v.length === 2 ? listOf(number)(v) : fails('a pair of numbers');

const EVENTS: Readonly<Record<string, Fields>> = {
  'run-started': {
    version: whole,
    config: mapOf(anything),
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
  evaluation: { step: whole, metrics: mapOf(number), intervals: mapOf(interval) },
  changed: { step: whole, key: text, from: anything, to: anything },
  warning: { step: whole, message: text, advice: text },
  'run-finished': { step: whole, reason: oneOf('steps-done', 'stopped') },
  timing: { step: whole, seconds: mapOf(number) },
};

/** What is wrong with the data as an event, or null. */
export function checkEvent(data: unknown): string | null {
  if (!isObject(data)) return 'not an object.';
  const { type } = data;
  if (typeof type !== 'string' || !Object.hasOwn(EVENTS, type)) {
    return `unknown event type ${JSON.stringify(type)?.slice(0, 40)}.`;
  }
  const problem = object(EVENTS[type] ?? {})(data);
  return problem === null ? null : `${type}: ${problem}.`;
}
