/**
 * What chapter 6 shows of the study that may come with the site, measure by measure. Its file is read and
 * checked by src/experiment; nothing is computed anew.
 */
import { findingOf, type Arm, type Finding, type MeasureSummary } from '../../experiment/experiment.ts';
import { PRESETS, type PresetName } from '../../experiment/presets.ts';
import type { ShippedStudy } from '../../experiment/shipped-study.ts';
import type { Estimate } from '../../experiment/statistics.ts';

export interface StudyArm extends MeasureSummary {
  readonly name: string;
  /** The preset that the arm is, when it changes nothing of it. */
  readonly preset: PresetName | null;
  readonly seeds: number;
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
  readonly measures: readonly StudyMeasure[];
}

/** The measures that all arms have, in the summary's order. */
export function studyOf({ summary }: ShippedStudy): Study {
  const names = Object.keys(summary.arms[0]?.measures ?? {}).filter((measure) =>
    summary.arms.every(({ measures }) => Object.hasOwn(measures, measure)),
  );
  return {
    measures: names.map((measure) => ({
      measure,
      arms: summary.arms.map(({ arm, seeds, measures }) => ({
        ...measures[measure]!,
        name: arm.name,
        preset: presetOf(arm),
        seeds: seeds.length,
      })),
      comparisons: summary.comparisons
        .filter((one) => one.measure === measure)
        .map(({ from, to, difference, finding }) => ({
          from,
          to,
          difference,
          signTest: difference.signTest,
          finding,
        })),
    })),
  };
}

const isPreset = (name: string): name is PresetName => Object.hasOwn(PRESETS, name);

function presetOf({ name, preset, overrides }: Arm): PresetName | null {
  return Object.keys(overrides).length === 0 && name === preset && isPreset(preset) ? preset : null;
}

/** What training did to an arm, by the rule for differences between arms. */
export const trainedOf = ({ change }: StudyArm): Finding => findingOf(change);

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
