/**
 * Another run's curves drawn thin behind a chart's own, on one axis of steps. Data
 * in, a chart's description out.
 */
import type { ChartLine, ChartSpec } from '../kit/plot.ts';

const DASH = [2, 3];

/**
 * @param other the same chart of the other run; `name` says whose it is, in the table below the chart
 * Bars are left as they are: two stacks in one place cannot be read.
 */
export function withGhost(spec: ChartSpec, other: ChartSpec, name: string): ChartSpec {
  if (spec.kind === 'stack' || other.steps.length === 0) return spec;
  const steps = [...new Set([...spec.steps, ...other.steps])].sort((a, b) => a - b);
  const lines = spec.lines.map((line): ChartLine => {
    const values = onto(steps, spec.steps, line.values);
    if (line.band === undefined) return { ...line, values };
    const { low, high } = line.band;
    return {
      ...line,
      values,
      band: { low: onto(steps, spec.steps, low), high: onto(steps, spec.steps, high) },
    };
  });
  const ghosts = other.lines.map(({ label, colour, values }): ChartLine => ({
    label: `${name}: ${label}`,
    colour,
    dash: DASH,
    isGhost: true,
    values: onto(steps, other.steps, values),
  }));
  return { ...spec, steps, lines: [...lines, ...ghosts], ...rangeOf(spec, other) };
}

/** Fixed ends that hold both. */
function rangeOf(a: ChartSpec, b: ChartSpec): Pick<ChartSpec, 'range'> {
  if (a.range === undefined || b.range === undefined) return {};
  return { range: [Math.min(a.range[0], b.range[0]), Math.max(a.range[1], b.range[1])] };
}

function onto(
  steps: readonly number[],
  own: readonly number[],
  values: readonly (number | null)[],
): readonly (number | null)[] {
  const at = new Map(own.map((step, i) => [step, values[i] ?? null]));
  return steps.map((step) => at.get(step) ?? null);
}
