/**
 * Readers of the public benchmarks MBPP and CRUXEval as their authors publish them (JSONL, or a JSON list). They check and convert; they run
 * nothing. HumanEval and our own formats are in files.ts, which file is which in task-file.ts.
 */
import { parseLiteral } from '../sandbox/literal.ts';
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import { text } from './schema.ts';
import type { Example, Split, Task } from './types.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A call in an assertion, `assert f(ARGS) == EXPECTED` with literals on both sides, or null. */
function exampleOf(assertion: string, entryPoint: string): Example | null {
  const start = `assert ${entryPoint}(`;
  const line = assertion.trim();
  if (!line.startsWith(start)) return null;
  // The bracket that closes the call is the one after which the rest reads as a comparison with a literal.
  for (let at = line.indexOf(')', start.length); at >= 0; at = line.indexOf(')', at + 1)) {
    const rest = /^\)\s*==\s*(.*)$/s.exec(line.slice(at));
    if (!rest) continue;
    const [args, expected] = [line.slice(start.length, at), rest[1]!.trim()];
    const isLiteral = (source: string): boolean => !('malformed' in parseLiteral(source));
    if (isLiteral(args.trim() === '' ? '()' : `(${args},)`) && isLiteral(expected)) return { args, expected };
  }
  return null;
}

function list(raw: Row, field: string, place: TaskFilePlace): readonly string[] {
  const value = raw[field] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new TaskFileError(
    { ...place, field },
    'must be a list of texts.',
    'Use the file as it is published.',
  );
}

/** MBPP's own parts: 11 to 510 measure, the others train (1 to 10 were meant as examples, 511 to 600 to validate, 601 on to train). */
const splitOfMbpp = (id: number): Split => (id >= 11 && id <= 510 ? 'heldout' : 'train');

/** One row of MBPP, plain (text, test_setup_code) or sanitized (prompt, test_imports). @throws TaskFileError */
export function readMbpp(raw: Row, place: TaskFilePlace): Task {
  const number = raw['task_id'];
  if (!Number.isInteger(number))
    throw new TaskFileError(
      { ...place, field: 'task_id' },
      'must be a whole number.',
      'Use the file as it is published.',
    );
  const description = text(raw, raw['prompt'] === undefined ? 'text' : 'prompt', place)
    .replace(/\s+/g, ' ')
    .trim();
  const code = text(raw, 'code', place).replaceAll('\r\n', '\n').replaceAll('\t', '    ');
  const tests = list(raw, 'test_list', place);
  if (tests.length === 0)
    throw new TaskFileError({ ...place, field: 'test_list' }, 'is empty.', 'A problem needs tests.');
  const definitions = [...code.matchAll(/^def (\w+)\s*\(.*$/gm)];
  const definition = definitions.find((match) => new RegExp(`\\b${match[1]}\\s*\\(`).test(tests[0]!));
  if (!definition)
    throw new TaskFileError(
      { ...place, field: 'code' },
      'defines no function that the first test calls.',
      'Use the file as it is published.',
    );
  const entryPoint = definition[1]!;
  const setup = [...list(raw, 'test_imports', place), raw['test_setup_code']]
    .filter((part): part is string => typeof part === 'string' && part.trim() !== '')
    .join('\n');
  const header = definition[0].trimEnd();
  const shown = tests[0]!.trim().replaceAll('"""', "'''");
  const examples = tests.map((test) => exampleOf(test, entryPoint));
  const isPlain = setup === '' && examples.every((example) => example !== null);
  const before = code.slice(0, definition.index).trim();
  const solution = code.slice(definition.index + definition[0].length + 1);
  // The docstring stands as deep as the published body, so that one can follow the other.
  const indent = /^[ \t]+(?=\S)/m.exec(solution)?.[0] ?? '    ';
  const prompt = `${header}\n${indent}"""${description}\n${indent}${shown}\n${indent}"""\n`;
  return {
    id: `MBPP/${Number(number)}`,
    description,
    prompt,
    entryPoint,
    ...(isPlain
      ? { visible: examples.slice(0, 1), hidden: examples.slice(1), equality: 'python' }
      : { visible: [], hidden: [], check: checkOf(entryPoint, setup, tests) }),
    split: splitOfMbpp(Number(number)),
    tags: ['mbpp'],
    // With helpers or imports before it the function is not the whole program.
    ...(before === '' && header.endsWith(':') && solution.trim() !== '' ? { solution } : {}),
  } as Task;
}

/** The assertions as HumanEval puts them: `check(candidate)`. */
function checkOf(entryPoint: string, setup: string, tests: readonly string[]): string {
  const lines = tests.flatMap((test) => test.trim().split('\n'));
  return `${setup}\n\ndef check(candidate):\n    ${entryPoint} = candidate\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** One row of CRUXEval: a program and one input, whose output is to be predicted. It measures, nothing is trained on it. @throws TaskFileError */
export function readCruxEval(raw: Row, place: TaskFilePlace): Task {
  const id = text(raw, 'id', place);
  const code = text(raw, 'code', place).replaceAll('\r\n', '\n');
  const [args, expected] = [raw['input'], text(raw, 'output', place)];
  if (typeof args !== 'string')
    throw new TaskFileError(
      { ...place, field: 'input' },
      'must be text.',
      'Use the file as it is published.',
    );
  const definition = /^def (\w+)\(.*:[ \t]*$/m.exec(code);
  if (!definition)
    throw new TaskFileError(
      { ...place, field: 'code' },
      'defines no function.',
      'Use the file as it is published.',
    );
  const end = definition.index + definition[0].length + 1;
  return {
    id: `CRUXEval/${id}`,
    description: `What ${definition[1]}(...) returns`,
    prompt: code.slice(0, end),
    entryPoint: definition[1]!,
    visible: [{ args, expected }],
    hidden: [],
    split: 'heldout',
    tags: ['cruxeval'],
    solution: code.slice(end),
  };
}
