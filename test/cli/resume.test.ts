/**
 * `run --save DIR --resume` with the real nano: interrupted by Ctrl-C and by kill -9,
 * the log is that of a run that was not.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tracewise, WorkingFolder, type Ended } from './command-line.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

const SMALL = [
  'code.prompts=2',
  'code.groupSize=4',
  'code.maxNewTokens=32',
  'alignment.prompts=2',
  'alignment.groupSize=2',
  'kl.coefficient=0.01',
  'eval.tasks=2',
  'eval.samples=2',
  'eval.k=2',
  'eval.alignmentRecords=2',
  'eval.reasoningTasks=0',
  'eval.testOutputTasks=0',
  'save.every=1',
].flatMap((setting) => ['--set', setting]);

const run = (out: string, ...more: string[]): string[] => [
  ...['run', '--preset', 'coderl-plus', '--steps', '3', '--seed', '3', ...SMALL],
  ...['--out', folder.file(out), ...more],
];

/** The command in a process of its own, killed when it says this. Nothing in it can tidy up. */
function killedAt(argv: readonly string[], line: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
    if (said.includes(line)) child.kill('SIGKILL');
  });
  return new Promise((done) => child.on('exit', (_, signal) => done(signal)));
}

describe('a run on the command line', () => {
  test('killed and stopped on its way, ends with the log and the table of one that was not', async () => {
    const undisturbed = await tracewise(run('whole.jsonl'));
    expect(undisturbed.code).toBe(0);
    const whole = await folder.read('whole.jsonl');

    const command = run('run.jsonl', '--save', folder.file('kept'), '--resume');
    expect(await killedAt(command, 'saved after step 1')).toBe('SIGKILL');
    expect(await folder.names()).not.toContain('run.jsonl');

    const stopped = await tracewise(command, 'step 2: time/');
    expect(stopped.code).toBe(130);
    expect(stopped.progress).toContainEqual(expect.stringMatching(/^resumed after step [12]$/));

    // Without --preset: everything is in the folder.
    const last = ['run', '--save', folder.file('kept'), '--resume', '--out', folder.file('run.jsonl')];
    const ended = await tracewise(last);
    expect(ended.code).toBe(0);
    expect((await folder.read('run.jsonl')) === whole).toBe(true);
    const table = undisturbed.out.slice(undisturbed.out.findIndex((line) => /before +after/.test(line)));
    expect(ended.out.slice(-table.length)).toEqual(table);
    // What the killed process left beside its output is gone.
    expect(await folder.names()).toEqual([
      'kept',
      'run.jsonl',
      'run.timing.jsonl',
      'whole.jsonl',
      'whole.timing.jsonl',
    ]);

    // A finished run may be made longer, and no other run may take its folder by accident.
    const other = await tracewise(run('b.jsonl', '--save', folder.file('kept')));
    expect([other.code, other.progress.join()]).toEqual([
      2,
      expect.stringMatching(/holds a run saved after step 3: add --resume/),
    ]);
    const seed = run('b.jsonl', '--save', folder.file('kept'), '--resume').map((word, i, all) =>
      all[i - 1] === '--seed' ? '4' : word,
    );
    const foreign = await tracewise(seed);
    expect([foreign.code, foreign.progress.join()]).toEqual([
      2,
      expect.stringMatching(/another seed: resume it with the options/),
    ]);
  });

  test('that is gone on with under other settings says which, and plans its memory for them', async () => {
    const command = (...more: string[]): string[] => [
      ...['run', '--preset', 'rlvr', '--steps', '0', '--set', 'eval.baseline=false', '--set', 'eval.tasks=1'],
      // Nothing is scored for metrics, so that the KL term is what needs the room.
      ...['--set', 'metrics.tokens=update'],
      ...more,
    ];
    const saving = ['--save', folder.file('kept'), '--resume'];
    const larger = ['--set', 'code.groupSize=64', '--set', 'kl.coefficient=0.01'];
    const plan = ({ code, progress }: Ended): string => {
      expect([code, progress.join('\n')]).toEqual([0, expect.stringContaining(' MiB')]);
      return progress.find((line) => line.endsWith(' MiB'))!;
    };
    const first = await tracewise(command(...saving));
    const fresh = await tracewise(command(...larger));
    const resumed = await tracewise(command(...saving, ...larger));
    expect(plan(first)).not.toBe(plan(fresh));
    expect(plan(resumed)).toBe(plan(fresh));
    const said = 'from the next step on, as asked';
    expect(resumed.progress.filter((line) => line.endsWith(said)).sort()).toEqual([
      `code.groupSize=64 ${said}`,
      `kl.coefficient=0.01 ${said}`,
    ]);
    expect([...first.progress, ...fresh.progress].join('\n')).not.toContain(said);
  });

  test.each([
    [['run', '--preset', 'rlvr', '--resume'], /--resume needs --save DIR/],
    [['run', '--resume', '--save', 'KEPT'], /--preset is missing: there is no saved run/],
    [
      ['run', '--resume', '--save', 'KEPT', '--steps', '3'],
      /--steps, --seed, --set, --from and --reward need --preset/,
    ],
  ])('%j is refused with one line', async (argv, message) => {
    const { code, out, progress } = await tracewise(
      argv.map((word) => (word === 'KEPT' ? folder.file('kept') : word)),
    );
    expect(progress.join('\n')).toMatch(message);
    expect([code, out, progress.length]).toEqual([2, [], 1]);
  });
});
