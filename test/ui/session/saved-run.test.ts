/**
 * The learner in its worker keeps runs; the page takes them up, goes on after
 * failures and leaves them to another tab. No browser, no model.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { until as waitUntil } from '../../until.ts';
import { RunStore, type LoadedRun } from '../../../src/experiment/storage/run-store.ts';
import { MemoryStore } from '../../../src/experiment/storage/memory-store.ts';
import { StorageDeniedError } from '../../../src/experiment/storage/errors.ts';
import { createConfig, type Config } from '../../../src/learning/config.ts';
import type { TrainerState } from '../../../src/learning/state.ts';
import { Autosave } from '../../../src/learner/autosave.ts';
import type { Failure } from '../../../src/learner/errors.ts';
import type { AdapterFile, LoadRequest } from '../../../src/learner/protocol.ts';
import type { ErrorData } from '../../../src/ui/view/error-data.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import type { RunStorage } from '../../../src/ui/session/run-storage.ts';
import { FakeLearner } from './fake-learner.ts';

const info = { step: 5, steps: 9, seed: 3, savedAt: 1 };
/** As the page shows it. */
const told: ErrorData = { name: 'DeviceLostError', message: 'lost', kept: 'k', advice: 'a' };
const lost: Failure = { code: 'run', ...told };

/** A learner that can be made to fail, and that takes up a run saved after step 5. */
class FailingLearner extends FakeLearner {
  resumed = 0;
  started: string[] = [];
  imported: Uint8Array[] = [];
  /** The run as it hands it over. */
  file: Uint8Array | null = null;
  constructor(
    private readonly stored: Config | null = null,
    private readonly isBroken = false,
  ) {
    super({ load: 0, event: 1 });
  }
  override async load(request: LoadRequest): Promise<void> {
    if (this.isBroken) this.tell({ type: 'failed', during: 'load', error: lost, isRecoverable: true });
    else await super.load(request);
  }
  override async exportRun(): Promise<Uint8Array | null> {
    return this.file;
  }
  override async importRun(bytes: Uint8Array): Promise<void> {
    this.imported.push(bytes);
    this.file = bytes;
    this.tell({ type: 'transport', state: 'paused' });
  }
  override async resume(): Promise<void> {
    this.resumed++;
    const config = this.stored ?? createConfig({ steps: 9 });
    this.tell({ type: 'resumed', config, step: 5 });
    for (let step = 1; step <= 5; step++)
      this.tell({ type: 'event', event: { type: 'step-finished', step, metrics: {} } });
    this.tell({ type: 'transport', state: 'paused' });
  }
  override async adopt(file: AdapterFile, config: Config): Promise<null> {
    this.started.push('adopt');
    return super.adopt(file, config);
  }
  override async start(): Promise<void> {
    this.started.push('start');
    this.tell({ type: 'transport', state: 'running' });
  }
  override async step(): Promise<void> {
    this.started.push('step');
    this.tell({ type: 'transport', state: 'stepping' });
  }
  fail(): void {
    this.tell({ type: 'failed', during: 'run', error: lost, isRecoverable: true });
    this.tell({ type: 'transport', state: 'finished' });
  }
}

class FakeStorage implements RunStorage {
  taken = false;
  free: () => void = () => undefined;
  saved: typeof info | null = info;
  async look() {
    return this.saved;
  }
  async read(): Promise<LoadedRun | null> {
    const started = { type: 'step-finished', step: 5, metrics: {} };
    return { info, state: {} as TrainerState, journal: `${JSON.stringify(started)}\n` };
  }
  async discard() {
    this.saved = null;
  }
  async isTaken() {
    return this.taken;
  }
  async take() {
    return !this.taken;
  }
  whenFree() {
    return new Promise<void>((resolve) => (this.free = resolve));
  }
}

