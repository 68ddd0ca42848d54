/**
 * The transport: start, pause, one step, reset, and what the learner says of its state. Where a restart needs
 * another model, it has it loaded.
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
    // Asked to pause already: now at once.
    if (!visit.present.isResetting && visit.go('halt')) visit.command((learner) => learner.halt());
    else if (visit.go('pause')) visit.command((learner) => learner.pause());
    else if (visit.go('start')) {
      visit.announce(s.announce.started);
      visit.command((learner) => learner.start());
    }
  }

  /** Does without the measurement under way. */
  skipMeasuring(): void {
    const visit = this.#visit;
    if (!visit.go('skip-measuring')) return;
    visit.live.skipsMeasuring();
    visit.command((learner) => learner.skipMeasuring());
  }

  oneStep(): void {
    const visit = this.#visit;
    if (visit.go('step')) visit.command((learner) => learner.step());
  }

  /** A run begins anew, with the settings of the knobs; the model is loaded anew where they need it. */
  reset(): void {
    const visit = this.#visit;
    const { config } = visit.knobs;
    if (!visit.go('reset', { config })) return;
    if (!this.#loading.fits(config)) return void this.#loading.load();
    visit.announce(s.announce.reset);
    visit.command((learner) => learner.reset(config));
  }

  /** The learner has said so. */
  moved(state: TransportState): void {
    const visit = this.#visit;
    // A run that it was given is there, or there was none: it rests.
    if (visit.present.awaits === 'run' && (state === 'paused' || state === 'idle')) visit.go('not-awaited');
    if (state === 'paused' && visit.present.unfinished !== null) {
      // Taken up again after a failure: knobs may have been turned since the save.
      visit.settings.apply();
      return this.#recovery.goOn();
    }
    if (state === 'paused' && visit.transport !== 'paused') {
      visit.announce(
        visit.transport === 'stepping'
          ? s.announce.stepDone(visit.live.step)
          : s.announce.paused(visit.live.step),
      );
    }
    if (state === 'finished')
      visit.announce(hasStopped(visit.live.activity) ? s.now.stopped : s.announce.finished);
    visit.go('told', { transport: state });
  }
}
