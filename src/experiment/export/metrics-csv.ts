/**
 * The metrics of a run as CSV (RFC 4180): one row per step, one column per metric
 * under its name in the log; ends of intervals under `name/low` and `name/high`,
 * seconds last. What was not measured at a step is an empty field.
 */
import type { TrainerEvent } from '../../learning/events.ts';

type StepRow = Map<string, number>;

/** Lines end in CRLF, as the standard says; the first holds the names. */
export function metricsCsv(events: readonly TrainerEvent[]): string {
  const rows = new Map<number, StepRow>();
  const names = new Set<string>();
  const seconds = new Set<string>();
  const put = (step: number, name: string, value: number, columns = names): void => {
    const row = rows.get(step) ?? new Map<string, number>();
    row.set(name, value);
    rows.set(step, row);
    columns.add(name);
  };
  for (const event of events) {
    if (event.type === 'step-finished' || event.type === 'evaluation') {
      for (const [name, value] of Object.entries(event.metrics)) put(event.step, name, value);
    }
    if (event.type === 'evaluation') {
      for (const [name, [low, high]] of Object.entries(event.intervals)) {
        put(event.step, `${name}/low`, low);
        put(event.step, `${name}/high`, high);
      }
    }
    if (event.type === 'timing') {
      for (const [name, value] of Object.entries(event.seconds)) put(event.step, name, value, seconds);
    }
  }
  const columns = [...names, ...seconds];
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([step, row]) => [String(step), ...columns.map((name) => String(row.get(name) ?? ''))]);
  return [['step', ...columns.map(quoted)], ...lines].map((fields) => `${fields.join(',')}\r\n`).join('');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
