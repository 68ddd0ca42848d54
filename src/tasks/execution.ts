/**
 * Rows of benchmarks that ask what a program gives. In CRUXEval `input` is what stands in the brackets of
 * `f`; in LiveCodeBench's execution rows `input` is the whole call and `function_name` names the function.
 * Each row has a program and one input with its output. The rows are for measuring; nothing is trained on
 * them.
 */
import { parseLiteral } from '../sandbox/literal.ts';
import { fieldError, idField, textOrNone, type FormRow } from './form.ts';
import { requiredText } from './schema.ts';
import { functionsIn } from './signature.ts';
import type { Task } from './types.ts';

/** @throws TaskFileError */
export function readCruxEval(row: FormRow): Task {
  const { raw, place } = row;
  if (typeof raw['input'] !== 'string') fieldError(place, 'input', 'must be text.');
  // The set asks for `f(input)`, whatever stands before it.
  const functions = functionsIn(codeOf(row));
  const head = functions.find(({ name }) => name === 'f') ?? functions[0];
  if (!head) fieldError(place, 'code', 'defines no function.');
  const args = textOrNone(raw, 'input', place);
  return executionTask(row, 'CRUXEval', idField(raw, 'id', place), head.name, args);
}

/** @throws TaskFileError where `input` is no call of the function, or the function is not in `code` */
export function readLcbExecution(row: FormRow): Task {
  const { raw, place } = row;
  const name = requiredText(raw, 'function_name', place);
  const call = requiredText(raw, 'input', place).trim();
  if (!call.startsWith(`${name}(`) || !call.endsWith(')'))
    fieldError(place, 'input', `is no call of ${name}.`, `Write ${name}(...).`);
  const args = call.slice(name.length + 1, -1);
  return executionTask(row, 'LiveCodeBench', idField(raw, 'id', place), name, args);
}

const codeOf = ({ raw, place }: FormRow): string => requiredText(raw, 'code', place).replaceAll('\r\n', '\n');

function executionTask(row: FormRow, set: string, id: string, name: string, args: string): Task {
  const { raw, place } = row;
  const code = codeOf(row);
  // Python keeps the last of two definitions.
  const head = functionsIn(code).findLast((found) => found.name === name);
  if (!head) fieldError(place, 'code', `defines no function ${name}.`);
  const expected = requiredText(raw, 'output', place);
  const rest = code.slice(head.end);
  const line = /^[^\S\n]*(?:#[^\n]*)?\n/.exec(rest)?.[0] ?? '';
  const isLiteral = !('malformed' in parseLiteral(expected));
  return {
    id: `${set}/${id}`,
    description: `What ${name}(...) returns`,
    prompt: code.slice(0, head.end) + line,
    entryPoint: name,
    // Both sets compare with `==`. What is no literal (an Enum, bytes) is for Python to evaluate.
    ...(isLiteral
      ? { visible: [{ args, expected }], hidden: [], equality: 'python' }
      : {
          visible: [],
          hidden: [],
          check: `def check(candidate):\n    assert candidate(${args}) == ${expected}\n`,
        }),
    split: 'heldout',
    tags: [set === 'CRUXEval' ? 'cruxeval' : 'livecodebench'],
    solution: rest.slice(line.length),
  };
}
