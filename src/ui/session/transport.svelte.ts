/**
 * The transport: start, pause, one step, reset, speed, and what the learner says of
 * its state. Where a restart needs another model, it has it loaded.
 */
import type { TransportState } from '../../learner/protocol.ts';
import { s } from '../strings/index.ts';
import type { Loading } from './loading.svelte.ts';
import type { Recovery } from './recovery.svelte.ts';
import { hasStopped } from './run-state.svelte.ts';
import type { Visit } from './visit.svelte.ts';

export class Transport {
  readonly #visit: Visit;
  readonly #loading: Loading;
  readonly #recovery: Recovery;

  constructor(visit: Visit, loading: Loading, recovery: Recovery) {
    this.#visit = visit;
    this.#loading = loading;
    this.#recovery = recovery;
  }

  /** Start, or pause when running, or pause at once when pausing takes its time: the space bar. */
  toggle(): void {
    const visit = this.#visit;
    if (visit.may('halt') && !visit.present.isResetting) {
      // Asked to pause already: now at once.
      visit.command((learner) => learner.halt());
    } else if (visit.may('pause')) {
      visit.present.moved('stopping');
      visit.command((learner) => learner.pause());
    } else if (visit.may('start')) {
      visit.present.move('running');
      visit.announcement = s.announce.started;
      visit.command((learner) => learner.start());
    }
  }

  /** Does without the measurement under way. */
  skipMeasuring(): void {
    const visit = this.#visit;
    if (!visit.may('skip-measuring')) return;
    visit.live.skipsMeasuring();
    visit.command((learner) => learner.skipMeasuring());
  }

  oneStep(): void {
    const visit = this.#visit;
    if (!visit.may('step')) return;
    visit.present.move('stepping');
    visit.command((learner) => learner.step());
  }

  /** A run begins anew, with the settings of the knobs; the model is loaded anew where they need it. */
  reset(): void {
    const visit = this.#visit;
    if (!visit.may('reset')) return;
    const { config } = visit.knobs;
    visit.present.replace('reset', { config });
    if (!this.#loading.fits(config)) return void this.#loading.load();
    visit.announcement = s.announce.reset;
    visit.command((learner) => learner.reset(config));
  }

  setPace(seconds: number): void {
    this.#visit.pace = seconds;
    this.#visit.command((learner) => learner.pace(1000 * seconds));
  }

  /** The learner has said so. */
  moved(state: TransportState): void {
    const visit = this.#visit;
    if (state === 'paused' && visit.present.unfinished !== null) {
      // Taken up again after a failure: knobs may have been turned since the save.
      visit.apply();
      return this.#recovery.goOn();
    }
    if (state === 'paused' && visit.transport !== 'paused') {
      visit.announcement =
        visit.transport === 'stepping'
          ? s.announce.stepDone(visit.live.step)
          : s.announce.paused(visit.live.step);
    }
    if (state === 'finished')
      visit.announcement = hasStopped(visit.live.activity) ? s.now.stopped : s.announce.finished;
    visit.present.moved(state);
  }
}
