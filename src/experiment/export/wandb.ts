/**
 * Metrics in the files of a run of Weights & Biases: a line a step with `_step`,
 * `_runtime` and `_timestamp`, the last value of each metric, and the configuration.
 * Trackio, whose interface is the same, takes the lines too.
 */
import type { TrainerEvent } from '../../learning/events.ts';
import { metricRows } from './metric-rows.ts';
import { writeJsonLines, type RunData } from './run-data.ts';

/** Contents by path. Times are those of the run, from 0 on: a log does not know the date. */
export function wandbFiles(
  { config, model }: RunData,
  events: readonly TrainerEvent[],
): ReadonlyMap<string, string> {
  const history = metricRows(events).map(({ step, values, seconds }) => ({
    _step: step,
    ...(seconds !== undefined && { _runtime: seconds, _timestamp: seconds }),
    ...Object.fromEntries(values),
  }));
  const summary = Object.assign({}, ...history) as Record<string, number>;
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  return new Map([
    ['wandb-history.jsonl', writeJsonLines(history)],
    ['wandb-summary.json', json(summary)],
    ['wandb-config.json', json({ ...config, model })],
  ]);
}
