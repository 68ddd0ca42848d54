/** Finds the program in a completion. It runs nothing and judges nothing. */
import type { Task } from '../tasks/types.ts';
import { continuedPrompt } from './prompts.ts';

export type Extraction = 'continuation' | 'fence' | 'body';

/**
 * The program in a completion. `continuation`: prompt and completion as one text; the completion must not be blank. `body`: prompt
 * and completion, cut where the function ends, since base models go on writing. `fence`: the last closed code fence that defines
 * the entry point, since answers often show drafts before it.
 */
export function extractProgram(
  task: Pick<Task, 'prompt' | 'entryPoint'>,
  completion: string,
  extraction: Extraction,
): string | null {
  if (extraction === 'continuation')
    return completion.trim() === '' ? null : continuedPrompt(task) + completion;
  if (extraction === 'body') {
    const body = untilTopLevel(completion);
    return body.trim() === '' ? null : continuedPrompt(task) + body;
  }
  const fences = [...completion.matchAll(/^```[^\n`]*\n([\s\S]*?)^```[ \t]*$/gm)].map(
    (match) => match[1] ?? '',
  );
  const defines = fences.filter((code) => code.includes(`def ${task.entryPoint}(`));
  return defines.at(-1) ?? null;
}

/**
 * Turns what was written after the whole prompt of a file (samples, solutions) into a completion. The policy continues a prompt
 * without its last line's end.
 */
export function afterWholePrompt(task: Pick<Task, 'prompt'>, text: string): string {
  return task.prompt.slice(continuedPrompt(task).length) + text;
}

/** The lines before the first one that starts in the first column; the first line goes on where the prompt ended. */
function untilTopLevel(completion: string): string {
  const lines = completion.split('\n');
  const end = lines.findIndex((line, i) => i > 0 && /^\S/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}
