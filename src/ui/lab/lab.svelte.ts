/**
 * The room's state: a plan, the queue that runs it, the shelf of runs, and which of them are being looked at.
 * One per visit, so that a queue goes on while another room is open.
 */
import type { PresetName } from '../../experiment/presets.ts';
import { readShippedStudy, type ShippedStudy } from '../../experiment/shipped-study.ts';
import { eventLine } from '../../experiment/run-log.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { PAGE_EVALUATION } from '../session/knobs.svelte.ts';
import type { Session } from '../session/session.svelte.ts';
import { fetchStudyFile } from '../session/study-file.ts';
import { s } from '../strings/index.ts';
import { gzip } from '../view/gzip.ts';
import type { Rooms, RoomWords } from '../session/rooms.svelte.ts';
import type { PaceEstimate } from './pace.ts';
import { KeptPlan } from './kept-plan.ts';
import { LabTime } from './lab-time.svelte.ts';
import { LabFiles } from './lab-files.svelte.ts';
import { exportedTasks } from './lab-tasks.ts';
import { markMoving, movingBefore } from './moving.ts';
import { LabPlan } from './plan.svelte.ts';
import { Queue, type EndedRun } from './queue.svelte.ts';
import { compareArms } from './results.ts';
import { named, studyPair } from './study.ts';
import {
  isSameRun,
  plannedRuns,
  storedRun,
  type ExperimentRecord,
  type PlannedRun,
  type RunProgress,
} from './runs.ts';
import { Shelf } from './shelf.svelte.ts';
import { openStore, type LabStore } from './lab-store.ts';

/** Name of the site's own model. */
const BUILT_IN = 'nano';

export interface LabOptions {
  readonly session: Session;
  /** Words of the address that the page was opened with. */
  readonly search?: string;
  readonly store?: () => Promise<LabStore>;
  readonly now?: () => number;
}

export class Lab {
  readonly plan: LabPlan;
  readonly queue: Queue;
  readonly shelf: Shelf;
  readonly files: LabFiles;
  /** The experiment whose runs are shown. */
  open: ExperimentRecord | null = $state.raw(null);
  /** What the results are of: the study that comes with the page, the open experiment, or the chosen runs. */
  view: 'study' | 'experiment' | 'chosen' = $state('study');
  /** With its arms' own names; null until it has come, and on a site without one. */
  #study: ShippedStudy | null = $state.raw(null);
  /** The arm that the others are compared with; the first when null or gone. */
  reference: string | null = $state(null);
  error: ErrorData | null = $state.raw(null);
  /** One sentence for the live region. */
  announcement = $state('');

  readonly #session: Session;
  readonly #now: () => number;
  readonly #keptPlan: KeptPlan;
  readonly #time: LabTime;
  #ids = 0;

