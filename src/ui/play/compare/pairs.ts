/** A comparison in numbers: how samples of both models ended, and what became of each pair. Data in, data out. */
import { wilson } from '../../../learning/intervals.ts';
import type { MomentSample } from '../../../experiment/moments.ts';
import type { Predictions } from '../../../learner/questions.ts';
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

export interface PredictedShare {
  readonly name: string;
  readonly truth: string;
  /** Samples whose value is right. */
  readonly right: Readonly<Record<Side, number>>;
  /** What was said most often. */
  readonly said: Readonly<Record<Side, string | null>>;
  readonly of: number;
}

/** Per variable, how many of the samples of both models say its value right. */
export function sharesOf(predictions: Predictions): readonly PredictedShare[] {
  const first = predictions.base[0]?.variables ?? [];
  return first.map(({ name, truth }, v) => {
    const said = (side: Side) => predictions[side].map(({ variables }) => variables[v]);
    const right = (side: Side) => said(side).filter((variable) => variable?.right === true).length;
    return {
      name,
      truth,
      right: { base: right('base'), now: right('now') },
      said: { base: commonest(said('base')), now: commonest(said('now')) },
      of: predictions.base.length,
    };
  });
}

function commonest(said: readonly ({ readonly predicted: string | null } | undefined)[]): string | null {
  const counts = new Map<string | null, number>();
  for (const variable of said) {
    const value = variable?.predicted ?? null;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
