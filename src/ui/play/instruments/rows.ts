/** What the panel of instruments shows, from readings to rows. Data in, data out; it draws nothing. */
import type { CensusReading } from '../../../instruments/census/census.ts';
import type { CompassReading } from '../../../instruments/compass/reading.ts';
import type { Verification } from '../../../instruments/verify/verify.ts';
import { PROBABLE } from '../../../instruments/verify/choices.ts';
import { s } from '../../strings/index.ts';

/** A value on a line with its interval, and a band of what could be. */
export interface ReadingRow {
  readonly label: string;
  /** Null: it cannot be told. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** From there to there is possible; null: not known. */
  readonly band: readonly [from: number, to: number] | null;
  readonly text: string;
}

const cosine = (value: number): string => value.toFixed(2).replace('-', '−');
const percent = (value: number): string => `${Math.round(100 * value)} %`;

export function compassRows({ pairs }: CompassReading): readonly ReadingRow[] {
  const { names, unknown } = s.instruments.compass;
  const nameOf = (name: string): string => names[name as keyof typeof names] ?? name;
  return pairs.map(({ a, b, apart, apartInterval, ceiling }) => ({
    label: `${nameOf(a)} · ${nameOf(b)}`,
    value: apart,
    interval: apartInterval,
    band: ceiling === null ? null : [-Math.min(1, ceiling), Math.min(1, ceiling)],
    text: apart === null ? unknown : cosine(apart),
  }));
}

export function verificationRows({ choices }: Verification): readonly ReadingRow[] {
  const { names } = s.instruments.verify;
  return choices.map(({ choice, mean, interval }) => ({
    label: names[choice] ?? choice,
    value: mean,
    interval,
    band: null,
    text: percent(mean),
  }));
}

/** The sentence that the panel is about: does predicting beat probability? */
export function verificationGain({ differences }: Verification): string {
  const found = differences.find(({ from, to }) => from === PROBABLE && to === 'current');
  if (found === undefined) return '';
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${percent(Math.abs(value))}`;
  const [low, high] = found.interval;
  return s.instruments.verify.gain(signed(found.mean), signed(low), signed(high));
}

export function censusRows({ kinds, failed }: CensusReading): readonly ReadingRow[] {
  const { names } = s.instruments.census;
  if (failed === 0) return [];
  return kinds
    .filter(({ count }) => count > 0)
    .map(({ kind, count, share, interval }) => ({
      label: names[kind],
      value: share,
      interval,
      band: null,
      text: `${count} · ${percent(share)}`,
    }));
}
