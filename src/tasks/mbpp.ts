/**
 * Rows of MBPP as its authors publish it (`text`, `test_setup_code`), of its
 * sanitized part (`prompt`, `test_imports`), and of the Hub's MBPP+ (a sanitized row
 * with a program `test` that holds many more inputs).
 */
import checkProgram from '#raw/tasks/python/check_program.py';
import { parseLiteral } from '../sandbox/literal.ts';
import { fieldError, pythonText, textsField, withValues, type FormRow } from './form.ts';
import { requiredText } from './schema.ts';
import { functionsIn } from './signature.ts';
import type { Example, Split, Task } from './types.ts';

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

/**
 * MBPP's own parts: 11 to 510 measure, the others train (1 to 10 were meant as
 * examples, 511 to 600 to validate, 601 on to train).
 */
const splitOfMbpp = (id: number): Split => (id >= 11 && id <= 510 ? 'heldout' : 'train');

/** @throws TaskFileError */
export function readMbpp({ raw, place }: FormRow): Task {
  const number = raw['task_id'];
  if (!Number.isInteger(number)) fieldError(place, 'task_id', 'must be a whole number.');
  const description = requiredText(raw, raw['prompt'] === undefined ? 'text' : 'prompt', place)
    .replace(/\s+/g, ' ')
    .trim();
  const code = requiredText(raw, 'code', place).replaceAll('\r\n', '\n').replaceAll('\t', '    ');
  const tests = textsField(raw, 'test_list', place).map((test) => test.replaceAll('\r\n', '\n'));
  if (tests.length === 0) fieldError(place, 'test_list', 'is empty.', 'A problem needs tests.');
  const functions = functionsIn(code);
  const called = (name: string, test: string): boolean => new RegExp(`(?<![\\w.])${name}\\s*\\(`).test(test);
  const definition =
    functions.find(({ name }) => tests.every((test) => called(name, test))) ??
    functions.find(({ name }) => called(name, tests[0]!));
  if (!definition) fieldError(place, 'code', 'defines no function that the first test calls.');
  const { name: entryPoint, begin, end } = definition;
  const setup = [...textsField(raw, 'test_imports', place), raw['test_setup_code']]
    .filter((part): part is string => typeof part === 'string' && part.trim() !== '')
    .join('\n');
  const plus = raw['test'] === undefined ? null : requiredText(raw, 'test', place);
  const header = code.slice(begin, end).trimEnd();
  const shown = tests[0]!.trim().replaceAll('"""', "'''");
  const examples = tests.map((test) => exampleOf(test, entryPoint));
  const isPlain = plus === null && setup === '' && examples.every((example) => example !== null);
  const before = code.slice(0, begin).trim();
  const solution = code.slice(end).replace(/^[^\S\n]*\n/, '');
  // The docstring stands as deep as the published body, so that one can follow the other.
  const indent = /^[ \t]+(?=\S)/m.exec(solution)?.[0] ?? '    ';
  const prompt = `${header}\n${indent}"""${description}\n${indent}${shown}\n${indent}"""\n`;
  const check = plus === null ? checkOf(entryPoint, setup, tests) : programCheck(entryPoint, plus);
  return {
    id: `MBPP/${Number(number)}`,
    description,
    prompt,
    entryPoint,
    ...(isPlain
      ? { visible: examples.slice(0, 1), hidden: examples.slice(1), equality: 'python' }
      : { visible: [], hidden: [], check }),
    split: splitOfMbpp(Number(number)),
    tags: ['mbpp'],
    // With helpers or imports before it, or on one line with its head, the function is not the whole program.
    ...(before === '' && /^[^\S\n]*\n/.test(code.slice(end)) && solution.trim() !== '' ? { solution } : {}),
  } as Task;
}

/** The assertions as HumanEval puts them: `check(candidate)`. */
function checkOf(entryPoint: string, setup: string, tests: readonly string[]): string {
  const lines = tests.flatMap((test) => test.trim().split('\n'));
  return `${setup}\n\ndef check(candidate):\n    ${entryPoint} = candidate\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/**
 * A test that is a program of its own and calls the function by its name (EvalPlus'
 * `test`), as HumanEval puts it.
 */
const programCheck = (entryPoint: string, program: string): string =>
  withValues(checkProgram, { _PROGRAM: pythonText(program), _NAME: pythonText(entryPoint) });