  constructor({ session, search = '', store = openStore, now = Date.now }: LabOptions) {
    this.#session = session;
    this.#now = now;
    const asError = (cause: unknown) =>
      toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.advice });
    const base = () => ({ ...PAGE_EVALUATION, ...session.knobs.layer });
    const given = () => session.knobs.given;
    const ofPreset = (preset: PresetName) => session.knobs.proportions(preset);
    this.plan = new LabPlan({ base, given, ofPreset, seeds: 3, steps: 30 });
    this.#keptPlan = new KeptPlan(this.plan);
    this.error = this.#keptPlan.takeUp(search);
    this.shelf = new Shelf({ open: store, asError });
    this.files = new LabFiles(this, {
      base: session.base,
      tasks: (ids) => exportedTasks(session, ids),
      newId: () => this.#newId(),
      now,
    });
    this.queue = new Queue({
      lease: (config, listener) => session.lease(config, listener),
      release: () => session.release(),
      onEnded: (run) => this.#store(run),
      onProgress: (progress) => this.shelf.opened.then((store) => store.putProgress(progress)),
      progressOf: (run) => this.#progressOf(run),
      onMoving: (isMoving) => markMoving(isMoving ? (this.open?.id ?? null) : null),
      asError,
    });
    this.#time = new LabTime(this.queue);
    void this.#reopen();
    void this.#openStudy();
    void this.#time.lookBack({
      model: this.model,
      isBuiltIn: session.own === null,
      recordings: () => session.replay.shelf.list(),
    });
  }

  readonly shown = $derived.by(() =>
    this.view === 'chosen'
      ? this.shelf.chosenRuns
      : this.shelf.runs.filter((run) => this.open !== null && run.experiment?.id === this.open.id),
  );
  /** With the presets' titles for arms. */
  readonly study = $derived(
    this.#study === null ? null : named(this.#study, (preset) => s.presets[preset].title),
  );
  readonly comparison = $derived.by(() => {
    if (this.view === 'study' && this.study !== null) return studyPair(this.study, this.reference);
    const order = this.view === 'experiment' ? (this.open?.experiment.arms ?? []) : [];
    return compareArms(this.shown, order, this.reference ?? undefined);
  });
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
    const { current, waiting } = this.queue;
    return this.#time.left([
      ...(current ? [{ config: current.planned.config, done: current.step }] : []),
      ...waiting.map(({ config }) => ({ config, done: 0 })),
    ]);
  });
  /** The runs of the plan, and how long each would take, were it run now. */
  readonly planTime = $derived.by((): (PaceEstimate & { readonly runs: readonly PlannedRun[] }) | null => {
    if (this.problem !== null) return null;
    const runs = plannedRuns({ id: '', experiment: this.plan.experiment });
    const time = this.#time.expected(runs.map(({ config }) => ({ config, done: 0 })));
    return time === null ? null : { ...time, runs };
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

  /** Shows the study that came with the page, or the open experiment. */
  show(view: 'study' | 'experiment'): void {
    this.view = view;
    this.reference = null;
  }

  compareChosen(): void {
    this.view = 'chosen';
    this.reference = null;
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
    this.#time.keep();
    const log = await gzip(events.map((event) => `${eventLine(event)}\n`).join(''));
    await this.shelf.add(run, { log, adapter });
    this.announcement = s.lab.announce.ended(run.name);
  }

  /** The experiment that was open when the page was left. */
  async #reopen(): Promise<void> {
    const record = await this.shelf.opened.then((store) => store.experiment()).catch(() => null);
    if (this.open !== null || record === null) return;
    this.open = record;
    if (this.view === 'study') this.view = 'experiment';
    await this.shelf.loaded;
    // The page was reloaded while the queue was at work: it goes on. The run that was in hand goes on from
    // what was kept of it last, or begins again with the same seed: its log is the one it would have had.
    if (movingBefore() !== record.id || this.missing.length === 0 || this.needsModel !== null) return;
    this.announcement = s.lab.announce.goesOn(this.missing.length);
    this.goOn();
  }

  /** What an earlier visit kept of a run. */
  async #progressOf({ experiment, arm, seed, config }: PlannedRun): Promise<RunProgress | null> {
    const kept = await this.shelf.opened.then((store) => store.progress());
    if (kept === null || kept.experiment !== experiment.id || kept.arm !== arm.name || kept.seed !== seed)
      return null;
    this.announcement = s.lab.announce.takenUp(s.lab.queue.run(arm.name, seed), kept.step, config.steps);
    return kept;
  }

  async #openStudy(): Promise<void> {
    if (fetchStudyFile === undefined) return;
    // A study that is not whole is none; what the page shipped with is checked by a test.
    this.#study = await fetchStudyFile()
      .then(readShippedStudy)
      .catch(() => null);
  }

  /** Its own words of the address. */
  get address(): RoomWords {
    return this.#keptPlan.address;
  }

  /** Whether the plan is another one than the page begins with. */
  get hasOwnPlan(): boolean {
    return this.#keptPlan.isOwn;
  }

  /** Keeps the plan for the next visit. */
  keepPlan(): void {
    this.#keptPlan.keep();
  }

  /** The plan becomes what is shown: the study, or the experiment that was run. */
  takeOver(): void {
    const shown = this.view === 'study' ? this.study?.experiment : this.open?.experiment;
    if (shown !== undefined) this.plan.adopt({ hypothesis: '', ...shown });
  }

  /** Sorts by time of making; unique within the visit. */
  #newId(): string {
    this.#ids += 1;
    return `${this.#now().toString(36)}-${this.#ids.toString(36)}-${Math.floor(Math.random() * 36 ** 4).toString(36)}`;
  }
}

const labs = new WeakMap<Session, Lab>();

/** The lab of this visit, made when the room is first opened. */
export function labOf(session: Session, rooms: Rooms): Lab {
  const known = labs.get(session);
  if (known !== undefined) return known;
  const made = new Lab({ session, search: location.search });
  labs.set(session, made);
  rooms.hold('lab', made.address);
  return made;
}
