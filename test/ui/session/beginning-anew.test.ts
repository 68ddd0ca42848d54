/**
 * A run on the page that begins anew: from an adapter that the visitor brought, or
 * with settings that only a restart applies. No browser, no model.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../until.ts';
import type { ConfigKey, ConfigValue } from '../../../src/learning/config.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import { FakeLearner, fakeTask } from './fake-learner.ts';

let learners: FakeLearner[];
let session: Session;
beforeEach(async () => {
  learners = [];
  session = new Session({
    connect() {
      const learner = new FakeLearner({ load: 0, event: 0 });
      learners.push(learner);
      return { learner, end: () => undefined, onFailure: () => undefined };
    },
    base: 'http://localhost/',
    device: 'wasm',
    given: { steps: 3 },
  });
  await session.load();
});

const set = (key: ConfigKey, value: ConfigValue) => session.settings.set([{ key, value }]);
async function step(): Promise<void> {
  session.oneStep();
  await until(() => expect(session.isBusy).toBe(false));
}

describe('from an adapter', () => {
  const adapter = { name: 'mine.safetensors', bytes: new Uint8Array(9), rank: 8 };

  test('the run has the settings of the knobs, as the page says', async () => {
    await step();
    set('optimizer.learningRate', 0.5);
    set('seed', 5);
    session.savedRun.onSaved({ step: 1, steps: 3, seed: 0, savedAt: 1 });
    await session.adopt(adapter);
    expect(learners[0]?.adopted).toEqual([{ name: adapter.name, config: session.knobs.config }]);
    expect(session.running).toEqual(session.knobs.config);
    expect([session.settings.needsReset, session.run.step, session.transport]).toEqual([[], 0, 'idle']);
    // What is stored is another run from here on.
    expect([session.savedRun.saved, session.savedRun.offer?.step]).toEqual([null, 1]);
  });

  test('a larger rank is refused with advice', async () => {
    await step();
    await expect(session.adopt({ ...adapter, rank: 16 })).rejects.toMatchObject({
      message: expect.stringMatching(/rank 16.*rank 8/) as string,
      advice: expect.stringContaining('adapter.rank=16') as string,
    });
    expect([learners[0]?.adopted, session.run.step]).toEqual([[], 1]);
  });

  test('a smaller one is taken with its configuration', async () => {
    await session.adopt({ ...adapter, rank: 4, config: '{}' });
    expect(learners[0]?.adopted).toEqual([
      { name: adapter.name, config: session.knobs.config, adapterConfig: '{}' },
    ]);
  });

  test('with settings for another adapter than the loaded one, the model is loaded for them first', async () => {
    set('adapter.rank', 4);
    await expect(session.adopt(adapter)).rejects.toMatchObject({
      message: expect.stringMatching(/rank 8.*rank 4/) as string,
    });
    await session.adopt({ ...adapter, rank: 4 });
    expect(learners.map(({ loaded, adopted }) => [loaded[0]?.['adapter.rank'], adopted.length])).toEqual([
      [8, 0],
      [4, 1],
    ]);
    expect(session.settings.needsReset).toEqual([]);
  });
});

describe('restarted', () => {
  const loads = () => learners.map(({ loaded, resets }) => [loaded.length, resets.length]);

  test.each([
    ['adapter.rank', 4],
    ['adapter.alpha', 32],
    ['sandbox.heapMegabytes', 256],
    ['memory.capMiB', 4096],
  ] as const)('with another %s, the model is loaded anew for it', async (key, value) => {
    await step();
    set(key, value);
    expect(session.settings.needsReset).toEqual([key]);
    session.savedRun.onSaved({ step: 1, steps: 3, seed: 0, savedAt: 1 });
    session.reset();
    await until(() => expect(session.canMove).toBe(true));
    expect(learners.map(({ loaded }) => loaded.map((config) => config[key]))).toEqual([
      [expect.not.toBeOneOf([value])],
      [value],
    ]);
    expect([session.settings.needsReset, session.run.step, session.transport]).toEqual([[], 0, 'idle']);
    expect(session.savedRun.offer?.step).toBe(1);
    // With the same settings again it stays loaded.
    session.reset();
    expect(loads()).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test('the visitor’s tasks that were taken go along to every new worker, whatever the model', async () => {
    const asked = () =>
      learners.map((learner) =>
        learner.asked.flatMap((question) => (question.ask === 'add-task' ? [question.task.id] : [])),
      );
    await session.addTasks([fakeTask('task-1'), fakeTask('task-2'), fakeTask('task-1')]);
    vi.spyOn(learners[0]!, 'ask').mockResolvedValueOnce({ value: false });
    expect(await session.addTasks([fakeTask('task-0')])).toBe(0);
    set('adapter.rank', 4);
    session.reset();
    await until(() => expect(session.canMove).toBe(true));
    await session.choose({ kind: 'hub', id: 'some/model' });
    expect(asked().slice(1)).toEqual([
      ['task-2', 'task-1'],
      ['task-2', 'task-1'],
    ]);
  });

  test('with settings that fit, the model stays loaded', () => {
    set('seed', 5);
    session.reset();
    expect(loads()).toEqual([[1, 1]]);
  });

  test('after a run that was taken up, it is that run’s shape that is loaded', async () => {
    const config = { ...session.knobs.config, 'adapter.rank': 16 };
    learners[0]!.tell({ type: 'resumed', config, step: 2 });
    learners[0]!.tell({ type: 'transport', state: 'paused' });
    session.reset();
    expect(loads()).toEqual([[1, 1]]);
    await until(() => expect(session.transport).toBe('idle'));
    set('adapter.rank', 8);
    session.reset();
    await until(() => expect(learners).toHaveLength(2));
  });
});
