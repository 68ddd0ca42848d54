/**
 * What becomes of a run whose session fails: the device was lost, memory ran out, or the worker died. A new
 * session goes on from the last save, or from what the failed one could hand over, with what the visitor had
 * asked for. How often it is tried is counted in saved-run.
 */
import type { Learner } from '../../learner/protocol.ts';
import type { ErrorData } from '../view/error-data.ts';
import { inWords } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Connection } from '../../learner/connect.ts';
import type { Loading } from './loading.svelte.ts';
import type { Visit } from './visit.svelte.ts';

/** A learner whose session has failed gets this long to hand over a run that is not stored. */
const RESCUE_MS = 3000;

export class Recovery {
  readonly #visit: Visit;
  readonly #loading: () => Loading;
  /** The connection that is being replaced: its failure is told once. */
  #lost: Connection | null = null;

  /** @param loading asked for when needed: it needs this one in turn */
  constructor(visit: Visit, loading: () => Loading) {
    this.#visit = visit;
    this.#loading = loading;
  }

  /**
   * Whether the session that failed to load was to take the place of a failed one: then it is tried again as
   * often.
   */
  takesOver(error: ErrorData): boolean {
    if (this.#visit.savedRun.recovering === null || this.#visit.isLeased) return false;
    void this.recover(error);
    return true;
  }

  /** The session is lost: says so, and goes on with a new one from the last save. */
  async recover(error: ErrorData): Promise<void> {
    const visit = this.#visit;
    const failed = visit.line.connection;
    if (failed === null || failed === this.#lost) return;
    this.#lost = failed;
    const { transport } = visit;
    const moving = transport === 'running' || transport === 'stepping' ? transport : null;
    visit.go('interrupted', { unfinished: moving });
    // Not stored: as long as the worker answers, it can hand over what it has.
    const rescued = visit.savedRun.saved === null ? ((await this.#rescue()) ?? visit.present.rescued) : null;
    visit.go('rescued', { rescued });
    const step = visit.savedRun.saved?.step ?? (rescued === null ? null : visit.live.step);
    const kept = step === null ? s.saved.keptNothing : s.saved.keptUntil(step);
    const config = visit.running ?? visit.knobs.config;
    if (!visit.savedRun.onFailure()) return this.#giveUp({ ...error, kept });
    const advice = s.saved.recovering(visit.savedRun.recovering ?? 1, step ?? 0);
    visit.savedRun.recovers({ ...error, kept, advice });
    const next = this.#nextStep(step, rescued);
    await this.#loading().reconnect(config, () => {
      // Leased while it was loading: Play's run has ended with that.
      if (visit.isLeased) visit.go('not-gone-on');
      else next();
    });
  }

  /** What the new session is to do first. */
  #nextStep(step: number | null, rescued: Uint8Array | null): () => void {
    const visit = this.#visit;
    // Nothing saved yet: the run begins again.
    if (step === null) return () => visit.command((learner) => this.#beginAgain(learner));
    return () => {
      if (!visit.go('run-given')) return;
      visit.command((learner) => (rescued === null ? learner.resume() : learner.importRun(rescued)));
    };
  }

  /** From the adapter that it began from: an untrained one would be another run. */
  async #beginAgain(learner: Learner): Promise<void> {
    const visit = this.#visit;
    const { adopted, config } = visit.present;
    if (adopted === null || config === null || !visit.go('adapter-given')) return this.goOn();
    const error = await learner.adopt(adopted, config);
    if (learner !== visit.line.learner) return; // failed as well: the next one does it
    visit.go('not-awaited');
    const isSame = adopted === visit.present.adopted;
    if (isSame && error === null) return this.goOn();
    visit.go('not-gone-on');
    if (!isSame || error === null) return; // another run is the present one by now
    visit.savedRun.endRecovery();
    visit.report(inWords(error));
  }

  #giveUp(error: ErrorData): void {
    const visit = this.#visit;
    visit.line.end();
    visit.go('given-up', { error: { ...error, advice: `${s.saved.gaveUp} ${error.advice}` } });
    visit.savedRun.dismissFailure();
    visit.model.clear();
  }

  async #rescue(): Promise<Uint8Array | null> {
    // It may be gone, and will not answer then.
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), RESCUE_MS));
    return Promise.race([this.#visit.line.runFile(), late]);
  }

  /** Asks again for what the failure interrupted. */
  goOn(): void {
    const visit = this.#visit;
    const what = visit.present.unfinished;
    if (what === null) return;
    visit.go('gone-on', { transport: what });
    visit.command((learner) => (what === 'running' ? learner.start() : learner.step()));
  }
}
