/**
 * The metrics of a run as CSV (RFC 4180): one row per step, one column per metric
 * under its name in the log; ends of intervals under `name/low` and `name/high`,
 * seconds last. What was not measured at a step is an empty field.
 */
import type { TrainerEvent } from '../../learning/events.ts';
import { metricRows } from './metric-rows.ts';

/** Lines end in CRLF, as the standard says; the first holds the names. */
export function metricsCsv(events: readonly TrainerEvent[]): string {
  const rows = metricRows(events);
  const isTime = new Set(
    events.flatMap((event) => (event.type === 'timing' ? Object.keys(event.seconds) : [])),
  );
  const names = [...new Set(rows.flatMap(({ values }) => values.map(([name]) => name)))];
  const columns = [...names.filter((name) => !isTime.has(name)), ...names.filter((name) => isTime.has(name))];
  const lines = rows.map(({ step, values }) => {
    const row = new Map(values);
    return [String(step), ...columns.map((name) => String(row.get(name) ?? ''))];
  });
  return [['step', ...columns.map(quoted)], ...lines].map((fields) => `${fields.join(',')}\r\n`).join('');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
