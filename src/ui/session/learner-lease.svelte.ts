/**
 * The learner in the hands of another room: there is one model, so Play's own run
 * ends with it. Which room it is and what it trains is not known here.
 */
import type { Config } from '../../learning/config.ts';
import type { Learner, LearnerMessage, LearnerListener } from '../../learner/protocol.ts';
import type { Failure } from '../../learner/errors.ts';
import type { Loading } from './loading.svelte.ts';
import type { Transport } from './transport.svelte.ts';
import type { Visit } from './visit.svelte.ts';

export class LearnerLease {
  readonly #visit: Visit;
  readonly #loading: Loading;
  readonly #transport: Transport;
  #borrower: LearnerListener | null = null;
  /** Before that the learner still speaks of Play's run. */
  #isHandedOver = false;

  constructor(visit: Visit, loading: Loading, transport: Transport) {
    this.#visit = visit;
    this.#loading = loading;
    this.#transport = transport;
  }

  /**
   * The learner for another room, with a model that was loaded for such a configuration; loads one when there
   * is none. What the learner says of runs goes to `borrower` until `release`. Null when it could not be
   * loaded.
   */
  async lease(config: Config, borrower: LearnerListener): Promise<Learner | null> {
    const visit = this.#visit;
    visit.isLeased = true;
    this.#borrower = borrower;
    this.#isHandedOver = false;
    if (visit.model.model === null || !this.#loading.fits(config))
      await this.#loading.load(visit.device, config);
    const { learner } = visit.line;
    if (visit.model.model === null || learner === null) {
      this.release();
      return null;
    }
    // What the other room trains is no run to be found here after a reload.
    await learner.autosave(false);
    visit.present.replace('leased');
    this.#isHandedOver = true;
    return visit.line.learner;
  }

  /** Play has the learner again, at the start of a run. */
  release(): void {
    const visit = this.#visit;
    if (!visit.isLeased) return;
    visit.isLeased = false;
    this.#borrower = null;
    if (visit.model.model === null) return;
    visit.command((learner) => learner.autosave(true));
    this.#transport.reset();
  }

  /** The worker is gone, whatever it was at. */
  lose(error: Failure): void {
    this.#borrower?.({ type: 'failed', during: 'run', error });
  }

  /** Whether the message is not Play's: all but those of loading are. */
  takes(message: LearnerMessage): boolean {
    const ofLoading = message.type === 'stage' || message.type === 'ready';
    if (this.#borrower === null || ofLoading) return false;
    if (message.type === 'failed' && message.during === 'load') return false;
    if (this.#isHandedOver) this.#borrower(message);
    return true;
  }
}
