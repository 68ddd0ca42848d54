/** What leaves the house, against the formats as their readers describe them. */
import { unzipSync, strFromU8 } from 'fflate';
import { describe, expect, test } from 'vitest';
import { exportFiles, ExportError, under, zipFiles } from '../../../src/experiment/export/index.ts';
import { lostInTrl } from '../../../src/experiment/export/lost.ts';
import type { TrlRow } from '../../../src/experiment/export/trl.ts';
import { readRunLog } from '../../../src/experiment/run-log.ts';
import type { TrainerEvent } from '../../../src/learning/events.ts';
import { EXPORT_FORMATS } from '../../../src/experiment/export/formats.ts';
import { parquetLines } from '../../../src/tasks/parquet.ts';
import { presetConfig } from '../../../src/experiment/presets.ts';
import { aRun, theTasks } from './a-run.ts';

/** masked_crc32c of 24 as eight bytes, little-endian. */
const FIRST_LENGTH_CHECKSUM = 575_373_219;
const events = aRun();
const text = (files: ReadonlyMap<string, string | Uint8Array>, name: string): string => {
  const content = files.get(name);
  expect(content, name).toBeTypeOf('string');
  return content as string;
};
const rows = (jsonl: string): unknown[] =>
  jsonl
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('the log', () => {
  test('reads back as the same events, its seconds apart', () => {
    const files = exportFiles('log', { events });
    expect(readRunLog(text(files, 'run.jsonl')).events).toEqual(
      events.filter(({ type }) => type !== 'timing'),
    );
    expect(readRunLog(text(files, 'run.timing.jsonl')).events).toEqual(
      events.filter(({ type }) => type === 'timing'),
    );
  });

  test('without a beginning is refused with advice', () => {
    expect(() => exportFiles('log', { events: events.slice(1) })).toThrow(ExportError);
  });
});

describe('rollouts as parquet', () => {
  const files = exportFiles('parquet', { events });
  const read = async (name: string) =>
    rows(await parquetLines(files.get(name) as Uint8Array, name)) as Record<string, unknown>[];
  const asked = events.flatMap((event) => (event.type === 'rollouts' ? [event] : []));

  test('one file a step for each trainer', () => {
    expect([...files.keys()]).toEqual([
      'completions/completions_00001.parquet',
      'rollouts/1.parquet',
      'completions/completions_00002.parquet',
      'rollouts/2.parquet',
    ]);
  });

  /** Of the whole run, so that its files are one table: in the first step there are no questions yet. */
  const kinds = ['tests', 'alignment'];

  test.each(asked)('step $step: TRL’s columns hold every rollout, rewards by their kind', async (event) => {
    const found = await read(`completions/completions_0000${event.step}.parquet`);
    const wanted = event.groups.flatMap((group) => group.rollouts.map((rollout) => ({ group, rollout })));
    expect(found).toHaveLength(wanted.length);
    expect(Object.keys(found[0]!)).toEqual(['step', 'prompt', 'completion', ...kinds, 'advantage']);
    wanted.forEach(({ group, rollout }, i) => {
      expect(found[i]).toEqual({
        step: event.step,
        prompt: group.kind === 'code' ? group.prompt : group.record.prompt,
        completion: rollout.completion,
        ...Object.fromEntries(kinds.map((kind) => [kind, rollout.rewards[kind] ?? null])),
        advantage: rollout.advantage,
      });
    });
  });

  test('verl’s columns say the same as the JSON Lines of its folder', async () => {
    const lines = rows(text(exportFiles('verl', { events, tasks: theTasks }), 'rollouts/2.jsonl'));
    expect(await read('rollouts/2.parquet')).toEqual(lines);
  });
});

