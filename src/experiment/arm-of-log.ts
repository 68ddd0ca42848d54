/**
 * Which arm a run is whose log does not say it: the preset it is nearest to, and what it changes.
 * It also says what runs of several arms have in common beside that. Data in, data out.
 */
import { diff, type Config, type ConfigOverrides } from '../learning/config.ts';
import type { Arm } from './experiment.ts';
import { presetConfig, PRESETS, type PresetName } from './presets.ts';

/** Settings of a run that belong to the run, not to what it tries. */
const OWN: readonly string[] = ['seed', 'steps'];
const isOwn = (key: string): boolean => OWN.includes(key) || key.startsWith('eval.');

/** @param name absent: the preset with its changes */
export function armOf(config: Config, name?: string): Arm {
  const near = (Object.keys(PRESETS) as PresetName[])
    .map((preset) => ({
      preset,
      changed: diff(config, presetConfig(preset)).filter(({ key }) => !isOwn(key)),
    }))
    .reduce((best, next) => (next.changed.length < best.changed.length ? next : best));
  const overrides = Object.fromEntries(near.changed.map(({ key, to }) => [key, to])) as ConfigOverrides;
  return { name: name ?? nameOf(near.preset, overrides), preset: near.preset, overrides };
}

/** Settings that every run has and no arm says. */
export function sharedBeyondArms(
  runs: readonly { readonly config: Config; readonly arm: Arm }[],
): ConfigOverrides {
  const [first, ...others] = runs.map(({ config, arm }) =>
    diff(config, presetConfig(arm.preset, arm.overrides, { seed: config.seed })),
  );
  const isShared = ({ key, to }: { readonly key: string; readonly to: unknown }) =>
    others.every((other) => other.some((change) => change.key === key && change.to === to));
  return Object.fromEntries(
    (first ?? []).filter(isShared).map(({ key, to }) => [key, to]),
  ) as ConfigOverrides;
}

function nameOf(preset: PresetName, overrides: ConfigOverrides): string {
  const changes = Object.entries(overrides).map(
    ([key, value]) => `${key.split('.').at(-1)}-${String(value)}`,
  );
  return [preset, ...changes].join('+');
}
