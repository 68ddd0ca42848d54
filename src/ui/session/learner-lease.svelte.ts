/**
 * The learner leased to another room: there is one model, so Play's own run ends with that. Which room it is
 * and what it trains is not known here.
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
  /** Of the room that leases it. */
  #listener: LearnerListener | null = null;
  /** Before that the learner still speaks of Play's run. */
  #isHandedOver = false;

  constructor(visit: Visit, loading: Loading, transport: Transport) {
    this.#visit = visit;
    this.#loading = loading;
    this.#transport = transport;
  }

  /**
   * The learner for another room, with a model that was loaded for such a configuration; loads one when there
   * is none. What the learner says of runs goes to `listener` until `release`. Null when it could not be
   * loaded.
   */
  async lease(config: Config, listener: LearnerListener): Promise<Learner | null> {
    const visit = this.#visit;
    if (!visit.setLeased(true)) return null;
    this.#listener = listener;
    this.#isHandedOver = false;
    if (visit.model.model === null || !this.#loading.fits(config))
      await this.#loading.load(visit.device, config);
    const { learner } = visit.line;
    if (visit.model.model === null || learner === null) {
      this.release();
      return null;
    }
    // What the other room trains is no run to be found here after a reload, and is not slowed down for
    // watching Play.
    await learner.autosave(false);
    if (visit.pace > 0) await learner.pace(0);
    visit.go('handed-over');
    this.#isHandedOver = true;
    return visit.line.learner;
  }

  /** Play has the learner again, at the start of a run. */
  release(): void {
    const visit = this.#visit;
    if (!visit.setLeased(false)) return;
    this.#listener = null;
    if (visit.model.model === null) return;
    visit.command((learner) => learner.autosave(true));
    if (visit.pace > 0) visit.setPace(visit.pace);
    this.#transport.reset();
  }

  /** The worker is gone, whatever it was at. */
  lose(error: Failure): void {
    this.#listener?.({ type: 'failed', during: 'run', error });
  }

  /** Whether the message is not Play's: all but those of loading are. */
  takes(message: LearnerMessage): boolean {
    const ofLoading = message.type === 'stage' || message.type === 'ready';
    if (this.#listener === null || ofLoading) return false;
    if (message.type === 'failed' && message.during === 'load') return false;
    if (this.#isHandedOver) this.#listener(message);
    return true;
  }
}
