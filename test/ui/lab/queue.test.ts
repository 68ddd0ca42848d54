/**
 * The Lab at work, driven with the scripted learner: runs in order, pauses, stops,
 * fails, goes on after a reload.
 */
import { gunzipSync, strFromU8 } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import { until } from '../../until.ts';
import { MemoryLabStore } from '../../../src/ui/lab/lab-store.ts';
import { aLab } from './a-lab.ts';

const idle = (lab: ReturnType<typeof aLab>['lab']) => until(() => expect(lab.queue.state).toBe('idle'));

describe('an experiment', () => {
  test('runs every arm with every seed, pairs first, on one loaded model', async () => {
    const { lab, learner, session } = aLab();
    const loads = vi.spyOn(learner, 'load');
    const resets = vi.spyOn(learner, 'reset');
    lab.run();
    await idle(lab);
    expect(loads).toHaveBeenCalledTimes(1);
    // The last reset gives the learner back to Play.
    expect(
      resets.mock.calls.slice(0, 4).map(([config]) => [config.seed, config['alignment.prompts']]),
    ).toEqual([
      [1, 0],
      [1, 16],
      [2, 0],
      [2, 16],
    ]);
    expect(lab.shelf.runs.map(({ name, state }) => `${name} ${state}`).reverse()).toEqual([
      'RLVR, seed 1 done',
      'CodeRL+, seed 1 done',
      'RLVR, seed 2 done',
      'CodeRL+, seed 2 done',
    ]);
    expect(session.isLeased).toBe(false);
    expect(lab.missing).toEqual([]);
    // Scripted rewards depend on the seed alone: the arms do not differ, and the Lab says so.
    const comparison = lab.comparison.summary.comparisons.find(
      ({ measure }) => measure === 'eval_heldout/pass@1',
    );
    expect(comparison).toMatchObject({
      from: 'RLVR',
      to: 'CodeRL+',
      seeds: [1, 2],
      finding: 'no difference shown',
    });
  });

  test('takes no run of Play out of the store: what it trains is not kept, what Play trains afterwards is', async () => {
    const { lab, learner, session } = aLab();
    lab.run();
    await idle(lab);
    expect(learner.startsAutosaved).toEqual([false, false, false, false]);
    await until(() => expect(session.transport).toBe('idle'));
    session.toggle();
    await until(() => expect(learner.startsAutosaved.at(-1)).toBe(true));
    await learner.dispose();
  });

  test('arms of one seed differ only in what the arm says', async () => {
    const { lab } = aLab();
    lab.run();
    await idle(lab);
    const [a, b] = ['RLVR', 'CodeRL+'].map((arm) =>
      lab.shelf.runs.find((run) => run.arm.name === arm && run.seed === 1)!,
    );
    const keys = Object.keys(a!.config).filter(
      (key) => a!.config[key as 'seed'] !== b!.config[key as 'seed'],
    );
    expect(
      keys.every((key) => /^(alignment|records|loss)\./.test(key)),
      keys.join(),
    ).toBe(true);
  });
});

