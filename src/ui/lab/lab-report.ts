/** The Lab's reports: of one run, or of what is compared. It makes text and keeps nothing. */
import { experimentReport } from '../../experiment/report/experiment-report.ts';
import { runReport, type ReportOptions } from '../../experiment/report/run-report.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { presetConfig } from '../../experiment/presets.ts';
import { readRunLog } from '../../experiment/run-log.ts';
import { diff, type ConfigOverrides } from '../../learning/config.ts';
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
  const changes = runs.map(
    ({ arm, run }) =>
      new Map(
        diff(run.config, presetConfig(arm.preset, arm.overrides, { seed: run.seed })).map(({ key, to }) => [
          key,
          to,
        ]),
      ),
  );
  const [first = new Map<string, unknown>(), ...others] = changes;
  const shared = [...first].filter(([key, to]) => others.every((other) => other.get(key as 'seed') === to));
  return {
    title,
    arms: summary.arms.map(({ arm }) => arm),
    seeds,
    overrides: Object.fromEntries(shared) as ConfigOverrides,
  };
}

/** @param time milliseconds since 1970 @param language as in `lang` */
export const dayOf = (time: number, language: string): string =>
  new Date(time).toLocaleDateString(language, { dateStyle: 'long' });
