/**
 * Which curves each chart shows, from the metric names of the run. Data in, chart
 * descriptions out; it draws nothing.
 */
import { formatNumber } from '../view/format.ts';
import { column, type Series } from '../view/series.ts';
import type { ChartSpec, ChartLine } from '../kit/plot.ts';
import { s } from '../strings/index.ts';

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
const wholePercent = (value: number): string => `${Math.round(100 * value)}%`;
const SHARE = { range: [0, 1], format: percent, tick: wholePercent } as const;
const DASH = [5, 4];

/** Reward functions get colours in the order they appear. */
const REWARD_LOOKS = [
  { colour: '--pass' },
  { colour: '--align', dash: DASH },
  { colour: '--warn', dash: [2, 3] },
  { colour: '--mixed', dash: [8, 3, 2, 3] },
] as const;

/** Phases from dark to light, so that they tell apart without colour. */
const PHASE_COLOURS = ['--ink', '--mixed', '--align', '--pass', '--warn', '--line-2'] as const;

function line(
  series: Series,
  name: string,
  label: string,
  colour: string,
  dash?: readonly number[],
): ChartLine {
  return { label, colour, values: column(series, name), ...(dash && { dash }) };
}

export function heldout(series: Series): ChartSpec {
  const sampled = line(series, 'eval_heldout/pass@1', s.learning.series.sampled, '--pass');
  const band = {
    low: column(series, 'eval_heldout/pass@1/low'),
    high: column(series, 'eval_heldout/pass@1/high'),
  };
  const greedy = line(series, 'eval_heldout/greedy', s.learning.series.greedy, '--mixed', DASH);
  return { kind: 'lines', steps: series.steps, lines: [{ ...sampled, band }, greedy], ...SHARE };
}

export function alignment(series: Series): ChartSpec {
  const fixed = line(series, 'eval_alignment/accuracy', s.learning.series.fixed, '--align');
  const band = {
    low: column(series, 'eval_alignment/accuracy/low'),
    high: column(series, 'eval_alignment/accuracy/high'),
  };
  const own = line(series, 'alignment/accuracy', s.learning.series.own, '--ink-3', DASH);
  return { kind: 'lines', steps: series.steps, lines: [{ ...fixed, band }, own], ...SHARE };
}

export function rewards(series: Series): ChartSpec {
  const names = Object.keys(series.columns).filter((name) => /^rewards\/.+\/mean$/.test(name));
  const lines = names.map((name, i) => {
    const look: { colour: string; dash?: readonly number[] } = REWARD_LOOKS[i % REWARD_LOOKS.length]!;
    return line(series, name, name.slice('rewards/'.length, -'/mean'.length), look.colour, look.dash);
  });
  return { kind: 'lines', steps: series.steps, lines, range: [0, 1], format: (value) => value.toFixed(2) };
}

export function groups(series: Series): ChartSpec {
  const lines = [
    line(series, 'groups/all_pass', s.learning.series.allPass, '--pass'),
    line(series, 'groups/mixed', s.learning.series.mixed, '--mixed'),
    line(series, 'groups/all_fail', s.learning.series.allFail, '--fail'),
  ];
  return { kind: 'stack', steps: series.steps, lines, ...SHARE };
}

export function entropy(series: Series): ChartSpec {
  // A run that scores nothing else knows the entropy of the update's tokens alone.
  const name = series.columns['entropy'] === undefined ? 'update/entropy' : 'entropy';
  const lines = [line(series, name, s.learning.unit.nats, '--accent')];
  return { kind: 'lines', steps: series.steps, lines, format: formatNumber };
}

export function gradient(series: Series): ChartSpec {
  const lines = [line(series, 'grad_norm', 'L2', '--accent')];
  return { kind: 'lines', steps: series.steps, lines, format: formatNumber };
}

export function loss(series: Series): ChartSpec {
  const lines = [line(series, 'loss', s.learning.charts.loss.title, '--accent')];
  return { kind: 'lines', steps: series.steps, lines, format: formatNumber, range: around(lines[0]!.values) };
}

/** Both sides of zero, as far as the values go. */
function around(values: readonly (number | null)[]): readonly [number, number] {
  const most = values.reduce<number>((max, value) => Math.max(max, Math.abs(value ?? 0)), 1e-6);
  return [-1.1 * most, 1.1 * most];
}

export function kl(series: Series): ChartSpec {
  const lines = [line(series, 'kl', s.learning.unit.nats, '--accent')];
  return { kind: 'lines', steps: series.steps, lines, format: formatNumber };
}

export function compass(series: Series): ChartSpec {
  const name = 'compass/code_alignment';
  const band = { low: column(series, `${name}/low`), high: column(series, `${name}/high`) };
  const measured = line(series, name, s.instruments.compass.cosine, '--align');
  const ceiling = line(series, `${name}/at_most`, s.instruments.compass.atMost, '--ink-3', DASH);
  const lines = [{ ...measured, band }, ceiling];
  return { kind: 'lines', steps: series.steps, lines, format: (value) => value.toFixed(2), range: [-1, 1] };
}

export function gap(series: Series): ChartSpec {
  const lines = [
    line(series, 'sampling/sampling_logp_difference/mean', s.learning.series.mean, '--accent'),
    line(series, 'sampling/sampling_logp_difference/max', s.learning.series.max, '--ink-3', DASH),
  ];
  return { kind: 'lines', steps: series.steps, lines, format: formatNumber };
}

export function time(series: Series): ChartSpec {
  const names = Object.keys(series.columns).filter(
    (name) => name.startsWith('time/') && !/step_time|reader_time|evaluate/.test(name),
  );
  const lines = names.map((name, i) => {
    const phase = name.slice('time/'.length);
    const label = s.learning.phases[phase] ?? phase;
    return line(series, name, label, PHASE_COLOURS[i % PHASE_COLOURS.length]!);
  });
  return { kind: 'stack', steps: series.steps, lines, format: (value) => value.toFixed(1) };
}
