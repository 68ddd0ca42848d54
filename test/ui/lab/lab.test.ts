/** The plan, the list of runs, what is shown of them, and the way out and in. */
import { describe, expect, test } from 'vitest';
import { until as waitUntil } from '../../until.ts';
import { strFromU8, unzipSync } from 'fflate';
import { EXPERIMENTS } from '../../../src/experiment/experiments.ts';
import { armConfig } from '../../../src/experiment/experiment.ts';
import { presetConfig } from '../../../src/experiment/presets.ts';
import { diff, createConfig } from '../../../src/learning/config.ts';
import type { TrainerEvent } from '../../../src/learning/events.ts';
import { evaluationsLeft, median, Pace, rolloutsPerStep } from '../../../src/ui/lab/pace.ts';
import { LabPlan } from '../../../src/ui/lab/plan.svelte.ts';
import { compareArms, metricNames, overlay, resultBlocks } from '../../../src/ui/lab/results.ts';
import { armOf, storedRun, type StoredRun } from '../../../src/ui/lab/runs.ts';
import { chance, roughly, signed, signedInterval, smallestP } from '../../../src/ui/lab/words.ts';
import { aLab } from './a-lab.ts';

describe('experiments worth running', () => {
  test.each(Object.entries(EXPERIMENTS))('%s: arms are valid, differ, and are named apart', (_, { arms }) => {
    const experiment = { title: '', arms, seeds: [1], overrides: {} };
    const configs = arms.map((arm) => armConfig(experiment, arm, 1));
    expect(new Set(arms.map(({ name }) => name)).size).toBe(arms.length);
    for (const config of configs.slice(1)) {
      const changed = diff(config, configs[0]!).filter(({ key }) => key !== 'seed');
      // Arms on one preset change what the experiment is about and nothing else;
      // records.source "failed" is the default.
      expect(changed.length).toBeGreaterThan(0);
    }
  });
});

describe('the plan', () => {
  test('is a preset until an arm is changed', () => {
    const { plan } = aLab().lab;
    plan.choose('record-source');
    expect(plan.arms.map(({ name }) => name)).toEqual(['failed', 'all']);
    plan.addArm();
    expect([plan.preset, plan.arms.map(({ name }) => name)]).toEqual([null, ['failed', 'all', 'all-2']]);
    expect(plan.setOverride(2, 'alignment.weight', '0.1')).toBeNull();
    expect(plan.arms[2]!.overrides).toEqual({ 'records.source': 'all', 'alignment.weight': 0.1 });
    plan.clearOverride(2, 'records.source');
    expect(plan.arms[2]!.overrides).toEqual({ 'alignment.weight': 0.1 });
  });

  test('refuses a value that does not fit with a sentence, and keeps the arm', () => {
    const { plan } = aLab().lab;
    expect(plan.setOverride(0, 'code.groupSize', '1')).toMatch(/code\.groupSize.* from 2/);
    expect(plan.arms[0]!.overrides).toEqual({});
  });

  test('says what is wrong with names, and does not run then', () => {
    const { lab } = aLab();
    lab.plan.changeArm(1, { name: 'RLVR' });
    expect(lab.plan.problem).toMatch(/Two arms are named “RLVR”/);
    lab.run();
    expect(lab.queue.state).toBe('idle');
    lab.plan.changeArm(1, { name: 'a/b' });
    expect(lab.plan.problem).toMatch(/no name for an arm/);
  });

  test('an arm is called as its preset is, unless the visitor gave it a name', () => {
    const { lab } = aLab();
    const names = () => lab.plan.arms.map(({ name }) => name);
    expect(names()).toEqual(['RLVR', 'CodeRL+']);
    lab.plan.choosePreset(1, 'rlvr');
    expect(names()).toEqual(['RLVR', 'RLVR-2']);
    lab.plan.choosePreset(1, 'rlvr-equal-total');
    expect(names()).toEqual(['RLVR', 'RLVR-equal-total']);
    expect(lab.plan.problem).toBeNull();
    lab.plan.changeArm(1, { name: 'mine' });
    lab.plan.choosePreset(1, 'coderl-plus');
    expect(names()).toEqual(['RLVR', 'mine']);
  });

  test('settings from the address are under every arm', () => {
    const { plan } = aLab({ given: { 'optimizer.learningRate': 0.001 } }).lab;
    for (const arm of plan.arms)
      expect(armConfig(plan.experiment, arm, 1)['optimizer.learningRate']).toBe(0.001);
  });
});

