/**
 * What may look at a step's rollouts before its update, without changing anything: the floors above hand such
 * functions to the trainer, which puts their metrics among those of the step.
 */
import type { Policy } from '../policy/types.ts';
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import type { GradedGroup } from './alignment-rollouts.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';

export interface BatchSeen {
  readonly step: number;
  readonly config: Config;
  readonly code: readonly JudgedGroup[];
  readonly alignment: readonly GradedGroup[];
  /** As it was when it wrote them; to be left so. */
  readonly policy: Policy;
  readonly format: AlignmentFormat;
  readonly signal: AbortSignal | undefined;
}

/** Metrics under names of its own; a function of what it sees, so that a run can be repeated. */
export type BatchInstrument = (seen: BatchSeen) => Promise<Metrics>;

/** What all of them say of a batch, one after another. */
export async function readBatch(
  instruments: readonly BatchInstrument[] | undefined,
  seen: BatchSeen,
): Promise<Metrics> {
  const told: Metrics[] = [];
  for (const instrument of instruments ?? []) told.push(await instrument(seen));
  return Object.assign({}, ...told) as Metrics;
}
