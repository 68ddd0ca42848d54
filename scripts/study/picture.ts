/**
 * Writes the page's first picture of a study (public/runs/picture.json). From logs,
 * every run has its value before training; from a summary that was kept without them
 * (--from-summary), only the means have. It computes no statistics.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ExperimentSummary, RunOutcome } from '../../src/experiment/experiment.ts';
import { studyPicture } from '../../src/experiment/study-picture.ts';

export function writePicture(
  file: string,
  summary: ExperimentSummary,
  outcomes: readonly RunOutcome[],
  source: string,
): void {
  writeFileSync(file, `${JSON.stringify(studyPicture(summary, outcomes, source))}\n`);
}

/** @throws when the file is no summary */
export function readSummary(file: string): ExperimentSummary {
  const data = JSON.parse(readFileSync(file, 'utf8')) as Partial<ExperimentSummary>;
  if (!Array.isArray(data.arms) || !Array.isArray(data.comparisons))
    throw new Error(`${file}: not a summary written by npm run study -- --json`);
  return data as ExperimentSummary;
}
