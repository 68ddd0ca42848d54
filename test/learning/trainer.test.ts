import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunLog } from '../../src/experiment/run-log.ts';
import { logText } from '../experiment/log-text.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import type { ConfigOverrides } from '../../src/learning/config.ts';
import { TrainerControl } from '../../src/learning/control.ts';
import { makeEvaluationSet, testOutputPrompt } from '../../src/learning/evaluation-set.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { funnelSettings } from '../../src/learning/settings.ts';
import type { TrainerState } from '../../src/learning/state.ts';
import { TrainerError, train, type TrainOptions } from '../../src/learning/trainer.ts';
import { HarnessError } from '../../src/sandbox/errors.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { traceFormat } from '../../src/tasks/alignment/trace.ts';
import { FakePolicy } from './fake-policy.ts';
import { countPrograms, countTask, heldoutTask, programs, sumTask } from './tasks.ts';

const tasks = [sumTask, countTask, heldoutTask];
const answers = [
  '<L1>t<0><ans>t<2><;>x<2><;><ret><2><;>',
  '<L1>t<0><L2>x<2><|><ans>t<2><;>x<3><;><ret><0><;>',
  'nonsense',
];

/** What the fake policy may say to each kind of prompt. */
function table(prompt: string): readonly string[] {
  if (prompt.endsWith('==')) return [' 8', ' 9'];
  if (prompt.includes('<trace>')) return answers;
  return prompt === countTask.prompt
    ? countPrograms
    : Object.values(programs).filter((p) => p !== programs.loop);
}

const small: ConfigOverrides = {
  steps: 4,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 200,
  'alignment.prompts': 2,
  'alignment.groupSize': 3,
  'alignment.maxNewTokens': 200,
  'records.minSteps': 2,
  'optimizer.decay': 0,
  'eval.every': 2,
  'eval.samples': 4,
  'eval.k': 2,
};
const config = (changes: ConfigOverrides = {}) => presetConfig('coderl-plus', small, changes);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

type Changes = Partial<TrainOptions> & { overrides?: ConfigOverrides };
const options = ({ overrides, ...changes }: Changes = {}): TrainOptions => ({
  policy: new FakePolicy(table),
  sandbox,
  tasks,
  config: config(overrides),
  ...changes,
});

async function collect(run: TrainOptions): Promise<TrainerEvent[]> {
  const events: TrainerEvent[] = [];
  for await (const event of train(run)) events.push(event);
  return events;
}
const ofType = <T extends TrainerEvent['type']>(events: readonly TrainerEvent[], type: T) =>
  events.filter((event): event is Extract<TrainerEvent, { type: T }> => event.type === type);

