/**
 * The study that comes with the site (public/runs/study.json, written by
 * `npm run study -- --json`), as an experiment with its summary: what the Lab opens with
 * and Learn shows. It checks what readers rely on. Of an older summary it adds the p
 * values, which follow from the differences; what would need the runs' logs stays absent.
 */
import { isRecord } from '../base/is-record.ts';
import { createConfig, type ConfigOverrides } from '../learning/config.ts';
import {
  MEASURES,
  type ArmComparison,
  type ArmSummary,
  type Experiment,
  type ExperimentSummary,
  type Finding,
} from './experiment.ts';
import { PRESETS } from './presets.ts';
import { holm, pairedP } from './statistics.ts';

export interface ShippedStudy {
  readonly experiment: Experiment;
  readonly summary: ExperimentSummary;
}

/** A study that is not whole. */
export class StudyError extends Error {
  override readonly name = 'StudyError';
  readonly advice = 'Write it again: npm run study -- --json public/runs/study.json.';
}

const FINDINGS: readonly unknown[] = ['higher', 'lower', 'no difference shown'] satisfies Finding[];

type Json = Readonly<Record<string, unknown>>;
const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : []);

/** JSON has no infinity: an interval without ends has nulls. */
function bounded(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(bounded);
  if (!isRecord(data)) return data;
  const entries = Object.entries(data).map(([key, value]) => {
    if (key !== 'interval' || !Array.isArray(value)) return [key, bounded(value)] as const;
    return [key, [value[0] ?? -Infinity, value[1] ?? Infinity]] as const;
  });
  return Object.fromEntries(entries);
}

const isEstimate = (data: unknown): boolean =>
  isRecord(data) &&
  typeof data['mean'] === 'number' &&
  typeof data['n'] === 'number' &&
  list(data['interval']).length === 2 &&
  list(data['interval']).every((end) => typeof end === 'number');

/** @param data as parsed from its file @throws StudyError naming what is missing */
export function readShippedStudy(data: unknown): ShippedStudy {
  const found = bounded(data);
  if (!isRecord(found)) throw new StudyError('The study is not an object.');
  const arms = list(found['arms']).map(readArm);
  if (arms.length < 2) throw new StudyError('The study has fewer than two arms.');
  const shared = Object.keys(arms[0]!.measures).filter((name) => arms.every((arm) => name in arm.measures));
  if (shared.length === 0) throw new StudyError('The arms of the study have no measure in common.');
  const comparisons = list(found['comparisons']);
  if (!comparisons.every(isComparison)) throw new StudyError('A comparison of the study is not whole.');
  const overrides = (isRecord(found['overrides']) ? found['overrides'] : {}) as ConfigOverrides;
  createConfig(overrides);
  const seeds = [...new Set(arms.flatMap((arm) => arm.seeds))].sort((a, b) => a - b);
  const title = typeof found['title'] === 'string' ? found['title'] : '';
  return {
    experiment: { title, arms: arms.map(({ arm }) => arm), seeds, overrides },
    summary: {
      title,
      arms,
      comparisons: withP(comparisons as unknown as ArmComparison[]),
    } satisfies ExperimentSummary,
  };
}

/** Holm's adjustment is over the measures of a pair of arms, as in experiment.ts. */
function withP(comparisons: readonly ArmComparison[]): ArmComparison[] {
  const all = comparisons.map((one) => ({ ...one, p: one.p ?? pairedP(one.difference.differences) }));
  return all.map((one) => {
    if (one.adjustedP !== undefined) return one;
    const pair = all.filter(({ from, to }) => from === one.from && to === one.to);
    return { ...one, adjustedP: holm(pair.map(({ p }) => p))[pair.indexOf(one)]! };
  });
}

function readArm(data: unknown): ArmSummary {
  const fails = (what: string): StudyError => new StudyError(`An arm of the study ${what}.`);
  if (!isRecord(data) || !isRecord(data['arm'])) throw fails('is no arm');
  const { name, preset, overrides } = data['arm'];
  if (typeof name !== 'string' || typeof preset !== 'string' || !Object.hasOwn(PRESETS, preset))
    throw fails('has no name or no preset that is known');
  if (!isRecord(overrides)) throw fails('has no settings');
  createConfig(overrides as ConfigOverrides);
  if (!list(data['seeds']).every(Number.isSafeInteger)) throw fails('has no seeds');
  const measures = isRecord(data['measures']) ? data['measures'] : {};
  for (const [measure, summary] of Object.entries(measures))
    if (!isMeasure(summary)) throw fails(`is not whole at ${measure}`);
  if (!MEASURES.some((measure) => measure in measures)) throw fails('measured nothing');
  const curve = list(data['curve']);
  if (!curve.every((at) => isRecord(at) && Number.isSafeInteger(at['step']) && isRecord(at['measures'])))
    throw fails('has a curve that is not whole');
  return { ...(data as Json), curve } as unknown as ArmSummary;
}

const isMeasure = (data: unknown): boolean =>
  isRecord(data) &&
  [data['before'], data['after'], data['change']].every(isEstimate) &&
  list(data['values']).every((value) => typeof value === 'number');

const isComparison = (data: unknown): boolean =>
  isRecord(data) &&
  ['from', 'to', 'measure'].every((key) => typeof data[key] === 'string') &&
  FINDINGS.includes(data['finding']) &&
  isEstimate(data['difference']) &&
  isRecord(data['difference']) &&
  typeof data['difference']['signTest'] === 'number' &&
  list(data['difference']['differences']).every((value) => typeof value === 'number') &&
  (data['overTasks'] === undefined || isEstimate(data['overTasks']));
