/**
 * The corpus's labels: by task, which behaviour shows which misconception about its description. They
 * are made by scripts/corpus/misconceptions.ts, which runs the wrong bodies that the corpus knows.
 */
import { isRecord } from '../../base/is-record.ts';
import { InstrumentError } from '../errors.ts';

/** Behaviour (behaviour.ts) -> the misconceptions that show it, `concept: misconception`. */
export type TaskLabels = Readonly<Record<string, readonly string[]>>;
/** By task. */
export type Labels = Readonly<Record<string, TaskLabels>>;

/** Where those of nano's tasks are, under public/. */
export const LABELS_FILE = 'tasks/nano-misconceptions.json';

const advice = 'Nothing was counted. Make the file again with scripts/corpus/misconceptions.ts.';

/** @throws InstrumentError naming the place */
export function readLabels(text: string, place: string): Labels {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new InstrumentError(`${place} is not JSON (${(error as Error).message}).`, advice);
  }
  const tasks = isRecord(data) ? data['tasks'] : undefined;
  if (!isRecord(tasks)) throw new InstrumentError(`${place} has no "tasks".`, advice);
  for (const [id, labels] of Object.entries(tasks)) {
    const isRight =
      isRecord(labels) &&
      Object.entries(labels).every(
        ([key, names]) =>
          /^[0-9a-f]{8}$/.test(key) &&
          Array.isArray(names) &&
          names.every((name) => typeof name === 'string'),
      );
    if (!isRight)
      throw new InstrumentError(`${place}: the labels of ${id} are no lists by behaviour.`, advice);
  }
  return tasks as Labels;
}
