/**
 * Which form a row of a file is in, told by its fields, and which reader reads it. A row in none of them
 * is refused with its line, and those of well-known sets with the reason why they cannot be judged here.
 */
import { readContest, readLcbGeneration } from './contests.ts';
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import { readCruxEval, readLcbExecution } from './execution.ts';
import type { FormRow, ReadForm, Row } from './form.ts';
import { readEvalPlus, readHumanEval } from './humaneval.ts';
import { readMbpp } from './mbpp.ts';
import { readTask } from './schema.ts';
import { shown } from '../base/shown.ts';

/** For messages and help. */
export const FORMS_READ =
  'HumanEval and HumanEval+, MBPP, MBPP sanitized and MBPP+, LeetCodeDataset, LiveCodeBench (code generation, execution), APPS, TACO, CRUXEval, own JSONL';

const FORMS: readonly { readonly fields: readonly string[]; readonly read: ReadForm }[] = [
  { fields: ['base_input', 'plus_input'], read: readEvalPlus },
  { fields: ['test_list'], read: readMbpp },
  { fields: ['question_content', 'public_test_cases'], read: readLcbGeneration },
  { fields: ['question', 'input_output'], read: readContest },
  { fields: ['code', 'input', 'output', 'function_name'], read: readLcbExecution },
  { fields: ['code', 'input', 'output'], read: readCruxEval },
  { fields: ['task_id', 'prompt', 'entry_point'], read: readHumanEval },
  { fields: ['task_id', 'prompt', 'test'], read: readHumanEval },
  { fields: ['entry_point', 'test', 'prompt'], read: readHumanEval },
];

/** Sets whose rows are known, and known not to be judged here. */
const REFUSED: readonly { readonly fields: readonly string[]; readonly why: string }[] = [
  {
    fields: ['complete_prompt', 'instruct_prompt'],
    why: 'is a row of BigCodeBench, whose tests are unittest classes over packages that are not here.',
  },
  {
    fields: ['question_content', 'test', 'test_id'],
    why: 'is a row of LiveCodeBench’s test output prediction, which has no program to judge.',
  },
  {
    fields: ['public_tests', 'private_tests'],
    why: 'is a row of CodeContests, whose tests accept several answers that only its own checkers know.',
  },
  {
    fields: ['code_context', 'reference_code'],
    why: 'is a row of DS-1000, whose tests need packages that are not here.',
  },
];

const has = (row: Row, fields: readonly string[]): boolean =>
  fields.every((field) => row[field] !== undefined);
const OWN = ['id', 'visible', 'hidden', 'check', 'stdin', 'entryPoint'];

const readOwn: ReadForm = ({ raw, place }) => readTask(raw, place);

/**
 * The reader of a row's form; null where it is in none. @throws TaskFileError for a
 * set that is known not to be judged
 */
export function formOf(raw: Row, place: TaskFilePlace): ReadForm | null {
  const refused = REFUSED.find(({ fields }) => has(raw, fields));
  if (refused) throw new TaskFileError(place, refused.why, `Read are ${FORMS_READ}.`);
  const form = FORMS.find(({ fields }) => has(raw, fields));
  if (form) return form.read;
  return OWN.some((field) => raw[field] !== undefined) ? readOwn : null;
}

/** Reads a row whose form nobody knows by that of the file's first row, which then says what is missing. */
export function readUnknown(row: FormRow, first: ReadForm | null): ReturnType<ReadForm> {
  if (first !== null) return first(row);
  const fields = Object.keys(row.raw);
  const named = fields.slice(0, 8).map((field) => shown(field, 30));
  throw new TaskFileError(
    row.place,
    fields.length === 0 ? 'is empty.' : `is in no form that is read (its fields are ${named.join(', ')}).`,
    `Read are ${FORMS_READ}.`,
  );
}
