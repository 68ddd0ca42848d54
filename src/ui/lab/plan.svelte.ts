/**
 * The hypothesis being written: what is claimed in free words, arms as differences from presets,
 * what all arms share, seeds and steps. It says what is wrong with it in words; it runs nothing.
 */
import { armConfig, type Arm, type Experiment } from '../../experiment/experiment.ts';
import {
  ARM_NAME,
  ARMS,
  LAST_SEED,
  LONGEST_HYPOTHESIS,
  printExperiment,
  type SharedExperiment,
} from '../../experiment/experiment-link.ts';
import { EXPERIMENT_IDS, EXPERIMENTS, type ExperimentId } from '../../experiment/experiments.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { ConfigError, parseAssignment, type ConfigKey, type ConfigOverrides } from '../../learning/config.ts';
import { s } from '../strings/index.ts';

export { ARMS, SEEDS } from '../../experiment/experiment-link.ts';

export interface PlanDefaults {
  /**
   * Layered on every arm: the size of the evaluation, what the model in use asks for. A link does not say it.
   */
  readonly base: () => ConfigOverrides;
  /** Above it, and part of the link: settings from the address. */
  readonly given?: () => ConfigOverrides;
  /** Layered on the arms of a preset, below what they change of it; absent: nothing. */
  readonly ofPreset?: (preset: PresetName) => ConfigOverrides;
  readonly seeds: number;
  readonly steps: number;
}

export class LabPlan {
  /** The preset it began with; null once its arms were changed. */
  preset: ExperimentId | null = $state('rlvr-coderl-plus');
  /** In the visitor's words; empty: the preset's question stands. It stays whatever becomes of the arms. */
  words = $state('');
  arms: readonly Arm[] = $state.raw(EXPERIMENTS['rlvr-coderl-plus'].arms);
  /** What all arms share beside steps and measuring. */
  shared: ConfigOverrides = $state.raw({});
  /** How many, from which on. */
  seeds = $state(3);
  firstSeed = $state(1);
  /** Seeds of a link that are no row; null: `seeds` from `firstSeed` on. */
  #listed: readonly number[] | null = $state.raw(null);
  steps = $state(30);
  /** As the visitor said; null: as the model asks, else five times in a run of the first length. */
  #every: number | null = $state(null);
  readonly #everyAtFirst: number;

  readonly #base: () => ConfigOverrides;
  readonly #given: () => ConfigOverrides;
  readonly #ofPreset: (preset: PresetName) => ConfigOverrides;

  constructor({ base, given = () => ({}), ofPreset = () => ({}), seeds, steps }: PlanDefaults) {
    this.#base = base;
    this.#given = given;
    this.#ofPreset = ofPreset;
    this.seeds = seeds;
    this.steps = given().steps ?? base().steps ?? steps;
    this.#everyAtFirst = Math.max(1, Math.round(this.steps / 5));
  }

  get evalEvery(): number {
    return this.#every ?? this.#given()['eval.every'] ?? this.#base()['eval.every'] ?? this.#everyAtFirst;
  }

  set evalEvery(steps: number) {
    this.#every = steps;
  }

