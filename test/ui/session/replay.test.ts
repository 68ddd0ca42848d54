/** Replay: the same states as a live run would have left, whichever way one came to a step. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConfig } from '../../../src/learning/config.ts';
import { recordingText } from '../../../src/experiment/recorded.ts';
import { endsOfSteps, Replay } from '../../../src/ui/session/replay.svelte.ts';
import { RecordingShelf } from '../../../src/ui/session/recording-shelf.svelte.ts';
import { RunState } from '../../../src/ui/session/run-state.svelte.ts';
import { script } from './fake-learner.ts';

const STEPS = 5;
const config = createConfig({ steps: STEPS, 'eval.every': 2, 'code.prompts': 2, 'alignment.prompts': 1 });
const events = [...script(config)];
const bytes = new TextEncoder().encode(recordingText({ manifest: null, events, tasks: [], pieces: {} }));

/** What a live run looks like once step k is over. */
function liveRun(k: number): RunState {
  const run = new RunState();
  for (const event of events.slice(0, endsOfSteps(events)[k])) run.take(event);
  return run;
}
const liveAfter = (k: number): unknown => liveRun(k).snapshot();

let replay: Replay;
beforeEach(async () => {
  vi.useFakeTimers();
  replay = new Replay(new RecordingShelf('http://site/'));
  await replay.openBytes(bytes, 'run.jsonl');
});
afterEach(() => {
  replay.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('opens before the first step, at rest', () => {
  expect(replay.phase.phase).toBe('ready');
  expect(replay.steps).toBe(STEPS);
  expect(replay.playing).toBe(false);
  expect(replay.run.snapshot()).toEqual(liveAfter(0));
});

test('played to its end it is the live run at its end', () => {
  replay.play();
  vi.runAllTimers();
  expect(replay.playing).toBe(false);
  expect(replay.step).toBe(STEPS);
  expect(replay.playing).toBe(false);
  expect(replay.run.snapshot()).toEqual(liveAfter(STEPS));
});

test.each([
  ['forward', [1, 2, 4]],
  ['back', [5, 3, 1, 0]],
  ['to and fro', [4, 1, 5, 0, 2, 2, 3]],
  ['beyond the ends', [99, -3]],
])('seeking %s gives the live run at that step', (_, path) => {
  for (const to of path) {
    replay.seek(to);
    expect(replay.run.snapshot()).toEqual(liveAfter(Math.max(0, Math.min(STEPS, to))));
  }
});

test('after going back and on again every step up to there can still be read', () => {
  replay.seek(STEPS);
  replay.seek(2);
  expect(replay.run.batchAt(4)).toBeNull();
  replay.play();
  while (replay.step < 3) vi.advanceTimersToNextTimer();
  replay.pause();
  replay.seek(STEPS);
  const { run } = replay;
  expect(run.steps.map((step) => run.batchAt(step)?.step)).toEqual([1, 2, 3, 4, 5]);
  const live = liveRun(STEPS);
  for (const step of run.steps) expect(run.batchAt(step)).toEqual(live.batchAt(step));
});

test('speed divides the time it takes', () => {
  const took = (speed: number): number => {
    replay.seek(0);
    replay.speed = speed;
    const from = Date.now();
    replay.play();
    vi.runAllTimers();
    return Date.now() - from;
  };
  const slow = took(1);
  expect(took(4)).toBeLessThan(slow / 3);
});

test('the first rollouts are there soon, and are then looked at for longer', () => {
  replay.play();
  vi.advanceTimersByTime(300);
  expect(replay.run.batch?.groups.length).toBeGreaterThan(0);
  vi.advanceTimersByTime(300);
  expect(replay.run.step).toBe(0);
});

test('the step that is said is that of the rollouts that are shown', () => {
  replay.seek(1);
  replay.play();
  while (replay.run.batch?.step !== 2) vi.advanceTimersToNextTimer();
  expect(replay.run.step).toBe(1);
  expect(replay.step).toBe(2);
  // Back is the end of the step before, forward the end of the one after.
  replay.stepBy(-1);
  expect([replay.step, replay.run.step]).toEqual([1, 1]);
  replay.play();
  while (replay.run.batch?.step !== 2) vi.advanceTimersToNextTimer();
  replay.stepBy(1);
  expect([replay.step, replay.run.step]).toEqual([3, 3]);
});

test('a pause holds, and play goes on from there', () => {
  replay.play();
  vi.advanceTimersByTime(4000);
  replay.pause();
  const { step } = replay;
  expect(step).toBeGreaterThan(0);
  vi.advanceTimersByTime(60_000);
  expect(replay.step).toBe(step);
  replay.play();
  vi.runAllTimers();
  expect(replay.step).toBe(STEPS);
});

test('scrubbing while playing plays on from the new place', () => {
  replay.play();
  replay.seek(3);
  expect(replay.playing).toBe(true);
  vi.runAllTimers();
  expect(replay.step).toBe(STEPS);
});

test('play at the end begins anew', () => {
  replay.seek(STEPS);
  replay.play();
  expect(replay.step).toBe(0);
});

describe('recordings of the site', () => {
  test('the first listed one opens without a name', async () => {
    vi.useRealTimers();
    const folder = new URL('../../../public/runs/', import.meta.url);
    vi.stubGlobal(
      'fetch',
      async (url: string) =>
        new Response(await readFile(new URL(url.slice('http://site/runs/'.length), folder))),
    );
    await replay.open();
    expect(replay.phase.phase).toBe('ready');
    expect(replay.recording?.manifest?.device).not.toBe('');
    const group = replay.seek(1) ?? replay.run.batch?.groups[0];
    expect(group?.kind === 'code' && replay.task(group.taskId)?.description).toBeTruthy();
  });

  test('their list is fetched once, whoever asks', async () => {
    vi.useRealTimers();
    const asked: string[] = [];
    const folder = new URL('../../../public/runs/', import.meta.url);
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url.slice('http://site/runs/'.length));
      return new Response(await readFile(new URL(asked.at(-1)!, folder)));
    });
    const shelf = new RecordingShelf('http://site/');
    const [one, other] = [new Replay(shelf), new Replay(shelf)];
    await Promise.all([one.open(), shelf.list(), other.open()]);
    expect(other.listed).toBe(one.listed);
    expect(asked.filter((file) => file === 'index.json')).toHaveLength(1);
  });

  test('what does not come is a failure with advice', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await replay.open('nothing');
    expect(replay.phase).toMatchObject({ phase: 'failed', error: { name: 'RecordingError' } });
  });
});
