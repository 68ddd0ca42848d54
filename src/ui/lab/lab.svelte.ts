/**
 * The room's state: a plan, the queue that runs it, the shelf of runs, and which of them are being looked at.
 * One per visit, so that a queue goes on while another room is open.
 */
import type { ExportFormat } from '../../experiment/export/index.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { eventLine } from '../../experiment/run-log.ts';
import { loadBuiltIn } from '../../tasks/built-in.ts';
import type { Task } from '../../tasks/types.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { PAGE_EVALUATION } from '../session/knobs.svelte.ts';
import type { Session } from '../session/session.svelte.ts';
import { s } from '../strings/index.ts';
import { gzip } from '../view/gzip.ts';
import { LabPlan } from './plan.svelte.ts';
import { Queue, type EndedRun } from './queue.svelte.ts';
import { compareArms } from './results.ts';
import { isSameRun, plannedRuns, storedRun, type ExperimentRecord } from './runs.ts';
import { Shelf } from './shelf.svelte.ts';
import { openStore, type LabStore } from './lab-store.ts';

/** Name of the site's own model. */
const BUILT_IN = 'nano';

export interface LabOptions {
  readonly session: Session;
  readonly store?: () => Promise<LabStore>;
  readonly now?: () => number;
}

export class Lab {
  readonly plan: LabPlan;
  readonly queue: Queue;
  readonly shelf: Shelf;
  /** The experiment whose runs are shown. */
  open: ExperimentRecord | null = $state.raw(null);
  /** What the results are of: the open experiment, or the chosen runs. */
  view: 'experiment' | 'chosen' = $state('experiment');
  /** The arm that the others are compared with; the first when null or gone. */
  reference: string | null = $state(null);
  error: ErrorData | null = $state.raw(null);
  /** One sentence for the live region. */
  announcement = $state('');
  isPacking = $state(false);

  readonly #session: Session;
  readonly #now: () => number;
  #ids = 0;

