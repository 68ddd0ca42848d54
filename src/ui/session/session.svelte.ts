/**
 * One visit with its parts joined: messages of the learner go to the part that they concern, and so do the
 * visitor's commands. It computes nothing about learning, and what it holds is in visit.
 */
import type { Config, ConfigOverrides } from '../../learning/config.ts';
import type { PresetName } from '../../experiment/presets.ts';
import type { Task } from '../../tasks/types.ts';
import type {
  DeviceWish,
  Learner,
  LearnerMessage,
  LearnerListener,
  OwnModel,
} from '../../learner/protocol.ts';
import { inWords } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import { Adopting, type BroughtAdapter } from './adopting.ts';
import { LearnerLease } from './learner-lease.svelte.ts';
import { Loading } from './loading.svelte.ts';
import { Recovery } from './recovery.svelte.ts';
import { Saving } from './saving.svelte.ts';
import { Transport } from './transport.svelte.ts';
import { Visit, type VisitOptions } from './visit.svelte.ts';

export class Session extends Visit {
  readonly #loading: Loading;
  readonly #recovery: Recovery;
  readonly #transport: Transport;
  readonly #saving: Saving;
  readonly #lease: LearnerLease;
  readonly #adopting: Adopting;

  constructor(options: VisitOptions) {
    super(options);
    this.#recovery = new Recovery(this, () => this.#loading);
    this.#loading = new Loading(this, {
      onMessage: (message) => this.take(message),
      onFailure: (message) => this.#workerFailed(message),
      onFailed: (error) => this.#recovery.takesOver(error),
      onFree: () => this.#saving.onFree(),
    });
    this.#transport = new Transport(this, this.#loading, this.#recovery);
    this.#saving = new Saving(this, this.#loading);
    this.#lease = new LearnerLease(this, this.#loading, this.#transport);
    this.#adopting = new Adopting(this, this.#loading);
  }

  choose(own: OwnModel | null, settings?: ConfigOverrides): Promise<void> {
    return this.#loading.choose(own, settings);
  }

  load(device?: DeviceWish, config?: Config): Promise<void> {
    return this.#loading.load(device, config);
  }

  stopLoading(): void {
    this.#loading.stop();
  }

  toggle(): void {
    this.#transport.toggle();
  }

  oneStep(): void {
    this.#transport.oneStep();
  }

  skipMeasuring(): void {
    this.#transport.skipMeasuring();
  }

  reset(): void {
    this.#transport.reset();
  }

  look(): Promise<void> {
    return this.#saving.look();
  }

  resume(): void {
    this.#saving.resume();
  }

  importRun(bytes: Uint8Array): void {
    this.#saving.importRun(bytes);
  }

  get canExport(): boolean {
    return this.#saving.canExport;
  }

  exportRun(): Promise<Uint8Array | null> {
    return this.#saving.exportRun();
  }

  discard(): Promise<void> {
    return this.#saving.discard();
  }

  lease(config: Config, listener: LearnerListener): Promise<Learner | null> {
    return this.#lease.lease(config, listener);
  }

  release(): void {
    this.#lease.release();
  }

  choosePreset(preset: PresetName): void {
    this.knobs.choose(preset);
    this.settings.apply();
  }

  restorePreset(): void {
    this.knobs.restore();
    this.settings.apply();
  }

  /** The task of a group. */
  task(id: string): Promise<Task | null> {
    const own = this.run.ownTasks.find((task) => task.id === id);
    if (own) return Promise.resolve(own);
    if (this.source === 'replay') return Promise.resolve(this.replay.task(id));
    return this.line.task(id);
  }

  /**
   * Tasks that the visitor brought join the run, but for those that leave the model no room for an answer.
   * @returns how many joined @throws ErrorData for the first one that cannot
   */
  async addTasks(tasks: readonly Task[]): Promise<number> {
    let added = 0;
    for (const task of tasks) {
      const answer = await this.ask({ ask: 'add-task', task });
      if ('error' in answer) throw answer.error;
      if (answer.value) added += 1;
    }
    return added;
  }

  adopt(adapter: BroughtAdapter): Promise<void> {
    return this.#adopting.adopt(adapter);
  }

  #workerFailed(message: string): void {
    const error = {
      name: s.error.workerName,
      message: message === '' ? s.error.worker : `${s.error.worker} ${message}`,
      kept: s.error.runKept,
      advice: s.error.workerAdvice,
    };
    if (this.isLeased) {
      this.#loading.settle();
      // The run belongs to the other room, which decides about it.
      this.model.fail(error);
      this.go('lost-while-leased');
      this.#lease.lose({ code: 'run', ...error });
      return;
    }
    // While loading for the first time it would only fail again.
    if (this.model.phase.phase !== 'ready') this.#loading.fail(error);
    else void this.#recovery.recover(error);
  }

  take(message: LearnerMessage): void {
    if (this.#lease.takes(message)) return;
    switch (message.type) {
      case 'stage':
        this.model.enter(message.stage);
        break;
      case 'ready':
        if (message.stored) this.savedRun.found(message.stored);
        this.#loading.ready(message.model);
        break;
      case 'transport':
        this.#transport.moved(message.state);
        break;
      case 'progress':
        this.live.progress(message);
        break;
      case 'event':
        this.live.take(message.event);
        if (message.event.type === 'step-finished') this.savedRun.onStep(message.event.step);
        if (message.event.type === 'evaluation') {
          const pass = message.event.metrics['eval_heldout/pass@1'];
          if (pass !== undefined) this.announce(s.announce.evaluated(`${(100 * pass).toFixed(1)} %`));
        }
        break;
      case 'heap':
        void this.memory.onHeap(message.bytes);
        break;
      case 'saved':
        // The last save of a run that is being put back to its start: there is no other yet.
        if (this.present.isResetting) this.savedRun.found(message.saved);
        else this.savedRun.onSaved(message.saved);
        this.go('stored');
        break;
      case 'not-saved':
        this.savedRun.onProblem(inWords(message.error));
        break;
      case 'resumed':
        this.#saving.resumed(message.config, message.step);
        break;
      case 'failed':
        if (message.during === 'load') this.#loading.fail(inWords(message.error));
        else if (message.during === 'run' && message.isRecoverable === true)
          void this.#recovery.recover(inWords(message.error));
        else {
          const failed = message.during === 'run' ? 'run-failed' : 'change-failed';
          this.go(failed, { error: inWords(message.error) });
          this.savedRun.endRecovery();
        }
        break;
    }
  }

  async dispose(): Promise<void> {
    this.#loading.settle();
    await this.line.dispose();
  }
}
