/**
 * From a chart's description to uPlot's options and data. It decides how lines, bands and stacked bars look;
 * it keeps no state and knows no metric.
 */
import uPlot from 'uplot';

export interface ChartLine {
  readonly label: string;
  /** A custom property, e.g. `--pass`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dash?: readonly number[];
  /** Drawn thin and without dots, and no part of the legend: another run, to be held against. */
  readonly isGhost?: boolean;
  /** Ends of an interval, drawn as a band. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
}

export interface ChartSpec {
  readonly kind: 'lines' | 'stack';
  readonly steps: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Fixed ends of the y axis; absent: from 0 to the data's maximum. */
  readonly range?: readonly [number, number];
  readonly format: (value: number) => string;
  /** For the axis; absent: as `format`. */
  readonly tick?: (value: number) => string;
}

export interface Colours {
  readonly of: (property: string) => string;
}

/** Resolves custom properties (light-dark included) to colours that a canvas takes. */
export function coloursOf(element: HTMLElement): Colours {
  const probe = document.createElement('i');
  probe.style.display = 'none';
  element.append(probe);
  const cache = new Map<string, string>();
  const of = (property: string): string => {
    const known = cache.get(property);
    if (known !== undefined) return known;
    element.append(probe);
    probe.style.color = `var(${property})`;
    const value = getComputedStyle(probe).color;
    probe.remove();
    cache.set(property, value);
    return value;
  };
  probe.remove();
  return { of };
}

/** A colour with an alpha of its own. */
const soft = (colour: string, percent: number): string =>
  `color-mix(in srgb, ${colour} ${percent}%, transparent)`;

/**
 * Columns as uPlot wants them: x, then each line, then band ends; bars are stacked from the last line down.
 */
export function plotData(spec: ChartSpec): uPlot.AlignedData {
  const columns =
    spec.kind === 'stack'
      ? stacked(spec.lines.map(({ values }) => values))
      : spec.lines.flatMap(({ values, band }) => (band ? [values, band.high, band.low] : [values]));
  return [spec.steps, ...columns] as unknown as uPlot.AlignedData;
}

/** Cumulative columns, the whole first, so that later ones are drawn over it. */
export function stacked(columns: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  columns.forEach((values, i) => {
    const below = sums[i - 1];
    sums.push(values.map((value, row) => (value === null ? null : value + (below?.[row] ?? 0))));
  });
  return sums.reverse();
}

export function plotOptions(
  spec: ChartSpec,
  size: { readonly width: number; readonly height: number },
  colours: Colours,
  onHover: (row: number | null) => void,
): uPlot.Options {
  const { format, tick: shown = format, range } = spec;
  const ink = colours.of('--ink-3');
  const grid = { stroke: colours.of('--line'), width: 1 };
  const axis = { stroke: ink, font: '11px Inter, system-ui, sans-serif', ticks: { show: false }, gap: 4 };
  return {
    ...size,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: spec.kind === 'lines', size: 7 },
      sync: { key: 'learning' },
    },
    scales: {
      x: { time: false, range: (plot) => xRange(plot.data[0], spec.kind) },
      y: { range: (_, _low, high) => (range ? [range[0], range[1]] : [0, high > 0 ? high * 1.1 : 1]) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 22,
        space: 40,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
      },
      {
        ...axis,
        grid,
        size: 44,
        space: 26,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : shown(tick))),
      },
    ],
    series: [{}, ...(spec.kind === 'stack' ? bars(spec, colours) : curves(spec, colours))],
    bands: bandsOf(spec, colours),
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx ?? null)] },
  };
}

/** A curve needs some width before its second step. */
function xRange(steps: ArrayLike<number>, kind: ChartSpec['kind']): [number, number] {
  const [from, to] = [steps[0] ?? 0, steps[steps.length - 1] ?? 0];
  const pad = kind === 'stack' ? 0.5 : 0;
  return [from - pad, Math.max(to, from + 5) + pad];
}

/** A line of few values shows where they are; of many it would be nothing but dots. */
export const hasDots = (values: readonly (number | null)[]): boolean =>
  values.filter((value) => value !== null).length <= 24;

function curves(spec: ChartSpec, colours: Colours): uPlot.Series[] {
  return spec.lines.flatMap(({ colour, dash, band, values, isGhost = false }) => {
    const stroke = isGhost ? soft(colours.of(colour), 60) : colours.of(colour);
    const line: uPlot.Series = {
      stroke,
      width: isGhost ? 1.25 : 2,
      spanGaps: true,
      ...(dash && { dash: [...dash] }),
      points: { show: !isGhost && hasDots(values), size: 6, stroke, fill: colours.of('--paper') },
    };
    const end: uPlot.Series = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
    return band ? [line, end, end] : [line];
  });
}

function bars(spec: ChartSpec, colours: Colours): uPlot.Series[] {
  const paths = uPlot.paths.bars!({ size: [0.82, 26], gap: 0 });
  return spec.lines.toReversed().map(({ colour }) => {
    const fill = colours.of(colour);
    return { fill, stroke: colours.of('--paper'), width: 0.5, paths, points: { show: false } };
  });
}

function bandsOf(spec: ChartSpec, colours: Colours): uPlot.Band[] {
  if (spec.kind === 'stack') return [];
  const bands: uPlot.Band[] = [];
  let at = 1;
  for (const { band, colour } of spec.lines) {
    if (band) bands.push({ series: [at + 1, at + 2], fill: soft(colours.of(colour), 16) });
    at += band ? 3 : 1;
  }
  return bands;
}