  constructor({ session, store = openStore, now = Date.now }: LabOptions) {
    this.#session = session;
    this.#now = now;
    const asError = (cause: unknown) =>
      toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.advice });
    const base = () => ({ ...PAGE_EVALUATION, ...session.knobs.layer, ...session.knobs.given });
    const ofPreset = (preset: PresetName) => session.knobs.proportions(preset);
    this.plan = new LabPlan({ base, ofPreset, seeds: 3, steps: 30 });
    this.shelf = new Shelf({ open: store, asError });
    this.queue = new Queue({
      lease: (config, listener) => session.lease(config, listener),
      release: () => session.release(),
      onEnded: (run) => this.#store(run),
      asError,
    });
    void this.#reopen();
  }

  readonly shown = $derived.by(() =>
    this.view === 'chosen'
      ? this.shelf.chosenRuns
      : this.shelf.runs.filter((run) => this.open !== null && run.experiment?.id === this.open.id),
  );
  readonly comparison = $derived(
    compareArms(
      this.shown,
      this.view === 'experiment' ? (this.open?.experiment.arms ?? []) : [],
      this.reference ?? undefined,
    ),
  );
  /** The model that runs train here: Play's. */
  readonly model = $derived.by(() => {
    const { model, own } = this.#session;
    return model.model?.info.name ?? (own === null ? BUILT_IN : own.kind === 'hub' ? own.id : own.name);
  });
  /** Why the plan cannot be run, or null. */
  readonly problem = $derived.by(() => {
    // How a model is to be asked is known once it is read, and the plan is made of that.
    const { own, model } = this.#session;
    if (own !== null && model.model === null) return s.lab.plan.notLoaded(this.model);
    return this.plan.problem;
  });
  /** The model that the open experiment began with, where it is another one than Play's. */
  readonly needsModel = $derived.by(() => {
    const began = this.open?.model ?? this.model;
    return began === this.model ? null : began;
  });
  /** Runs of the open experiment that are neither done nor queued. */
  readonly missing = $derived.by(() => {
    const { open } = this;
    if (open === null) return [];
    const queued = [...this.queue.waiting, ...(this.queue.current ? [this.queue.current.planned] : [])];
    return plannedRuns(open).filter(
      (planned) =>
        !this.shelf.runs.some((run) => run.state === 'done' && isSameRun(run, planned)) &&
        !queued.some(
          (other) =>
            other.experiment.id === open.id &&
            other.arm.name === planned.arm.name &&
            other.seed === planned.seed,
        ),
    );
  });
  /** Of what is queued, from what was measured in this visit; null before the first step. */
  readonly timeLeft = $derived.by(() => {
    void this.queue.measured;
    const { current, waiting } = this.queue;
    const all = [
      ...(current ? [{ config: current.planned.config, done: current.step }] : []),
      ...waiting.map(({ config }) => ({ config, done: 0 })),
    ];
    return all.length === 0 ? null : this.queue.pace.left(all);
  });
  /** Of the plan, were it run now. */
  readonly planTime = $derived.by(() => {
    void this.queue.measured;
    if (this.problem !== null) return null;
    const runs = plannedRuns({ id: '', experiment: this.plan.experiment });
    return this.queue.pace.left(runs.map(({ config }) => ({ config, done: 0 })));
  });

  /** Runs the plan as a new experiment. */
  run(): void {
    if (this.problem !== null || this.queue.state !== 'idle') return;
    const record = {
      id: this.#newId(),
      model: this.model,
      experiment: $state.snapshot(this.plan.experiment) as ExperimentRecord['experiment'],
    };
    this.open = record;
    this.view = 'experiment';
    this.reference = null;
    void this.shelf.opened.then((store) => store.putExperiment(record)).catch(() => undefined);
    this.queue.add(plannedRuns(record));
    this.announcement = s.lab.announce.started(plannedRuns(record).length);
  }

  /** Runs what the open experiment lacks. */
  goOn(): void {
    if (this.queue.state === 'idle' && this.needsModel === null) this.queue.add(this.missing);
  }

  compareChosen(): void {
    this.view = 'chosen';
    this.reference = null;
  }

  /** What came together is compared with each other; of files that hold no run the last one is said. */
  async importFiles(files: Iterable<File>): Promise<void> {
    this.error = null;
    const ids: string[] = [];
    const { readRuns } = await import('./transfer.ts');
    for (const file of files) {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const runs = await readRuns(file.name, bytes, () => this.#newId(), this.#now());
        for (const { run, files: kept } of runs) await this.shelf.add(run, kept);
        ids.push(...runs.map(({ run }) => run.id));
      } catch (cause) {
        this.error = toErrorData(cause, { kept: s.lab.errors.importKept, advice: s.lab.errors.importAdvice });
      }
    }
    if (ids.length === 0) return;
    this.shelf.chooseOnly(ids);
    this.compareChosen();
    this.announcement = s.lab.announce.imported(ids.length);
  }

  /** The chosen runs as one zip; null when it failed, and `error` says why. */
  async pack(
    ids: readonly string[],
    formats: readonly ExportFormat[],
  ): Promise<{ name: string; bytes: Uint8Array } | null> {
    this.error = null;
    this.isPacking = true;
    try {
      const { packRuns } = await import('./transfer.ts');
      const runs = [];
      for (const id of ids) {
        const [run, files] = [this.shelf.get(id), await this.shelf.files(id)];
        if (run !== null && files !== null)
          runs.push({ run, files, tasks: (wanted: readonly string[]) => this.#tasks(wanted) });
      }
      const packed = await packRuns(runs, formats);
      this.announcement =
        packed.left.length > 0 ? packed.left.join(' ') : s.lab.announce.exported(runs.length);
      return packed;
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.advice });
      return null;
    } finally {
      this.isPacking = false;
    }
  }

  async #store({ planned, events, adapter, state }: EndedRun): Promise<void> {
    const run = storedRun(events, {
      id: this.#newId(),
      made: this.#now(),
      experiment: planned.experiment,
      arm: planned.arm,
      hasAdapter: adapter !== null,
      failed: state === 'failed',
      name: s.lab.queue.run(planned.arm.name, planned.seed),
    });
    if (run === null) return;
    const log = await gzip(events.map((event) => `${eventLine(event)}\n`).join(''));
    await this.shelf.add(run, { log, adapter });
    this.announcement = s.lab.announce.ended(run.name);
  }

  /** The experiment that was open when the page was left. */
  async #reopen(): Promise<void> {
    const record = await this.shelf.opened.then((store) => store.experiment()).catch(() => null);
    if (this.open === null && record !== null) this.open = record;
  }

  /** From the learner when it is there, else from the site. */
  async #tasks(ids: readonly string[]): Promise<readonly Task[]> {
    if (this.#session.model.model !== null && this.#session.source === 'live') {
      const found = await Promise.all(ids.map((id) => this.#session.task(id)));
      return found.filter((task) => task !== null);
    }
    const { base } = this.#session;
    const read = async (path: string): Promise<Uint8Array> => {
      const response = await fetch(base + path);
      if (!response.ok) throw new Error(s.problem.status(path, response.status));
      return new Uint8Array(await response.arrayBuffer());
    };
    const sets = await Promise.all([loadBuiltIn(read), loadBuiltIn(read, 'easy')]);
    return sets.flatMap(({ tasks }) => tasks.filter(({ id }) => ids.includes(id)));
  }

  /** Sorts by time of making; unique within the visit. */
  #newId(): string {
    this.#ids += 1;
    return `${this.#now().toString(36)}-${this.#ids.toString(36)}-${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
  }
}

const labs = new WeakMap<Session, Lab>();

/** The lab of this visit, made when the room is first opened. */
export function labOf(session: Session): Lab {
  const known = labs.get(session) ?? new Lab({ session });
  labs.set(session, known);
  return known;
}
