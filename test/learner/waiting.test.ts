/**
 * Waits that one need not sit out, with a policy of a few lines: a pause that is forced leaves the log that
 * would have been, a measurement that nobody waits for is made up for, and what is written is told.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { MemoryStore } from '../../src/experiment/storage/memory-store.ts';
import { readRunFile } from '../../src/experiment/storage/run-file.ts';
import { createConfig, type ConfigOverrides } from '../../src/learning/config.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import type { Completion, GenerateRequest } from '../../src/policy/types.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { LearnerEngine } from '../../src/learner/engine.ts';
import { Autosave } from '../../src/learner/autosave.ts';
import { PresentRun } from '../../src/learner/present-run.ts';
import type { LearnerMessage } from '../../src/learner/protocol.ts';
import { WritingWatch, type WritingProgress } from '../../src/learner/writing.ts';
import { characters, FakePolicy } from '../learning/fake-policy.ts';
import { heldoutTask, programs, sumTask } from '../learning/tasks.ts';

const RUN: ConfigOverrides = {
  steps: 3,
  'code.prompts': 1,
  'code.groupSize': 4,
  'alignment.prompts': 0,
  'eval.every': 2,
  'eval.tasks': 1,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 1,
  'eval.reasoningTasks': 0,
  'eval.testOutputTasks': 0,
  'save.every': 5,
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

/** Writes as the other does, but may be held up in the midst of it, until it is aborted or let go on. */
class HeldPolicy extends FakePolicy {
  /** Which call is held, counted from 1. */
  held = 0;
  isHeld = false;
  #calls = 0;
  #release: () => void = () => undefined;

  override async generate(request: GenerateRequest): Promise<Completion[]> {
    this.#calls += 1;
    if (this.#calls === this.held) {
      this.isHeld = true;
      await new Promise<void>((resolve, reject) => {
        this.#release = resolve;
        request.signal?.addEventListener('abort', () => reject(request.signal!.reason as Error));
      });
    }
    return super.generate(request);
  }

  release(): void {
    this.#release();
  }
}

async function open(held: number) {
  const said: LearnerMessage[] = [];
  const policy = new HeldPolicy(() => [programs.pass, programs.wrong]);
  policy.held = held;
  const engine = { policy, sandbox, tasks: [sumTask, heldoutTask] } as unknown as LearnerEngine;
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
    onFailed: (_, error) => expect.fail(String(error)),
  });
  run.config = createConfig(RUN);
  const state = (wanted: string) =>
    until(() =>
      expect(said.findLast(({ type }) => type === 'transport')).toEqual({ type: 'transport', state: wanted }),
    );
  const events = (): readonly TrainerEvent[] =>
    said.flatMap((message) => (message.type === 'event' ? [message.event] : []));
  const atHold = () => until(() => expect(policy.isHeld).toBe(true));
  const journal = async () => readRunFile((await autosave.file())!).journal;
  return { run, policy, said, state, events, atHold, journal };
}

const isTime = (line: string) => line.includes('"timing"');
const withoutTimes = (journal: string) =>
  journal
    .split('\n')
    .filter((line) => !isTime(line))
    .join('\n');

describe('a pause that is forced', () => {
  // Writing is done once a step; the base model is measured after the first step, in four requests.
  test.each([
    ['in the first step', 1],
    ['in the measurement of the base model', 3],
    ['in a later step', 6],
  ])('%s, rests at once, and the run becomes the one it would have been', async (_, held) => {
    const whole = await open(0);
    whole.run.puller.start();
    await whole.state('finished');

    const { run, state, atHold, events, journal, said } = await open(held);
    run.puller.start();
    await atHold();
    run.puller.pause();
    expect(said.at(-1)).toEqual({ type: 'transport', state: 'stopping' });
    await run.halt();
    expect(said.at(-1)).toEqual({ type: 'transport', state: 'paused' });
    expect(events().map(({ type }) => type)).not.toContain('run-finished');
    run.puller.start();
    await state('finished');
    expect(withoutTimes(await journal())).toBe(withoutTimes(await whole.journal()));
  });

  test('of a run that rests already changes nothing', async () => {
    const { run, said } = await open(0);
    await run.halt();
    expect(said).toEqual([]);
  });
});

describe('a measurement that nobody waits for', () => {
  const evaluated = (events: readonly TrainerEvent[]) =>
    events.flatMap((event) => (event.type === 'evaluation' ? [event.step] : []));

  test('of the base model is made up for at the next one', async () => {
    const { run, state, atHold, events } = await open(2);
    run.puller.start();
    await atHold();
    run.skipMeasuring();
    await state('finished');
    const types = events().map((event) => `${event.type} ${'step' in event ? event.step : ''}`);
    expect(evaluated(events())).toEqual([0, 2, 3]);
    // After the second step, not after the first.
    expect(types.indexOf('evaluation 0')).toBeGreaterThan(types.indexOf('step-finished 2'));
    expect(types.indexOf('evaluation 0')).toBeLessThan(types.indexOf('evaluation 2'));
  });

  test('of the policy is left out', async () => {
    // Of the base: samples, then greedy, two of answers; the second step; then samples of the policy.
    const { run, state, atHold, events, policy } = await open(0);
    run.puller.start();
    await until(() => expect(evaluated(events())).toEqual([0]));
    policy.held = policy.requests.length + 2;
    await until(() => expect(policy.isHeld || evaluated(events()).includes(2)).toBe(true));
    await atHold();
    run.skipMeasuring();
    policy.release();
    await state('finished');
    expect(evaluated(events())).toEqual([0, 3]);
  });
});

describe('what is written is told', () => {
  test('how many have ended since the last event, the plan, and a few as far as they go', () => {
    const told: WritingProgress[] = [];
    const watch = new WritingWatch((writing) => told.push(writing));
    const ids = (text: string) => characters.encode(text);
    const prompts = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'].map(ids);
    const request: GenerateRequest = {
      prompts,
      maxNewTokens: 3,
      temperature: 1,
      uniforms: new Float32Array(24),
    };
    watch.restart();
    watch.measures({ which: 'base', programs: 16, answers: null });
    const first = watch.watch(request, characters);
    first.request.onCompletion!(2, { tokens: ids('yes'), logProbs: [], finish: 'eos' });
    first.request.onProgress!(9, { first: 0, tokens: prompts.map((_, row) => ids(row === 2 ? 'yes' : 'n')) });
    expect(told).toEqual([
      {
        tokens: 9,
        done: 1,
        plan: { which: 'base', programs: 16, answers: null },
        rows: [
          { prompt: 'a', text: 'n', hasEnded: false },
          { prompt: 'b', text: 'yes', hasEnded: true },
          { prompt: 'c', text: 'n', hasEnded: false },
          { prompt: 'd', text: 'n', hasEnded: false },
        ],
      },
    ]);
    first.over();
    expect(told.at(-1)).toMatchObject({ tokens: 9, done: 8 });
    const second = watch.watch(request, characters);
    second.request.onProgress!(4);
    second.over();
    expect(told.at(-1)).toMatchObject({ tokens: 13, done: 16 });
    watch.restart();
    watch.watch(request, characters).over();
    expect(told.at(-1)).toMatchObject({ tokens: 0, done: 8, plan: null });
  });
});
