/**
 * The recording that the open one is held against: another preset with the same seed,
 * so that both had the same prompts and the same random numbers. Fetched when it is
 * asked for. It plays nothing; its curves are whole.
 */
import { nearestPreset, type PresetName } from '../../experiment/presets.ts';
import { readRecording, type ListedRecording, type Recording } from '../../experiment/recorded.ts';
import { createConfig } from '../../learning/config.ts';
import type { CodeGroup, Group } from '../../learning/events.ts';
import type { ErrorData } from '../view/error-data.ts';
import { EMPTY_SERIES, type Series } from '../view/series.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Replay } from './replay.svelte.ts';
import { RunState } from './run-state.svelte.ts';

export interface ArmOfRecording {
  readonly id: string;
  readonly preset: PresetName;
}

export const presetOf = ({ config }: Pick<ListedRecording, 'config'>): PresetName =>
  nearestPreset(createConfig(config)).name;

/** The shipped recordings that are one experiment with this one, itself included, one per preset. */
export function armsOf(listed: readonly ListedRecording[], id: string | null): readonly ArmOfRecording[] {
  const open = listed.find((one) => one.id === id);
  if (open === undefined) return [];
  const seed = createConfig(open.config).seed;
  const same = listed.filter(
    (one) => createConfig(one.config).seed === seed && (one.id === id || presetOf(one) !== presetOf(open)),
  );
  const arms = same.map((one) => ({ id: one.id, preset: presetOf(one) }));
  return arms.filter(({ preset }, i) => arms.findIndex((arm) => arm.preset === preset) === i);
}

export class OtherRecording {
  /** Whether it is to be seen beside the open one. */
  isShown = $state(false);
  isLoading = $state(false);
  error: ErrorData | null = $state.raw(null);
  #held: { readonly id: string; readonly recording: Recording; readonly series: Series } | null =
    $state.raw(null);
  readonly #replay: Replay;

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  readonly arms = $derived.by(() => {
    const { listed, recording } = this.#replay;
    return armsOf(listed ?? [], recording?.manifest?.id ?? null);
  });
  readonly arm = $derived.by(
    () => this.arms.find(({ id }) => id !== this.#replay.recording?.manifest?.id) ?? null,
  );
  /** The open recording among them; null: it is none of the site's. */
  readonly own = $derived.by(
    () => this.arms.find(({ id }) => id === this.#replay.recording?.manifest?.id) ?? null,
  );
  readonly #open = $derived.by(() => (this.isShown && this.#held?.id === this.arm?.id ? this.#held : null));
  /** Its curves from the first step to the last; empty while it is not shown. */
  readonly series = $derived(this.#open?.series ?? EMPTY_SERIES);

  /** Shows it, fetching it at first, or hides it. */
  async toggle(): Promise<void> {
    this.isShown = !this.isShown;
    await this.follow();
  }

  /** Fetches what is to be shown and is not there: after another recording was opened, too. */
  async follow(): Promise<void> {
    const { arm } = this;
    if (!this.isShown || arm === null || this.#held?.id === arm.id || this.isLoading) return;
    [this.isLoading, this.error] = [true, null];
    try {
      const file = this.#replay.listed!.find(({ id }) => id === arm.id)!.file;
      const recording = await readRecording(await this.#replay.shelf.fetch(file), file);
      const run = new RunState();
      for (const event of recording.events) if (event.type !== 'rollouts') run.take(event);
      this.#held = { id: arm.id, recording, series: run.series };
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.error.replayKept, advice: s.error.replayAdvice });
      this.isShown = false;
    } finally {
      this.isLoading = false;
    }
  }

  /** It is shown, and its policy was never asked what its programs do. */
  get isNeverAsked(): boolean {
    const first = this.#open?.recording.events[0];
    return first?.type === 'run-started' && first.config['alignment.prompts'] === 0;
  }

  /** Its group of the same task in the same step; null where it has none, or is not shown. */
  groupLike(step: number, group: Group): CodeGroup | null {
    if (group.kind !== 'code') return null;
    const events = this.#open?.recording.events ?? [];
    const found = events.find((event) => event.type === 'rollouts' && event.step === step);
    if (found?.type !== 'rollouts') return null;
    const same = found.groups.find((one) => one.kind === 'code' && one.taskId === group.taskId);
    return same?.kind === 'code' ? same : null;
  }
}
