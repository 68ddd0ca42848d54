/**
 * The settings as the visitor has them: a preset and what differs from it, beside the configuration of the
 * run. It says what a change means (next step, or reset first); it changes no run itself.
 */
import {
  createConfig,
  diff,
  SCHEMA,
  type Config,
  type ConfigKey,
  type ConfigOverrides,
  type ConfigValue,
} from '../../learning/config.ts';
import { halfThePrompts, presetConfig, PRESETS, type PresetName } from '../../experiment/presets.ts';
import { DEFAULT_PRESET, type Setup } from '../../experiment/sharing.ts';
import { PAGE_EVALUATION } from './page-evaluation.ts';

export { PAGE_EVALUATION } from './page-evaluation.ts';

/** Alignment prompts in a step when the mix asks for alignment and the preset has none. */
const ALIGNMENT_PROMPTS = 8;
/** Shares that the mix offers end here: with tests at zero there would be no programs to trace. */
export const MAX_MIX = 0.8;

export interface SettingChange {
  readonly key: ConfigKey;
  readonly value: ConfigValue;
}

/**
 * Alignment's share of the loss, or of the rates where it has an optimizer of its
 * own, when code weighs 1 and alignment w: w / (1 + w); 0 without alignment prompts.
 */
export function mixOf(config: Config): number {
  const weight = config['alignment.weight'];
  return config['alignment.prompts'] === 0 ? 0 : weight / (1 + weight);
}

/**
 * The settings that give the mix; alignment prompts stay as they are unless the mix switches them on or off.
 */
export function changesForMix(config: Config, share: number): readonly SettingChange[] {
  const wanted = Math.min(MAX_MIX, Math.max(0, share));
  if (wanted === 0) return [{ key: 'alignment.prompts', value: 0 }];
  const prompts = config['alignment.prompts'] || ALIGNMENT_PROMPTS;
  return [
    { key: 'alignment.prompts', value: prompts },
    { key: 'alignment.weight', value: Number((wanted / (1 - wanted)).toFixed(4)) },
  ];
}

export class Knobs {
  preset: PresetName = $state(DEFAULT_PRESET);
  overrides: ConfigOverrides = $state.raw({});

  /** From the address: part of what "the preset" means for this visit. */
  readonly given: ConfigOverrides;
  #layer: ConfigOverrides = $state.raw({});

  constructor(given: ConfigOverrides = {}, setup?: Setup) {
    this.given = given;
    if (setup === undefined) return;
    this.preset = setup.preset;
    this.overrides = setup.overrides;
  }

  /**
   * What the model in use asks for, where it is the visitor's: part of every preset as well, below the
   * address.
   */
  get layer(): ConfigOverrides {
    return this.#layer;
  }

  /** Another model is in use. */
  useLayer(layer: ConfigOverrides): void {
    this.#layer = layer;
  }

  /** `layer` with the preset's proportions. */
  readonly modelLayer: ConfigOverrides = $derived({ ...this.layer, ...this.proportions(this.preset) });
  readonly presetConfig = $derived.by(() =>
    presetConfig(this.preset, PAGE_EVALUATION, this.modelLayer, this.given),
  );
  readonly config = $derived(createConfig(this.presetConfig, this.overrides));
  readonly mix = $derived(mixOf(this.config));
  readonly offPreset = $derived(diff(this.config, this.presetConfig));

  /** What the model in use asks for on top of a preset, and the address does not say. */
  proportions(preset: PresetName): ConfigOverrides {
    if (Object.keys(this.layer).length === 0) return {};
    const free = Object.entries(halfThePrompts(preset)).filter(([key]) => !(key in this.given));
    return Object.fromEntries(free) as ConfigOverrides;
  }

  choose(preset: PresetName): void {
    this.preset = preset;
    this.overrides = {};
  }

  restore(): void {
    this.overrides = {};
  }

  /** The settings of a run that is taken up again. */
  adopt(config: Config): void {
    const changed = diff(config, this.presetConfig);
    this.overrides = Object.fromEntries(changed.map(({ key, to }) => [key, to])) as ConfigOverrides;
  }

  /** @throws ConfigError when the value does not fit; nothing is changed then */
  set(changes: readonly SettingChange[]): void {
    const layer = Object.fromEntries(changes.map(({ key, value }) => [key, value])) as ConfigOverrides;
    const next = { ...this.overrides, ...layer };
    createConfig(this.presetConfig, next);
    this.overrides = next;
  }

  /** What the run in progress would have to change: at its next step, or only after a reset. */
  pending(running: Config): {
    readonly live: readonly SettingChange[];
    readonly needsReset: readonly ConfigKey[];
  } {
    const changed = diff(this.config, running);
    return {
      live: changed.filter(({ key }) => SCHEMA[key].runtime).map(({ key, to }) => ({ key, value: to })),
      needsReset: changed.filter(({ key }) => !SCHEMA[key].runtime).map(({ key }) => key),
    };
  }
}

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
