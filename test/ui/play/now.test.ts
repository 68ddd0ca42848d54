/**
 * What the bar says while something is written, from a run's events and what the learner tells between them.
 */
import { describe, expect, test } from 'vitest';
import { createConfig } from '../../../src/learning/config.ts';
import type { WritingProgress } from '../../../src/learner/protocol.ts';
import { nowLine } from '../../../src/ui/play/now.ts';
import { RunState } from '../../../src/ui/session/run-state.svelte.ts';
import type { ModelPhase } from '../../../src/ui/session/model-state.svelte.ts';

const MODEL = { phase: 'ready', model: {} } as unknown as ModelPhase;
const told = (done: number, plan: WritingProgress['plan'] = null): WritingProgress => ({
  tokens: 10,
  done,
  plan,
  rows: [],
});

/** A run after its first step has begun. */
function begun(): RunState {
  const run = new RunState();
  const config = createConfig({ 'code.groupSize': 8, 'alignment.groupSize': 4, 'eval.every': 0 });
  const model = { name: 'nano' } as never;
  run.take({ type: 'run-started', version: 1, config, model, tasks: { train: 9, heldout: 9 } });
  run.take({ type: 'step-started', step: 1, prompts: { code: 2, alignment: 3 } });
  return run;
}
const line = (run: RunState, transport: 'running' | 'stopping' | 'paused' = 'running', isResetting = false) =>
  nowLine(MODEL, transport, run.activity, false, true, isResetting);

describe('while a step is written', () => {
  test('the rollouts are counted of those planned', () => {
    const run = begun();
    expect(line(run)).toBe('Writing programs for 2 prompts, answers about 3 failed programs.');
    run.progress(told(7));
    // 2 prompts of 8, 3 questions of 4.
    expect(line(run)).toMatch(/^Writing programs .*: 7 of 28 rollouts, /);
  });

  test('a pause says what it waits for, and a reset is no pause', () => {
    const run = begun();
    run.progress(told(7));
    expect(line(run, 'stopping')).toMatch(/^Pausing after these rollouts: 7 of 28 rollouts, /);
    expect(line(run, 'stopping', true)).toBe('Back to the start.');
    run.take({ type: 'rollouts', step: 1, groups: [] });
    expect(line(run, 'stopping')).toBe('Pausing after this update.');
  });
});

describe('while a model is measured', () => {
  function measured(): RunState {
    const run = begun();
    run.take({ type: 'rollouts', step: 1, groups: [] });
    run.take({ type: 'step-finished', step: 1, metrics: {} });
    run.take({ type: 'timing', step: 1, seconds: { step_time: 2, 'time/generate': 1 } });
    return run;
  }

  test('programs are counted, then answers', () => {
    const run = measured();
    expect(line(run)).toBe('Measuring the base model.');
    run.progress(told(37, { which: 'base', programs: 160, answers: null }));
    expect(line(run)).toMatch(/^Measuring the base model: 37 of 160 programs(, .* left)?\.$/);
    run.progress(told(170, { which: 'base', programs: 160, answers: 84 }));
    expect(line(run)).toMatch(/: 10 of 84 answers, .* left\.$/);
    expect(line(run, 'stopping')).toMatch(/^Pausing after the measurement: 10 of 84 answers/);
  });

  test('one that is done without is not waited for after the next step', () => {
    const run = measured();
    run.skipsMeasuring();
    run.take({ type: 'step-started', step: 2, prompts: { code: 2, alignment: 3 } });
    run.take({ type: 'rollouts', step: 2, groups: [] });
    run.take({ type: 'step-finished', step: 2, metrics: {} });
    expect(run.activity.doing).toBe('step-done');
  });

  test('what a run began with besides the base model is called by its name', () => {
    const run = new RunState();
    const config = createConfig();
    run.take({
      type: 'run-started',
      version: 1,
      config,
      model: { name: 'n' } as never,
      tasks: { train: 1, heldout: 1 },
    });
    expect(line(run)).toBe('Starting the run.');
    run.progress(told(1, { which: 'current', programs: 8, answers: null }));
    expect(line(run)).toMatch(/^Measuring on held-out tasks: 1 of 8 programs/);
  });
});
