/** Which recorded run of the page a run of the study is, by preset and seed. Data in, data out. */
import { nearestPreset } from '../../experiment/presets.ts';
import type { ListedRecording } from '../../experiment/recorded.ts';
import type { PicturedArm } from '../../experiment/study-picture.ts';
import { createConfig } from '../../learning/config.ts';

/** How often and on how much a run is measured does not change how it learns. */
const isAboutMeasuring = (key: string): boolean => key.startsWith('eval.') || key === 'seed';

/** The recording's id; null when it does not come with the page. An arm that changes its preset has none. */
export function recordingOf(
  listed: readonly ListedRecording[],
  { preset, isPreset }: Pick<PicturedArm, 'preset' | 'isPreset'>,
  seed: number,
): string | null {
  if (!isPreset) return null;
  const found = listed.find(({ config }) => {
    const whole = createConfig(config);
    if (whole.seed !== seed) return false;
    const { name, changes } = nearestPreset(whole);
    return name === preset && changes.every(({ key }) => isAboutMeasuring(key));
  });
  return found?.id ?? null;
}
