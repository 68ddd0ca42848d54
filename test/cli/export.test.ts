/** `export`: a run log becomes a folder. What is in the files: test/experiment/export. */
import { adapterBytes } from '../../src/cli/adapter-file.ts';
import { openModelWithAdapter } from '../../src/cli/engine.ts';
import type { ParityCard } from '../../src/experiment/export/index.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportFiles } from '../../src/experiment/export/index.ts';
import { aRun, theTasks } from '../experiment/export/a-run.ts';
import { tracewise, WorkingFolder } from './command-line.ts';

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
  const log = exportFiles('log', { events: aRun() });
  await folder.write('run.jsonl', log.get('run.jsonl')!);
  await folder.write('run.timing.jsonl', log.get('run.timing.jsonl')!);
  await folder.writeRows('tasks.jsonl', theTasks);
});
afterEach(() => folder.remove());

const args = (format: string, ...more: string[]) => [
  'export',
  '--run',
  folder.file('run.jsonl'),
  '--format',
  format,
  '--out',
  folder.file('out'),
  ...more,
];

test('trl: a folder with the loop in it, each file named on standard output', async () => {
  const { code, out } = await tracewise(args('trl', '--tasks', folder.file('tasks.jsonl')));
  expect(code).toBe(0);
  for (const name of ['grpo.yaml', 'loop.py', 'export/train.jsonl', 'NOT-CARRIED.md', 'tracewise_rl/trl.py'])
    expect(out).toContain(folder.file(`out/${name}`));
  expect((await folder.readRows('out/export/train.jsonl')).length).toBeGreaterThan(3);
});

test('csv: the seconds come from the file beside the log', async () => {
  const { code } = await tracewise(args('csv', '--timing', folder.file('run.timing.jsonl')));
  expect(code).toBe(0);
  expect((await folder.read('out/metrics.csv')).split('\r\n')[0]).toMatch(/^step,.*step_time$/);
});

test('log: gives back the log byte for byte', async () => {
  await tracewise(args('log'));
  expect(await folder.read('out/run.jsonl')).toBe(await folder.read('run.jsonl'));
});

test('peft: the adapter with its configuration, and a card that says what nano answers with it', async () => {
  const policy = await openModelWithAdapter({ rank: 4, alpha: 8, seed: 1 });
  const adapter = await adapterBytes(policy);
  await policy.dispose();
  await folder.write('adapter.safetensors', adapter);
  const { code } = await tracewise(args('peft', '--adapter', folder.file('adapter.safetensors')));
  expect(code).toBe(0);
  const { readFile } = await import('node:fs/promises');
  expect(new Uint8Array(await readFile(folder.file('out/adapter_model.safetensors')))).toEqual(
    new Uint8Array(adapter),
  );
  expect(JSON.parse(await folder.read('out/adapter_config.json'))).toMatchObject({
    peft_type: 'LORA',
    r: 4,
    lora_alpha: 8,
    base_model_name_or_path: 'nano',
  });
  const card = JSON.parse(await folder.read('out/parity.json')) as ParityCard;
  expect(card.texts).toHaveLength(5);
  for (const text of card.texts) {
    expect(text.log_probs).toHaveLength(text.completion_ids.length);
    // A fresh adapter changes nothing.
    text.log_probs.forEach((value, i) => expect(value).toBeCloseTo(text.base_log_probs[i]!, 3));
    expect(Math.min(...text.log_probs)).toBeLessThan(-0.001);
  }
});

describe('bad usage is one line, exit code 2', () => {
  test.each([
    [
      () => args('xml'),
      /unknown format "xml"; there are log, csv, tensorboard, wandb, parquet, peft, trl, verl/,
    ],
    [() => args('peft'), /--adapter is missing/],
    [() => args('trl'), /whose tests are not known here/],
    [
      () => ['export', '--run', folder.file('no.jsonl'), '--format', 'csv', '--out', 'x'],
      /no\.jsonl: no such file/,
    ],
    [
      () => ['export', '--run', folder.file('tasks.jsonl'), '--format', 'csv', '--out', 'x'],
      /tasks\.jsonl: Run log, line 1/,
    ],
  ])('case %#', async (argv, message) => {
    const { code, out, progress } = await tracewise(argv());
    expect(progress.join('\n')).toMatch(message);
    expect([code, out, progress.length]).toEqual([2, [], 1]);
  });
});