describe('a run', () => {
  it('tells its story in order: start, a step, the base model, steps, evaluations, end', async () => {
    const events = await collect(options());
    const step = ['step-started', 'rollouts', 'records', 'step-finished'];
    expect(events.filter(({ type }) => type !== 'timing').map(({ type }) => type)).toEqual([
      'run-started',
      ...step,
      'evaluation',
      ...step,
      'evaluation',
      ...step,
      ...step,
      'evaluation',
      'run-finished',
    ]);
    expect(events.at(-1)).toMatchObject({ reason: 'steps-done', step: 4 });
    const [baseline] = ofType(events, 'evaluation');
    expect(ofType(events, 'evaluation').map(({ step: at }) => at)).toEqual([0, 2, 4]);
    expect(Object.keys(baseline?.metrics ?? {})).toEqual([
      'eval_heldout/pass@1',
      'eval_heldout/pass@2',
      'eval_heldout/greedy',
      'eval_alignment/accuracy',
      'eval_alignment/sampled',
      'eval_alignment/return',
      'eval_alignment/exact',
      'eval_reasoning/accuracy',
      'eval_reasoning/own_programs',
      'eval_test_output/accuracy',
    ]);
    // Greedy takes the first of the table: the passing program, and the right literal.
    expect(baseline?.metrics).toMatchObject({ 'eval_heldout/greedy': 1, 'eval_test_output/accuracy': 1 });
    for (const { metrics } of ofType(events, 'step-finished')) {
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
      expect(metrics).toMatchObject({ learning_rate: 5e-3, harness_errors: 0 });
      expect(metrics['sampling/sampling_logp_difference/max']).toBeLessThan(1e-6);
    }
  });

  it('measures the base model after the first step as it would have been measured before it', async () => {
    const untrained = await new FakePolicy(table).snapshot();
    const after = await collect(options());
    // An adapter that is given is measured first; this one changes nothing.
    const before = await collect(options({ initial: untrained }));
    expect(before.findIndex(({ type }) => type === 'evaluation')).toBe(1);
    expect(after.findIndex(({ type }) => type === 'evaluation')).toBeGreaterThan(1);
    const inOrder = (events: readonly TrainerEvent[]) =>
      [...events].filter(({ type }) => type !== 'timing').sort((a, b) => a.type.localeCompare(b.type));
    expect(inOrder(after)).toEqual(inOrder(before));
  });

  it('measures the base model alone where there is no step to make', async () => {
    const events = await collect(options({ overrides: { steps: 0 } }));
    expect(ofType(events, 'evaluation').map(({ step }) => step)).toEqual([0]);
  });

  it('does not depend on the order in which rollouts end', async () => {
    const logs = await Promise.all(
      [
        (all: readonly unknown[]) => all.map((_, row) => row),
        (all: readonly unknown[]) => all.map((_, row) => (row * 7) % all.length).filter((_, i) => i % 3 > 0),
        () => [],
      ].map(async (order) => {
        const policy = new FakePolicy(table);
        policy.order = (all) => [...new Set(order(all))];
        return logText(await collect(options({ policy })));
      }),
    );
    expect(new Set(logs).size).toBe(1);
    expect(logs[0]).toBe(await logText(await collect(options())));
  });

  it('says of every second of a step which phase it was in', async () => {
    let seconds = 0;
    let compiled = { graphs: 0, seconds: 0 };
    const policy = new FakePolicy(table);
    Object.defineProperty(policy, 'compiled', { get: () => compiled });
    const taking =
      <A extends unknown[], T>(took: number, work: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        seconds += took;
        return work.apply(policy, args);
      };
    policy.generate = taking(10, policy.generate);
    policy.score = taking(2, policy.score);
    policy.snapshot = taking(1, policy.snapshot);
    const update = taking(4, policy.update);
    policy.update = (...args) => {
      compiled = { graphs: compiled.graphs + 1, seconds: compiled.seconds + 1.5 };
      return update(...args);
    };
    const run = { ...options({ policy, overrides: { steps: 2, 'eval.baseline': false } }), tasks: [sumTask] };
    const steps: Readonly<Record<string, number>>[] = [];
    for await (const event of train({ ...run, now: () => seconds })) {
      // Whoever reads takes time as well, which is not the step's.
      seconds += 100;
      if (event.type === 'timing') steps.push(event.seconds);
    }
    const updates = policy.updates.length / 2;
    expect(steps).toHaveLength(2);
    for (const step of steps) {
      const phases = Object.entries(step).filter(([name]) => name.startsWith('time/'));
      expect(phases.reduce((sum, [, value]) => sum + value, 0)).toBeCloseTo(step['step_time']!, 9);
      expect(step).toMatchObject({ 'time/generate': 10, 'time/compile': 1.5, reader_time: 200 });
      expect(step['compile/graphs']).toBe(1);
    }
    expect(updates).toBe(1);
    expect(steps[0]).toMatchObject({ 'time/update': 3.5, 'time/score': 2, step_time: 17 });
  });

  it('counts the base’s log-probabilities that KL in the reward asks for as scoring', async () => {
    let seconds = 0;
    const policy = new FakePolicy(table);
    const { score } = policy;
    policy.score = async (...args) => {
      seconds += 2;
      return score.apply(policy, args);
    };
    const overrides = { steps: 1, 'eval.baseline': false, 'kl.in': 'reward', 'kl.coefficient': 0.1 } as const;
    const run = { ...options({ policy, overrides }), tasks: [sumTask], now: () => seconds };
    const [step] = ofType(await collect(run), 'timing');
    expect(seconds).toBeGreaterThan(0);
    expect(step?.seconds).toMatchObject({ 'time/score': seconds, step_time: seconds });
  });

  it('acceptance vector 2: bootstraps with code prompts alone, then draws from the step before', async () => {
    const events = await collect(options({ overrides: { 'records.strategy': 'recent' } }));
    const started = ofType(events, 'step-started');
    expect(started[0]?.prompts).toEqual({ code: 2, alignment: 0 });
    expect(started.slice(1).some(({ prompts }) => prompts.alignment > 0)).toBe(true);
    for (const { step, groups } of ofType(events, 'rollouts')) {
      for (const group of groups) if (group.kind === 'alignment') expect(group.record.bornAt).toBe(step - 1);
    }
  });

  it('begins from an adapter that is given to it, which is measured first, and is resumed as it was', async () => {
    const learned = new FakePolicy(table);
    await collect(options({ policy: learned, overrides: { 'eval.baseline': false } }));
    const initial = await learned.snapshot();
    const policy = new FakePolicy(table);
    const seen: unknown[] = [];
    const { generate } = policy;
    policy.generate = async (request) => {
      seen.push(await policy.snapshot());
      return generate.call(policy, request);
    };
    policy.reset = () => expect.fail('back to the untrained adapter');
    const events = await collect(options({ policy, initial }));
    expect(seen[0]).toEqual(initial);
    const baseline = (all: readonly TrainerEvent[]) => ofType(all, 'evaluation')[0]!.metrics;
    expect(baseline(events)).not.toEqual(baseline(await collect(options())));

    // Saved before it was measured: the state alone tells what it began from.
    const control = new TrainerControl();
    const run = train(options({ control, initial }));
    await run.next();
    const state = await control.save();
    await run.return();
    expect(await logText(await collect(options({ state })))).toBe(await logText(events.slice(1)));
  });

  it('can fill empty alignment slots with code prompts', async () => {
    const policy = new FakePolicy(table);
    const filled = await collect(options({ policy, overrides: { 'alignment.fill': 'code' } }));
    for (const { prompts } of ofType(filled, 'step-started'))
      expect(prompts.code + prompts.alignment).toBe(4);
  });

  it('acceptance vector 6: the same seed gives the same log, byte for byte, and another seed another', async () => {
    const first = await logText(await collect(options()));
    const second = await logText(await collect(options()));
    expect(second).toBe(first);
    const other = await logText(await collect(options({ overrides: { seed: 2 } })));
    expect(readRunLog(other).events.slice(2)).not.toEqual(readRunLog(first).events.slice(2));
  });

  it('gives two arms the same code prompts and the same uniforms', async () => {
    const arms = await Promise.all(
      (['rlvr', 'coderl-plus'] as const).map(async (preset) => {
        const policy = new FakePolicy(table);
        // Without a rate the policies stay equal, so that only chance could tell the arms apart.
        const alignment = preset === 'rlvr' ? { 'alignment.prompts': 0 } : {};
        const overrides = { ...alignment, 'optimizer.learningRate': 0, 'eval.every': 0 };
        const events = await collect(options({ policy, overrides }));
        return ofType(events, 'rollouts').map(({ groups }) =>
          groups
            .filter(({ kind }) => kind === 'code')
            .map((group) => group.rollouts.map((r) => r.completion)),
        );
      }),
    );
    expect(arms[1]).toEqual(arms[0]);
  });

  it('sends the update what the rewards say', async () => {
    const policy = new FakePolicy(table);
    const events = await collect(options({ policy, overrides: { steps: 1, 'eval.baseline': false } }));
    const [update] = policy.updates;
    const groups = ofType(events, 'rollouts')[0]?.groups ?? [];
    const mixed = groups.filter((g) => g.rollouts.some((r) => r.advantage !== 0));
    const sent = mixed.flatMap(
      (g): readonly { tokens: readonly number[]; advantage: number }[] => g.rollouts,
    );
    expect(update?.rows.map(({ completion }) => completion)).toEqual(sent.map(({ tokens }) => tokens));
    expect(update?.rows.map(({ advantages }) => advantages[0])).toEqual(
      sent.map((r) => Math.fround(r.advantage)),
    );
    const tokens = sent.reduce((sum, r) => sum + r.tokens.length, 0);
    expect(update?.rows[0]?.weights[0]).toBeCloseTo(1 / tokens, 7);
  });

  it('asks own right programs for all visible inputs, and reference solutions for the shortest one', async () => {
    const set = await makeEvaluationSet(
      [sumTask],
      [
        {
          task: sumTask,
          rollouts: (['wrong', 'pass', 'pass'] as const).map((name) => ({
            text: programs[name],
            tokens: [],
            logProbs: [],
            promptTokens: [],
            finish: 'eos' as const,
            verdict: name === 'pass' ? ('pass' as const) : ('wrong' as const),
            program: sumTask.prompt + programs[name],
            failing: [],
            reward: name === 'pass' ? 1 : 0,
          })),
        },
      ],
      {
        sandbox,
        format: traceFormat,
        fits: () => true,
        funnel: funnelSettings(config()),
        sizes: { alignment: 0, reasoning: 5, testOutput: 0 },
      },
    );
    // Both tests of the task are visible: [1, 3, 5] gives 8, [2] gives 0; the shorter one is [2].
    expect(set.reasoning.map(({ expected }) => expected)).toEqual(['0']);
    expect(set.ownReasoning?.map(({ taskId, expected }) => [taskId, expected])).toEqual([
      ['sum-above', '8'],
      ['sum-above', '0'],
    ]);
  });

  it('counts what it measured by task', async () => {
    const [first] = ofType(await collect(options({ overrides: { steps: 1 } })), 'evaluation');
    for (const [name, mean] of Object.entries(first!.metrics)) {
      const counts = Object.values(first!.counts![name]!);
      const [right, total] = [0, 1].map((part) => counts.reduce((sum, pair) => sum + pair[part]!, 0));
      expect(right! / total!, name).toBeCloseTo(mean, 12);
    }
  });

  it('scores the base only for the KL term', async () => {
    const without = new FakePolicy(table);
    // Nothing else is scored, either, with the metrics of the update's tokens alone.
    const cheap = { steps: 2, 'metrics.tokens': 'update' } as const;
    await collect(options({ policy: without, overrides: cheap }));
    expect(without.scored).toBe(0);
    const withKl = new FakePolicy(table);
    await collect(options({ policy: withKl, overrides: { ...cheap, 'kl.coefficient': 0.001 } }));
    expect(withKl.scored).toBe(2);
    expect(withKl.updates[0]?.rows[0]?.refLogProbs).toBeDefined();
  });

  it('holds later updates on one batch to the first one', async () => {
    const policy = new FakePolicy(table);
    await collect(options({ policy, overrides: { steps: 1, 'loss.iterations': 2, 'eval.baseline': false } }));
    expect(policy.updates).toHaveLength(2);
    expect(policy.updates[0]?.rows[0]?.oldLogProbs).toBeUndefined();
    expect(policy.updates[1]?.rows[0]?.oldLogProbs).toBeDefined();
  });

  it('gives credit by line, token by token', async () => {
    const policy = new FakePolicy(table);
    await collect(options({ policy, overrides: { 'alignment.reward': 'line', 'eval.baseline': false } }));
    const rows = policy.updates
      .flatMap(({ rows }) => rows)
      .filter((row) => String.fromCodePoint(...row.prompt).endsWith('<trace>'));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ advantages }) => new Set(advantages).size > 1)).toBe(true);
  });
});

