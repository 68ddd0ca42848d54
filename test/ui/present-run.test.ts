/** The run in the learner's worker, with a policy of a few lines: which run the visitor's tasks join, and a run that ended goes on. */
import { describe, expect, test, vi } from 'vitest';
import { MemoryStore } from '../../src/experiment/storage/memory-store.ts';
import { createConfig } from '../../src/learning/config.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { Engine } from '../../src/ui/learner/engine.ts';
import { Keeping } from '../../src/ui/learner/keeping.ts';
import { PresentRun } from '../../src/ui/learner/present-run.ts';
import type { LearnerMessage } from '../../src/ui/protocol.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { countTask, sumTask } from '../learning/tasks.ts';

async function open() {
  const said: LearnerMessage[] = [];
  const policy = new FakePolicy(() => ['']);
  // No step is taken, so nothing is run.
  const engine = { policy, sandbox: {} as Sandbox, tasks: [sumTask] } as unknown as Engine;
  const keeping = new Keeping({
    onSaved: () => undefined,
    onProblem: ({ message }) => expect.fail(message),
    openStore: async () => new MemoryStore(),
  });
  await keeping.open();
  const run = new PresentRun({
    engine: () => engine,
    keeping,
    say: (message) => said.push(message),
    onFailed: (_, error) => expect.fail(String(error)),
  });
  run.config = createConfig({ steps: 0, 'eval.baseline': false });
  const events = () => said.flatMap((message) => (message.type === 'event' ? [message.event.type] : []));
  const state = (wanted: string) =>
    vi.waitFor(() => expect(said.at(-1)).toEqual({ type: 'transport', state: wanted }), { interval: 1 });
  return { run, keeping, said, events, state };
}

describe('a task of the visitor’s own', () => {
  test('joins every run of Play, and none that another room trains', async () => {
    const { run, keeping, said, events, state } = await open();
    run.addTask(countTask);
    run.puller.start();
    await state('finished');
    expect(events()).toEqual(['run-started', 'task-added', 'run-finished']);

    const begin = async (isKept: boolean) => {
      keeping.isOn = isKept;
      await run.restart(run.config!);
      said.length = 0;
      run.puller.start();
      await state('finished');
      return events();
    };
    expect(await begin(false)).toEqual(['run-started', 'run-finished']);
    expect(await begin(true)).toEqual(['run-started', 'task-added', 'run-finished']);
  });
});
