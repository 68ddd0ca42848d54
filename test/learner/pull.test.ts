/** The hand on the trainer: pausing is not asking. */
import { describe, expect, test } from 'vitest';
import { until as waitUntil } from '../until.ts';
import { createConfig } from '../../src/learning/config.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import type { TransportState } from '../../src/learner/protocol.ts';
import { Puller } from '../../src/learner/pull.ts';
import { script } from '../ui/session/fake-learner.ts';

function open(steps: number, failAt = Infinity, pauseAfter = Infinity, onward = () => false) {
  const events: TrainerEvent[] = [];
  const states: TransportState[] = [];
  const errors: unknown[] = [];
  const begun = { count: 0 };
  async function* run() {
    begun.count++;
    for (const event of script(createConfig({ steps, 'code.prompts': 2 }))) {
      await Promise.resolve();
      if (event.type === 'step-started' && event.step === failAt) throw new Error('device lost');
      yield event;
    }
  }
  const puller: Puller = new Puller({
    begin: run,
    onward,
    onEvent: (event) => {
      events.push(event);
      if (events.length === pauseAfter) puller.pause();
    },
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error),
  });
  const until = (state: TransportState) => waitUntil(() => expect(states.at(-1)).toBe(state));
  const steps_ = () => events.filter(({ type }) => type === 'step-finished').length;
  return { puller, events, states, errors, begun, until, finished: steps_ };
}

describe('pulling', () => {
  test('one step ends with the times of that step', async () => {
    const { puller, events, until, finished } = open(5);
    puller.step();
    await until('paused');
    expect(finished()).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'timing', step: 1 });
  });

  test('a pause stops after the event in hand and nothing is lost by it', async () => {
    const { puller, events, until, begun } = open(30, Infinity, 7);
    puller.start();
    await until('paused');
    expect(events).toHaveLength(7);
    puller.start();
    await until('finished');
    expect(begun.count).toBe(1);
    expect(events).toEqual([...script(createConfig({ steps: 30, 'code.prompts': 2 }))]);
  });

  test('after the end only a new run moves', async () => {
    const { puller, until, begun, finished } = open(2);
    puller.start();
    await until('finished');
    puller.step();
    await until('finished');
    expect(finished()).toBe(2);
    await puller.drop();
    puller.step();
    await until('paused');
    expect([begun.count, finished()]).toEqual([2, 3]);
  });

  test('after the end it goes on when it can, by beginning from there', async () => {
    const { puller, until, begun, finished } = open(2, Infinity, Infinity, () => true);
    puller.start();
    await until('finished');
    puller.step();
    await until('paused');
    expect([begun.count, finished()]).toEqual([2, 3]);
  });

  test('after a failure it does not go on by itself, even where it could', async () => {
    const { puller, until, begun } = open(5, 3, Infinity, () => true);
    puller.start();
    await until('finished');
    puller.start();
    await until('finished');
    expect(begun.count).toBe(1);
  });

  test('a run that fails is over and says why', async () => {
    const { puller, until, errors, finished } = open(5, 3);
    puller.start();
    await until('finished');
    expect(errors).toHaveLength(1);
    expect(finished()).toBe(2);
  });
});
