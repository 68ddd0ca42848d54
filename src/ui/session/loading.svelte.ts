/**
 * The loading of a model: a new worker for it, what is to be done once it is there,
 * giving up, and a load that fails. What a model would cost is said elsewhere
 * (./models); what becomes of a run whose session failed is recovery's.
 */
import { diff, type Config, type ConfigKey, type ConfigOverrides } from '../../learning/config.ts';
import { DEFAULT_PRESET } from '../../experiment/sharing.ts';
import { deviceWords } from '../strings/device-words.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { loadsAlike } from '../../learner/load-settings.ts';
import type { DeviceWish, LoadedModel, OwnModel } from '../../learner/protocol.ts';
import { s } from '../strings/index.ts';
import type { LineHandlers } from './learner-line.ts';
import { otherTab } from './other-tab.ts';
import type { Visit } from './visit.svelte.ts';

export interface LoadingHandlers extends LineHandlers {
  /** Whether somebody takes over from a load that failed; else the failure is shown. */
  readonly onFailed: (error: ErrorData) => boolean;
  /** The lock that keeps other tabs from training is free again. */
  readonly onFree: () => void;
}

export class Loading {
  readonly #visit: Visit;
  readonly #handlers: LoadingHandlers;
  /** What is to be done with the model once it is there, instead of waiting for a command. */
  #then: (() => void) | null = null;
  /** What the model was loaded for. */
  #loadedFor: Config | null = null;
  #settled: () => void = () => undefined;
  #loading: Promise<void> = Promise.resolve();

  constructor(visit: Visit, handlers: LoadingHandlers) {
    this.#visit = visit;
    this.#handlers = handlers;
  }

  /** Whether what is loaded serves this configuration. */
  fits(config: Config): boolean {
    return this.#loadedFor !== null && loadsAlike(this.#loadedFor, config);
  }

  /** The learner has taken up a run, and loaded what that one needs by itself. */
  tookUp(config: Config): void {
    this.#loadedFor = config;
  }

  /**
   * Another model for Play, loaded at once; null goes back to nano.
   * @param settings what it asks of a configuration, as far as that is known before it is read
   */
  async choose(own: OwnModel | null, settings: ConfigOverrides = {}): Promise<void> {
    const visit = this.#visit;
    if (!visit.go('choose-model')) return;
    visit.useModel(own, settings);
    visit.knobs.choose(own === null ? DEFAULT_PRESET : 'rlvr');
    await this.load();
  }

  /** Gives up a load; what was downloaded of a model from the Hub is kept. */
  stop(): void {
    const visit = this.#visit;
    if (visit.model.phase.phase !== 'loading' || !visit.go('stop-loading')) return;
    visit.line.end();
    this.#then = null;
    visit.model.clear();
    visit.announce(s.models.stopped);
    this.#settled();
  }

  /**
   * Resolves when the model is ready or has failed to load.
   * @param config the first run's; the knobs' when absent
   */
  async load(
    device: DeviceWish = this.#visit.device,
    config: Config = this.#visit.knobs.config,
  ): Promise<void> {
    const visit = this.#visit;
    if (visit.model.phase.phase === 'loading' || !visit.go('load', { config })) return this.#loading;
    this.#then = null;
    await this.#connect(device, config);
  }

  /** Loads the model for something to be done with it. */
  loadFor(then: () => void): void {
    void this.load();
    this.#then = then;
  }

  /** A new worker in the place of one that failed; the run on the page stays. */
  async reconnect(config: Config, then: () => void): Promise<void> {
    this.#then = then;
    this.#visit.go('reconnected', { config });
    await this.#connect(this.#visit.device, config);
  }

  async #connect(device: DeviceWish, config: Config): Promise<void> {
    const visit = this.#visit;
    visit.line.end();
    const settled = new Promise<void>((resolve) => (this.#settled = resolve));
    this.#loading = settled;
    visit.useDevice(device);
    visit.line.forgetTasks();
    visit.model.begin();
    this.#loadedFor = config;
    try {
      if (!(await visit.savedRun.claim(this.#handlers.onFree))) {
        visit.model.fail(otherTab());
        this.#settled();
        return;
      }
      const learner = await visit.line.open(this.#handlers);
      const { base, precision } = visit;
      const { given, overrides } = visit.knobs;
      const asked = Object.keys({ ...given, ...overrides }) as ConfigKey[];
      const own = visit.own === null ? {} : { own: visit.own, asked };
      await learner.load({ base, model: 'models/nano/', ...own, device, precision, config });
      await settled;
    } catch (cause) {
      this.fail(toErrorData(cause, { kept: s.error.loadKept, advice: s.error.loadAdvice }));
    }
  }

  /** Nobody waits for the model any more, come or not. */
  settle(): void {
    this.#settled();
  }

  ready(model: LoadedModel): void {
    const visit = this.#visit;
    visit.model.ready(model);
    if (model.settings) this.#fitTo(model.settings);
    if (visit.pace > 0) visit.setPace(visit.pace);
    visit.announce(s.announce.ready(model.info.name, deviceWords(model.info.device)));
    // Knobs turned while loading.
    visit.settings.apply();
    // A new worker knows none of them; one that leaves its model no room is refused there.
    for (const task of visit.questions.ownTasks)
      visit.command(async (learner) => void (await learner.ask({ ask: 'add-task', task })));
    this.#settled();
    this.#then?.();
    this.#then = null;
  }

  fail(error: ErrorData): void {
    this.#visit.go('load-failed');
    this.#settled();
    if (!this.#handlers.onFailed(error)) this.#visit.model.fail(error);
  }

  /**
   * Now that the model is read, it is known how it is to be asked: the run that has not begun yet gets that
   * configuration.
   */
  #fitTo(settings: ConfigOverrides): void {
    const visit = this.#visit;
    visit.knobs.useLayer(settings);
    const { config } = visit.knobs;
    // Another room has a run of its own for it.
    if (visit.isLeased || this.#then !== null || visit.running === null) return;
    if (diff(config, visit.running).length === 0) return;
    if (!visit.go('fitted', { config })) return;
    visit.command((learner) => learner.reset(config));
  }
}
