/**
 * The study that comes with the page, in the form in which the Lab compares runs: its arms by their
 * titles, and any of them as the reference. Arithmetic is src/experiment's; data in, data out.
 */
import type { Arm, ArmComparison, ExperimentSummary, Finding } from '../../experiment/experiment.ts';
import type { ShippedStudy } from '../../experiment/shipped-study.ts';
import { PRESETS, type PresetName } from '../../experiment/presets.ts';
import type { Estimate, Interval } from '../../experiment/statistics.ts';
import { lookOf, type ArmPair } from './results.ts';

/** An arm that is a preset as it is bears the preset's title. */
export function titleOf(arm: Arm, title: (preset: PresetName) => string): string {
  const isBare = arm.name === arm.preset && Object.keys(arm.overrides).length === 0;
  return isBare && Object.hasOwn(PRESETS, arm.preset) ? title(arm.preset as PresetName) : arm.name;
}

/** The same study with its arms by their titles. */
export function named(study: ShippedStudy, title: (preset: PresetName) => string): ShippedStudy {
  const names = new Map(study.experiment.arms.map((arm) => [arm.name, titleOf(arm, title)]));
  const rename = (name: string): string => names.get(name) ?? name;
  const again = (arm: Arm): Arm => ({ ...arm, name: rename(arm.name) });
  return {
    experiment: { ...study.experiment, arms: study.experiment.arms.map(again) },
    summary: {
      ...study.summary,
      arms: study.summary.arms.map((own) => ({ ...own, arm: again(own.arm) })),
      comparisons: study.summary.comparisons.map((one) => ({
        ...one,
        from: rename(one.from),
        to: rename(one.to),
      })),
    },
  };
}

/** @param reference name of the arm that the others are compared with; the first when there is no such */
export function studyPair({ summary }: ShippedStudy, reference: string | null): ArmPair {
  const arms = summary.arms.map(({ arm, curve }, i) => ({ arm, look: lookOf(i), runs: [], curve }));
  return { arms, summary: ledBy(summary, reference), unfinished: 0, repeated: 0, models: ['nano'] };
}

function ledBy(summary: ExperimentSummary, reference: string | null): ExperimentSummary {
  const first = summary.arms.find(({ arm }) => arm.name === reference);
  if (first === undefined) return summary;
  return {
    ...summary,
    arms: [first, ...summary.arms.filter((one) => one !== first)],
    comparisons: summary.comparisons.map((one) => (one.to === reference ? turned(one) : one)),
  };
}

const OTHER: Readonly<Record<Finding, Finding>> = {
  higher: 'lower',
  lower: 'higher',
  // eslint-disable-next-line words/in-catalogue -- a value of Finding
  'no difference shown': 'no difference shown',
};

/** Minus zero would be written with its sign. */
const minus = (value: number): number => (value === 0 ? 0 : -value);
const opposite = ([low, high]: Interval): Interval => [minus(high), minus(low)];
const against = <T extends Estimate>(estimate: T): T => ({
  ...estimate,
  mean: minus(estimate.mean),
  interval: opposite(estimate.interval),
});

/** From the other side. */
function turned({ from, to, difference, overTasks, finding, ...rest }: ArmComparison): ArmComparison {
  return {
    ...rest,
    from: to,
    to: from,
    difference: { ...against(difference), differences: difference.differences.map(minus) },
    finding: OTHER[finding],
    ...(overTasks !== undefined && { overTasks: against(overTasks) }),
  };
}