describe('a model of the visitor', () => {
  const small = { 'code.prompts': 8, 'eval.every': 0, 'prompt.style': 'chat' } as const;

  test('what it asks of a configuration is under every arm, and above it what the address says', () => {
    const { lab, session } = aLab({ given: { 'code.prompts': 3 } });
    session.knobs.useLayer(small);
    for (const arm of lab.plan.experiment.arms)
      expect(armConfig(lab.plan.experiment, arm, 1)).toMatchObject({
        'prompt.style': 'chat',
        'code.prompts': 3,
      });
    session.knobs.useLayer({});
    expect(armConfig(lab.plan.experiment, lab.plan.arms[0]!, 1)['prompt.style']).toBe('completion');
  });

  test('gets half the prompts of every preset, so that arms keep their proportions', () => {
    const { lab, session } = aLab({ isWhole: true });
    session.knobs.useLayer(small);
    const { plan } = lab;
    plan.changeArm(0, { preset: 'rlvr-equal-total' });
    plan.changeArm(1, { preset: 'coderl-plus-equal-total' });
    const configs = () => plan.experiment.arms.map((arm) => armConfig(plan.experiment, arm, 1));
    const prompts = () => configs().map((config) => [config['code.prompts'], config['alignment.prompts']]);
    expect(prompts()).toEqual([
      [16, 0],
      [8, 8],
    ]);
    expect(new Set(configs().map(rolloutsPerStep)).size).toBe(1);
    // They are no changes of the visitor's, and give way to those.
    expect(plan.arms.map(({ overrides }) => overrides)).toEqual([{}, {}]);
    plan.setOverride(1, 'alignment.prompts', '4');
    expect(prompts()[1]).toEqual([8, 4]);
    session.knobs.useLayer({});
    expect(prompts()).toEqual([
      [32, 0],
      [16, 4],
    ]);
  });

  test('is measured as seldom as it asks, until the visitor says otherwise', () => {
    const { lab, session } = aLab();
    const plan = new LabPlan({ base: () => session.knobs.layer, seeds: 3, steps: 30 });
    expect(plan.evalEvery).toBe(6);
    session.knobs.useLayer(small);
    expect(plan.evalEvery).toBe(0);
    plan.evalEvery = 3;
    expect(plan.experiment.overrides['eval.every']).toBe(3);
    expect(lab.plan.evalEvery).toBe(1);
  });

  test('is loaded before the Lab runs anything: only then is it known how it is asked', async () => {
    const { lab, session } = aLab();
    session.useModel({ kind: 'hub', id: 'some/model' }, {});
    expect(lab.problem).toMatch(/some\/model.*loaded/);
    lab.run();
    expect(lab.queue.state).toBe('idle');
    await session.load();
    expect(lab.problem).toBeNull();
  });

  test('an experiment goes on only with the model it began with', async () => {
    const { lab, session } = aLab();
    await session.load();
    lab.run();
    await waitUntil(() => expect(lab.queue.state).toBe('running'));
    await lab.queue.stop();
    expect(lab.missing.length).toBeGreaterThan(0);
    expect(lab.needsModel).toBeNull();
    lab.open = { ...lab.open!, model: 'another' };
    expect(lab.needsModel).toBe('another');
    lab.goOn();
    expect(lab.queue.state).toBe('idle');
  });

  test('estimates forget what another model took', () => {
    const pace = new Pace();
    const started = (name: string) => ({ type: 'run-started', model: { name } }) as unknown as TrainerEvent;
    const step = [
      { type: 'rollouts', step: 1, groups: [{ kind: 'code', taskId: '', prompt: '', rollouts: [{}] }] },
      { type: 'timing', step: 1, seconds: { step_time: 2 } },
    ] as unknown as TrainerEvent[];
    for (const event of [started('nano'), ...step, started('nano')]) pace.take(event);
    expect(pace.measuredSteps).toBe(1);
    pace.take(started('another'));
    expect(pace.measuredSteps).toBe(0);
  });
});