describe('a page with a saved run', () => {
  let learners: FailingLearner[];
  let die: ((message: string) => void)[];
  let storage: FakeStorage;
  let session: Session;
  let saved: Config | null;
  /** As many of the next learners fail while they load. */
  let failsToLoad: number;
  /** Which failure in a row each learner was made for. */
  let attempts: (number | null)[];
  beforeEach(() => {
    [learners, die, storage, saved, failsToLoad, attempts] = [[], [], new FakeStorage(), null, 0, []];
    session = new Session({
      connect() {
        attempts.push(session.savedRun.recovering);
        const isBroken = failsToLoad > 0;
        if (isBroken) failsToLoad--;
        const learner = new FailingLearner(saved, isBroken);
        learners.push(learner);
        return { learner, end: () => undefined, onFailure: (listener) => void die.push(listener) };
      },
      base: 'http://localhost/',
      device: 'wasm',
      given: { steps: 9 },
      storage,
    });
  });
  const until = (what: () => unknown, value: unknown) => waitUntil(() => expect(what()).toEqual(value));

  test('offers it, takes it up with its settings and rests there', async () => {
    saved = createConfig(session.knobs.config, { seed: 4, 'optimizer.learningRate': 0.001 });
    await session.look();
    expect(session.savedRun.offer).toEqual(info);
    session.resume();
    await until(() => session.transport, 'paused');
    expect([learners.length, learners[0]?.resumed, session.run.step]).toEqual([1, 1, 5]);
    expect(session.savedRun.offer).toBeNull();
    expect(session.knobs.config).toEqual(saved);
    expect(session.settings.needsReset).toEqual([]);
    expect(learners[0]?.started).toEqual([]);
  });

  test('says that it could not be read, and offers it once the learner has read it', async () => {
    storage.look = () => Promise.reject(new StorageDeniedError('reading'));
    await session.look();
    expect([session.savedRun.isUnread, session.savedRun.offer]).toEqual([true, null]);
    await session.load();
    session.take({ type: 'ready', model: session.model.model!, stored: info });
    expect([session.savedRun.isUnread, session.savedRun.offer]).toEqual([false, info]);
  });

  test('the last save of a run that is being reset is offered, and not taken for the new one’s', async () => {
    await session.load();
    session.toggle();
    session.take({ type: 'saved', saved: info });
    session.reset();
    session.take({ type: 'saved', saved: { ...info, step: 6, savedAt: 2 } });
    expect([session.savedRun.saved, session.savedRun.offer?.step]).toEqual([null, 6]);
    expect(session.savedRun.holds(3)).toBe(false);
  });

  test('discards it when asked', async () => {
    await session.look();
    await session.discard();
    expect([session.savedRun.offer, storage.saved]).toEqual([null, null]);
  });

  test.each(['device lost', 'worker gone'])(
    '%s: a new worker goes on by itself from the last save',
    async (kind) => {
      await session.load();
      session.toggle();
      session.take({ type: 'saved', saved: info });
      session.take({ type: 'event', event: { type: 'step-finished', step: 7, metrics: {} } });
      if (kind === 'device lost') learners[0]?.fail();
      else die[0]?.('');
      expect(session.savedRun.failure?.kept).toMatch(/as of step 5/);
      expect(session.savedRun.failure?.advice).toMatch(/goes on by itself from step 5/);
      await until(() => session.transport, 'running');
      expect(learners.map(({ resumed, started }) => [resumed, started])).toEqual([
        [0, ['start']],
        [1, ['start']],
      ]);
      expect([session.run.step, session.error]).toEqual([5, null]);
      session.take({ type: 'event', event: { type: 'step-finished', step: 8, metrics: {} } });
      expect(session.savedRun.recovering).toBeNull();
    },
  );

  test('three failures in a row stop, keep everything and offer it', async () => {
    await session.load();
    session.toggle();
    session.take({ type: 'saved', saved: info });
    session.take({ type: 'event', event: { type: 'step-finished', step: 7, metrics: {} } });
    for (const round of [0, 1]) {
      learners[round]?.fail();
      await until(() => learners[round + 1]?.started, ['start']);
      // The steps since the save come again; that is no progress.
      session.take({ type: 'event', event: { type: 'step-finished', step: 6, metrics: {} } });
    }
    learners[2]?.fail();
    expect(session.error?.advice).toMatch(/three times in a row/);
    expect([session.canMove, session.savedRun.offer, learners.length]).toEqual([false, info, 3]);
    session.resume();
    await until(() => session.transport, 'paused');
    expect([session.run.step, session.canMove]).toEqual([5, true]);
  });

  test('a new session that is lost while it is built counts as a failure too', async () => {
    await session.load();
    session.toggle();
    session.take({ type: 'saved', saved: info });
    failsToLoad = 1;
    learners[0]?.fail();
    await until(() => learners[2]?.started, ['start']);
    expect([attempts, learners.length, session.error]).toEqual([[null, 1, 2], 3, null]);
    session.take({ type: 'event', event: { type: 'step-finished', step: 8, metrics: {} } });
    failsToLoad = 9;
    learners[2]?.fail();
    await until(() => session.error?.name, 'DeviceLostError');
    expect(session.error?.advice).toMatch(/three times in a row/);
    expect([learners.length, session.savedRun.offer, session.savedRun.failure]).toEqual([5, info, null]);
    failsToLoad = 0;
    session.resume();
    await until(() => session.transport, 'paused');
  });

  test('the first session fails to load: it is said, and not tried again', async () => {
    failsToLoad = 9;
    await session.load();
    expect([session.model.phase.phase, learners.length, session.savedRun.failure]).toEqual([
      'failed',
      1,
      null,
    ]);
  });

  test('what is not stored and was handed over can still be downloaded after the third failure', async () => {
    await session.load();
    session.toggle();
    session.take({ type: 'not-saved', error: { ...lost, name: 'StorageFullError' } });
    session.take({ type: 'event', event: { type: 'step-finished', step: 7, metrics: {} } });
    const file = Uint8Array.of(1, 2, 3);
    learners[0]!.file = file;
    failsToLoad = 9;
    learners[0]?.fail();
    await until(() => session.error?.name, 'DeviceLostError');
    expect([session.canMove, session.canExport, await session.exportRun()]).toEqual([false, true, file]);
    expect(session.error?.kept).toMatch(/as of step 7/);
    // Taken up again from what was handed over.
    failsToLoad = 0;
    session.importRun(file);
    await until(() => learners.at(-1)?.imported, [file]);
  });

  test('a failure before the first save begins the run again', async () => {
    await session.load();
    session.toggle();
    learners[0]?.fail();
    await until(() => learners[1]?.started, ['start']);
    expect(learners[1]?.resumed).toBe(0);
  });

  describe('from an adapter that was brought', () => {
    beforeEach(async () => {
      await session.load();
      await session.adopt({ name: 'mine.safetensors', bytes: Uint8Array.of(1), rank: 8 });
    });

    test('a failure before the first save begins the run again from it, with the settings it has by then', async () => {
      session.toggle();
      session.settings.set([{ key: 'optimizer.learningRate', value: 0.001 }]);
      for (const round of [0, 1]) {
        learners[round]?.fail();
        await until(() => learners[round + 1]?.started, ['adopt', 'start']);
        expect(learners[round + 1]?.adopted).toEqual([{ name: 'mine.safetensors', config: session.running }]);
      }
      expect(session.running?.['optimizer.learningRate']).toBe(0.001);
      expect([session.transport, session.error]).toEqual(['running', null]);
    });

    test('one that cannot be put on again is said, and nothing begins without it', async () => {
      session.toggle();
      vi.spyOn(FailingLearner.prototype, 'adopt').mockResolvedValueOnce(lost as never);
      learners[0]?.fail();
      await until(() => session.error, told);
      expect([learners[1]?.started, session.transport, session.savedRun.recovering]).toEqual([
        [],
        'idle',
        null,
      ]);
    });

    test.each(['reset', 'loaded anew', 'lent'])('%s, it is another run’s no longer', async (how) => {
      if (how === 'reset') session.reset();
      if (how === 'loaded anew') await session.load();
      if (how === 'lent') {
        await session.lease(session.knobs.config, () => undefined);
        session.release();
      }
      await until(() => session.transport, 'idle');
      session.toggle();
      const before = learners.length;
      learners.at(-1)?.fail();
      await until(() => learners[before]?.started, ['start']);
    });

    test('lent while its session is built anew, Play’s run is not begun again', async () => {
      session.toggle();
      learners[0]?.fail();
      await until(() => learners.length, 2);
      await session.lease(session.knobs.config, () => undefined);
      session.release();
      await until(() => session.transport, 'idle');
      expect(learners[1]?.started).toEqual([]);
    });
  });

  test('another tab has it: shown, not touched, and free when that tab is closed', async () => {
    storage.taken = true;
    await session.look();
    expect([session.savedRun.isReader, session.run.step, session.canMove]).toEqual([true, 5, false]);
    await session.load();
    expect([learners.length, session.model.phase]).toMatchObject([
      0,
      { phase: 'failed', error: { name: 'OtherTabError' } },
    ]);
    storage.taken = false;
    storage.free();
    await until(() => session.savedRun.isReader, false);
    expect([session.savedRun.offer, session.model.phase.phase]).toEqual([info, 'idle']);
    session.resume();
    await until(() => session.canMove, true);
  });

  test('what is not saved is said, and no longer when it is', async () => {
    await session.load();
    session.take({ type: 'not-saved', error: { ...lost, name: 'StorageFullError' } });
    expect(session.savedRun.problem?.name).toBe('StorageFullError');
    session.take({ type: 'saved', saved: info });
    expect([session.savedRun.problem, session.savedRun.saved]).toEqual([null, info]);
  });
});

