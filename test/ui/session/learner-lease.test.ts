/**
 * While another room has the learner, nothing that the visitor does in Play reaches
 * the run that it trains. No browser, no model.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../until.ts';
import type { LearnerMessage } from '../../../src/learner/protocol.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import { FakeLearner, fakeTask } from './fake-learner.ts';

describe('a session that is lent', () => {
  let learner: FakeLearner;
  let session: Session;
  let heard: LearnerMessage[];
  beforeEach(() => {
    learner = new FakeLearner();
    heard = [];
    session = new Session({
      connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
      given: { steps: 3 },
    });
  });
  const lend = () => session.lease(session.knobs.config, (message) => heard.push(message));
  const adapter = { name: 'a.safetensors', bytes: Uint8Array.of(1), rank: 8, alpha: null };

  test('takes up no saved run and none from a file', async () => {
    await lend();
    const taken = [vi.spyOn(learner, 'resume'), vi.spyOn(learner, 'importRun')];
    session.resume();
    session.importRun(Uint8Array.of(1));
    for (const spy of taken) expect(spy).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
    session.release();
    await until(() => expect(session.transport).toBe('idle'));
    session.importRun(Uint8Array.of(1));
    expect(taken[1]).toHaveBeenCalledOnce();
  });

  test('nor one that was asked for before, while the model was loading', async () => {
    const resume = vi.spyOn(learner, 'resume');
    session.resume();
    await lend();
    expect(resume).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
  });

  test('goes on from no adapter, and says why', async () => {
    await lend();
    const adopt = vi.spyOn(learner, 'adopt');
    await expect(session.adopt(adapter)).rejects.toMatchObject({ name: 'LearnerLeasedError' });
    expect(adopt).not.toHaveBeenCalled();
    session.release();
    await until(() => expect(session.transport).toBe('idle'));
    await session.adopt(adapter);
    expect(adopt).toHaveBeenCalledOnce();
  });

  test('nor one that was brought before, while the model was loading for it', async () => {
    await session.load();
    session.settings.set([{ key: 'adapter.rank', value: 4 }]);
    const adopt = vi.spyOn(learner, 'adopt');
    const adopting = expect(session.adopt({ ...adapter, rank: 4 })).rejects.toMatchObject({
      name: 'LearnerLeasedError',
    });
    await lend();
    await adopting;
    expect(adopt).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
  });

  test('adds no task, and says why; other questions are answered', async () => {
    await lend();
    const tasks = [fakeTask('task-1')];
    await expect(session.addTasks(tasks)).rejects.toMatchObject({ name: 'LearnerLeasedError' });
    expect(await session.ask({ ask: 'add-task', task: tasks[0]! })).toMatchObject({
      error: { name: 'LearnerLeasedError' },
    });
    expect(await session.ask({ ask: 'vocabulary' })).toEqual({ value: ['x'] });
    expect([learner.asked, heard]).toEqual([[{ ask: 'vocabulary' }], []]);
    session.release();
    await session.addTasks(tasks);
    expect(learner.asked.at(-1)).toEqual({ ask: 'add-task', task: tasks[0] });
  });
});
