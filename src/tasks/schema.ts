/**
 * Checks one task from a file, field by field, and fills in what follows from the rest:
 * the description from the prompt's comment line, the entry point from its `def`.
 * Values are checked to be Python literals; whether they are true is for the sandbox.
 */
import { isRecord } from '../base/is-record.ts';
import { parseLiteral } from '../sandbox/literal.ts';
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import { shown } from '../base/shown.ts';
import { entryField, PROGRAM } from './entry.ts';
import type { Example, Split, StdinExample, Task } from './types.ts';

const KNOWN = [
  'id',
  'description',
  'prompt',
  'entryPoint',
  'visible',
  'hidden',
  'equality',
  'check',
  'stdin',
  'numbers',
  'split',
  'tags',
  'solution',
];

/**
 * A task from parsed JSON; examples may be `{args, expected}` or `[args, expected]`.
 * @throws TaskFileError at `place`
 */
export function readTask(raw: unknown, place: TaskFilePlace): Task {
  if (!isRecord(raw))
    throw new TaskFileError(
      place,
      'a task must be a JSON object.',
      'Give it at least "id", "prompt" and tests.',
    );
  const unknown = Object.keys(raw).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    throw new TaskFileError(
      { ...place, field: unknown },
      'is no field of a task.',
      `Fields are ${KNOWN.join(', ')}.`,
    );
  }
  const id = requiredText(raw, 'id', place);
  const prompt = requiredText(raw, 'prompt', place);
  const stdin = stdinField(raw, place);
  const entryPoint =
    stdin !== undefined
      ? PROGRAM
      : raw['entryPoint'] === undefined
        ? functionIn(prompt, place)
        : entryField(requiredText(raw, 'entryPoint', place), 'entryPoint', place);
  const equality = optionalText(raw, 'equality', place);
  if (equality !== undefined && equality !== 'python')
    throw new TaskFileError(
      { ...place, field: 'equality' },
      `is ${shown(equality)}.`,
      'Use "python" (what == says), or leave it out (exact type and value).',
    );
  const numbers = optionalText(raw, 'numbers', place);
  if (numbers !== undefined && (numbers !== 'close' || stdin === undefined))
    throw new TaskFileError(
      { ...place, field: 'numbers' },
      stdin === undefined
        ? 'is about what a program prints, and there is no "stdin".'
        : `is ${shown(numbers)}.`,
      'Use "close" beside "stdin" (fractions within 1e-8 and a relative 1e-5), or leave it out (exact values).',
    );
  const check = optionalText(raw, 'check', place);
  const solution = optionalText(raw, 'solution', place);
  const visible = examples(raw, 'visible', place);
  const hidden = examples(raw, 'hidden', place);
  if (stdin !== undefined) {
    const other = ['visible', 'hidden', 'check', 'equality', 'entryPoint'].find(
      (field) => raw[field] !== undefined && !(Array.isArray(raw[field]) && raw[field].length === 0),
    );
    if (other !== undefined && raw[other] !== PROGRAM)
      throw new TaskFileError(
        { ...place, field: other },
        'stands beside "stdin".',
        'A task is a whole program run on "stdin", or a function that is called: leave one of the two out.',
      );
  } else if (visible.length + hidden.length === 0 && check === undefined) {
    throw new TaskFileError(
      { ...place, field: 'hidden' },
      'a task needs tests.',
      'Give visible or hidden examples, a "check" program, or runs of the whole program as "stdin".',
    );
  }
  return {
    id,
    description: optionalText(raw, 'description', place) ?? commentOf(prompt) ?? id,
    prompt,
    entryPoint,
    visible,
    hidden,
    ...(equality === undefined ? {} : { equality }),
    ...(check === undefined ? {} : { check }),
    ...(stdin === undefined ? {} : { stdin }),
    ...(numbers === undefined ? {} : { numbers }),
    split: splitField(raw['split'], place),
    tags: tagsField(raw['tags'], place),
    ...(solution === undefined ? {} : { solution }),
  };
}