describe('metrics as CSV', () => {
  const lines = text(exportFiles('csv', { events }), 'metrics.csv').split('\r\n');
  const names = lines[0]!.split(',');
  const at = (step: number, name: string) => lines[step + 1]!.split(',')[names.indexOf(name)];

  test('one row per step, evaluations on the row of their step', () => {
    expect(lines.map((line) => line.split(',')[0])).toEqual(['step', '0', '1', '2', '']);
    expect(at(0, 'loss')).toBe('');
    expect(at(1, 'loss')).toBe('0.001');
    const evaluation = events.find((event) => event.type === 'evaluation' && event.step === 2);
    if (evaluation?.type !== 'evaluation') throw new Error('the run measured nothing');
    expect(Number(at(2, 'eval_heldout/pass@1'))).toBe(evaluation.metrics['eval_heldout/pass@1']);
    expect(Number(at(2, 'eval_heldout/pass@1/low'))).toBe(evaluation.intervals['eval_heldout/pass@1']![0]);
  });

  test('every row has every column; seconds stand last', () => {
    expect(new Set(lines.slice(0, -1).map((line) => line.split(',').length))).toEqual(
      new Set([names.length]),
    );
    expect(names.at(-1)).toBe('step_time');
  });

  test('a name with a comma is quoted', () => {
    const odd = [...events, { type: 'step-finished', step: 3, metrics: { 'a,"b"': 1 } } as const];
    expect(text(exportFiles('csv', { events: odd }), 'metrics.csv')).toContain('"a,""b"""');
  });
});

describe('metrics for other readers', () => {
  const last = events.findLast((event) => event.type === 'step-finished')!;

  test('TensorBoard: the version first, then an event a step, each framed with its length and checksums', () => {
    const file = [...exportFiles('tensorboard', { events }).values()][0] as Uint8Array;
    const view = new DataView(file.buffer, file.byteOffset);
    const records: Uint8Array[] = [];
    for (let at = 0; at < file.length;) {
      const length = Number(view.getBigUint64(at, true));
      records.push(file.subarray(at + 12, at + 12 + length));
      at += 16 + length;
    }
    expect(strFromU8(records[0]!)).toContain('brain.Event:2');
    // The checksum that TensorFlow's own writer puts on the length of that first record, 24 bytes.
    expect(view.getUint32(8, true)).toBe(FIRST_LENGTH_CHECKSUM);
    expect(records).toHaveLength(1 + 3);
    expect(strFromU8(records.at(-1)!, true)).toContain('eval_heldout/pass@1');
  });

  test('W&B: a line a step under its names, and the last values', () => {
    const files = exportFiles('wandb', { events });
    const history = rows(text(files, 'wandb-history.jsonl')) as Record<string, number>[];
    expect(history.map(({ _step }) => _step)).toEqual([0, 1, 2]);
    expect(history[2]).toMatchObject(last.type === 'step-finished' ? last.metrics : {});
    expect(JSON.parse(text(files, 'wandb-summary.json'))).toMatchObject({
      _step: 2,
      loss: history[2]!['loss'],
    });
    expect(JSON.parse(text(files, 'wandb-config.json'))).toMatchObject({ seed: 1, 'code.groupSize': 3 });
  });
});

test.each(EXPORT_FORMATS.filter((format) => format !== 'peft'))(
  '%s of a log from before a setting was there is as of one with its default',
  (format) => {
    const since = [
      'reward.functions',
      'kl.in',
      'entropy.quantile',
      'sampling.correction',
      'loss.miniBatches',
    ];
    const older = events.map((event) =>
      event.type === 'run-started'
        ? {
            ...event,
            config: Object.fromEntries(Object.entries(event.config).filter(([key]) => !since.includes(key))),
          }
        : event,
    ) as TrainerEvent[];
    const [of, now] = [older, events].map((list) => exportFiles(format, { events: list, tasks: theTasks }));
    const ofLog = (name: string) => name === 'run.jsonl' || name === 'wandb-config.json';
    expect([...of!.keys()]).toEqual([...now!.keys()]);
    for (const [name, content] of of!) if (!ofLog(name)) expect(content).toEqual(now!.get(name));
  },
);