  /** The arms in a few words. */
  readonly title = $derived(
    this.preset === null
      ? this.arms.map(({ name }) => name).join(' / ')
      : s.lab.experiments[this.preset].title,
  );
  /** What is asked: the visitor's words, else the preset's question. */
  readonly hypothesis = $derived(
    this.words.trim() !== ''
      ? this.words.trim()
      : this.preset === null
        ? ''
        : s.lab.experiments[this.preset].about,
  );
  readonly seedList = $derived(
    this.#listed ?? Array.from({ length: this.seeds }, (_, i) => this.firstSeed + i),
  );
  readonly experiment = $derived.by((): Experiment => ({
    title: this.title,
    ...(this.hypothesis !== '' && { hypothesis: this.hypothesis }),
    arms: this.arms.map((arm) => ({
      ...arm,
      overrides: { ...this.#ofPreset(arm.preset as PresetName), ...arm.overrides },
    })),
    seeds: this.seedList,
    overrides: { ...this.#base(), ...this.#said },
  }));
  /** Why it cannot be run, or null. */
  readonly problem = $derived.by((): string | null => {
    const names = this.arms.map(({ name }) => name);
    const odd = names.find((name) => !ARM_NAME.test(name));
    if (odd !== undefined) return s.lab.plan.badName(odd);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) return s.lab.plan.twice(twice);
    if (this.seedList.at(-1)! > LAST_SEED) return s.lab.plan.seedTooLarge(LAST_SEED);
    try {
      for (const arm of this.experiment.arms) armConfig(this.experiment, arm, this.seedList[0]!);
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  });
  readonly runs = $derived(this.arms.length * this.seedList.length);

  /** What was said of all arms, in the layers' order. */
  get #said(): ConfigOverrides {
    return { ...this.#given(), ...this.shared, steps: this.steps, 'eval.every': this.evalEvery };
  }

  /** The words of an address that restore it. */
  readonly link = $derived.by(() =>
    printExperiment({
      hypothesis: this.words.trim().slice(0, LONGEST_HYPOTHESIS),
      arms: this.arms,
      seeds: this.seedList,
      overrides: this.#said,
    }),
  );

  /** Takes over what a link, or an experiment that was run, says. */
  adopt({ hypothesis, arms, seeds, overrides }: SharedExperiment): void {
    const { steps, 'eval.every': every, ...shared } = overrides;
    this.words = hypothesis;
    this.arms = arms;
    this.preset = EXPERIMENT_IDS.find((id) => isSame(EXPERIMENTS[id].arms, arms)) ?? null;
    const isRow = seeds.every((seed, i) => seed === seeds[0]! + i);
    this.seeds = seeds.length;
    this.firstSeed = seeds[0]!;
    this.#listed = isRow ? null : seeds;
    if (steps !== undefined) this.steps = steps;
    this.#every = every ?? null;
    this.shared = shared;
  }

  chooseSeeds(count: number, first: number): void {
    this.seeds = count;
    this.firstSeed = first;
    this.#listed = null;
  }

  choose(preset: ExperimentId): void {
    this.preset = preset;
    this.arms = EXPERIMENTS[preset].arms;
  }

  /** A copy of the last arm, to be changed. */
  addArm(): void {
    const last = this.arms.at(-1);
    if (last === undefined || this.arms.length >= ARMS.max) return;
    const stem = last.name.replace(/-\d+$/, '');
    this.#replace([...this.arms, { ...last, name: this.#freeName(stem) }]);
  }

  /** An arm that has its preset's name gets that of the new one; a name of the visitor's own stays. */
  choosePreset(at: number, preset: PresetName): void {
    const arm = this.arms[at];
    if (arm === undefined || arm.preset === preset) return;
    const isNamedAfter = arm.name.replace(/-\d+$/, '') === nameOfPreset(arm.preset as PresetName);
    this.changeArm(at, { preset, ...(isNamedAfter && { name: this.#freeName(nameOfPreset(preset)) }) });
  }

  #freeName(name: string): string {
    const isTaken = (other: string) => this.arms.some((arm) => arm.name === other);
    let n = 2;
    while (isTaken(`${name}-${n}`)) n++;
    return isTaken(name) ? `${name}-${n}` : name;
  }

  removeArm(at: number): void {
    if (this.arms.length > ARMS.min) this.#replace(this.arms.filter((_, i) => i !== at));
  }

  changeArm(at: number, change: Partial<Arm>): void {
    this.#replace(this.arms.map((arm, i) => (i === at ? { ...arm, ...change } : arm)));
  }

  /** @param at of an arm; null: all of them @returns why the value does not fit, or null when it was taken */
  setOverride(at: number | null, key: ConfigKey, text: string): string | null {
    try {
      const { value } = parseAssignment(`${key}=${text}`);
      this.#change(at, (overrides) => ({ ...overrides, [key]: value }));
      return null;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  clearOverride(at: number | null, key: ConfigKey): void {
    this.#change(at, ({ [key]: _, ...overrides }) => overrides);
  }

  #change(at: number | null, change: (overrides: ConfigOverrides) => ConfigOverrides): void {
    if (at === null) {
      this.shared = change(this.shared);
      return;
    }
    const arm = this.arms[at];
    if (arm !== undefined) this.changeArm(at, { overrides: change(arm.overrides) });
  }

  #replace(arms: readonly Arm[]): void {
    this.arms = arms;
    this.preset = null;
  }
}

/** A preset's title with the signs that an arm's name may have. */
const nameOfPreset = (preset: PresetName): string =>
  s.presets[preset].title.replace(/[^\p{L}\p{N}.+-]+/gu, '-');

const isSame = (a: readonly Arm[], b: readonly Arm[]): boolean => JSON.stringify(a) === JSON.stringify(b);