/** A finished run whose pass@1 goes from 0.5 to `after`. */
function finished(arm: string, seed: number, after: number, change: Partial<StoredRun> = {}): StoredRun {
  const config = presetConfig('rlvr', { steps: 2, seed });
  const evaluation = (step: number, value: number): TrainerEvent => ({
    type: 'evaluation',
    step,
    metrics: { 'eval_heldout/pass@1': value },
    intervals: {},
  });
  const events: TrainerEvent[] = [
    {
      type: 'run-started',
      version: 1,
      config,
      model: { name: 'nano', parameters: 1, adapterParameters: 1, rank: 8, contextLength: 8, bytes: 1 },
      tasks: { train: 1, heldout: 1 },
    },
    evaluation(0, 0.5),
    { type: 'step-finished', step: 1, metrics: { reward: 0.5 + seed / 10 } },
    { type: 'step-finished', step: 2, metrics: { reward: 0.5 + seed / 5 } },
    evaluation(2, after),
    { type: 'run-finished', step: 2, reason: 'steps-done' },
  ];
  const origin = {
    id: `${arm}${seed}`,
    made: seed,
    experiment: null,
    arm: { name: arm, preset: 'rlvr', overrides: {} },
    hasAdapter: false,
  };
  return { ...storedRun(events, origin)!, ...change };
}

describe('what is shown', () => {
  const runs = [
    finished('A', 1, 0.6),
    finished('A', 2, 0.7),
    finished('A', 3, 0.65),
    finished('B', 1, 0.8),
    finished('B', 2, 0.9),
    finished('B', 3, 0.86),
  ];

  test('final metrics with intervals and the paired difference against the reference', () => {
    const comparison = compareArms(runs, [], 'A');
    const [block] = resultBlocks(comparison);
    expect(block!.measure).toBe('eval_heldout/pass@1');
    const [a, b] = block!.rows;
    expect(a!.versus).toBeNull();
    expect(a!.measure.after.mean).toBeCloseTo(0.65);
    // Differences .2, .2, .21: mean .2033, sd .00577, t(2) 4.3027: half width .01434
    expect(b!.versus!.difference.mean).toBeCloseTo(0.20333, 4);
    expect(b!.versus!.difference.interval[0]).toBeCloseTo(0.189, 3);
    expect(b!.versus).toMatchObject({ finding: 'higher', difference: { signTest: 0.25 } });
    expect(
      resultBlocks(compareArms(runs, [], 'B'))[0]!.rows.find(({ arm }) => arm.arm.name === 'A')!.versus!
        .finding,
    ).toBe('lower');
  });

  test('one seed shows no difference, however large', () => {
    const [block] = resultBlocks(compareArms([finished('A', 1, 0.1), finished('B', 1, 0.9)], [], 'A'));
    expect(block!.rows[1]!.versus!.finding).toBe('no difference shown');
    expect(signedInterval(block!.measure, block!.rows[1]!.versus!.difference.interval)).toBe(
      'needs two seeds',
    );
  });

  test('an older run of the same arm and seed and unfinished ones are left out, and counted', () => {
    const comparison = compareArms([
      ...runs,
      finished('A', 1, 0.1, { id: 'old', made: 0 }),
      finished('B', 2, 0.1, { id: 'stopped', outcome: null, state: 'stopped' }),
    ]);
    expect([comparison.repeated, comparison.unfinished]).toEqual([1, 1]);
    expect(comparison.arms.map(({ runs: own }) => own.length)).toEqual([3, 3]);
  });

  test('runs of different models are not compared: a difference would be the models’', () => {
    const comparison = compareArms([...runs, finished('C', 1, 0.9, { model: 'SmolLM2' })]);
    expect(comparison.models).toEqual(['SmolLM2', 'nano']);
    expect([comparison.arms, comparison.summary.comparisons]).toEqual([[], []]);
    expect(compareArms(runs).models).toEqual(['nano']);
    // One that did not finish takes no part anyway.
    const stopped = finished('C', 1, 0.9, { model: 'SmolLM2', outcome: null, state: 'stopped' });
    expect(compareArms([...runs, stopped]).models).toEqual(['nano']);
  });

  test('arms of one name that are not the same stay apart', () => {
    const other = finished('A', 1, 0.3, {
      id: 'x',
      arm: { name: 'A', preset: 'rlvr', overrides: { 'code.prompts': 4 } },
    });
    expect(
      compareArms([other, ...runs])
        .arms.map(({ arm }) => arm.name)
        .sort(),
    ).toEqual(['A', 'A (2)', 'B']);
  });

  test('curves are means over seeds with a band, the run in progress beside them', () => {
    const { arms } = compareArms(runs, [], 'A');
    const history = [{ step: 1, metrics: { reward: 0.4 } }];
    const spec = overlay(arms, 'reward', { label: 'B, seed 4', history });
    expect(spec.steps).toEqual([1, 2]);
    // The axis ends at whole tenths around the band, and a share ends at 1.
    expect(spec.range).toEqual([0.4, 1]);
    const own = spec.lines.find(({ label }) => /A$/.test(label) || / A/.test(label))!;
    expect(own.values[0]).toBeCloseTo(0.7);
    expect(own.band!.low[0]).toBeLessThan(0.7);
    expect(spec.lines.at(-1)).toMatchObject({ label: 'B, seed 4', values: [0.4, null] });
    expect(metricNames(runs, null)).toEqual(['eval_heldout/pass@1', 'reward']);
  });
});

