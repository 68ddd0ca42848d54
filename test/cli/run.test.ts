/** `run` and `eval` with the real nano, as small as they go. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tracewise, WorkingFolder } from './command-line.ts';

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

const SMALL = [
  'code.prompts=2',
  'code.groupSize=4',
  'alignment.prompts=2',
  'alignment.groupSize=2',
  // With a KL term every rollout is trained on, so that there is an update whatever the tests say.
  'kl.coefficient=0.01',
  'eval.tasks=4',
  'eval.samples=2',
  'eval.k=2',
  'eval.alignmentRecords=4',
  'eval.reasoningTasks=2',
  'eval.testOutputTasks=2',
].flatMap((setting) => ['--set', setting]);

function run(out: string, ...more: string[]): string[] {
  return ['run', '--preset', 'coderl-plus', '--steps', '2', '--seed', '3', ...SMALL, '--out', out, ...more];
}

describe('a run', () => {
  test('twice with one seed gives the same lines and the same log, and the seconds apart from it', async () => {
    const first = await tracewise([...run(folder.file('a.jsonl')), '--json']);
    const second = await tracewise([...run(folder.file('b.jsonl')), '--json']);
    expect(first.progress.join('\n')).toMatch(/time\/update/);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.out).toEqual(first.out);
    const log = await folder.read('a.jsonl');
    expect(await folder.read('b.jsonl')).toBe(log);
    expect(log).not.toMatch(/"type":"timing"/);
    expect((await folder.readRows('a.timing.jsonl')).every(({ type }) => type === 'timing')).toBe(true);

    const events = await folder.readRows('a.jsonl');
    expect(events[0]).toMatchObject({ type: 'run-started', config: { seed: 3, steps: 2 } });
    expect(events.at(-1)).toEqual({ type: 'run-finished', step: 2, reason: 'steps-done' });
    expect(first.out.filter((line) => /^step +\d/.test(line))).toHaveLength(2);
    const summary = JSON.parse(first.out.at(-1)!) as Record<'before' | 'after', Record<string, number>>;
    for (const key of ['eval_heldout/pass@1', 'eval_heldout/greedy', 'eval_alignment/accuracy']) {
      expect(summary.before[key], key).toBeGreaterThanOrEqual(0);
      expect(summary.after[key], key).toBeLessThanOrEqual(1);
    }
  });

  test('ends with a table, and its adapter can be evaluated', async () => {
    const adapter = folder.file('adapter.safetensors');
    const trained = await tracewise(run(folder.file('a.jsonl'), '--save-adapter', adapter));
    expect(trained.code).toBe(0);
    const header = trained.out.findIndex((line) => /^ +before +after +difference$/.test(line));
    expect(trained.out.slice(header).join('\n')).toMatch(
      /eval_heldout\/pass@1 +\d\.\d{4} \[\d\.\d{4}, \d\.\d{4}\]/,
    );
    expect(await folder.names()).toEqual(['a.jsonl', 'a.timing.jsonl', 'adapter.safetensors']);

    const few = ['--n', '1', '--tasks', '4', '--set', 'eval.alignmentRecords=2'];
    const evaluated = await tracewise(['eval', '--suite', 'heldout', '--adapter', adapter, ...few, '--json']);
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.out.at(-1)!)).toHaveProperty(['eval_heldout/pass@1']);
  });

  test('stopped by Ctrl-C keeps the log so far, whole, and nothing else', async () => {
    const { code, progress } = await tracewise(run(folder.file('a.jsonl')), 'step 1: time/');
    expect(code).toBe(130);
    expect(progress.at(-1)).toMatch(/stopped/);
    expect(await folder.names()).toEqual(['a.jsonl', 'a.timing.jsonl']);
    expect((await folder.readRows('a.jsonl')).at(-1)).toEqual({
      type: 'run-finished',
      step: 1,
      reason: 'stopped',
    });
  });
});

describe('bad usage is one line, exit code 2, and nothing is written', () => {
  test.each([
    [['run'], /--preset is missing/],
    [['run', '--preset', 'best'], /Unknown preset "best"; there are rlvr, coderl-plus/],
    [['run', '--preset', 'rlvr', '--steps', 'ten'], /--steps is a whole number .* got "ten"/],
    [['run', '--preset', 'rlvr', '--seed', '-1'], /--seed/],
    [
      ['run', '--preset', 'rlvr', '--set', 'learningRate=1'],
      /Unknown setting "learningRate"; did you mean "optimizer\.learningRate"/,
    ],
    [['run', '--preset', 'rlvr', '--set', 'steps'], /Expected key=value/],
    [['run', '--preset', 'rlvr', '--set', 'code.groupSize=1'], /"code\.groupSize" is a whole number from 2/],
    [['run', '--preset', 'rlvr', '--steps', '1', '--set', 'steps=2'], /say the same thing/],
    [
      ['run', '--preset', 'rlvr', '--out', '/no/such/folder/run.jsonl'],
      /\/no\/such\/folder\/run\.jsonl: cannot be written/,
    ],
    [['eval'], /--suite is missing/],
    [['eval', '--suite', 'all'], /unknown suite "all"/],
    [['eval', '--suite', 'heldout', '--n', '0'], /--n is a whole number from 1/],
    [
      ['eval', '--suite', 'heldout', '--model', '/no/such/model'],
      /\/no\/such\/model: no such file or folder/,
    ],
    [['eval', '--suite', 'heldout', '--adapter', '/no/such/file'], /\/no\/such\/file: no such file/],
    [['eval', '--suite', 'heldout', '--adapter', import.meta.filename], /run\.test\.ts: /],
  ])('%j', async (argv, message) => {
    const { code, out, progress } = await tracewise(argv);
    expect(progress.join('\n')).toMatch(message);
    expect([code, out, progress.length]).toEqual([2, [], 1]);
  });
});
