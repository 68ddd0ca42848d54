/** How the Lab writes times, differences and chances. Pure. */
import type { Interval } from '../../experiment/statistics.ts';
import { s } from '../strings/index.ts';
import { isShare, plainNumber as formatNumber, signedValue } from '../../experiment/metric-kind.ts';

/** Rounded as far as an estimate deserves: seconds below two minutes, then minutes, then hours. */
export function roughly(seconds: number): string {
  const { time } = s.lab;
  if (seconds < 100) return time.seconds(Math.max(5, Math.round(seconds / 5) * 5));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return time.minutes(minutes);
  const tens = Math.round(minutes / 5) * 5;
  return time.hours(Math.floor(tens / 60), tens % 60);
}

/** With its sign: points of percent for shares. */
export const signed = signedValue;

/** `+1.2 points`. */
export const difference = (measure: string, value: number): string =>
  isShare(measure) ? s.lab.results.points(signed(measure, value)) : signed(measure, value);

export const isBounded = ([low, high]: Interval): boolean => Number.isFinite(low) && Number.isFinite(high);

/** `−3.0 to +5.4` as `[−3.0, +5.4]`. */
export const signedInterval = (measure: string, interval: Interval): string =>
  isBounded(interval)
    ? `[${interval.map((end) => signed(measure, end)).join(', ')}]`
    : s.lab.results.unbounded;

/** An interval of values, ends cut to what a share can be. */
export function valueInterval(measure: string, interval: Interval): string {
  if (!isBounded(interval)) return s.lab.results.unbounded;
  const shown = interval.map((end) =>
    isShare(measure) ? (100 * Math.min(1, Math.max(0, end))).toFixed(1) : formatNumber(end),
  );
  return `[${shown.join(', ')}]`;
}

export const chance = (p: number): string =>
  p < 0.001 ? '< 0.001' : p.toPrecision(2).replace(/^1\.0$/, '1');

/** The smallest p that a two-sided sign test of n pairs can reach. */
export const smallestP = (n: number): number => Math.min(1, 2 * 2 ** -n);

export const measureName = (measure: string): string => s.lab.measures[measure] ?? measure;
