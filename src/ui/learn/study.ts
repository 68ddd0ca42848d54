/**
 * The study that may come with the site (public/runs/study.json, written by the study
 * script): an ExperimentSummary as JSON, in which endless intervals are null. Reads
 * and checks the little that chapter 6 shows; nothing is computed anew.
 */
import { isRecord } from '../../base/is-record.ts';
import type { JsonObject } from '../../base/json-object.ts';
import { PRESETS, type PresetName } from '../../experiment/presets.ts';
import { findingOf, type Finding } from '../../experiment/experiment.ts';
import type { Estimate } from '../../experiment/statistics.ts';

export interface StudyArm {
  readonly name: string;
  /** The preset that the arm is, when it changes nothing of it. */
  readonly preset: PresetName | null;
  readonly seeds: number;
  readonly before: Estimate;
  readonly after: Estimate;
  /** What training changed, run by run; null in summaries that do not say. */
  readonly change: Estimate | null;
  /** Final values by seed. */
  readonly values: readonly number[];
}

export interface StudyComparison {
  readonly from: string;
  readonly to: string;
  readonly difference: Estimate;
  readonly signTest: number;
  readonly finding: Finding;
}

export interface StudyMeasure {
  readonly measure: string;
  readonly arms: readonly StudyArm[];
  readonly comparisons: readonly StudyComparison[];
}

export interface Study {
  readonly title: string;
  readonly measures: readonly StudyMeasure[];
}

const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : []);
// eslint-disable-next-line words/in-catalogue -- a value of Finding
const FINDINGS: readonly string[] = ['higher', 'lower', 'no difference shown'] satisfies Finding[];

function estimate(data: unknown): Estimate | null {
  if (!isRecord(data) || typeof data['mean'] !== 'number' || typeof data['n'] !== 'number') return null;
  const [low, high] = list(data['interval']);
  // JSON has no infinity: an unbounded end is null.
  const interval = [
    typeof low === 'number' ? low : -Infinity,
    typeof high === 'number' ? high : Infinity,
  ] as const;
  return { mean: data['mean'], interval, n: data['n'] };
}

/**
 * The measures that all arms have, in the summary's order; null when this is not a
 * summary with two arms at least.
 */
export function readStudy(data: unknown): Study | null {
  // A study may hold the summary beside how it was made.
  const summary = isRecord(data) && isRecord(data['summary']) ? data['summary'] : data;
  if (!isRecord(summary) || typeof summary['title'] !== 'string') return null;
  const arms = list(summary['arms']).filter(isRecord);
  if (arms.length < 2) return null;
  const measureNames = Object.keys(isRecord(arms[0]?.['measures']) ? arms[0]['measures'] : {});
  const measures = measureNames.flatMap((measure): StudyMeasure[] => {
    const shown = arms.map((arm) => studyArm(arm, measure));
    if (shown.some((arm) => arm === null)) return [];
    const comparisons = list(summary['comparisons']).flatMap((c) => studyComparison(c, measure));
    return [{ measure, arms: shown as StudyArm[], comparisons }];
  });
  return measures.length === 0 ? null : { title: summary['title'], measures };
}

function studyArm(arm: JsonObject, measure: string): StudyArm | null {
  const name = isRecord(arm['arm']) ? arm['arm']['name'] : undefined;
  const found = isRecord(arm['measures']) ? arm['measures'][measure] : undefined;
  if (typeof name !== 'string' || !isRecord(found)) return null;
  const [before, after] = [estimate(found['before']), estimate(found['after'])];
  if (before === null || after === null) return null;
  const values = list(found['values']).filter((value) => typeof value === 'number');
  const change = estimate(found['change']);
  return {
    name,
    preset: presetOf(arm['arm']),
    seeds: list(arm['seeds']).length,
    before,
    after,
    change,
    values,
  };
}

const isPreset = (name: unknown): name is PresetName =>
  typeof name === 'string' && Object.hasOwn(PRESETS, name);

function presetOf(arm: unknown): PresetName | null {
  if (!isRecord(arm)) return null;
  const isBare = isRecord(arm['overrides']) && Object.keys(arm['overrides']).length === 0;
  return isBare && arm['name'] === arm['preset'] && isPreset(arm['preset']) ? arm['preset'] : null;
}

function studyComparison(data: unknown, measure: string): StudyComparison[] {
  if (!isRecord(data) || data['measure'] !== measure) return [];
  const { from, to, finding } = data;
  const difference = estimate(data['difference']);
  const sign = isRecord(data['difference']) ? data['difference']['signTest'] : undefined;
  if (typeof from !== 'string' || typeof to !== 'string' || difference === null) return [];
  if (typeof finding !== 'string' || !FINDINGS.includes(finding)) return [];
  return [
    { from, to, difference, signTest: typeof sign === 'number' ? sign : 1, finding: finding as Finding },
  ];
}

/** What training did to an arm, by the rule for differences between arms; null where nothing says. */
export const trainedOf = ({ change }: StudyArm): Finding | null =>
  change === null ? null : findingOf(change);

/** Comparisons with the first arm, which is the one that the others are held against. */
export const againstFirst = ({ arms, comparisons }: StudyMeasure): readonly StudyComparison[] =>
  comparisons.filter(({ from }) => from === arms[0]?.name);

/** How to call an arm: by the preset's title when it is one, else by the name that the study gave it. */
export function armNames(study: Study, titleOf: (preset: PresetName) => string): (name: string) => string {
  const arms = study.measures[0]?.arms ?? [];
  const names = new Map(arms.map(({ name, preset }) => [name, preset === null ? name : titleOf(preset)]));
  return (name) => names.get(name) ?? name;
}

/**
 * Sample standard deviation of a run within its arm, pooled over arms; null with
 * fewer than two runs in every arm.
 */
export function noiseOf({ arms }: StudyMeasure): number | null {
  let [squares, degrees] = [0, 0];
  for (const { values } of arms) {
    if (values.length < 2) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    degrees += values.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(squares / degrees);
}
