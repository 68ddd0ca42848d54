/**
 * Curves made from events: one shared axis of steps and named columns beside it, with gaps where a metric was
 * not measured. Plain immutable data; appending a step gives a new object.
 */

export interface Series {
  readonly steps: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

export const EMPTY_SERIES: Series = { steps: [], columns: {} };

/** Adds values at a step; values for the last step are merged into its row. Steps come in order. */
export function append(series: Series, step: number, values: Readonly<Record<string, number>>): Series {
  const isLast = series.steps.at(-1) === step;
  const steps = isLast ? series.steps : [...series.steps, step];
  const row = steps.length - 1;
  const columns: Record<string, readonly (number | null)[]> = {};
  const names = new Set([...Object.keys(series.columns), ...Object.keys(values)]);
  for (const name of names) {
    const old = series.columns[name] ?? [];
    const value = values[name];
    if (value === undefined && old.length === steps.length) {
      columns[name] = old;
      continue;
    }
    const column = Array.from({ length: steps.length }, (_, i) => old[i] ?? null);
    if (value !== undefined) column[row] = value;
    columns[name] = column;
  }
  return { steps, columns };
}

/** A column as long as the steps; nulls where it has never been measured. */
export function column(series: Series, name: string): readonly (number | null)[] {
  return series.columns[name] ?? series.steps.map(() => null);
}

/** The last measured value, or null. */
export function latest(series: Series, name: string): number | null {
  return series.columns[name]?.findLast((value) => value !== null) ?? null;
}

/** The first measured value, or null. */
export function first(series: Series, name: string): number | null {
  return series.columns[name]?.find((value) => value !== null) ?? null;
}
