/**
 * The format `json`, for general models: a question in words whose answer ends in one line with an object
 * of final values. It holds no trajectory; what a model writes before the last line is its own business.
 */
import { parseAnswer, toLiteral } from '../../sandbox/literal.ts';
import type { Value } from '../../sandbox/value.ts';
import { oneLine } from '../../base/shown.ts';
import { returnName, type AlignmentFormat, type ParsedAnswer } from './types.ts';

/** Shown to the model; valid JSON, which a test checks. */
export const exampleAnswer = '{"total": 7, "seen": [2, 5], "return": 7}';

/** With room for reasoning before the line. */
export const jsonFormat = format('json', [
  'Work out by hand what this Python program computes. It may contain mistakes; report what it really does, not what it was meant to do.',
  'Finish with one line that holds a JSON object and nothing else, for example:',
]);

/** The line and nothing else, for models whose reasoning only costs tokens. */
export const directJsonFormat = format('json-direct', [
  'Say what this Python program computes. It may contain mistakes; report what it really does, not what it was meant to do.',
  'Answer with one line that holds a JSON object and write nothing else, for example:',
]);

function format(name: string, [task, ending]: readonly [string, string]): AlignmentFormat {
  return {
    name,
    needsTrajectory: false,

    prompt: ({ program, entryPoint, args }) =>
      [
        task,
        '',
        '```python',
        program.trim(),
        '```',
        '',
        `Call: ${entryPoint}(${args})`,
        '',
        `For each variable assigned inside ${entryPoint}, give the value it was given last, and under "${returnName}" what the call returns.`,
        ending,
        exampleAnswer,
        'If a value is a tuple or a set, write the whole line as a Python dict instead.',
        '',
      ].join('\n'),

    answer({ variables, returned }) {
      const finals = variables.map(({ name, value }) => [name, value] as const);
      return objectLine(returned === null ? finals : [...finals, [returnName, returned]]);
    },

    parse: parseJsonLine,

    lines: (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [],
  };
}

function objectLine(finals: readonly (readonly [string, Value])[]): string {
  const json = finals.map(([name, value]) => [JSON.stringify(name), toJson(value)] as const);
  if (json.every(([, value]) => value !== null)) return `{${json.map((pair) => pair.join(': ')).join(', ')}}`;
  const entries = finals.map(([name, value]): [Value, Value] => [{ type: 'str', value: name }, value]);
  return toLiteral({ type: 'dict', entries });
}

/** JSON text that reads back as the same value, or null where JSON has none. */
function toJson(value: Value): string | null {
  switch (value.type) {
    case 'none':
      return 'null';
    case 'bool':
      return String(value.value);
    case 'int':
      return String(value.value);
    case 'float':
      return typeof value.value === 'number' || value.value === '-0.0' ? toLiteral(value) : null;
    case 'str':
      return value.rest ? null : JSON.stringify(value.value);
    case 'list': {
      const items = value.items.map(toJson);
      return value.rest || items.includes(null) ? null : `[${items.join(', ')}]`;
    }
    case 'dict': {
      const entries = value.entries.map(([key, item]) => {
        const written = toJson(item);
        return key.type !== 'str' || key.rest || written === null
          ? null
          : `${JSON.stringify(key.value)}: ${written}`;
      });
      return value.rest || value.of || entries.includes(null) ? null : `{${entries.join(', ')}}`;
    }
    default:
      return null;
  }
}

function parseJsonLine(text: string): ParsedAnswer {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^```\w*$/.test(line));
  const last = lines.at(-1);
  if (last === undefined) return { malformed: 'the answer is empty' };
  if (lines.filter((line) => line.startsWith('{') && line.endsWith('}')).length > 1)
    return { malformed: 'two answers' };
  const value = parseAnswer(last);
  if ('malformed' in value) return { malformed: `the last line is no object: ${value.malformed}` };
  if (value.type !== 'dict') return { malformed: 'the last line is no object' };
  const values = new Map<string, Value>();
  for (const [key, item] of value.entries) {
    if (key.type !== 'str') return { malformed: 'a name that is no text' };
    if (values.has(key.value)) return { malformed: `${oneLine(key.value, 40)} has two values` };
    values.set(key.value, item);
  }
  return { values };
}
