/**
 * Rows of contest problems: LiveCodeBench's code generation, APPS and TACO. Either the
 * whole program is run on a text (`stdin`), or a function is called, usually
 * `Solution().name`. How answers are compared is the suites' own rule, in comments below.
 */
import { isRecord } from '../base/is-record.ts';
import checkContest from '#raw/tasks/python/check_contest.py';
import checkLiveCodeBench from '#raw/tasks/python/check_livecodebench.py';
import { entryField, PROGRAM } from './entry.ts';
import {
  asComment,
  fieldError,
  firstSentence,
  idField,
  jsonField,
  pythonText,
  splitOfName,
  textOrNone,
  withValues,
  type FormRow,
  type Row,
  type RowPlace,
} from './form.ts';
import { privateTests } from './private-tests.ts';
import { requiredText } from './schema.ts';
import type { StdinExample, Task } from './types.ts';

/**
 * Names that the suites' harnesses bring into every program, so that `List` or `sqrt`
 * need no import. LiveCodeBench's list of modules, in its order (later ones win).
 */
const STARRED =
  'string re datetime collections heapq bisect copy math random statistics itertools functools operator io sys json builtins typing';
const IMPORTED = STARRED.split(' ').filter((name) => name !== 'builtins' && name !== 'typing');
const STARS = STARRED.split(' ')
  .map((name) => `from ${name} import *`)
  .join('\n');
/**
 * LiveCodeBench's harness lets programs recurse 50,000 deep without a word of their own. That of APPS and
 * TACO does not, and has two modules more; their numpy is not here.
 */
const PREAMBLES = {
  livecodebench: `${STARS}\nimport ${IMPORTED.join(', ')}\nsys.setrecursionlimit(50000)\n`,
  apps: `${STARS}\nimport ${[...IMPORTED, 'fractions', 'time'].join(', ')}\n`,
};

interface Problem {
  readonly id: string;
  readonly statement: string;
  readonly starter: string;
  readonly tag: 'livecodebench' | 'apps';
}

/**
 * What is asked stands before the program as a comment, after the imports: the
 * completion is the whole program.
 */
function taskOf(
  problem: Problem,
  place: RowPlace,
  tests: Partial<Task> & { readonly entryPoint: string },
): Task {
  const { id, statement, starter, tag } = problem;
  const asked = starter.trim() === '' ? statement : `${statement.trim()}\n\n${starter}`;
  return {
    id,
    description: firstSentence(statement)?.slice(0, 300) ?? id,
    prompt: `${PREAMBLES[tag]}\n${asComment(asked)}\n\n`,
    visible: [],
    hidden: [],
    split: tag === 'livecodebench' ? 'heldout' : splitOfName(place.file),
    tags: [tag],
    ...tests,
  };
}

/** A method of `Solution` where the starter code has that class, as on LeetCode; else a function. */
function entryOf(name: string, starter: string, field: string, place: RowPlace): string {
  return entryField(/\bclass\s+Solution\b/.test(starter) ? `Solution().${name}` : name, field, place);
}

interface LcbTest {
  readonly input: string;
  readonly output: string;
  readonly testtype: 'stdin' | 'functional';
}

/**
 * A row of LiveCodeBench's code generation: public tests first, then the private ones. @throws TaskFileError
 */
export async function readLcbGeneration({ raw, place }: FormRow): Promise<Task> {
  const starter = textOrNone(raw, 'starter_code', place);
  const problem: Problem = {
    id: `LiveCodeBench/${idField(raw, 'question_id', place)}`,
    statement: requiredText(raw, 'question_content', place),
    starter,
    tag: 'livecodebench',
  };
  const hidden = raw['private_test_cases'] === undefined ? [] : await privateTests(raw, place);
  const tests = [
    ...lcbTests(jsonField(raw, 'public_test_cases', place), 'public_test_cases', place),
    ...lcbTests(hidden, 'private_test_cases', place),
  ];
  if (tests.length === 0) fieldError(place, 'public_test_cases', 'is empty.', 'A problem needs tests.');
  const kinds = new Set(tests.map(({ testtype }) => testtype));
  if (kinds.size > 1) fieldError(place, 'public_test_cases', 'mixes stdin and functional tests.');
  if (kinds.has('stdin')) {
    const stdin = tests.map(({ input, output }): StdinExample => ({ input, output }));
    return taskOf(problem, place, { entryPoint: PROGRAM, stdin });
  }
  const metadata = jsonField(raw, 'metadata', place);
  const name = isRecord(metadata) ? metadata['func_name'] : undefined;
  if (typeof name !== 'string')
    fieldError(place, 'metadata', 'names no func_name, which functional tests call.');
  const entryPoint = entryOf(name, starter, 'metadata', place);
  return taskOf(problem, place, { entryPoint, check: lcbCheck(tests) });
}