/** A required, non-empty text field. @throws TaskFileError */
export function requiredText(
  raw: Readonly<Record<string, unknown>>,
  field: string,
  place: TaskFilePlace,
): string {
  const value = raw[field];
  if (typeof value !== 'string' || value === '') {
    const problem = value === undefined ? 'is missing.' : value === '' ? 'is empty.' : 'must be text.';
    throw new TaskFileError({ ...place, field }, problem, 'Correct this line of the file and load it again.');
  }
  return value;
}

function optionalText(
  raw: Readonly<Record<string, unknown>>,
  field: string,
  place: TaskFilePlace,
): string | undefined {
  return raw[field] === undefined ? undefined : requiredText(raw, field, place);
}

function examples(raw: Readonly<Record<string, unknown>>, field: string, place: TaskFilePlace): Example[] {
  const list = raw[field] ?? [];
  if (!Array.isArray(list))
    throw new TaskFileError(
      { ...place, field },
      'must be a list.',
      'Write [["[1, 2]", "3"]] or [{"args": "[1, 2]", "expected": "3"}].',
    );
  return list.map((item: unknown, i) => {
    const at = `${field}[${i}]`;
    const pair: unknown[] = Array.isArray(item)
      ? item
      : isRecord(item)
        ? [item['args'], item['expected']]
        : [];
    const [args, expected] = pair;
    if (typeof args !== 'string')
      throw new TaskFileError(
        { ...place, field: `${at}.args` },
        'must be text.',
        'Write the arguments as Python literals, e.g. "[1, 2], \'ab\'".',
      );
    if (typeof expected !== 'string')
      throw new TaskFileError(
        { ...place, field: `${at}.expected` },
        'must be text.',
        'Write the value as a Python literal, e.g. "3".',
      );
    literal(args === '' ? '()' : `(${args},)`, `${at}.args`, place);
    literal(expected, `${at}.expected`, place);
    return { args, expected };
  });
}

/**
 * Runs of the whole program, `["input", "output"]` or
 * `{"input": ..., "output": ...}`; undefined where there is no such field.
 */
function stdinField(
  raw: Readonly<Record<string, unknown>>,
  place: TaskFilePlace,
): readonly StdinExample[] | undefined {
  const list = raw['stdin'];
  if (list === undefined) return undefined;
  const advice = 'Write [["1 2\\n", "3\\n"]] or [{"input": "1 2\\n", "output": "3\\n"}].';
  if (!Array.isArray(list) || list.length === 0)
    throw new TaskFileError({ ...place, field: 'stdin' }, 'must be a list of runs.', advice);
  return list.map((item: unknown, i) => {
    const [input, output]: unknown[] = Array.isArray(item)
      ? item
      : isRecord(item)
        ? [item['input'], item['output']]
        : [];
    if (typeof input === 'string' && typeof output === 'string') return { input, output };
    throw new TaskFileError({ ...place, field: `stdin[${i}]` }, 'must be two texts.', advice);
  });
}

function literal(source: string, field: string, place: TaskFilePlace): void {
  const value = parseLiteral(source);
  if ('malformed' in value) {
    throw new TaskFileError(
      { ...place, field },
      `is not a Python literal (${value.malformed}).`,
      'Only plain values may stand in tests, no names or calls.',
    );
  }
}

function splitField(value: unknown, place: TaskFilePlace): Split {
  if (value === undefined || value === 'train') return 'train';
  if (value === 'heldout') return 'heldout';
  throw new TaskFileError({ ...place, field: 'split' }, `is ${shown(value)}.`, 'Use "train" or "heldout".');
}

function tagsField(value: unknown, place: TaskFilePlace): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return value;
  throw new TaskFileError(
    { ...place, field: 'tags' },
    'must be a list of texts.',
    'Write ["list", "sum"], or leave it out.',
  );
}

function functionIn(prompt: string, place: TaskFilePlace): string {
  const names = [...prompt.matchAll(/^def (\w+)\(/gm)];
  const last = names.at(-1)?.[1];
  if (last === undefined)
    throw new TaskFileError(
      { ...place, field: 'entryPoint' },
      'is missing and the prompt defines no function.',
      'Name the function that the tests call.',
    );
  return last;
}

/** The first comment line of a prompt, without its sign. */
function commentOf(prompt: string): string | undefined {
  return /^# ?(.+)$/m.exec(prompt)?.[1];
}
