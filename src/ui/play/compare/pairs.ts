/**
 * A comparison in numbers: how samples of both models ended, and what became of each pair. Data in, data out.
 */
import { wilson } from '../../../learning/intervals.ts';
import type { MomentSample } from '../../../experiment/moments.ts';
import { outcomeOfVerdict, type OutcomeMark } from '../../view/outcome.ts';

/** Pairs by index: rollouts of one prompt with equal uniforms, of a live model or of a recording. */
export interface Compared {
  readonly base: readonly MomentSample[];
  readonly now: readonly MomentSample[];
}

export type Side = 'base' | 'now';
export const SIDES: readonly Side[] = ['base', 'now'];
export const OUTCOMES: readonly OutcomeMark[] = ['pass', 'wrong', 'error', 'limit', 'none'];

export interface Distribution {
  readonly counts: readonly { readonly outcome: OutcomeMark; readonly count: number }[];
  readonly passed: number;
  readonly of: number;
  /** 95 %, of the share that passes; samples of one task are independent. */
  readonly interval: readonly [number, number];
}

export function distributionOf(samples: readonly MomentSample[]): Distribution {
  const outcomes = samples.map(({ verdict }) => outcomeOfVerdict(verdict));
  const counts = OUTCOMES.map((outcome) => ({
    outcome,
    count: outcomes.filter((other) => other === outcome).length,
  }));
  const passed = counts.find(({ outcome }) => outcome === 'pass')?.count ?? 0;
  const of = samples.length;
  return { counts, passed, of, interval: wilson(of === 0 ? 0 : passed / of, of) };
}

/** Pairs of the same uniforms: mended, broken, and those whose text is the same. */
export function changesOf({ base, now }: Compared): {
  readonly mended: number;
  readonly broken: number;
  readonly same: number;
} {
  const pairs = base.map((sample, i) => ({ before: sample, after: now[i]! }));
  const count = (test: (pair: (typeof pairs)[number]) => boolean) => pairs.filter(test).length;
  return {
    mended: count(({ before, after }) => before.verdict !== 'pass' && after.verdict === 'pass'),
    broken: count(({ before, after }) => before.verdict === 'pass' && after.verdict !== 'pass'),
    same: count(({ before, after }) => before.completion === after.completion),
  };
}

/** The pair to show first: one that was mended, else one that was broken, else one that differs at all. */
export function tellingPair({ base, now }: Compared): number {
  const find = (test: (before: MomentSample, after: MomentSample) => boolean) =>
    base.findIndex((sample, i) => now[i] !== undefined && test(sample, now[i]));
  const order = [
    find((a, b) => a.verdict !== 'pass' && b.verdict === 'pass'),
    find((a, b) => a.verdict === 'pass' && b.verdict !== 'pass'),
    find((a, b) => a.completion !== b.completion),
  ];
  return order.find((i) => i >= 0) ?? 0;
}

export interface AskableProgram<S extends MomentSample = MomentSample> {
  readonly sample: S;
  readonly side: Side;
  /** Its place among the samples of its side. */
  readonly place: number;
}

/**
 * Whether something ran that can be traced: a program that never ended, or is none, cannot be asked about.
 */
const ran = ({ verdict }: MomentSample): boolean => verdict === 'pass' || verdict === 'wrong';

/**
 * The programs of a comparison that may be asked about, each text once: those of the
 * pair first, failing ones before others.
 */
export function askable({ base, now }: Compared, pair: number): readonly AskableProgram[] {
  const all = SIDES.flatMap((side) =>
    (side === 'base' ? base : now).map((sample, place): AskableProgram => ({ sample, side, place })),
  ).filter(({ sample }) => ran(sample));
  const rank = ({ sample, place }: AskableProgram): number =>
    (sample.verdict === 'pass' ? 2 : 0) + (place === pair ? 0 : 1);
  const sorted = all
    .map((one, i) => ({ one, i }))
    .sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i)
    .map(({ one }) => one);
  return sorted.filter(
    ({ sample }, i) => sorted.findIndex((other) => other.sample.completion === sample.completion) === i,
  );
}
