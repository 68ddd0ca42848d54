/** The Lab's reports: of one run, or of what is compared. It makes text and keeps nothing. */
import { experimentReport } from '../../experiment/report/experiment-report.ts';
import { runReport, type ReportOptions } from '../../experiment/report/run-report.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { sharedBeyondArms } from '../../experiment/arm-of-log.ts';
import { readRunLog } from '../../experiment/run-log.ts';
import { gunzip } from '../view/gzip.ts';
import type { ArmPair } from './results.ts';
import type { RunFiles, StoredRun } from './runs.ts';

/** @throws RunLogError, ExportError */
export async function reportOfRun(run: StoredRun, files: RunFiles, options: ReportOptions): Promise<string> {
  const { events } = readRunLog(await gunzip(files.log));
  return runReport(events, { ...options, title: run.name, note: run.note });
}

export function reportOfPair(
  { summary, unfinished, repeated, models }: ArmPair,
  experiment: Experiment,
  options: ReportOptions,
): string {
  const model = models.join(', ');
  return experimentReport({ experiment, summary, model, left: unfinished + repeated }, options);
}

/** What chosen runs have in common, as an experiment: their arms, their seeds, what none of the arms says. */
export function experimentOf(title: string, { arms, summary }: ArmPair): Experiment {
  const runs = arms.flatMap(({ arm, runs: own }) => own.map((run) => ({ arm, run })));
  const seeds = [...new Set(summary.arms.flatMap((arm) => arm.seeds))].sort((a, b) => a - b);
  return {
    title,
    arms: summary.arms.map(({ arm }) => arm),
    seeds,
    overrides: sharedBeyondArms(runs.map(({ arm, run: { config } }) => ({ arm, config }))),
  };
}

/** @param time milliseconds since 1970 @param language as in `lang` */
export const dayOf = (time: number, language: string): string =>
  new Date(time).toLocaleDateString(language, { dateStyle: 'long' });
