/** The page's states: what messages and events do to them, without a browser. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { until as waitUntil } from '../../until.ts';
import { createConfig } from '../../../src/learning/config.ts';
import { presetConfig } from '../../../src/experiment/presets.ts';
import { toErrorData } from '../../../src/ui/strings/failures.ts';
import { stacked } from '../../../src/ui/kit/plot.ts';
import { changesForMix, Knobs, MAX_MIX, mixOf } from '../../../src/ui/session/knobs.svelte.ts';
import { ModelState } from '../../../src/ui/session/model-state.svelte.ts';
import { isIdle, rightIn } from '../../../src/ui/session/rollout-view.svelte.ts';
import { RunState } from '../../../src/ui/session/run-state.svelte.ts';
import { column, latest } from '../../../src/ui/view/series.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import { FakeLearner, script } from './fake-learner.ts';

const config = createConfig({ steps: 4, 'eval.every': 2, 'code.prompts': 3, 'alignment.prompts': 2 });

describe('loading', () => {
  const parts = [
    { part: 'model' as const, loaded: 30, total: 100 },
    { part: 'python' as const, loaded: 5, total: null },
  ];

  test('sums bytes, and knows no total until every part has told its own', () => {
    const model = new ModelState();
    model.begin();
    model.enter({ stage: 'downloading', parts });
    expect(model.bytes).toEqual({ loaded: 35, total: null });
    model.enter({ stage: 'downloading', parts: parts.map((part) => ({ ...part, total: 100 })) });
    expect(model.bytes).toEqual({ loaded: 35, total: 200 });
  });

  test('late messages cannot roll it back', () => {
    const model = new ModelState();
    model.begin();
    model.enter({ stage: 'starting-python' });
    model.enter({ stage: 'downloading', parts });
    expect(model.phase).toMatchObject({ phase: 'loading', stage: 'starting-python' });
    expect(model.isPast('building')).toBe(true);
    expect(model.isPast('warming-up')).toBe(false);
    model.fail({ name: 'E', message: 'm', kept: 'k', advice: 'a' });
    model.enter({ stage: 'warming-up' });
    expect(model.phase.phase).toBe('failed');
  });
});

describe('a run', () => {
  test('is a fold over its events', () => {
    const run = new RunState();
    for (const event of script(config)) run.take(event);
    expect(run.step).toBe(4);
    expect(run.config).toEqual(config);
    expect(run.series.steps).toEqual([0, 1, 2, 3, 4]);
    expect(run.activity).toEqual({ doing: 'finished', reason: 'steps-done' });
    expect(run.batch).toMatchObject({ step: 4 });
    expect(column(run.series, 'eval_heldout/pass@1').map((v) => v !== null)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(latest(run.series, 'time/generate')).toBeGreaterThan(0);
    const [low, high] = ['low', 'high'].map((end) => latest(run.series, `eval_heldout/pass@1/${end}`)!);
    expect(low).toBeLessThan(latest(run.series, 'eval_heldout/pass@1')!);
    expect(high).toBeGreaterThan(latest(run.series, 'eval_heldout/pass@1')!);
  });

  test('forgets the former run when a new one starts', () => {
    const run = new RunState();
    for (const event of script(config)) run.take(event);
    const [started] = [...script(config)];
    run.take(started!);
    expect([run.step, run.series.steps.length, run.batch]).toEqual([0, 0, null]);
  });

  test('follows changed settings', () => {
    const run = new RunState();
    for (const event of script(config)) run.take(event);
    run.take({ type: 'changed', step: 4, key: 'steps', from: 4, to: 9 });
    expect(run.config?.steps).toBe(9);
  });

  test('says that it is measuring when an evaluation is due after a step', () => {
    const run = new RunState();
    const doing: string[] = [];
    for (const event of script(config)) {
      run.take(event);
      if (event.type === 'step-finished') doing.push(run.activity.doing);
    }
    expect(doing).toEqual(['step-done', 'measuring', 'step-done', 'measuring']);
  });
});

describe('groups', () => {
  test('an alignment rollout is right only when every variable is, a code rollout when it passes', () => {
    for (const event of script(config)) {
      if (event.type !== 'rollouts') continue;
      for (const group of event.groups) {
        const rewards = group.rollouts.map(({ reward }) => reward);
        rightIn(group).forEach((right, i) => {
          if (right) expect(rewards[i]).toBe(1);
        });
        expect(isIdle(group)).toBe(new Set(rewards).size === 1);
      }
    }
  });

  test('stacked columns end at the sum, whole first, gaps kept', () => {
    expect(
      stacked([
        [0.25, null],
        [0.5, 0.5],
        [0.25, 0.5],
      ]),
    ).toEqual([
      [1, 1],
      [0.75, 0.5],
      [0.25, null],
    ]);
  });
});

describe('knobs', () => {
  test('the mix is the share of the loss, and setting it gives it back', () => {
    const base = presetConfig('coderl-plus');
    const weight = base['alignment.weight'];
    expect(mixOf(base)).toBeCloseTo(weight / (1 + weight));
    for (const share of [0, 0.2, 0.5, MAX_MIX]) {
      const changed = createConfig(
        base,
        Object.fromEntries(changesForMix(base, share).map((c) => [c.key, c.value])),
      );
      expect(mixOf(changed)).toBeCloseTo(share, 3);
    }
  });

  test('from tests alone, a mix brings alignment prompts', () => {
    const changes = changesForMix(presetConfig('rlvr'), 0.5);
    expect(changes).toContainEqual({ key: 'alignment.prompts', value: 8 });
    expect(changes).toContainEqual({ key: 'alignment.weight', value: 1 });
  });

  test('a change of a fixed setting waits for a reset, another is sent at once', () => {
    const knobs = new Knobs();
    const running = knobs.config;
    knobs.set([
      { key: 'seed', value: 7 },
      { key: 'optimizer.learningRate', value: 0.001 },
    ]);
    expect(knobs.pending(running)).toEqual({
      live: [{ key: 'optimizer.learningRate', value: 0.001 }],
      needsReset: ['seed'],
    });
    expect(knobs.offPreset.map(({ key }) => key).sort()).toEqual(['optimizer.learningRate', 'seed']);
  });

  test('a value that does not fit changes nothing', () => {
    const knobs = new Knobs();
    expect(() => knobs.set([{ key: 'code.groupSize', value: 1 }])).toThrow(/code.groupSize/);
    expect(knobs.offPreset).toEqual([]);
  });
});

describe('errors', () => {
  test('keep their own advice and take the rest from what was being done', () => {
    const own = Object.assign(new Error('no adapter'), { name: 'NoAdapterError', advice: 'Use WASM.' });
    expect(toErrorData(own, { kept: 'All.', advice: 'Reload.' })).toEqual({
      name: 'NoAdapterError',
      message: 'no adapter',
      kept: 'All.',
      advice: 'Use WASM.',
    });
    expect(toErrorData('broken', { kept: 'k', advice: 'a' }).message).toBe('broken');
  });
});

describe('a session', () => {
  let learner: FakeLearner;
  let session: Session;
  const open = async (fail: string | null = null, given = {}) => {
    learner = new FakeLearner({ load: 0, event: 0 }, fail);
    session = new Session({
      connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
      given: { steps: 3, ...given },
    });
    await session.load();
  };
  beforeEach(() => open());
  const rest = () => waitUntil(() => expect(session.isBusy).toBe(false));

  test('takes exactly one step, then rests', async () => {
    session.oneStep();
    expect(session.transport).toBe('stepping');
    await rest();
    expect([session.run.step, session.transport]).toEqual([1, 'paused']);
    session.oneStep();
    await rest();
    expect(session.run.step).toBe(2);
  });

  test('runs to the end and then moves only after a reset', async () => {
    session.toggle();
    await rest();
    expect([session.run.step, session.transport, session.canMove]).toEqual([3, 'finished', false]);
    session.oneStep();
    expect(session.transport).toBe('finished');
    session.reset();
    await waitUntil(() => expect(session.transport).toBe('idle'));
    expect([session.run.step, session.run.batch, session.canMove]).toEqual([0, null, true]);
  });

  test('a run that has ended goes on when it gets more steps', async () => {
    session.toggle();
    await rest();
    session.settings.set([{ key: 'steps', value: 5 }]);
    expect([session.canMove, session.transport]).toEqual([true, 'finished']);
    session.oneStep();
    await rest();
    expect([session.run.step, session.run.series.steps.length, session.transport]).toEqual([4, 5, 'paused']);
    session.toggle();
    await rest();
    expect([session.run.step, session.transport, session.canMove]).toEqual([5, 'finished', false]);
  });

  test('a run that stopped before its end can go on; one that failed cannot', () => {
    const start = vi.spyOn(learner, 'start');
    session.take({ type: 'event', event: { type: 'step-finished', step: 2, metrics: {} } });
    session.take({ type: 'transport', state: 'finished' });
    expect(session.canMove).toBe(false);
    session.take({ type: 'event', event: { type: 'run-finished', step: 2, reason: 'stopped' } });
    expect(session.canMove).toBe(true);
    session.toggle();
    expect(start).toHaveBeenCalledOnce();
  });

  test('a field that was emptied leaves its setting as it is; one that was filled turns the knob', () => {
    session.settings.write('steps', '');
    session.settings.write('steps', ' ');
    expect([session.knobs.config.steps, session.error, learner.changes]).toEqual([3, null, []]);
    session.settings.write('steps', '7');
    session.settings.write('eval.baseline', 'false');
    session.settings.write('kl.estimator', 'no');
    expect([session.knobs.config.steps, session.knobs.config['eval.baseline']]).toEqual([7, false]);
    expect(session.error).toMatchObject({ name: 'ConfigError' });
  });

  test('pauses between two events and goes on where it was', async () => {
    await open(null, { steps: 200 });
    session.toggle();
    await waitUntil(() => expect(session.run.step).toBeGreaterThan(1));
    session.toggle();
    await rest();
    const at = session.run.step;
    expect(session.transport).toBe('paused');
    await learner.turn();
    expect(session.run.step).toBe(at);
    session.oneStep();
    await rest();
    expect(session.run.step).toBe(at + 1);
  });

  test('sends the learner only what may change now', async () => {
    session.settings.set([{ key: 'rollouts.temperature', value: 0.7 }]);
    session.settings.set([{ key: 'seed', value: 5 }]);
    expect(learner.changes).toEqual([{ key: 'rollouts.temperature', value: 0.7 }]);
    expect(session.settings.needsReset).toEqual(['seed']);
    session.reset();
    expect(session.settings.needsReset).toEqual([]);
  });

  test('refuses a bad value with advice and goes on', () => {
    session.settings.set([{ key: 'code.groupSize', value: 0 }]);
    expect(session.error).toMatchObject({ name: 'ConfigError' });
    expect(session.error?.advice).not.toBe('');
    expect(learner.changes).toEqual([]);
  });

  test('a failed load offers what happened, what was kept, what to do', async () => {
    await open('no adapter');
    expect(session.model.phase).toMatchObject({ phase: 'failed', error: { message: 'no adapter' } });
    expect(session.canMove).toBe(false);
  });

  test('messages of a connection that was replaced are not heard', async () => {
    const old = learner;
    await open();
    session.take({ type: 'transport', state: 'idle' });
    await old.start();
    expect(session.transport).toBe('idle');
  });
});