describe('the list of runs', () => {
  async function withRuns() {
    const made = aLab();
    made.lab.plan.seeds = 1;
    made.lab.run();
    await waitUntil(() => expect(made.lab.queue.state).toBe('idle'));
    return made;
  }

  test('deletes with undo: the run, its log and its adapter come back', async () => {
    const { lab, store } = await withRuns();
    const ids = lab.shelf.runs.map(({ id }) => id);
    lab.shelf.chooseOnly(ids);
    await lab.shelf.remove([ids[0]!]);
    expect(lab.shelf.runs.map(({ id }) => id)).toEqual([ids[1]]);
    expect(lab.shelf.chosen).toEqual([ids[1]]);
    expect(await store.files(ids[0]!)).toBeNull();
    await lab.shelf.undo();
    expect(lab.shelf.runs.map(({ id }) => id)).toEqual(ids);
    expect((await store.files(ids[0]!))?.adapter).not.toBeNull();
    expect(lab.shelf.deleted).toEqual([]);
  });

  test('what is exported comes back on import: name, note, arm, curve, adapter', async () => {
    const { lab } = await withRuns();
    const [run] = lab.shelf.runs;
    await lab.shelf.rename(run!.id, 'the one');
    await lab.shelf.note(run!.id, 'a note');
    const packed = await lab.files.pack([run!.id], ['log', 'csv', 'peft', 'trl', 'verl']);
    expect(lab.error).toBeNull();
    const names = Object.keys(unzipSync(packed!.bytes));
    expect(names).toEqual(
      expect.arrayContaining([
        'the-one/run.jsonl',
        'the-one/run.timing.jsonl',
        'the-one/metrics.csv',
        'the-one/adapter/adapter_model.safetensors',
        'the-one/trl/export/train.jsonl',
        'the-one/trl/tracewise_rl/rewards.py',
        'the-one/verl/rollouts/1.jsonl',
        'the-one/tracewise.json',
      ]),
    );
    const { lab: other } = aLab();
    await other.files.take([new File([packed!.bytes as Uint8Array<ArrayBuffer>], packed!.name)]);
    expect(other.error).toBeNull();
    const { id: _, ...kept } = lab.shelf.get(run!.id)!;
    expect(other.shelf.runs).toEqual([expect.objectContaining(kept)]);
    const again = await other.files.pack([other.shelf.runs[0]!.id], ['log']);
    expect(unzipSync(again!.bytes)['the-one/run.jsonl']).toEqual(
      unzipSync(packed!.bytes)['the-one/run.jsonl'],
    );
    expect(other.view).toBe('chosen');
  });

  test('a bare log of the command line is imported under the preset it is nearest to', async () => {
    const { lab } = await withRuns();
    const packed = await lab.files.pack([lab.shelf.runs[0]!.id], ['log']);
    const zip = unzipSync(packed!.bytes);
    const log = strFromU8(zip[Object.keys(zip).find((name) => name.endsWith('run.jsonl'))!]!);
    const { lab: other } = aLab();
    await other.files.take([new File([log], 'run.jsonl')]);
    // The lab's sizes (code.prompts 3 instead of 16) are differences from the preset.
    expect(other.shelf.runs[0]!.arm).toMatchObject({
      preset: 'coderl-plus',
      overrides: { 'code.prompts': 3 },
    });
    expect(other.shelf.runs[0]!.state).toBe('done');
  });

  test('several files brought at once are compared with each other, whatever one of them is', async () => {
    const { lab } = await withRuns();
    const logs: File[] = [];
    for (const { id, name } of lab.shelf.runs) {
      const zip = unzipSync((await lab.files.pack([id], ['log']))!.bytes);
      const path = Object.keys(zip).find((file) => file.endsWith('run.jsonl'))!;
      logs.push(new File([zip[path] as Uint8Array<ArrayBuffer>], `${name}.jsonl`));
    }
    const { lab: other } = aLab();
    await other.files.take([logs[0]!, new File(['nonsense'], 'odd.txt'), logs[1]!]);
    expect(other.shelf.chosen).toHaveLength(2);
    expect(other.comparison.arms.map(({ runs }) => runs.length)).toEqual([1, 1]);
    expect(other.error).not.toBeNull();
  });

  test('a file that is no run is an error with advice, and the list stays', async () => {
    const { lab } = await withRuns();
    for (const content of [
      'nonsense',
      'PK\u0003\u0004 torn',
      '{"type":"step-finished","step":1,"metrics":{}}\n',
    ]) {
      await lab.files.take([new File([content], 'file')]);
      expect(lab.error, content).toMatchObject({
        message: expect.any(String),
        advice: expect.stringMatching(/./),
      });
    }
    expect(lab.shelf.runs).toHaveLength(2);
  });

  test('a run that never ended has no adapter to export, and says so', async () => {
    const { lab } = aLab();
    const run = finished('A', 1, 0.6);
    const { gzip } = await import('../../../src/ui/view/gzip.ts');
    await lab.shelf.add(run, { log: await gzip(''), adapter: null });
    expect(await lab.files.pack([run.id], ['peft'])).toBeNull();
    expect(lab.error?.message).toMatch(/was not kept/);
  });
});

