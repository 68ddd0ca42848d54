/**
 * The run in the learner's worker, with a policy of a few lines: which run the
 * visitor's tasks join, and a run that ended goes on.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../until.ts';
import { readJournal } from '../../src/experiment/journal.ts';
import { MemoryStore } from '../../src/experiment/storage/memory-store.ts';
import { readRunFile } from '../../src/experiment/storage/run-file.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { LearnerEngine } from '../../src/learner/engine.ts';
import { Autosave } from '../../src/learner/autosave.ts';
import { PresentRun } from '../../src/learner/present-run.ts';
import type { LearnerMessage } from '../../src/learner/protocol.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { countTask, programs, sumTask } from '../learning/tasks.ts';

const PROGRAMS = [programs.pass, programs.wrong];
const QUICK: ConfigOverrides = {
  'code.prompts': 1,
  'code.groupSize': 8,
  'alignment.prompts': 0,
  'eval.every': 0,
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

async function open(
  overrides: ConfigOverrides = { steps: 0 },
  onError: (error: unknown) => void = (error) => expect.fail(String(error)),
) {
  const said: LearnerMessage[] = [];
  const policy = new FakePolicy(() => PROGRAMS);
  const engine = { policy, sandbox, tasks: [sumTask] } as unknown as LearnerEngine;
  const autosave = new Autosave({
    onSaved: () => undefined,
    onProblem: ({ message }) => expect.fail(message),
    openStore: async () => new MemoryStore(),
  });
  await autosave.open();
  const run = new PresentRun({
    engine: () => engine,
    autosave,
    say: (message) => said.push(message),
    onFailed: (_, error) => onError(error),
  });
  run.config = createConfig(QUICK, overrides);
  const events = () => said.flatMap((message) => (message.type === 'event' ? [message.event.type] : []));
  const state = (wanted: string) =>
    until(() => expect(said.at(-1)).toEqual({ type: 'transport', state: wanted }));
  /** Starts, and waits for the end; what was said meanwhile is in `events`. */
  const play = async () => {
    said.length = 0;
    run.puller.start();
    await state('finished');
    return events();
  };
  const steps = () =>
    said.flatMap((message) =>
      message.type === 'event' && message.event.type === 'step-finished' ? [message.event.step] : [],
    );
  return { run, engine, autosave, policy, said, play, steps };
}

describe('a task of the visitor’s own', () => {
  test('joins every run of Play, and none that another room trains', async () => {
    const { run, autosave, play } = await open();
    run.addTask(countTask);
    expect(await play()).toEqual(['run-started', 'task-added', 'run-finished']);
    const begin = async (isAutosaved: boolean) => {
      autosave.isOn = isAutosaved;
      await run.restart(run.config!);
      return play();
    };
    expect(await begin(false)).toEqual(['run-started', 'run-finished']);
    expect(await begin(true)).toEqual(['run-started', 'task-added', 'run-finished']);
  });

  test('stays out of a run whose settings leave it no room, and is back in one that has it', async () => {
    const { run, play } = await open();
    run.addTask(countTask);
    await play();
    const begin = async (maxNewTokens: number) => {
      await run.restart({ ...run.config!, 'code.maxNewTokens': maxNewTokens });
      return play();
    };
    expect(await begin(4090)).toEqual(['run-started', 'run-finished']);
    expect(await begin(96)).toEqual(['run-started', 'task-added', 'run-finished']);
  });

  test('that a run has already does not join it again when it is taken up', async () => {
    const { run, engine, autosave, play } = await open({ steps: 1 });
    run.addTask(countTask);
    expect(await play()).toContain('task-added');
    await run.takeUp(engine, autosave.fromFile((await autosave.file())!));
    run.change('steps', 2);
    const told = await play();
    expect(told).toContain('step-finished');
    expect(told).not.toContain('task-added');
  });
});

describe('a run that has ended', () => {
  test('goes on at the next step when it gets more of them, as if it had not ended', async () => {
    const { run, autosave, policy, play, steps } = await open({ steps: 2 });
    run.addTask(countTask);
    await play();
    expect(steps()).toEqual([1, 2]);
    const at = await policy.snapshot();
    run.change('steps', 4);
    const told = await play();
    expect(steps()).toEqual([3, 4]);
    expect(told[0]).toBe('changed');
    expect(told).not.toContain('run-started');
    expect(told).not.toContain('task-added');
    expect((await policy.snapshot()).step).toBeGreaterThan(at.step);

    // Its file is the one of a run that was never at an end before.
    const { state, journal } = readRunFile((await autosave.file())!);
    const types = readJournal(journal).map(({ type }) => type);
    expect([state.step, state.config.steps]).toEqual([4, 4]);
    expect(types.filter((type) => type === 'step-finished')).toHaveLength(4);
    expect(types).not.toContain('run-finished');
  });

  test('only ends again when there is nothing to do', async () => {
    const { play, steps } = await open({ steps: 1 });
    await play();
    await play();
    expect(steps()).toEqual([]);
  });

  test('goes on after it stopped because its updates were undone', async () => {
    const { run, policy, play, steps } = await open({ steps: 5 });
    policy.losses.push(NaN, NaN, NaN);
    await play();
    expect(steps()).toEqual([1, 2, 3]);
    run.change('optimizer.learningRate', 1e-4);
    await play();
    expect(steps()).toEqual([4, 5]);
  });

  test('by an error begins anew only after a reset', async () => {
    const errors: unknown[] = [];
    const { run, policy, play, steps } = await open({ steps: 2 }, (error) => errors.push(error));
    const update = vi.spyOn(policy, 'update').mockRejectedValueOnce(new Error('no'));
    await play();
    expect([errors.length, update.mock.calls.length]).toEqual([1, 1]);
    await play();
    expect(steps()).toEqual([]);
    await run.restart(run.config!);
    await play();
    expect(steps()).toEqual([1, 2]);
  });
});
