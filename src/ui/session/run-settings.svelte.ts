/**
 * From the knobs to the run that learns: what is turned is sent to it where it may
 * change now, and what only a restart applies is told. What the knobs say is in knobs.
 */
import { parseAssignment, SCHEMA, type Config, type ConfigKey } from '../../learning/config.ts';
import type { Learner } from '../../learner/protocol.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { Knobs, SettingChange } from './knobs.svelte.ts';
import type { Present } from './present.svelte.ts';

/** The knobs, the run that learns, and the ways to it. */
interface TurnedRun {
  readonly knobs: Knobs;
  readonly present: Present;
  /** Its configuration; null where there is none. */
  readonly running: Config | null;
  go(transition: 'change'): boolean;
  report(error: ErrorData): void;
  command(what: (learner: Learner) => Promise<void>): void;
}

export class RunSettings {
  readonly #visit: TurnedRun;

  constructor(visit: TurnedRun) {
    this.#visit = visit;
  }

  readonly needsReset = $derived.by((): readonly ConfigKey[] => {
    const { running, knobs } = this.#visit;
    return running === null ? [] : knobs.pending(running).needsReset;
  });
  /** Settings that only a restart applies: what the run has, and what the knobs say. */
  readonly differences = $derived.by(() => {
    const { running, knobs } = this.#visit;
    if (running === null) return [];
    return this.needsReset.map((key) => ({ key, from: running[key], to: knobs.config[key] }));
  });

  /** Turns knobs. */
  set(changes: readonly SettingChange[]): void {
    this.#turn(() => changes);
  }

  /** Turns a knob by what was written into its field; one that was emptied says nothing. */
  write(key: ConfigKey, text: string): void {
    if (text.trim() !== '' || SCHEMA[key].type === 'text')
      this.#turn(() => [parseAssignment(`${key}=${text}`)]);
  }

  #turn(read: () => readonly SettingChange[]): void {
    try {
      this.#visit.knobs.set(read());
    } catch (cause) {
      this.#visit.report(toErrorData(cause, { kept: s.error.changeKept, advice: s.error.changeAdvice }));
      return;
    }
    this.apply();
  }

  /** Sends the run what it may change now. */
  apply(): void {
    const visit = this.#visit;
    if (visit.running === null || !visit.go('change')) return;
    for (const { key, value } of visit.knobs.pending(visit.running).live) {
      visit.present.change(key, value);
      visit.command((learner) => learner.change(key, value));
    }
  }
}
