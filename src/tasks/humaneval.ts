/**
 * Rows in HumanEval's form: a prompt, an entry point and a test program that defines
 * `check(candidate)`. HumanEval, the Hub's HumanEval+, LeetCodeDataset (`Solution().twoSum`),
 * and EvalPlus' own file of HumanEval+ (inputs, and a reference that says what is right).
 */
import checkEvalPlus from '#raw/tasks/python/check_evalplus.py';
import { entryField, entryNames, isNested } from './entry.ts';
import {
  asComment,
  fieldError,
  firstSentence,
  pythonText,
  splitOfName,
  withValues,
  type FormRow,
} from './form.ts';
import { requiredText } from './schema.ts';
import type { Task } from './types.ts';

/** A row with `test`. Problems of HumanEval measure, nothing is trained on them. @throws TaskFileError */
export function readHumanEval({ raw, place }: FormRow): Task {
  const id = requiredText(raw, 'task_id', place);
  const prompt = requiredText(raw, 'prompt', place).replaceAll('\r\n', '\n');
  const entryPoint = entryField(requiredText(raw, 'entry_point', place), 'entry_point', place);
  const test = requiredText(raw, 'test', place);
  if (!/^[ \t]*(?:async[ \t]+)?def[ \t]+check[ \t]*\(|^[ \t]*check[ \t]*=/m.test(test))
    fieldError(place, 'test', 'defines no check(candidate).', 'Only such test programs are run.');
  const isLeetCode = isNested(entryPoint) && entryNames(entryPoint)![0] === 'Solution';
  const field = raw['canonical_solution'] === undefined && isLeetCode ? 'completion' : 'canonical_solution';
  const solution = raw[field];
  if (solution !== undefined && solution !== null && typeof solution !== 'string')
    fieldError(place, field, 'must be text.', 'Correct it or leave it out.');
  const statement = raw['problem_description'];
  return {
    id,
    description:
      (typeof statement === 'string' ? firstSentence(statement) : docstringOf(prompt, entryPoint)) ?? id,
    prompt: typeof statement === 'string' ? withStatement(prompt, statement, raw['starter_code']) : prompt,
    entryPoint,
    visible: [],
    hidden: [],
    check: test,
    split: isLeetCode ? splitOfName(place.file) : 'heldout',
    tags: [isLeetCode ? 'leetcode' : 'humaneval'],
    ...(typeof solution === 'string' ? { solution } : {}),
  };
}

/**
 * LeetCodeDataset's prompt is imports and helpers alone; what is asked stands beside
 * it. A comment changes nothing in the program.
 */
function withStatement(prompt: string, statement: string, starter: unknown): string {
  const asked =
    typeof starter === 'string' && starter.trim() !== '' ? `${statement}\n\n${starter}` : statement;
  return `${prompt.trimEnd()}\n\n${asComment(asked)}\n\n`;
}

/** The first sentence of the entry point's docstring. */
function docstringOf(prompt: string, entryPoint: string): string | undefined {
  const name = entryNames(entryPoint)?.at(-1) ?? entryPoint;
  const body = prompt.slice(Math.max(0, prompt.indexOf(`def ${name}(`)));
  const quote = /"""|'''/.exec(body);
  if (quote === null) return undefined;
  const start = quote.index + 3;
  const end = body.indexOf(quote[0], start);
  return firstSentence(body.slice(start, end < 0 ? undefined : end));
}

/**
 * EvalPlus' own HumanEvalPlus.jsonl: `base_input` and `plus_input` are lists of arguments, and
 * what is right is what `canonical_solution` gives. Compared as EvalPlus does: equal, or floats
 * within `atol` (1e-6 where it is 0) and a relative 1e-7; for find_zero the value of the
 * polynomial. The arguments are read by Python from the row's own text. @throws TaskFileError
 */
export function readEvalPlus({ raw, place, source }: FormRow): Task {
  const id = requiredText(raw, 'task_id', place);
  if (/^mbpp/i.test(id))
    fieldError(
      place,
      'base_input',
      'has lost the tuples and sets of MBPP’s arguments: JSON has lists alone.',
      'Use the Hub’s evalplus/mbppplus, whose rows hold their tests as Python (test_list, test).',
    );
  for (const field of ['base_input', 'plus_input'])
    if (!Array.isArray(raw[field]) || !raw[field].every(Array.isArray))
      fieldError(place, field, 'must be a list of lists of arguments.');
  if (typeof raw['atol'] !== 'number') fieldError(place, 'atol', 'must be a number.');
  const prompt = requiredText(raw, 'prompt', place);
  const entryPoint = entryField(requiredText(raw, 'entry_point', place), 'entry_point', place);
  return {
    id,
    description: docstringOf(prompt, entryPoint) ?? id,
    prompt,
    entryPoint,
    visible: [],
    hidden: [],
    check: evalPlusCheck(source),
    split: 'heldout',
    tags: ['humaneval'],
    solution: requiredText(raw, 'canonical_solution', place),
  };
}

const evalPlusCheck = (row: string): string => withValues(checkEvalPlus, { _ROW: pythonText(row) });
