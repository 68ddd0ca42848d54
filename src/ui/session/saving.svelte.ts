/**
 * The visitor's hand on saved runs: looking for one, taking it up, bringing one as a file and taking one
 * away. What is known of them is saved-run's; the saving itself is done in the worker.
 */
import type { Config } from '../../learning/config.ts';
import { readJournal } from '../../experiment/journal.ts';
import { toErrorData } from '../strings/failures.ts';
import type { Learner } from '../../learner/protocol.ts';
import { s } from '../strings/index.ts';
import { isOtherTab } from './other-tab.ts';
import type { Loading } from './loading.svelte.ts';
import type { Visit } from './visit.svelte.ts';

export class Saving {
  readonly #visit: Visit;
  readonly #loading: Loading;

  constructor(visit: Visit, loading: Loading) {
    this.#visit = visit;
    this.#loading = loading;
  }

  /** Looks for a saved run: offered, or shown when another tab has it. */
  look(): Promise<void> {
    return this.#visit.savedRun.look(
      (journal) => {
        if (!this.#visit.go('looked-at')) return;
        for (const event of readJournal(journal)) this.#visit.live.take(event);
      },
      () => this.onFree(),
    );
  }

  /** The other tab is gone. */
  onFree(): void {
    const visit = this.#visit;
    visit.announce(s.saved.free);
    if (isOtherTab(visit.error)) visit.dismissError();
    const { phase } = visit.model;
    if (phase.phase === 'failed' && isOtherTab(phase.error)) visit.model.clear();
  }

  /** Takes up the run that was saved, and rests there. */
  resume(): void {
    this.#takeUp((learner) => learner.resume());
  }

  /** Takes up a run from a file, and rests there. */
  importRun(bytes: Uint8Array): void {
    this.#takeUp((learner) => learner.importRun(bytes));
  }

  #takeUp(what: (learner: Learner) => Promise<void>): void {
    const visit = this.#visit;
    if (!visit.go('take-up')) return;
    const goOn = (): void => {
      // Leased while it was loading: the run would take the place of the other room's.
      if (visit.go('run-given')) visit.command(what);
    };
    if (visit.model.model !== null) goOn();
    else this.#loading.loadFor(goOn);
  }

  /** The events that follow are the saved run's. */
  resumed(config: Config, step: number): void {
    const visit = this.#visit;
    if (!visit.go('taken-up', { config })) return;
    this.#loading.tookUp(config);
    visit.announce(s.saved.resumed(step));
    if (visit.savedRun.recovering === null) {
      visit.savedRun.onResumed(step, config);
      visit.knobs.adopt(config);
    }
  }

  /** Whether there may be something to export. */
  get canExport(): boolean {
    return this.#visit.model.model !== null || this.#visit.present.rescued !== null;
  }

  /** The present run as a file, as of its newest save; null when there is none. */
  async exportRun(): Promise<Uint8Array | null> {
    return (await this.#visit.line.runFile()) ?? this.#visit.present.rescued;
  }

  async discard(): Promise<void> {
    if (!this.#visit.go('discard')) return;
    try {
      await this.#visit.savedRun.discard();
    } catch (cause) {
      this.#visit.report(toErrorData(cause, { kept: s.error.runKept, advice: s.error.runAdvice }));
    }
  }
}
