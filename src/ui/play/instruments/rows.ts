/** What the panel of instruments shows, from readings to rows. Data in, data out; it draws nothing. */
import type { CensusReading } from '../../../instruments/census/census.ts';
import type { CompassReading } from '../../../instruments/compass/reading.ts';
import type { Verification } from '../../../instruments/verify/verify.ts';
import { PROBABLE } from '../../../instruments/verify/choices.ts';
import { bestCell, PROBED, type ProbeCell, type ProbeTable } from '../../../instruments/probe/probe.ts';
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

/** One cell of the picture of layers by places. */
export interface ProbePlace {
  readonly place: number;
  readonly text: string;
  /** How much more than its better control, as a share of what can be had; 0 where it is not more. */
  readonly shade: number;
}

export interface ProbeRow {
  readonly label: string;
  readonly cells: readonly ProbePlace[];
}

export interface ProbePicture {
  readonly rows: readonly ProbeRow[];
  /** What counts of tokens are worth, by place. */
  readonly bag: readonly ProbePlace[];
  readonly best: string;
  /** Against the untrained model. */
  readonly against: string;
}

const score = (value: number): string => (Number.isFinite(value) ? cosine(value) : '–');
const signed = (value: number): string => `${value < 0 ? '' : '+'}${score(value)}`;
const gainOf = ({ controls }: ProbeCell): number => Math.min(...controls.map(({ mean }) => mean));
/** A gain of this much is as dark as it gets. */
const DARKEST: Readonly<Record<ProbeTable['kind'], number>> = { class: 0.25, number: 0.5 };

const layerName = (layer: number): string =>
  layer === 0 ? s.instruments.probe.embedding : s.instruments.probe.layers(layer);
const placeName = (place: number): string => s.instruments.probe.place(percent(place));

/** A table of the probe as a picture: layers down, places across. */
export function probePicture(table: ProbeTable, layers: readonly number[]): ProbePicture {
  const { cells, kind } = table;
  const placed = (cell: ProbeCell): ProbePlace => ({
    place: cell.place,
    text: score(cell.score),
    shade: Math.min(1, Math.max(0, gainOf(cell) / DARKEST[kind])),
  });
  const of = (layer: number) => cells.filter((cell) => cell.layer === layer);
  const best = bestCell(table);
  const least = best.controls.reduce((low, next) => (next.mean < low.mean ? next : low));
  const last = cells.at(-1)!;
  const gain = last.gains?.find(({ from, to }) => from === PROBED && to === 'base');
  const { probe } = s.instruments;
  return {
    rows: layers.map((layer) => ({ label: layerName(layer), cells: of(layer).map(placed) })),
    bag: of(layers[0]!).map(({ place, controls }) => ({
      place,
      text: score(controls.find(({ control }) => control === 'bag of tokens')!.score),
      shade: 0,
    })),
    best: probe.best(
      layerName(best.layer),
      placeName(best.place),
      score(best.score),
      signed(least.mean),
      signed(least.interval[0]),
      signed(least.interval[1]),
    ),
    // The gain is the base's over the model as it is now; said the other way round.
    against:
      gain === undefined
        ? ''
        : probe.against(signed(-gain.mean), signed(-gain.interval[1]), signed(-gain.interval[0])),
  };
}