test('a configuration is named by its nearest preset and what it changes', () => {
  expect(
    armOf(presetConfig('coderl-plus', { 'records.source': 'all', steps: 7, seed: 3, 'eval.tasks': 2 })),
  ).toEqual({
    name: 'coderl-plus+source-all',
    preset: 'coderl-plus',
    overrides: { 'records.source': 'all' },
  });
});

describe('time', () => {
  const config = createConfig({ steps: 10, 'eval.every': 4, 'code.prompts': 2, 'code.groupSize': 4 });

  test('counts the evaluations that are left', () => {
    expect([0, 1, 4, 8, 9, 10].map((done) => evaluationsLeft(config, done))).toEqual([4, 3, 2, 1, 1, 0]);
    expect(evaluationsLeft(createConfig({ steps: 10, 'eval.every': 0 }), 0)).toBe(2);
    expect(evaluationsLeft(createConfig({ steps: 8, 'eval.every': 4, 'eval.baseline': false }), 0)).toBe(2);
  });

  test('is the median: a first step that compiles does not count', () => {
    const pace = new Pace();
    const rollouts = Array.from({ length: 8 }, () => ({}));
    for (const [step, seconds] of [9, 2, 2.4].entries()) {
      pace.take({
        type: 'rollouts',
        step,
        groups: [{ kind: 'code', taskId: '', prompt: '', rollouts }],
      } as unknown as TrainerEvent);
      pace.take({ type: 'timing', step, seconds: { step_time: seconds } });
    }
    pace.take({ type: 'timing', step: 3, seconds: { 'time/evaluate': 5 } });
    expect(rolloutsPerStep(config)).toBe(8);
    const seconds = 10 * 2.4 + 4 * 5;
    expect(pace.left([{ config, done: 0 }])).toEqual({ seconds, each: [seconds], steps: 3, source: 'visit' });
    expect(median([4, 1])).toBe(2.5);
  });

  test('is said as coarsely as it is known', () => {
    expect([3, 47, 130, 3500, 3700, 9000].map(roughly)).toEqual([
      '5 s',
      '45 s',
      '2 min',
      '58 min',
      '1 h',
      '2 h 30 min',
    ]);
  });
});

test('differences carry their sign; the sign test says what it cannot reach', () => {
  expect([0.0123, -0.4, 0].map((value) => signed('eval_heldout/pass@1', value))).toEqual([
    '+1.2',
    '\u221240.0',
    '0.0',
  ]);
  expect([1, 3, 6].map(smallestP).map(chance)).toEqual(['1', '0.25', '0.031']);
});