describe('a run that is interfered with', () => {
  it('resumed from any saved state continues the log of an uninterrupted one', async () => {
    const whole = await logText(await collect(options()));
    const lines = whole.split('\n').length - 1;
    // Interrupted after every third event, in the middle of steps too, then resumed in a new policy.
    for (let after = 1; after < lines; after += 3) {
      const control = new TrainerControl();
      const seen: TrainerEvent[] = [];
      let saved: TrainerState | undefined;
      for await (const event of train(options({ control }))) {
        seen.push(event);
        if (seen.filter(({ type }) => type !== 'timing').length < after) continue;
        saved = JSON.parse(JSON.stringify(await control.save(), packFloats), unpackFloats) as TrainerState;
        break;
      }
      const head = await logText(seen.filter(({ type }) => type !== 'timing').slice(0, saved?.events ?? 0));
      const tail = await logText(await collect(options({ state: saved as TrainerState })));
      expect(head + tail, `resumed after event ${after}`).toBe(whole);
    }
  });

  it('serves a save that was asked for while it computes at the next event', async () => {
    const control = new TrainerControl();
    const run = train(options({ control }));
    await run.next();
    const next = run.next();
    const saving = control.save();
    expect((await next).value).toMatchObject({ type: 'step-started' });
    expect((await saving).step).toBe(0);
    await run.return();
  });

  it('changes what may change from the next step on, and logs it', async () => {
    const control = new TrainerControl();
    const events: TrainerEvent[] = [];
    for await (const event of train(options({ control, overrides: { 'eval.baseline': false } }))) {
      events.push(event);
      if (event.type === 'step-finished' && event.step === 1) control.change('optimizer.learningRate', 1e-4);
    }
    expect(ofType(events, 'changed')).toEqual([
      { type: 'changed', step: 1, key: 'optimizer.learningRate', from: 5e-3, to: 1e-4 },
    ]);
    expect(ofType(events, 'step-finished').map(({ metrics }) => metrics['learning_rate'])).toEqual([
      5e-3, 1e-4, 1e-4, 1e-4,
    ]);
    expect(() => control.change('seed', 3)).toThrow(/cannot change/);
  });

  it.each([
    [0, [8e-3, 8e-3, 8e-3, 8e-3]],
    [0.75, [8e-3, 8e-3, (2 / 3) * 8e-3, (1 / 3) * 8e-3]],
    [1, [8e-3, 6e-3, 4e-3, 2e-3]],
  ])('lets the rate fall over the last %f of the steps', async (share, rates) => {
    const overrides = { 'optimizer.learningRate': 8e-3, 'optimizer.decay': share, 'eval.baseline': false };
    const events = await collect(options({ overrides }));
    const reported = ofType(events, 'step-finished').map(({ metrics }) => metrics['learning_rate']!);
    expect(reported).toHaveLength(4);
    reported.forEach((rate, i) => expect(rate).toBeCloseTo(rates[i]!, 9));
  });

  it('takes a task of the visitor’s own into every step from the next one on, shifting nobody else’s prompts', async () => {
    const own = { ...countTask, id: 'own' };
    const control = new TrainerControl();
    const events: TrainerEvent[] = [];
    let saved: TrainerState | undefined;
    for await (const event of train(options({ control }))) {
      events.push(event);
      if (event.type === 'step-finished' && event.step === 1) control.addTask(own);
      if (event.type === 'step-finished' && event.step === 2) saved = await control.save();
    }
    expect(ofType(events, 'task-added')).toEqual([{ type: 'task-added', step: 1, task: own }]);
    const codeTasks = (all: readonly TrainerEvent[]) =>
      ofType(all, 'rollouts').map(({ groups }) =>
        groups.flatMap((g) => (g.kind === 'code' ? [g.taskId] : [])),
      );
    const without = codeTasks(await collect(options()));
    expect(codeTasks(events)).toEqual(without.map((ids, step) => (step < 1 ? ids : [...ids, 'own'])));
    // A run resumed from its state has the task as well.
    const resumed = await collect(options({ state: saved! }));
    expect(codeTasks(resumed)[0]?.at(-1)).toBe('own');
  });

  it('takes many tasks of the visitor’s own in turns, eight a step, also after a resume', async () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ ...countTask, id: `own ${i}` }));
    const control = new TrainerControl();
    for (const task of many) control.addTask(task);
    const ownOf = (events: readonly TrainerEvent[]) =>
      ofType(events, 'rollouts').map(({ groups }) =>
        groups.flatMap((g) => (g.kind === 'code' && g.taskId.startsWith('own') ? [g.taskId] : [])),
      );
    const events: TrainerEvent[] = [];
    let saved: TrainerState | undefined;
    for await (const event of train(options({ control, overrides: { steps: 5 } }))) {
      events.push(event);
      if (event.type === 'step-finished' && event.step === 2) saved = await control.save();
    }
    const taken = ownOf(events);
    expect(taken.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8]);
    // Five steps are two rounds of all.
    expect(taken.flat().sort()).toEqual([...many, ...many].map(({ id }) => id).sort());
    expect(ownOf(await collect(options({ state: saved!, overrides: { steps: 5 } })))).toEqual(taken.slice(2));
  });

  it('ends at the next boundary when stopped, and at once when aborted', async () => {
    const control = new TrainerControl();
    const stopped: TrainerEvent[] = [];
    for await (const event of train(options({ control }))) {
      stopped.push(event);
      if (event.type === 'rollouts') control.stop();
    }
    expect(stopped.at(-1)).toMatchObject({ type: 'run-finished', reason: 'stopped', step: 1 });

    const abort = new AbortController();
    const policy = new FakePolicy(table);
    const aborted: TrainerEvent[] = [];
    for await (const event of train(options({ policy, signal: abort.signal }))) {
      aborted.push(event);
      if (event.type === 'rollouts') abort.abort();
    }
    expect(aborted.at(-1)).toMatchObject({ type: 'run-finished', reason: 'stopped', step: 0 });
    expect(policy.updates).toHaveLength(0);
  });

  it('puts the adapter back when a loss is not a number, says so, and stops after three in a row', async () => {
    const once = new FakePolicy(table);
    once.losses.push(Number.NaN);
    const events = await collect(options({ policy: once }));
    expect(ofType(events, 'warning')).toHaveLength(1);
    expect(ofType(events, 'step-finished')[0]?.metrics).toMatchObject({ rolled_back: 1 });
    expect(events.at(-1)).toMatchObject({ reason: 'steps-done' });

    const always = new FakePolicy(table);
    always.losses.push(Number.NaN, Number.NaN, Infinity, 0);
    const stopped = await collect(options({ policy: always }));
    expect(stopped.at(-1)).toMatchObject({ reason: 'stopped', step: 3 });
    expect(ofType(stopped, 'warning').at(-1)?.advice).toMatch(/keeps everything/);
    expect((await always.snapshot()).step).toBe(0);
  });

  it('puts the adapter back when a loss or a gradient explodes, says by how much, and lowers nothing', async () => {
    const policy = new FakePolicy(table);
    policy.losses.push(-5e6);
    const events = await collect(options({ policy }));
    expect(ofType(events, 'warning').map(({ message }) => message)).toEqual([
      'In step 1 the loss is -5.00e+6, beyond the limit of 1000; the adapter was put back to where it was before this step.',
    ]);
    expect(ofType(events, 'changed')).toEqual([]);
    expect(ofType(events, 'step-finished').map(({ metrics }) => metrics['learning_rate'])).toEqual([
      5e-3, 5e-3, 5e-3, 5e-3,
    ]);

    const tight = await collect(options({ overrides: { steps: 1, 'rollback.gradNorm': 1e-9 } }));
    expect(ofType(tight, 'warning')[0]?.message).toMatch(/the gradient norm is .* beyond the limit of 1e-9/);
    const off = new FakePolicy(table);
    off.losses.push(-5e6);
    const kept = await collect(options({ policy: off, overrides: { steps: 1, 'rollback.loss': 0 } }));
    expect(ofType(kept, 'warning')).toEqual([]);
  });

  it('puts back what code moved, too, when the update of alignment explodes after it', async () => {
    const policy = new FakePolicy(table);
    const restored: number[] = [];
    const restore = policy.restore.bind(policy);
    policy.restore = (snapshot) => {
      restored.push(snapshot.step);
      return restore(snapshot);
    };
    // Step 1 has code alone; in step 2 code comes first.
    policy.losses.push(0, 0, -5e6);
    const events = await collect(options({ policy, overrides: { steps: 2, 'eval.baseline': false } }));
    expect(policy.updates.map(({ settings }) => settings.optimizer)).toEqual([
      undefined,
      undefined,
      'alignment',
    ]);
    expect(ofType(events, 'warning')[0]?.message).toMatch(/^In step 2 the loss is -5\.00e\+6/);
    expect(restored).toEqual([1]);
  });

  it('counts harness errors as null and goes on', async () => {
    let calls = 0;
    const broken: Sandbox = {
      boundary: 'process',
      workers: 1,
      run: (job, signal) =>
        calls++ % 3 === 0 ? Promise.reject(new HarnessError('test')) : sandbox.run(job, signal),
      converse: (job, talk, signal) => sandbox.converse(job, talk, signal),
      trace: (job, signal) => sandbox.trace(job, signal),
      operations: () => Promise.reject(new HarnessError('test')),
      fingerprint: (codes) => sandbox.fingerprint(codes),
      dispose: () => Promise.resolve(),
    };
    const events = await collect(options({ sandbox: broken, overrides: { steps: 2 } }));
    expect(events.at(-1)).toMatchObject({ reason: 'steps-done' });
    const rollouts = ofType(events, 'rollouts')
      .flatMap(({ groups }) => groups)
      .flatMap((g): readonly { reward: number | null; advantage: number }[] => g.rollouts);
    const errors = rollouts.filter(({ reward }) => reward === null);
    expect(errors.length).toBeGreaterThan(0);
    for (const { advantage } of errors) expect(advantage).toBe(0);
    const counted = ofType(events, 'step-finished').reduce(
      (sum, { metrics }) => sum + (metrics['harness_errors'] ?? 0),
      0,
    );
    expect(counted).toBe(errors.length);
  });

  it('says what is missing before it starts', async () => {
    await expect(collect(options({ tasks: [heldoutTask] }))).rejects.toThrow(TrainerError);
    const checked = { ...sumTask, check: 'def check(candidate):\n    pass\n' };
    await expect(collect(options({ tasks: [checked] }))).rejects.toThrow(/test program/);
  });
});

describe('the question of the third kind', () => {
  it('is written as the corpus writes it', () => {
    expect(testOutputPrompt(sumTask, '[1, 3, 5]')).toBe('# sum of the numbers above 2\n# f([1, 3, 5]) ==');
  });
});

function packFloats(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? { floats: [...new Uint32Array(value.slice().buffer)] } : value;
}

function unpackFloats(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('floats' in value)) return value;
  return new Float32Array(new Uint32Array((value as { floats: number[] }).floats).buffer);
}
