/** The Lab's reports: of one run, or of what is compared. It makes text and keeps nothing. */
import { isExperimentWord, printExperiment } from '../../experiment/experiment-link.ts';
import { experimentReport } from '../../experiment/report/experiment-report.ts';
import { runReport, type ReportOptions } from '../../experiment/report/run-report.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import type { ShippedStudy } from '../../experiment/shipped-study.ts';
import { sharedBeyondArms } from '../../experiment/arm-of-log.ts';
import { readRunLog } from '../../experiment/run-log.ts';
import { fileName } from '../kit/file-name.ts';
import { withWords } from '../session/address.ts';
import { LANGUAGES, localeNow, s } from '../strings/index.ts';
import { gunzip } from '../view/gzip.ts';
import type { ArmPair } from './results.ts';
import type { ExperimentRecord, RunFiles, StoredRun } from './runs.ts';
import type { Shelf } from './shelf.svelte.ts';

/** @throws RunLogError, ExportError */
async function reportOfRun(run: StoredRun, files: RunFiles, options: ReportOptions): Promise<string> {
  const { events } = readRunLog(await gunzip(files.log));
  return runReport(events, { ...options, title: run.name, note: run.note });
}

function reportOfPair(
  { summary, unfinished, repeated, models }: ArmPair,
  experiment: Experiment,
  options: ReportOptions,
): string {
  const model = models.join(', ');
  return experimentReport({ experiment, summary, model, left: unfinished + repeated }, options);
}

/** What chosen runs have in common, as an experiment: their arms, their seeds, what none of the arms says. */
function experimentOf(title: string, { arms, summary }: ArmPair): Experiment {
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
const dayOf = (time: number, language: string): string =>
  new Date(time).toLocaleDateString(language, { dateStyle: 'long' });

export interface LabReport {
  /** Of the file. */
  readonly name: string;
  readonly html: string;
}

/** What the room shows. */
export interface ShownResults {
  readonly shelf: Pick<Shelf, 'get' | 'files'>;
  readonly view: 'study' | 'experiment' | 'chosen';
  readonly study: ShippedStudy | null;
  readonly open: ExperimentRecord | null;
  readonly comparison: ArmPair;
  readonly shown: readonly StoredRun[];
}

/**
 * Of one run, or of what is shown. @param run its id @param now milliseconds since 1970
 * @param base absolute address of the site's folder
 * @throws RunLogError, ExportError, and where a run's files are gone
 */
export async function reportOf(
  lab: ShownResults,
  run: string | null,
  now: number,
  base: string,
): Promise<LabReport> {
  const { tag } = LANGUAGES[localeNow()];
  const options = {
    words: s.lab.report,
    language: tag,
    nameOf: (metric: string) => s.lab.measures[metric] ?? metric,
    date: dayOf(now, tag),
  };
  const kept = run === null ? null : lab.shelf.get(run);
  if (kept !== null) {
    const files = await lab.shelf.files(kept.id);
    if (files === null) throw new Error(s.lab.errors.noFiles(kept.name));
    return { name: reportName(kept.name), html: await reportOfRun(kept, files, options) };
  }
  const shown = experimentShown(lab);
  const link = lab.view === 'chosen' ? undefined : linkOf(shown, base);
  const html = reportOfPair(lab.comparison, shown, { ...options, ...(link && { link }) });
  return { name: reportName(shown.title), html };
}

/** The study that came with the page, the open experiment, or what chosen runs have in common. */
function experimentShown({ view, study, open, comparison, shown }: ShownResults): Experiment {
  if (view === 'study' && study !== null) {
    const runs = study.summary.arms.reduce((sum, { seeds }) => sum + seeds.length, 0);
    const hypothesis = s.lab.experiments['rlvr-coderl-plus'].about;
    return { ...study.experiment, title: s.lab.study.title(runs), hypothesis };
  }
  if (view === 'experiment' && open !== null) return open.experiment;
  return experimentOf(s.lab.results.ofChosen(shown.length), comparison);
}

/** Where the page has the same plan; undefined where no address holds it. */
function linkOf(experiment: Experiment, base: string): string | undefined {
  try {
    const words = printExperiment({ hypothesis: '', ...experiment });
    return withWords(`${base}?room=lab`, isExperimentWord, words);
  } catch {
    return undefined;
  }
}

const reportName = (title: string): string => fileName(title, 'html');
