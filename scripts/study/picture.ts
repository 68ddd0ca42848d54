/**
 * Writes the page's first picture of a study (public/runs/picture.json). From logs,
 * every run has its value before training; from a summary that was kept without them
 * (--from-summary), only the means have. It computes no statistics.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ExperimentSummary, RunOutcome } from '../../src/experiment/experiment.ts';
import { readShippedStudy } from '../../src/experiment/shipped-study.ts';
import { studyPicture } from '../../src/experiment/study-picture.ts';

export function writePicture(
  file: string,
  summary: ExperimentSummary,
  outcomes: readonly RunOutcome[],
  source: string,
): void {
  writeFileSync(file, `${JSON.stringify(studyPicture(summary, outcomes, source))}\n`);
}

/**
 * What a file written by --json holds; Holm's p, which older ones lack, follows from their differences.
 * @throws StudyError when the file is no summary
 */
export const readSummary = (file: string): ExperimentSummary =>
  readShippedStudy(JSON.parse(readFileSync(file, 'utf8'))).summary;
