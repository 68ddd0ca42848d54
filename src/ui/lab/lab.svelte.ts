/**
 * The room's state: a plan, the queue that runs it, the shelf of runs, and which of them are being looked at.
 * One per visit, so that a queue goes on while another room is open.
 */
import type { ExportFormat } from '../../experiment/export/index.ts';
import { experimentQuery, isExperimentWord, parseExperimentQuery } from '../../experiment/experiment-link.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { readShippedStudy, type ShippedStudy } from '../../experiment/shipped-study.ts';
import { eventLine } from '../../experiment/run-log.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { PAGE_EVALUATION } from '../session/knobs.svelte.ts';
import type { Session } from '../session/session.svelte.ts';
import { s } from '../strings/index.ts';
import { gzip } from '../view/gzip.ts';
import { recall, remember } from '../browser/remember.ts';
import type { Rooms, RoomWords } from '../session/rooms.svelte.ts';
import { estimate, paceOfRecordings, readPace, type MeasuredPace, type PaceEstimate } from './pace.ts';
import type { LabReport } from './lab-report.ts';
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

/** A site without a study asks nobody for one: whether there is one is known when it is built. */
const STUDY = import.meta.glob<unknown>('../../../public/runs/study.json', { import: 'default' });
const PLAN_KEY = 'tracewise.lab.plan';
const PACE_KEY = 'tracewise.lab.pace';

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
  /** The experiment whose runs are shown. */
  open: ExperimentRecord | null = $state.raw(null);
  /** What the results are of: the study that comes with the page, the open experiment, or the chosen runs. */
  view: 'study' | 'experiment' | 'chosen' = $state('study');
  /** With its arms' own names; null until it has come, and on a site without one. */
  #study: ShippedStudy | null = $state.raw(null);
  /** Seconds that are known without a run in this visit; null: none. */
  #knownPace: (Omit<MeasuredPace, 'model'> & { readonly source: 'earlier' | 'recording' }) | null =
    $state.raw(null);
  /** The arm that the others are compared with; the first when null or gone. */
  reference: string | null = $state(null);
  error: ErrorData | null = $state.raw(null);
  /** One sentence for the live region. */
  announcement = $state('');
  isPacking = $state(false);

  readonly #session: Session;
  readonly #now: () => number;
  /** The plan that nobody has changed. */
  readonly #pristine: string;
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
    this.#pristine = this.#planText();
    this.#takeUpPlan(search);
    this.shelf = new Shelf({ open: store, asError });
    this.queue = new Queue({
      lease: (config, listener) => session.lease(config, listener),
      release: () => session.release(),
      onEnded: (run) => this.#store(run),
      onProgress: (progress) => this.shelf.opened.then((store) => store.putProgress(progress)),
      progressOf: (run) => this.#progressOf(run),
      onMoving: (isMoving) => markMoving(isMoving ? (this.open?.id ?? null) : null),
      asError,
    });
    void this.#reopen();
    void this.#openStudy();
    void this.#lookForPace();
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
    void this.queue.measured;
    const { current, waiting } = this.queue;
    const all = [
      ...(current ? [{ config: current.planned.config, done: current.step }] : []),
      ...waiting.map(({ config }) => ({ config, done: 0 })),
    ];
    return all.length === 0 ? null : this.queue.pace.left(all);
  });
  /** The runs of the plan, and how long each would take, were it run now. */
  readonly planTime = $derived.by((): (PaceEstimate & { readonly runs: readonly PlannedRun[] }) | null => {
    void this.queue.measured;
    if (this.problem !== null) return null;
    const runs = plannedRuns({ id: '', experiment: this.plan.experiment });
    const left = runs.map(({ config }) => ({ config, done: 0 }));
    const known = this.#knownPace;
    const time = this.queue.pace.left(left) ?? (known === null ? null : estimate(left, known, known.source));
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
          runs.push({
            run,
            files,
            tasks: (wanted: readonly string[]) => exportedTasks(this.#session, wanted),
          });
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

  /** Of what is shown, or of one run; null when it failed, and `error` says why. */
  async report(run: string | null = null): Promise<LabReport | null> {
    this.error = null;
    try {
      const { reportOf } = await import('./lab-report.ts');
      return await reportOf(this, run, this.#now(), this.#session.base);
    } catch (cause) {
      this.error = toErrorData(cause, { kept: s.lab.errors.kept, advice: s.lab.errors.reportAdvice });
      return null;
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
    const pace = this.queue.pace.measured;
    if (pace !== null) remember(PACE_KEY, JSON.stringify(pace));
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
    const load = Object.values(STUDY)[0];
    // A study that is not whole is none; what the page shipped with is checked by a test.
    if (load)
      this.#study = await load()
        .then(readShippedStudy)
        .catch(() => null);
  }

  /** How long runs took in an earlier visit with this model, else on the machine of the recordings. */
  async #lookForPace(): Promise<void> {
    const kept = readPace(recall(PACE_KEY));
    if (kept !== null && kept.model === this.model) {
      this.#knownPace = { ...kept, source: 'earlier' };
      return;
    }
    const listed = await this.#session.replay.shelf.list().catch(() => []);
    const pace = this.#session.own === null ? paceOfRecordings(listed) : null;
    if (pace !== null) this.#knownPace ??= { ...pace, source: 'recording' };
  }

  /** The plan of the address, else the one that was left here. */
  #takeUpPlan(search: string): void {
    for (const text of [search, recall(PLAN_KEY) ?? '']) {
      try {
        const found = parseExperimentQuery(text);
        if (found === null) continue;
        this.plan.adopt(found);
        return;
      } catch (cause) {
        // What was left by an earlier version of the page is no news.
        if (text !== search) return;
        this.error = toErrorData(cause, { kept: s.lab.errors.linkKept, advice: s.error.linkAdvice });
      }
    }
  }

  #planText(): string {
    return experimentQuery(this.plan.link);
  }

  /** Its own words of the address: none while nobody has changed the plan. */
  readonly address: RoomWords = {
    isOwn: isExperimentWord,
    words: () => (this.hasOwnPlan ? this.plan.link : []),
  };

  /** Whether the plan is another one than the page begins with. */
  get hasOwnPlan(): boolean {
    return this.#planText() !== this.#pristine;
  }

  /** Keeps the plan for the next visit. */
  keepPlan(): void {
    remember(PLAN_KEY, this.hasOwnPlan ? this.#planText() : '');
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
