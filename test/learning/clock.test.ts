import { expect, test } from 'vitest';
import { Clock } from '../../src/learning/clock.ts';

function setup() {
  let [now, graphs, compiling] = [50, 7, 3];
  const clock = new Clock({ now: () => now, compiled: () => ({ graphs, seconds: compiling }) });
  const pass = (seconds: number) => void (now += seconds);
  const compile = (seconds: number) => {
    [graphs, compiling] = [graphs + 1, compiling + seconds];
    pass(seconds);
  };
  return { clock, pass, compile };
}

test('phases add up to the step, what lies between them included', async () => {
  const { clock, pass, compile } = setup();
  pass(0.5);
  await clock.time('time/generate', async () => {
    pass(4);
    compile(2);
    await clock.time('time/execute', async () => pass(1));
  });
  pass(0.25);
  await clock.time('time/generate', async () => pass(3));
  expect(clock.step()).toEqual({
    'time/other': 0.75,
    'time/generate': 7,
    'time/compile': 2,
    'time/execute': 1,
    step_time: 10.75,
    reader_time: 0,
    'compile/graphs': 1,
    'compile/seconds': 2,
  });
});

test('a phase that fails has taken its time all the same', async () => {
  const { clock, pass } = setup();
  const failing = clock.time('time/update', async () => {
    pass(2);
    throw new Error('lost');
  });
  await expect(failing).rejects.toThrow('lost');
  pass(1);
  expect(clock.step()).toMatchObject({ 'time/update': 2, 'time/other': 1 });
});

test('the reader of the events has its own time, and what it compiles is not the step’s', () => {
  const { clock, pass, compile } = setup();
  pass(1);
  for (const event of clock.reading(['a', 'b'])) {
    pass(60);
    if (event === 'b') compile(5);
  }
  pass(2);
  expect(clock.step()).toMatchObject({
    'time/other': 3,
    step_time: 3,
    reader_time: 125,
    'compile/seconds': 0,
  });
  expect(clock.total()).toBe(3);
});
