/** `export`: a run log becomes a folder. What is in the files: test/experiment/export. */
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

test('trl: three files, each named on standard output', async () => {
  const { code, out } = await tracewise(args('trl', '--tasks', folder.file('tasks.jsonl')));
  expect([code, out]).toEqual([
    0,
    ['grpo.yaml', 'rewards.py', 'export/train.jsonl'].map((name) => folder.file(`out/${name}`)),
  ]);
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

describe('bad usage is one line, exit code 2', () => {
  test.each([
    [() => args('xml'), /unknown format "xml"; there are log, csv, peft, trl, verl/],
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
