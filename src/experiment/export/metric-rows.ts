/**
 * A run's numbers by step, for whatever writes them: metrics under their names in the log, ends of
 * intervals under `name/low` and `name/high`, seconds where the log has them. It writes no format.
 */
import type { TrainerEvent } from '../../learning/events.ts';

export interface MetricRow {
  readonly step: number;
  /** In the order of the log; those of `timing` last. */
  readonly values: readonly (readonly [name: string, value: number])[];
  /** Of the run up to the end of this step; undefined where no step has a time. */
  readonly seconds: number | undefined;
}

/** In the order of steps. */
export function metricRows(events: readonly TrainerEvent[]): readonly MetricRow[] {
  const rows = new Map<number, Map<string, number>>();
  const times = new Map<number, Map<string, number>>();
  const put = (into: Map<number, Map<string, number>>, step: number, name: string, value: number): void => {
    const row = into.get(step) ?? new Map<string, number>();
    row.set(name, value);
    into.set(step, row);
  };
  for (const event of events) {
    if (event.type === 'step-finished' || event.type === 'evaluation')
      for (const [name, value] of Object.entries(event.metrics)) put(rows, event.step, name, value);
    if (event.type === 'evaluation')
      for (const [name, [low, high]] of Object.entries(event.intervals)) {
        put(rows, event.step, `${name}/low`, low);
        put(rows, event.step, `${name}/high`, high);
      }
    if (event.type === 'timing')
      for (const [name, value] of Object.entries(event.seconds)) put(times, event.step, name, value);
  }
  let seconds = 0;
  return [...new Set([...rows.keys(), ...times.keys()])]
    .sort((a, b) => a - b)
    .map((step) => {
      const time = times.get(step) ?? new Map<string, number>();
      seconds += time.get('step_time') ?? 0;
      return {
        step,
        values: [...(rows.get(step) ?? []), ...time],
        seconds: times.size > 0 ? seconds : undefined,
      };
    });
}
