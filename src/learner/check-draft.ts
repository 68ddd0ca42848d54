/**
 * Checks whether a task, as its writer has it so far, can be learned on: the signature is one function, the
 * tests are Python literals, the reference runs and agrees with them, and the prompt leaves room for an
 * answer. Programs run in the sandbox alone.
 */
import { equalValues } from '../sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../sandbox/literal.ts';
import type { CallResult, Sandbox } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';
import type { CheckedDraft, CheckedTest, Draft, DraftProblem } from './questions.ts';

export interface DraftContext {
  readonly sandbox: Sandbox;
  /** Tokens of a prompt that leave room for a completion. */
  readonly fits: (prompt: string) => boolean;
}

const SIGNATURE = /^def ([A-Za-z_]\w*)\(([^()]*)\)\s*(?:->[^:]*)?:$/;
/** Tests that the reader and the alignment records see; the others are hidden, as in the built-in tasks. */
const VISIBLE = 3;

/** The text that the policy continues. */
const draftPrompt = (draft: Pick<Draft, 'description' | 'signature'>): string =>
  `# ${draft.description.trim().replace(/\s+/g, ' ')}\n${draft.signature.trim()}`;

export async function checkDraft(draft: Draft, { sandbox, fits }: DraftContext): Promise<CheckedDraft> {
  const problems: DraftProblem[] = [];
  const say = (field: DraftProblem['field'], kind: DraftProblem['kind'], message = '') =>
    problems.push({ field, kind, message });
  const prompt = draftPrompt(draft);
  const entryPoint = SIGNATURE.exec(draft.signature.trim())?.[1] ?? null;
  const [print] = entryPoint === null ? [null] : await sandbox.fingerprint([`${prompt}\n    pass\n`]);
  if (entryPoint === null || print === null) say('signature', 'syntax', draft.signature.trim());
  else if (!fits(prompt)) say('length', 'too-long');

  const unread = draft.tests.find(({ args, expected }) => !isLiteral(args, expected));
  if (draft.tests.length === 0) say('tests', 'no-tests');
  else if (unread) say('tests', 'syntax', unread.args);
  const ran = entryPoint === null || unread ? null : await runReference(draft, entryPoint, sandbox, say);
  const tests = draft.tests.map((test, i): CheckedTest => checkTest(test, ran?.[i] ?? null));
  if (!unread && tests.some(({ expected }) => expected === null) && problems.length === 0)
    say('tests', 'no-value', tests.find(({ expected }) => expected === null)?.args);
  const differs = tests.find(({ ok, expected }) => !ok && expected !== null);
  if (differs && ran) say('tests', 'differs', differs.args);

  const task = problems.length > 0 || entryPoint === null ? null : taskOf(draft, prompt, entryPoint, tests);
  return { tests, problems, task };
}

function isLiteral(args: string, expected: string | null): boolean {
  const inside = args.trim() === '' ? '()' : `(${args.trim().replace(/,$/, '')},)`;
  return [inside, expected ?? 'None'].every((text) => !('malformed' in parseLiteral(text)));
}

type SayProblem = (field: DraftProblem['field'], kind: DraftProblem['kind'], message?: string) => void;

/** One result per test; null where there is no reference or it cannot be run. */
async function runReference(
  { reference, tests }: Draft,
  entryPoint: string,
  sandbox: Sandbox,
  say: SayProblem,
): Promise<readonly CallResult[] | null> {
  if (reference === null || reference.trim() === '') return null;
  if (!new RegExp(`^def ${entryPoint}\\(`, 'm').test(reference)) {
    say('reference', 'name', entryPoint);
    return null;
  }
  const calls = tests.map(({ args }) => ({ entryPoint, args }));
  const { calls: results } = await sandbox.run({ code: reference, calls });
  const failed = results.find(({ outcome }) => outcome !== 'ok');
  if (failed) say('reference', failed.outcome === 'syntax-error' ? 'syntax' : 'runs', errorOf(failed));
  return results;
}

const errorOf = ({ outcome, error }: CallResult): string =>
  error === undefined
    ? outcome
    : `${error.type}: ${error.message}${error.line === undefined ? '' : ` (line ${error.line})`}`;

function checkTest({ args, expected }: Draft['tests'][number], result: CallResult | null): CheckedTest {
  if (result === null) return { args, expected, got: null, ok: expected !== null };
  if (result.value === undefined) return { args, expected, got: errorOf(result), ok: false };
  const got = toLiteral(result.value);
  if (expected === null) return { args, expected: got, got, ok: true };
  const wanted = parseLiteral(expected);
  const ok = !('malformed' in wanted) && equalValues(result.value, wanted, 'strict');
  return { args, expected, got, ok };
}

function taskOf(draft: Draft, prompt: string, entryPoint: string, tests: readonly CheckedTest[]): Task {
  const examples = tests.map(({ args, expected }) => ({ args, expected: expected ?? 'None' }));
  return {
    id: `own|${prompt.split('\n')[0]?.slice(2) ?? ''}`,
    description: draft.description.trim(),
    prompt,
    entryPoint,
    visible: examples.slice(0, VISIBLE),
    hidden: examples.slice(VISIBLE),
    split: 'train',
    tags: ['own'],
  };
}
