/** Curves and counts of a recording for Learn's figures: read from its events, nothing recomputed. */
import type { Group, TrainerEvent, Verdict } from '../../learning/events.ts';

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** A metric at every finished step that has it. */
export function stepCurve(events: readonly TrainerEvent[], metric: string): readonly CurvePoint[] {
  return events.flatMap((event) => {
    const value = event.type === 'step-finished' ? event.metrics[metric] : undefined;
    return event.type === 'step-finished' && value !== undefined ? [{ step: event.step, value }] : [];
  });
}

/** A metric at every evaluation that has it, with its interval. */
export function evaluationCurve(events: readonly TrainerEvent[], metric: string): readonly CurvePoint[] {
  return events.flatMap((event) => {
    if (event.type !== 'evaluation') return [];
    const value = event.metrics[metric];
    if (value === undefined) return [];
    const [low, high] = event.intervals[metric] ?? [];
    return [{ step: event.step, value, ...(low === undefined || high === undefined ? {} : { low, high }) }];
  });
}

export interface RecordedBatch {
  readonly step: number;
  readonly groups: readonly Group[];
  /** Prompts the step had; a recording may keep fewer groups. */
  readonly prompts: { readonly code: number; readonly alignment: number };
}

/** The groups kept of each step, in order. */
export function stepBatches(events: readonly TrainerEvent[]): readonly RecordedBatch[] {
  const batches: RecordedBatch[] = [];
  let prompts = { code: 0, alignment: 0 };
  for (const event of events) {
    if (event.type === 'step-started') prompts = event.prompts;
    if (event.type === 'rollouts') batches.push({ step: event.step, groups: event.groups, prompts });
  }
  return batches;
}

/** How often each verdict was given, most frequent first. */
export function verdictCounts(groups: readonly Group[]): readonly (readonly [Verdict, number])[] {
  const counts = new Map<Verdict, number>();
  for (const group of groups) {
    if (group.kind !== 'code') continue;
    for (const { verdict } of group.rollouts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