describe('the queue', () => {
  test('pauses between two events and goes on where it was', async () => {
    const { lab, learner } = aLab({ event: 5 });
    lab.run();
    await until(() => expect(lab.queue.current?.step).toBe(1));
    lab.queue.pause();
    await until(() => expect(lab.queue.state).toBe('paused'));
    const at = lab.queue.current!.history.length;
    await learner.turn();
    expect(lab.queue.current!.history.length).toBe(at);
    lab.queue.resume();
    await idle(lab);
    expect(lab.shelf.runs.filter(({ state }) => state === 'done')).toHaveLength(4);
  });

  test('stopped, keeps finished runs and the beginning of the one in hand; the rest can be run later', async () => {
    const { lab, session } = aLab({ event: 3 });
    lab.run();
    await until(() => expect(lab.queue.ended).toBe(1));
    await until(() => expect(lab.queue.current?.step).toBe(1));
    await lab.queue.stop();
    await idle(lab);
    expect(lab.shelf.runs.map(({ state }) => state)).toEqual(['stopped', 'done']);
    expect(lab.comparison.unfinished).toBe(1);
    expect(session.isLeased).toBe(false);
    expect(lab.missing).toHaveLength(3);
    lab.goOn();
    await idle(lab);
    expect(lab.missing).toEqual([]);
    expect(lab.shelf.runs).toHaveLength(5);
  });

  test('a run that fails is kept as failed, and the queue rests with advice before the next one', async () => {
    const { lab, session } = aLab({ event: 3 });
    lab.run();
    await until(() => expect(lab.queue.current?.step).toBe(1));
    session.take({
      type: 'failed',
      during: 'run',
      error: { code: 'run', name: 'DeviceLostError', message: 'lost', kept: 'k', advice: 'again' },
    });
    session.take({ type: 'transport', state: 'finished' });
    await until(() => expect(lab.queue.state).toBe('paused'));
    expect(lab.queue.error).toMatchObject({ name: 'DeviceLostError' });
    expect(lab.shelf.runs.map(({ state }) => state)).toEqual(['failed']);
    lab.queue.resume();
    await idle(lab);
    expect(lab.shelf.runs.filter(({ state }) => state === 'done')).toHaveLength(3);
    expect(lab.missing).toHaveLength(1);
  });

  test('without a model says so, keeps the plan, and can try again', async () => {
    const { lab, session } = aLab({ fail: 'no adapter' });
    lab.run();
    await until(() => expect(lab.queue.state).toBe('paused'));
    expect(lab.queue.error).toMatchObject({ name: 'NoModelError' });
    expect(lab.queue.waiting).toHaveLength(4);
    expect(session.isLeased).toBe(false);
  });

  test('while it has the learner, Play rests; afterwards Play is at its start', async () => {
    const { lab, session } = aLab({ event: 3 });
    await session.load();
    lab.run();
    await until(() => expect(lab.queue.current?.step).toBe(1));
    expect(session.canMove).toBe(false);
    session.oneStep();
    session.reset();
    expect(session.run.step).toBe(0);
    await lab.queue.stop();
    await until(() => expect(session.transport).toBe('idle'));
    expect(session.canMove).toBe(true);
  });

  test('what a run of Play still says, and that it fails, is nothing of the Lab’s', async () => {
    const { lab, session, learner, store } = aLab({ event: 1 });
    await session.load();
    session.toggle();
    await until(() => expect(session.run.step).toBe(1));
    vi.spyOn(learner, 'autosave').mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const error = { code: 'run' as const, name: 'Error', message: 'lost', kept: 'k', advice: 'again' };
      learner.tell({ type: 'failed', during: 'run', error });
    });
    lab.run();
    await idle(lab);
    expect(lab.queue.error).toBeNull();
    expect(lab.shelf.runs.map(({ state }) => state)).toEqual(Array(4).fill('done'));
    const { log } = (await store.files(lab.shelf.runs.at(-1)!.id))!;
    const types = strFromU8(gunzipSync(log)).match(/"type":"[a-z]+-(started|finished)"/g);
    expect(types).toHaveLength(2 * 2 + 2);
    expect(types![0]).toBe('"type":"run-started"');
  });

  test('a reset that fails ends the run, and it is not started all the same', async () => {
    const { lab, session, learner } = aLab();
    await session.load();
    const starts = vi.spyOn(learner, 'start');
    vi.spyOn(learner, 'reset').mockImplementationOnce(async () => {
      const error = { code: 'run' as const, name: 'Error', message: 'lost', kept: 'k', advice: 'again' };
      learner.tell({ type: 'failed', during: 'run', error });
    });
    lab.run();
    await until(() => expect(lab.queue.state).toBe('paused'));
    await until(() => expect(session.transport).toBe('idle'));
    expect(starts).not.toHaveBeenCalled();
  });

  test('a model with another adapter is loaded anew, and again for Play', async () => {
    const { lab, session, learner } = aLab();
    await session.load();
    const loads = vi.spyOn(learner, 'load');
    lab.plan.changeArm(0, { overrides: { 'adapter.rank': 4 } });
    lab.plan.changeArm(1, { overrides: { 'adapter.rank': 4 } });
    lab.plan.seeds = 1;
    lab.run();
    await idle(lab);
    await until(() => expect(session.model.phase.phase).toBe('ready'));
    expect(loads.mock.calls.map(([request]) => request.config['adapter.rank'])).toEqual([4, 8]);
  });
});

describe('time', () => {
  test('is not estimated before a step was measured here, then from the median', async () => {
    const { lab } = aLab();
    expect(lab.planTime).toBeNull();
    lab.run();
    await idle(lab);
    // The script says 4.1 s a step, whatever the size; 2 arms x 2 seeds x 2 steps, sizes differ by arm.
    expect(lab.planTime!.steps).toBe(8);
    expect(lab.planTime!.seconds).toBeGreaterThan(4.1 * 4);
    expect(lab.timeLeft).toBeNull();
  });
});