/** Of a run with one event. */
const stateAfter = (step: number): TrainerState => ({
  version: 1,
  config: createConfig(),
  step,
  evaluatedAt: -1,
  taken: { code: 0, fill: 0 },
  tokens: 0,
  buffer: [],
  evaluationSet: null,
  policy: { step, tensors: {} },
  events: 1,
  pending: [],
});

describe('the learner', () => {
  test('without storage keeps the run in memory, says so once, and hands it out as a file', async () => {
    const problems: string[] = [];
    const autosave = new Autosave({
      onSaved: () => undefined,
      onProblem: ({ name }) => problems.push(name),
      openStore: () => Promise.reject(new StorageDeniedError('opening')),
    });
    await autosave.open();
    await autosave.open();
    expect(problems).toEqual(['StorageDeniedError']);
    const running = autosave.begin();
    expect(await autosave.file()).toBeNull();
    const state = stateAfter(2);
    running.take({ type: 'step-finished', step: 2, metrics: {} });
    await running.save(state);
    const file = await autosave.file();
    const store = new MemoryStore();
    const other = new Autosave({
      onSaved: () => undefined,
      onProblem: () => undefined,
      openStore: async () => store,
    });
    await other.open();
    expect(await other.stored()).toBeNull();
    const found = other.fromFile(file!);
    expect(found.run.state).toEqual(state);
    expect((await RunStore.open(store)).saved).toBeNull();
    await found.startAutosave();
    expect((await RunStore.open(store)).saved).toMatchObject({ step: 2 });
    expect(() => other.fromFile(Uint8Array.of(1, 2, 3))).toThrow(
      expect.objectContaining({ name: 'RunFileError' }),
    );
  });

  test('does not store what another room trains: that room may take it, and bring it back', async () => {
    const store = new MemoryStore();
    let saves = 0;
    const autosave = new Autosave({
      onSaved: () => (saves += 1),
      onProblem: () => expect.fail('a problem'),
      openStore: async () => store,
    });
    await autosave.open();
    const own = autosave.begin();
    own.take({ type: 'step-finished', step: 1, metrics: {} });
    await own.save(stateAfter(1));
    const stored = await Promise.all((await store.keys('run')).map((key) => store.read(key)));
    autosave.isOn = false;
    const running = autosave.begin();
    running.take({ type: 'step-finished', step: 2, metrics: {} });
    await running.save(stateAfter(2));
    // It is told that there is something to take.
    expect(saves).toBe(2);
    const file = (await autosave.file())!;
    const found = autosave.fromFile(file);
    expect(found.run.state.step).toBe(2);
    expect(found.run.journal).toContain('step-finished');
    await found.startAutosave();
    expect((await RunStore.open(store)).saved).toMatchObject({ step: 1 });
    const now = await Promise.all((await store.keys('run')).map((key) => store.read(key)));
    expect(now).toEqual(stored);
  });
});
