/**
 * Curves made from events: one shared axis of steps and named columns beside it, with gaps where a metric was
 * not measured. Plain immutable data; appending a step gives a new object.
 */

export interface Series {
  readonly steps: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

export const EMPTY_SERIES: Series = { steps: [], columns: {} };

/**
 * Adds values at a step, merged into its row where there is one. Steps stay in order;
 * the base model's may come after the first.
 */
export function append(series: Series, step: number, values: Readonly<Record<string, number>>): Series {
  const before = series.steps.findLastIndex((known) => known <= step);
  const isNew = series.steps[before] !== step;
  const row = isNew ? before + 1 : before;
  const steps = isNew ? series.steps.toSpliced(row, 0, step) : series.steps;
  const columns: Record<string, readonly (number | null)[]> = {};
  for (const name of new Set([...Object.keys(series.columns), ...Object.keys(values)])) {
    const old = series.columns[name] ?? series.steps.map(() => null);
    const value = values[name];
    if (isNew) columns[name] = old.toSpliced(row, 0, value ?? null);
    else columns[name] = value === undefined ? old : old.with(row, value);
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
export function firstOf(series: Series, name: string): number | null {
  return series.columns[name]?.find((value) => value !== null) ?? null;
}
