/** Finds the program in a completion. It runs nothing and judges nothing. Time is linear in the text. */
import { definesEntry, opensEntry, PROGRAM } from '../tasks/entry.ts';
import type { Task } from '../tasks/types.ts';
import { continuedPrompt } from './prompts.ts';

export type Extraction = 'continuation' | 'fence' | 'body' | 'whole';

/**
 * The program in a completion, or null. `continuation`: prompt and completion as one text; the
 * completion must not be blank. `body`: prompt and completion, cut where the function ends, since
 * base models go on writing. `fence`: the last closed code fence that defines the entry point, since
 * answers often show drafts before it; of a program that runs as a whole, the last fence. `whole`:
 * the completion is the program, as in sample files with a "solution". The last two put a prompt
 * before the program where the prompt does not itself begin the entry point (imports, helpers).
 */
export function extractProgram(
  task: Pick<Task, 'prompt' | 'entryPoint'>,
  completion: string,
  extraction: Extraction,
): string | null {
  if (extraction === 'continuation') return completion.trim() === '' ? null : afterPrompt(task, completion);
  if (extraction === 'body') {
    const body = untilTopLevel(completion);
    return body.trim() === '' ? null : continuedPrompt(task) + body;
  }
  if (extraction === 'whole') return completion.trim() === '' ? null : asWhole(task, completion);
  const last = fences(completion).findLast(
    (code) => task.entryPoint === PROGRAM || definesEntry(code, task.entryPoint),
  );
  return last === undefined ? null : asWhole(task, last);
}

/**
 * Turns what was written after the whole prompt of a file (samples, solutions) into a
 * completion. The policy continues a prompt without its last line's end.
 */
export function afterWholePrompt(task: Pick<Task, 'prompt'>, text: string): string {
  return task.prompt.slice(continuedPrompt(task).length) + text;
}

function asWhole(task: Pick<Task, 'prompt' | 'entryPoint'>, code: string): string {
  return opensEntry(task.prompt, task.entryPoint) ? code : afterPrompt(task, afterWholePrompt(task, code));
}

/** A `from __future__` import stands first in a program, also where a prompt of imports is put before it. */
function afterPrompt(task: Pick<Task, 'prompt' | 'entryPoint'>, completion: string): string {
  const future = opensEntry(task.prompt, task.entryPoint)
    ? []
    : [...completion.matchAll(/^from __future__ import [^\n]*\n?/gm)].map(([line]) => line.trimEnd());
  if (future.length === 0) return continuedPrompt(task) + completion;
  const rest = completion.replace(/^from __future__ import [^\n]*/gm, '');
  return `${future.join('\n')}\n${continuedPrompt(task)}${rest}`;
}

/**
 * What stands in closed code fences, in order. A fence is closed by the next line of three backticks alone.
 */
function fences(text: string): readonly string[] {
  const found: string[] = [];
  let begin: number | null = null;
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    if (text.startsWith('```', at)) {
      const after = text.slice(at + 3, end);
      if (begin === null) {
        if (next >= 0 && !after.includes('`')) begin = end + 1;
      } else if (after.trim() === '') {
        found.push(text.slice(begin, at));
        begin = null;
      }
    }
    at = end + 1;
  }
  return found;
}

/**
 * The lines before the first one that starts in the first column; the first line goes
 * on where the prompt ended.
 */
function untilTopLevel(completion: string): string {
  const end = /\n(?=\S)/.exec(completion)?.index;
  return end === undefined ? completion : completion.slice(0, end);
}
