/**
 * Reads from a run's events what exports need: its configuration, the prompts it trained on
 * and the alignment records it drew, each once, in the order they came. It writes no format.
 */
import { DEFAULTS, type Config } from '../../learning/config.ts';
import type { AlignmentRecord, TrainerEvent } from '../../learning/events.ts';
import { isNested } from '../../tasks/entry.ts';
import type { Task } from '../../tasks/types.ts';

/** A run that cannot be exported in this format, or not yet. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly kept = 'The run itself is untouched, and nothing was written.';
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

export interface RunData {
  /**
   * As the run started, settings that its log is too old for at their defaults;
   * changes on the way are in the log.
   */
  readonly config: Config;
  readonly model: string;
  /** Of the model, tokens. */
  readonly contextLength: number;
  readonly events: readonly TrainerEvent[];
}

/** @throws ExportError when the log does not begin with a run */
export function runData(events: readonly TrainerEvent[]): RunData {
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) {
    throw new ExportError(
      'This log holds no start of a run, so its settings are unknown.',
      'Export from the whole log, from its first line on.',
    );
  }
  const { name, contextLength } = started.model;
  return { config: { ...DEFAULTS, ...started.config }, model: name, contextLength, events };
}

/** Ids of the tasks whose prompts the run wrote programs for, each once. */
export function taskIdsOf({ events }: Pick<RunData, 'events'>): readonly string[] {
  const groups = events.flatMap((event) => (event.type === 'rollouts' ? event.groups : []));
  return [...new Set(groups.flatMap((group) => (group.kind === 'code' ? [group.taskId] : [])))];
}

/** What was asked, in the order it was asked: a task to write a program for, or a record to predict. */
export type AskedPrompt =
  | { readonly kind: 'codegen'; readonly prompt: string; readonly task: Task }
  | { readonly kind: 'exec_align'; readonly prompt: string; readonly record: AlignmentRecord };

/** Each prompt once. @throws ExportError for a task that is not among `tasks` */
export function askedPrompts({ events }: RunData, tasks: readonly Task[]): readonly AskedPrompt[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const asked = new Map<string, AskedPrompt>();
  for (const event of events) {
    if (event.type !== 'rollouts') continue;
    for (const group of event.groups) {
      if (group.kind === 'alignment') {
        const { record } = group;
        asked.set(`record ${record.id}`, { kind: 'exec_align', prompt: record.prompt, record });
        continue;
      }
      const task = byId.get(group.taskId);
      if (task === undefined) {
        throw new ExportError(
          `The run trained on the task "${group.taskId}", whose tests are not known here.`,
          'Load the task file that the run was made with, then export again.',
        );
      }
      // Its rewards would be zeros that say nothing.
      if (task.stdin !== undefined || isNested(task.entryPoint))
        throw new ExportError(
          `The task "${task.id}" ${task.stdin ? 'runs as a whole on standard input' : `calls ${task.entryPoint}`}, which the exported rewards.py does not judge.`,
          'Export a run whose tasks call a function by its name.',
        );
      asked.set(`task ${task.id}`, { kind: 'codegen', prompt: group.prompt, task });
    }
  }
  if (asked.size === 0) {
    throw new ExportError(
      'The run has written no rollouts yet, so there are no prompts to export.',
      'Let it finish a step first.',
    );
  }
  return [...asked.values()];
}

/** Rows as JSON Lines. */
export const writeJsonLines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');
