/** Builds, for the commands, the parts they run on: the sandbox, tasks, nano, a training. The only file here that knows where things are on disk. */
import { createSandbox } from '../sandbox/node.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';
import { UsageError } from './errors.ts';
import { readJsonl, textField } from './files.ts';

/** Interpreters in worker threads; one per core where no number is given. @throws SandboxStartError */
export function openSandbox(workers?: number): Promise<Sandbox> {
  return createSandbox(workers === undefined ? {} : { workers, spare: false });
}

/** HumanEval's problems. @throws UsageError naming file and line */
export async function readTasks(path: string): Promise<Task[]> {
  const seen = new Map<string, number>();
  return (await readJsonl(path)).map((row): Task => {
    const id = textField(path, row, 'task_id');
    const before = seen.get(id);
    if (before !== undefined)
      throw new UsageError(`${path}:${row.line}: "${id}" is on line ${before} already`);
    seen.set(id, row.line);
    return {
      id,
      description: id,
      prompt: textField(path, row, 'prompt'),
      entryPoint: textField(path, row, 'entry_point'),
      visible: [],
      hidden: [],
      check: textField(path, row, 'test'),
      split: 'heldout',
      tags: ['humaneval'],
    };
  });
}
