/**
 * What a study's picture says in words: one sentence a panel, chosen by its interval,
 * whatever the study found. Data in, text out.
 */
import { presetConfig, PRESETS, type PresetName } from '../../experiment/presets.ts';
import type { Mean, PicturedArm, PicturedPanel } from '../../experiment/study-picture.ts';
import { s } from '../strings/index.ts';

const isPreset = (name: string): name is PresetName => Object.hasOwn(PRESETS, name);

/** An arm by its preset's title where it is one, else by the name that the study gave it. */
export const armName = ({ name, preset, isPreset: isBare }: PicturedArm): string =>
  isBare && isPreset(preset) ? s.presets[preset].title : name;

/** What an arm rewards, by its preset; nothing where the preset is none of ours. */
export function armRewards({ preset }: PicturedArm): string {
  if (!isPreset(preset)) return '';
  return s.picture.about[presetConfig(preset)['alignment.prompts'] > 0 ? 'traces' : 'tests'];
}

/** Points of a hundred with a sign and one decimal; a true minus. */
export function points(share: number): string {
  const text = Math.abs(100 * share).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return share > 0 ? `+${text}` : `\u2212${text}`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** `+7.6 to +14.2`; null where an interval has no ends. */
const range = ({ low, high }: Mean): string | null =>
  low === null || high === null ? null : s.picture.range(points(low), points(high));

/** The sentence of a panel. */
export function finding({ measure, arms: [from, to], difference, finding: found }: PicturedPanel): string {
  const [a, b] = [armName(from), armName(to)];
  const within = range(difference);
  const sentence = s.picture.findings[measure][found](b, a);
  // A Chinese colon brings its own space.
  const space = sentence.endsWith('：') ? '' : ' ';
  return `${sentence}${space}${within === null ? s.picture.oneRun : s.picture.difference(points(difference.mean), within)}`;
}

/** A run in words, for who points at its dot. */
export function runWords(arm: PicturedArm, index: number): string {
  const run = arm.runs[index]!;
  const before = run.before ?? arm.before.mean;
  return s.picture.run(armName(arm), run.seed, percent(before), percent(run.after), run.before === null);
}