describe('TRL', () => {
  const files = exportFiles('trl', { events, tasks: theTasks });
  const data = rows(text(files, 'export/train.jsonl')) as TrlRow[];
  const yaml = (config: Parameters<typeof aRun>[0]) =>
    Object.fromEntries(
      text(exportFiles('trl', { events: aRun(config), tasks: theTasks }), 'grpo.yaml')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.indexOf(': ')), JSON.parse(line.slice(line.indexOf(': ') + 2))]),
    ) as Record<string, unknown>;

  test('rows are the tasks to learn from, as many as a batch needs; every column is text, for Arrow', () => {
    for (const row of data) {
      expect(Object.keys(row)).toEqual(['prompt', 'task_id', 'entry_point', 'tests', 'kind', 'ground_truth']);
      for (const value of Object.values(row)) expect(value).toBeTypeOf('string');
      expect(row.kind).toBe('codegen');
    }
    expect(new Set(data.map(({ task_id }) => task_id)).size).toBe(theTasks.length);
    // Four code prompts and two alignment prompts.
    expect(data).toHaveLength(6);
  });

  test('tests hold the hidden ones as well', () => {
    expect(JSON.parse(data[0]!.tests)).toEqual([...theTasks[0]!.visible, ...theTasks[0]!.hidden]);
  });

  test('tasks that the run did not ask come along, those for measuring do not', () => {
    const more = [
      ...theTasks,
      { ...theTasks[0]!, id: 'unasked', split: 'train' as const },
      { ...theTasks[0]!, id: 'measured', split: 'heldout' as const },
    ];
    const ids = (format: 'trl' | 'verl', name: string) =>
      (rows(text(exportFiles(format, { events, tasks: more }), name)) as TrlRow[]).map(
        ({ task_id }) => task_id,
      );
    expect(new Set(ids('trl', 'export/train.jsonl'))).toEqual(
      new Set([...theTasks.map(({ id }) => id), 'unasked']),
    );
    expect(ids('verl', 'heldout.jsonl')).toEqual(['measured']);
  });

  test('the configuration carries the run’s settings under TRL’s names', () => {
    expect(
      yaml({ 'advantage.estimator': 'dr-grpo', 'loss.normalisation': 'constant', seed: 7 }),
    ).toMatchObject({
      dataset_name: './export',
      reward_funcs: ['loop.tests_reward', 'loop.trace_reward'],
      loss_type: 'dr_grpo',
      scale_rewards: 'none',
      num_generations: 3,
      gradient_accumulation_steps: 6,
      epsilon: 0.2,
      epsilon_high: 0.2,
      delta: 3,
      beta: 0,
      max_steps: 2,
      seed: 7,
      lora_r: 8,
      lora_alpha: 16,
      use_peft: true,
      logging_steps: 1,
      log_completions: true,
    });
    expect(yaml({ 'loss.dualClip': 0 })).not.toHaveProperty('delta');
    expect(yaml({ 'loss.normalisation': 'sequence-mean' })).toMatchObject({
      loss_type: 'grpo',
      scale_rewards: 'group',
    });
  });

  test('the KL stands alone and the entropy’s weight has no bound, whatever TRL’s defaults are', () => {
    expect(yaml({ 'kl.coefficient': 0.04 })).toMatchObject({ beta: 0.04, use_bias_correction_kl: false });
    for (const kl of [{}, { 'kl.coefficient': 0.04, 'kl.in': 'reward' } as const])
      expect(yaml(kl)).not.toHaveProperty('use_bias_correction_kl');
    expect(yaml({ 'entropy.target': 0.3 })).toMatchObject({
      use_adaptive_entropy: true,
      entropy_coef_max: 1e9,
    });
  });

  test.each([
    [0, { lr_scheduler_type: 'constant' }],
    [1, { lr_scheduler_type: 'linear' }],
    [
      0.5,
      {
        lr_scheduler_type: 'warmup_stable_decay',
        lr_scheduler_kwargs: { num_decay_steps: 1, decay_type: 'linear' },
      },
    ],
  ])('a rate that falls over %f of the two steps has a name there', (share, expected) => {
    expect(yaml({ 'optimizer.decay': share })).toMatchObject(expected);
  });

  test('what TRL does not have is said, and nothing is said when all is there', () => {
    const said = text(files, 'grpo.yaml');
    expect(said).toMatch(/^# Not carried over: loss\.normalisation per-kind;/m);
    expect(said).toMatch(/^# Not carried over: alignment\.optimizer own, rates 1 to 0\.25/m);
    const shared = lostInTrl(presetConfig('coderl-plus', { 'alignment.optimizer': 'shared' })).join('\n');
    expect(shared).toMatch(/^loss\.normalisation per-kind with weight 0\.25/m);
    expect(shared).not.toContain('alignment.optimizer');
    const plain = presetConfig('rlvr', { 'loss.normalisation': 'token-mean', 'loss.constantGroups': 'keep' });
    expect(lostInTrl(plain)).toEqual([]);
    expect(lostInTrl({ ...plain, 'advantage.estimator': 'rloo' })).toEqual([
      expect.stringMatching(/RLOOTrainer/),
    ]);
  });

  test('a task that rewards.py does not judge is an error, not a row whose reward is always 0', () => {
    const [first, ...rest] = theTasks;
    const other = (extra: object) => [{ ...first!, visible: [], hidden: [], ...extra }, ...rest];
    const stdin = other({ entryPoint: '<program>', stdin: [{ input: '', output: '' }] });
    const method = other({ entryPoint: 'Solution().f', check: 'def check(candidate): pass' });
    for (const format of ['trl', 'verl'] as const) {
      expect(() => exportFiles(format, { events, tasks: stdin })).toThrow(
        /on standard input.*does not judge/,
      );
      expect(() => exportFiles(format, { events, tasks: method })).toThrow(/calls Solution\(\)\.f/);
    }
  });

  test('a task whose tests are unknown is an error with advice, not a row without tests', () => {
    expect(() => exportFiles('trl', { events, tasks: [] })).toThrow(/"task-0", whose tests are not known/);
  });
});