describe('after a reload', () => {
  test('runs, names, notes and the open experiment are there, and what is missing can be run', async () => {
    const first = aLab({ event: 3 });
    first.lab.run();
    await until(() => expect(first.lab.shelf.runs).toHaveLength(1));
    await first.lab.queue.stop();
    const done = first.lab.shelf.runs.find(({ state }) => state === 'done')!;
    await first.lab.shelf.rename(done.id, 'baseline');
    await first.lab.shelf.note(done.id, 'looks flat');

    const { lab } = aLab({ store: first.store });
    await until(() => expect(lab.open).not.toBeNull());
    expect(lab.shelf.get(done.id)).toMatchObject({ name: 'baseline', note: 'looks flat' });
    expect(lab.missing).toHaveLength(3);
    lab.goOn();
    await idle(lab);
    expect(lab.comparison.arms.map(({ runs }) => runs.length)).toEqual([2, 2]);
  });

  /** A lab whose page went away while the second step of its first run was at work. */
  async function left(): Promise<{ store: MemoryLabStore; log: readonly string[] }> {
    const { lab, store } = aLab({ event: 5 });
    lab.plan.steps = 4;
    lab.run();
    await until(async () => expect(await store.progress()).toMatchObject({ step: 2 }));
    const copy = new MemoryLabStore();
    await copy.putExperiment((await store.experiment())!);
    await copy.putProgress(await store.progress());
    await until(() => expect(lab.shelf.runs).toHaveLength(1));
    const whole = lab.shelf.runs[0]!;
    const log = strFromU8(gunzipSync((await store.files(whole.id))!.log)).split('\n');
    await lab.queue.stop();
    // What has ended needs nothing to go on from.
    expect(await store.progress()).toBeNull();
    return { store: copy, log };
  }
  const firstLog = async ({ lab, store }: ReturnType<typeof aLab>) => {
    lab.goOn();
    await until(() => expect(lab.shelf.runs).toHaveLength(1));
    const log = strFromU8(gunzipSync((await store.files(lab.shelf.runs[0]!.id))!.log)).split('\n');
    await lab.queue.stop();
    return log;
  };

  test('the run in hand goes on after its last kept step, and its log is that of an uninterrupted one', async () => {
    const { store, log } = await left();
    const second = aLab({ store });
    const resets = vi.spyOn(second.learner, 'reset');
    await until(() => expect(second.lab.open).not.toBeNull());
    expect(await firstLog(second)).toEqual(log);
    expect(second.learner.takenUp).toHaveLength(1);
    expect(
      resets.mock.calls.filter(([config]) => config.seed === 1 && config['alignment.prompts'] === 0),
    ).toEqual([]);
  });

  test.each([
    ['is torn', new TextEncoder().encode('{"config"')],
    ['is of other settings', null],
  ])('where what was kept %s, the run begins anew', async (_, file) => {
    const { store, log } = await left();
    const kept = (await store.progress())!;
    const other = JSON.parse(new TextDecoder().decode(kept.file)) as { config: Record<string, unknown> };
    other.config['adapter.rank'] = 99;
    await store.putProgress({ ...kept, file: file ?? new TextEncoder().encode(JSON.stringify(other)) });
    const second = aLab({ store });
    await until(() => expect(second.lab.open).not.toBeNull());
    expect(await firstLog(second)).toEqual(log);
    expect(second.lab.queue.error).toBeNull();
  });

  test('while the queue was at work, it goes on by itself, and not when it was paused', async () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
    const first = aLab({ event: 3 });
    first.lab.run();
    await until(() => expect(first.lab.shelf.runs).toHaveLength(1));
    // The page is gone: nothing of the first lab is heard any more.
    const copy = new MemoryLabStore();
    for (const run of first.lab.shelf.runs) await copy.put(run, (await first.store.files(run.id))!);
    await copy.putExperiment((await first.store.experiment())!);
    const marks = new Map(kept);
    await first.lab.queue.stop();
    kept.clear();
    for (const [key, value] of marks) kept.set(key, value);

    const second = aLab({ store: copy });
    await until(() => expect(second.lab.shelf.runs).toHaveLength(4));
    await idle(second.lab);
    expect(second.lab.missing).toEqual([]);
    expect(kept.size).toBe(0);
    vi.unstubAllGlobals();
  });
});
