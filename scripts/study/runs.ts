/**
 * The runs of a study's folder: where each has its files, and which of them are whole. It trains nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf, type Arm, type Experiment, type RunOutcome } from '../../src/experiment/experiment.ts';
import { readRunLog } from '../../src/experiment/run-log.ts';

export interface StudyRun {
  readonly arm: Arm;
  readonly seed: number;
  /** Path without extension. */
  readonly stem: string;
}

/** Seeds outermost: an interrupted study has whole pairs. */
export const runsOf = ({ seeds, arms }: Experiment, out: string): StudyRun[] =>
  seeds.flatMap((seed) => arms.map((arm) => ({ arm, seed, stem: join(out, `${arm.name}.${seed}`) })));

/**
 * What the run came to; null without a log, and for one that was stopped: a run that
 * is told to end writes the log that it has. @throws what reading a damaged log throws
 */
export function outcomeIn({ arm, seed, stem }: StudyRun): RunOutcome | null {
  const path = `${stem}.jsonl`;
  return existsSync(path) ? outcomeOf(arm.name, seed, readRunLog(readFileSync(path, 'utf8')).events) : null;
}