function lcbTests(value: unknown, field: string, place: RowPlace): readonly LcbTest[] {
  const isTest = (test: unknown): test is LcbTest =>
    isRecord(test) &&
    typeof test['input'] === 'string' &&
    typeof test['output'] === 'string' &&
    (test['testtype'] === 'stdin' || test['testtype'] === 'functional');
  if (Array.isArray(value) && value.every(isTest)) return value;
  return fieldError(
    place,
    field,
    'is no list of tests with input, output and testtype (stdin or functional).',
  );
}

/**
 * As LiveCodeBench grades calls: each line of the input is an argument in JSON; a
 * tuple counts as the list of its items; then `==`.
 */
const lcbCheck = (tests: readonly LcbTest[]): string =>
  withValues(checkLiveCodeBench, {
    _TESTS: `[${tests.map(({ input, output }) => `(${pythonText(input)}, ${pythonText(output)})`).join(', ')}]`,
  });

/**
 * A row of APPS or TACO: `input_output` is JSON text with inputs and outputs, and
 * fn_name where a function is called. @throws TaskFileError
 */
export function readContest({ raw, place, index }: FormRow): Task {
  const starter = textOrNone(raw, 'starter_code', place);
  const isApps = raw['problem_id'] !== undefined || raw['id'] !== undefined;
  const number = isApps ? idField(raw, raw['problem_id'] === undefined ? 'id' : 'problem_id', place) : index;
  const problem: Problem = {
    id: `${isApps ? 'APPS' : 'TACO'}/${number}`,
    statement: requiredText(raw, 'question', place),
    starter,
    tag: 'apps',
  };
  const tests = contestTests(raw, place);
  const { fn_name: name } = tests;
  if (name === undefined || name === null || name === '') {
    const stdin = tests.inputs.map((input, i): StdinExample => ({
      input: asText(input, `inputs[${i}]`, place),
      output: asText(tests.outputs[i], `outputs[${i}]`, place),
    }));
    return taskOf(problem, place, { entryPoint: PROGRAM, stdin, numbers: 'close' });
  }
  if (typeof name !== 'string') fieldError(place, 'input_output', 'has a fn_name that is no text.');
  if (!tests.inputs.every(Array.isArray))
    fieldError(place, 'input_output', 'has inputs that are no lists of arguments.');
  const source = typeof raw['input_output'] === 'string' ? raw['input_output'] : JSON.stringify(tests);
  const entryPoint = entryOf(name, starter, 'input_output', place);
  return taskOf(problem, place, { entryPoint, check: contestCheck(source) });
}

interface ContestTests {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
  readonly fn_name?: unknown;
}

function contestTests(raw: Row, place: RowPlace): ContestTests {
  if (raw['input_output'] === '' || raw['input_output'] === null)
    fieldError(
      place,
      'input_output',
      'is empty: the problem has no tests.',
      'Take this line out of the file.',
    );
  const value = jsonField(raw, 'input_output', place);
  const { inputs, outputs } = isRecord(value) ? value : {};
  if (!Array.isArray(inputs) || !Array.isArray(outputs) || inputs.length !== outputs.length)
    fieldError(place, 'input_output', 'holds no inputs and outputs of one length.');
  if (inputs.length === 0)
    fieldError(place, 'input_output', 'has no tests.', 'Take this line out of the file.');
  return value as unknown as ContestTests;
}

/** A text, or a list of its lines. */
function asText(value: unknown, at: string, place: RowPlace): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value.join('\n');
  return fieldError(place, 'input_output', `has ${at}, which is neither text nor a list of lines.`);
}

/**
 * As APPS and TACO grade calls: equal to the output, or to the only item of an output
 * that is a list (most are wrapped so); tuples count as lists, at the top and one
 * level below; keys of a dictionary, which JSON makes texts, are whole numbers again.
 */
const contestCheck = (source: string): string => withValues(checkContest, { _TESTS: pythonText(source) });
