/**
 * The study in one look, as data: what its two arms measured before and after training on the measures that
 * the page's first picture shows, run by run, and what separates them. Made by the study script from logs or
 * from a summary; drawn by the page. It judges nothing: findings are the summary's, and so are intervals.
 */
import { isRecord } from '../base/is-record.ts';
import { findingOf, type ExperimentSummary, type Finding, type RunOutcome } from './experiment.ts';
import type { Estimate } from './statistics.ts';

/** A change of meaning bumps it. */
const PICTURE_VERSION = 1;

/**
 * What is drawn, from left to right: does it know what its failed programs compute,
 * does it write programs that pass.
 */
const PICTURED = ['eval_alignment/accuracy', 'eval_heldout/pass@1'] as const;
export type PicturedMeasure = (typeof PICTURED)[number];

/** A mean with its 95 % interval; null ends where one run says nothing about the spread. Shares, 0 to 1. */
export interface Mean {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PicturedRun {
  readonly seed: number;
  /** Null where only the summary of the runs is known. */
  readonly before: number | null;
  readonly after: number;
}

export interface PicturedArm {
  readonly name: string;
  readonly preset: string;
  /** Whether the arm is its preset and changes nothing of it. */
  readonly isPreset: boolean;
  readonly before: Mean;
  readonly after: Mean;
  /** after - before, run by run. */
  readonly change: Mean;
  readonly runs: readonly PicturedRun[];
}

export interface PicturedPanel {
  readonly measure: PicturedMeasure;
  /** Two: the one that the other is held against, and the other. */
  readonly arms: readonly [PicturedArm, PicturedArm];
  /** Second minus first, over the seeds that both finished. */
  readonly difference: Mean;
  readonly finding: Finding;
}

export interface StudyPicture {
  readonly version: typeof PICTURE_VERSION;
  /** Steps of training; null when the runs were not measured at their end alike. */
  readonly steps: number | null;
  /** Where it is from, for the line below the picture. */
  readonly source: string;
  readonly panels: readonly PicturedPanel[];
}

/** A summary or a picture that cannot be drawn. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

/**
 * The picture of the first arm against the second.
 * @param outcomes the runs of the summary where their logs are at hand; without them
 * no run has a value of its own before training
 * @throws PictureError for a summary without two arms, without runs, or without a pictured measure
 */
export function studyPicture(
  summary: ExperimentSummary,
  outcomes: readonly RunOutcome[],
  source: string,
): StudyPicture {
  const [from, to] = summary.arms;
  if (from === undefined || to === undefined) throw new PictureError('A picture needs two arms.');
  const arm = (of: typeof from, measure: PicturedMeasure): PicturedArm | null => {
    const found = of.measures[measure];
    if (found === undefined || found.values.length === 0) return null;
    if (found.values.length !== of.seeds.length)
      throw new PictureError(`${of.arm.name}: ${measure} was not measured in every run.`);
    return {
      name: of.arm.name,
      preset: of.arm.preset,
      isPreset: of.arm.name === of.arm.preset && Object.keys(of.arm.overrides).length === 0,
      before: meanOf(found.before),
      after: meanOf(found.after),
      change: meanOf(found.change),
      runs: of.seeds.map((seed, i) => ({
        seed,
        before: outcomes.find((run) => run.arm === of.arm.name && run.seed === seed)?.before[measure] ?? null,
        after: found.values[i]!,
      })),
    };
  };
  const panels = PICTURED.flatMap((measure): PicturedPanel[] => {
    const arms = [arm(from, measure), arm(to, measure)] as const;
    const compared = summary.comparisons.find(
      (one) => one.from === from.arm.name && one.to === to.arm.name && one.measure === measure,
    );
    if (arms[0] === null || arms[1] === null || compared === undefined) return [];
    const difference = meanOf(compared.difference);
    return [{ measure, arms: [arms[0], arms[1]], difference, finding: foundIn(difference) }];
  });
  if (panels.length === 0) throw new PictureError('The study has none of the measures that are pictured.');
  const ends = new Set([from, to].map(({ curve }) => curve.at(-1)?.step ?? null));
  return { version: PICTURE_VERSION, steps: ends.size === 1 ? [...ends][0]! : null, source, panels };
}

/** JSON has no infinity: an interval without ends has nulls, also where a summary was read from a file. */
function meanOf({ mean, interval: [low, high] }: Estimate): Mean {
  const end = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
  return { mean, low: end(low), high: end(high) };
}

/** An interval that is open holds zero. */
export const foundIn = ({ low, high }: Mean): Finding =>
  findingOf({ interval: [low ?? -Infinity, high ?? Infinity] });

/** Whether data that was read is a number, no NaN and not endless. */
export const isFiniteNumber = (data: unknown): data is number =>
  typeof data === 'number' && Number.isFinite(data);

/** Whether data that was read is a mean with its interval. */
export function isMean(data: unknown): data is Mean {
  return (
    isRecord(data) &&
    isFiniteNumber(data['mean']) &&
    [data['low'], data['high']].every((end) => end === null || isFiniteNumber(end))
  );
}

function readArm(data: unknown): data is PicturedArm {
  if (!isRecord(data) || typeof data['name'] !== 'string' || typeof data['preset'] !== 'string') return false;
  const { runs } = data;
  return (
    typeof data['isPreset'] === 'boolean' &&
    [data['before'], data['after'], data['change']].every(isMean) &&
    Array.isArray(runs) &&
    runs.length > 0 &&
    runs.every(
      (run: unknown) =>
        isRecord(run) &&
        Number.isSafeInteger(run['seed']) &&
        isFiniteNumber(run['after']) &&
        (run['before'] === null || isFiniteNumber(run['before'])),
    )
  );
}

/**
 * A picture from a file; findings are taken from the intervals, whatever the file
 * says of them. @throws PictureError
 */
export function readPicture(data: unknown): StudyPicture {
  if (!isRecord(data) || data['version'] !== PICTURE_VERSION)
    throw new PictureError(`A picture of version ${PICTURE_VERSION} was expected.`);
  const { panels, steps, source } = data;
  if (!Array.isArray(panels) || panels.length === 0) throw new PictureError('The picture holds no panels.');
  return {
    version: PICTURE_VERSION,
    steps: Number.isSafeInteger(steps) ? (steps as number) : null,
    source: typeof source === 'string' ? source : '',
    panels: panels.map((panel: unknown): PicturedPanel => {
      const arms = isRecord(panel) && Array.isArray(panel['arms']) ? (panel['arms'] as unknown[]) : [];
      const measure = isRecord(panel) ? PICTURED.find((known) => known === panel['measure']) : undefined;
      const difference = isRecord(panel) ? panel['difference'] : undefined;
      if (measure === undefined || arms.length !== 2 || !arms.every(readArm) || !isMean(difference))
        throw new PictureError('A panel of the picture is not whole.');
      return {
        measure,
        arms: arms as unknown as PicturedPanel['arms'],
        difference,
        finding: foundIn(difference),
      };
    }),
  };
}