describe('verl', () => {
  const files = exportFiles('verl', { events, tasks: theTasks });

  test('rows are the same as TRL’s; the package’s dataset puts them into verl’s columns', () => {
    const trl = rows(text(exportFiles('trl', { events, tasks: theTasks }), 'export/train.jsonl')) as TrlRow[];
    const ids = new Set(trl.map(({ task_id }) => task_id));
    const unique = [...ids].map((id) => trl.find(({ task_id }) => task_id === id));
    expect(rows(text(files, 'train.jsonl'))).toEqual(unique);
    expect(files.has('heldout.jsonl')).toBe(false);
  });

  test('rollouts open in its viewer', () => {
    const dump = rows(text(files, 'rollouts/2.jsonl')) as Record<string, unknown>[];
    expect(dump).toHaveLength(4 * 3 + 2 * 3);
    for (const row of dump)
      expect(row).toMatchObject({
        input: expect.any(String),
        output: expect.any(String),
        gts: expect.any(String),
        step: 2,
      });
  });

  test('the launch command maps names and booleans as Hydra reads them', () => {
    const launch = text(files, 'launch.sh');
    expect(launch).toContain('algorithm.adv_estimator=grpo');
    expect(launch).toContain('actor_rollout_ref.rollout.n=3');
    expect(launch).toContain('algorithm.norm_adv_by_std_in_grpo=True');
    expect(launch).toContain('data.custom_cls.path=pkg://tracewise_rl.verl');
    // verl's default is an account with W&B.
    expect(launch).toContain('trainer.logger="[console,tensorboard]"');
    // A base model continues the text itself.
    expect(launch).toMatch(/custom_chat_template='"\{% for message/);
  });

  test('a falling rate, which verl would have to be given in another way, is said', () => {
    const launch = (share: number) =>
      text(exportFiles('verl', { events: aRun({ 'optimizer.decay': share }), tasks: theTasks }), 'launch.sh');
    expect(launch(0.5)).toMatch(/^# Not carried over: optimizer\.decay 0\.5/m);
    expect(launch(0)).not.toContain('optimizer.decay');
  });
});

describe('what a target does not carry', () => {
  test.each(['trl', 'verl'] as const)('stands beside the export for %s, sentences and settings', (format) => {
    const list = text(exportFiles(format, { events, tasks: theTasks }), 'NOT-CARRIED.md');
    expect(list).toMatch(/^- alignment\.optimizer own, rates 1 to 0\.25/m);
    expect(list).toMatch(/^- eval\.baseline=/m);
    expect(list).toMatch(/^- A batch there has one size/m);
  });
});

describe('an adapter', () => {
  test('that was not kept is an error with advice', () => {
    expect(() => exportFiles('peft', { events })).toThrow(/was not kept/);
  });
});

describe('one zip', () => {
  test('holds every file byte for byte, and is the same every time', () => {
    const files = new Map([
      ...under('a', exportFiles('log', { events })),
      ['b.bin', new Uint8Array([0, 255, 7])] as const,
    ]);
    const zip = zipFiles(files);
    const read = unzipSync(zip);
    expect(Object.keys(read)).toEqual([...files.keys()]);
    expect(strFromU8(read['a/run.jsonl']!)).toBe(files.get('a/run.jsonl'));
    expect(read['b.bin']).toEqual(new Uint8Array([0, 255, 7]));
    expect(zipFiles(files)).toEqual(zip);
  });
});
