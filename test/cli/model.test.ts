/**
 * `run` and `eval` with a model of the user's: a tiny GGUF file in place of a large
 * one, from end to end, and what is refused.
 */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tracewise, WorkingFolder } from './command-line.ts';

const MODEL = fileURLToPath(new URL('../policy/vectors/gguf/qwen2.gguf', import.meta.url));
let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

/** The tiny model's context is 128 tokens of single letters. */
const SMALL = [
  'prompt.style=completion',
  'code.extraction=body',
  'code.prompts=1',
  'code.groupSize=2',
  'code.maxNewTokens=4',
  // A tiny random model passes no test; with a KL term there is an update all the same.
  'kl.coefficient=0.01',
  'eval.tasks=1',
  'eval.samples=1',
  'eval.k=1',
].flatMap((setting) => ['--set', setting]);

describe('a model of the user', () => {
  test('trains on a task file and leaves an adapter of the layers asked for', async () => {
    const row = { prompt: 'def f(x):\n', hidden: [['1', '2']] };
    const tasks = await folder.writeRows('tasks.jsonl', [
      { id: 'a', ...row },
      { id: 'b', ...row, prompt: 'def f(y):\n', split: 'heldout' },
    ]);
    const adapter = folder.file('adapter.safetensors');
    const common = ['--model', MODEL, ...SMALL];
    const trained = await tracewise([
      ...['run', ...common, '--tasks', tasks, '--steps', '1', '--adapter-layers', '1'],
      ...['--save-adapter', adapter, '--threads', '1'],
    ]);
    expect(trained.progress.join('\n')).toMatch(/matrices in Q4_1 held as int4, without loss|held as fp32/);
    expect(trained.code, trained.progress.join('\n')).toBe(0);
    expect(trained.out.filter((line) => /^step +1 .*grad norm [\d.]+/.test(line))).toHaveLength(1);
    const measured = await tracewise([
      ...['eval', '--suite', tasks, '--model', MODEL, '--adapter', adapter, '--n', '1', '--json'],
      ...['--precision', 'fp16'],
      ...SMALL.slice(0, 10),
    ]);
    expect(measured.code, measured.progress.join('\n')).toBe(0);
    expect(JSON.parse(measured.out.at(-1)!)).toHaveProperty('eval_heldout/pass@1');
    expect(measured.progress.join('\n')).toMatch(/on WASM, \d+ threads?, fp16/);
  });

  test.each([
    [['--model', 'no/such/model.bin'], /no such file or folder/],
    [['--model', fileURLToPath(import.meta.url)], /a model is a folder with config\.json or a \.gguf file/],
    [['--model', MODEL, '--weights', 'int3'], /--weights is stored, fp32, int4, int8/],
    [['--model', MODEL, '--precision', 'half'], /--precision is auto, fp32 or fp16/],
    [['--model', MODEL, '--tasks', 'nowhere.jsonl'], /no such file/],
  ])('%j is refused in one line', async (options, message) => {
    const ended = await tracewise(['run', '--steps', '1', ...options]);
    expect(ended.code).toBe(2);
    expect(ended.progress.join('\n')).toMatch(message);
  });
});
