/**
 * The hypothesis being written: arms as differences from presets, how many seeds, how many steps. It says
 * what is wrong with it in words; it runs nothing.
 */
import { armConfig, type Arm, type Experiment } from '../../experiment/experiment.ts';
import { EXPERIMENTS, type ExperimentId } from '../../experiment/experiments.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { ConfigError, parseAssignment, type ConfigKey, type ConfigOverrides } from '../../learning/config.ts';
import { s } from '../strings/index.ts';

/** Fewer cannot be compared; more are hard to tell apart. */
export const ARMS = { min: 2, max: 6 } as const;
export const SEEDS = { min: 1, max: 20 } as const;
const NAME = /^[\p{L}\p{N}.+-]+$/u;

export interface PlanDefaults {
  /**
   * Layered on every arm: the size of the evaluation, what the model in use asks for, settings from the
   * address.
   */
  readonly base: () => ConfigOverrides;
  /** Layered on the arms of a preset, below what they change of it; absent: nothing. */
  readonly ofPreset?: (preset: PresetName) => ConfigOverrides;
  readonly seeds: number;
  readonly steps: number;
}

export class LabPlan {
  /** The preset it began with; null once its arms were changed. */
  preset: ExperimentId | null = $state('rlvr-coderl-plus');
  arms: readonly Arm[] = $state.raw(EXPERIMENTS['rlvr-coderl-plus'].arms);
  seeds = $state(3);
  steps = $state(30);
  /** As the visitor said; null: as the model asks, else five times in a run of the first length. */
  #every: number | null = $state(null);
  readonly #everyAtFirst: number;

  readonly #base: () => ConfigOverrides;
  readonly #ofPreset: (preset: PresetName) => ConfigOverrides;

  constructor({ base, ofPreset = () => ({}), seeds, steps }: PlanDefaults) {
    this.#base = base;
    this.#ofPreset = ofPreset;
    this.seeds = seeds;
    this.steps = base().steps ?? steps;
    this.#everyAtFirst = Math.max(1, Math.round(this.steps / 5));
  }

  get evalEvery(): number {
    return this.#every ?? this.#base()['eval.every'] ?? this.#everyAtFirst;
  }

  set evalEvery(steps: number) {
    this.#every = steps;
  }

  readonly title = $derived(
    this.preset === null
      ? this.arms.map(({ name }) => name).join(' / ')
      : s.lab.experiments[this.preset].title,
  );
  readonly experiment = $derived.by((): Experiment => ({
    title: this.title,
    arms: this.arms.map((arm) => ({
      ...arm,
      overrides: { ...this.#ofPreset(arm.preset as PresetName), ...arm.overrides },
    })),
    seeds: Array.from({ length: this.seeds }, (_, i) => i + 1),
    overrides: { ...this.#base(), steps: this.steps, 'eval.every': this.evalEvery },
  }));
  /** Why it cannot be run, or null. */
  readonly problem = $derived.by((): string | null => {
    const names = this.arms.map(({ name }) => name);
    const odd = names.find((name) => !NAME.test(name));
    if (odd !== undefined) return s.lab.plan.badName(odd);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) return s.lab.plan.twice(twice);
    try {
      for (const arm of this.experiment.arms) armConfig(this.experiment, arm, 1);
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  });
  readonly runs = $derived(this.arms.length * this.seeds);

  choose(preset: ExperimentId): void {
    this.preset = preset;
    this.arms = EXPERIMENTS[preset].arms;
  }

  /** A copy of the last arm, to be changed. */
  addArm(): void {
    const last = this.arms.at(-1);
    if (last === undefined || this.arms.length >= ARMS.max) return;
    const stem = last.name.replace(/-\d+$/, '');
    const taken = (name: string) => this.arms.some((arm) => arm.name === name);
    let n = 2;
    while (taken(`${stem}-${n}`)) n++;
    this.#replace([...this.arms, { ...last, name: `${stem}-${n}` }]);
  }

  removeArm(at: number): void {
    if (this.arms.length > ARMS.min) this.#replace(this.arms.filter((_, i) => i !== at));
  }

  changeArm(at: number, change: Partial<Arm>): void {
    this.#replace(this.arms.map((arm, i) => (i === at ? { ...arm, ...change } : arm)));
  }

  /** @returns why the value does not fit, or null when it was taken */
  setOverride(at: number, key: ConfigKey, text: string): string | null {
    const arm = this.arms[at];
    if (arm === undefined) return null;
    try {
      const { value } = parseAssignment(`${key}=${text}`);
      this.changeArm(at, { overrides: { ...arm.overrides, [key]: value } });
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  clearOverride(at: number, key: ConfigKey): void {
    const arm = this.arms[at];
    if (arm === undefined) return;
    const { [key]: _, ...overrides } = arm.overrides;
    this.changeArm(at, { overrides });
  }

  #replace(arms: readonly Arm[]): void {
    this.arms = arms;
    this.preset = null;
  }
}
