/** Files of moments, previews and headers of recordings: read whole, or refused by name. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MOMENTS_VERSION, readMoments, type Moments } from '../../src/experiment/moments.ts';
import { readPreview } from '../../src/experiment/preview.ts';
import { readManifest, RecordingError, RECORDING_VERSION } from '../../src/experiment/recorded.ts';
import type { Task } from '../../src/tasks/types.ts';

const task: Task = {
  id: 'sum',
  split: 'heldout',
  description: 'the sum of xs',
  entryPoint: 'f',
  prompt: '# the sum of xs\ndef f(xs):',
  visible: [{ args: '[1]', expected: '1' }],
  hidden: [],
} as unknown as Task;
const prediction = {
  completion: '<L1>total<0>',
  malformed: null,
  variables: [{ name: 'total', truth: '0', predicted: '0', right: true }],
  lines: { right: 1, total: 2 },
};
const sample = { completion: '\n    return sum(xs)', finish: 'eos' as const, verdict: 'pass' as const };
const moments: Moments = {
  version: MOMENTS_VERSION,
  steps: [0, 5],
  seed: 1,
  temperature: 1,
  tasks: [{ task, samples: [[sample], [sample]] }],
  programs: [
    {
      taskId: 'sum',
      program: 'def f(xs):\n    total = 0',
      entryPoint: 'f',
      args: '[1]',
      prompt: '',
      answer: '<L1>total<0>',
      answers: [[prediction], [prediction]],
    },
  ],
};
const text = (data: unknown): string => JSON.stringify(data);

describe('moments', () => {
  test('are read as they were written, gzipped too', async () => {
    const plain = await readMoments(text(moments), 'm.json');
    expect(plain.programs).toEqual(moments.programs);
    expect(plain.tasks[0]?.samples).toEqual(moments.tasks[0]?.samples);
    const packed = await readMoments(new Uint8Array(gzipSync(text(moments))), 'm.json.gz');
    expect(packed).toEqual(plain);
  });

  test.each([
    ['no JSON', '{', /m\.json: cannot be read/],
    ['another version', text({ ...moments, version: 9 }), /version 1/],
    ['steps that do not begin with the base', text({ ...moments, steps: [5, 10] }), /steps/],
    [
      'samples of one step too few',
      text({ ...moments, tasks: [{ task, samples: [[sample]] }] }),
      /task 1 is not whole/,
    ],
    [
      'answers of one step too few',
      text({ ...moments, programs: [{ ...moments.programs[0], answers: [[prediction]] }] }),
      /answers about its program 1/,
    ],
  ])('refuse %s', async (_, content, message) => {
    await expect(readMoments(content, 'm.json')).rejects.toThrow(message);
    await expect(readMoments(content, 'm.json')).rejects.toThrow(RecordingError);
  });
});

describe('a header', () => {
  const header = {
    version: RECORDING_VERSION,
    id: 'x',
    title: { en: 'X' },
    device: 'd',
    date: '2026-01-01',
    command: 'c',
    config: {},
    model: 'nano',
    steps: 2,
    thinned: { logProbDecimals: 3, tokenSteps: null, groupsPerKind: null },
  };
  const file = { file: 'x.moments.json.gz', bytes: 10, steps: [0, 5] };
  const story = { taskId: 't', written: { step: 1, rollout: 0 }, asked: { step: 2, record: '1.1' } };

  test('of the version before has no moments and no example', () => {
    const old = readManifest({ ...header, version: 1 }, 'x');
    expect([old.moments, old.story]).toEqual([undefined, undefined]);
  });
  test('names both', () => {
    const read = readManifest({ ...header, moments: file, story }, 'x');
    expect([read.moments, read.story]).toEqual([file, story]);
  });
  test.each([
    [{ ...header, version: RECORDING_VERSION + 1 }, /version 3, this page reads 1 to 2/],
    [{ ...header, moments: { file: 'x' } }, /no file of moments/],
    [{ ...header, story: { taskId: 't' } }, /example that is not whole/],
  ])('is refused: %#', (data, message) => {
    expect(() => readManifest(data, 'x')).toThrow(message);
  });
});

test('a preview is read whole or not at all', () => {
  const moment = { step: 0, completion: '', right: 0, of: 8 };
  const preview = {
    version: 1,
    program: 'def f():\n    return 1',
    entryPoint: 'f',
    args: '',
    answer: '<L1><ret><1>',
    moments: [moment, { ...moment, step: 60, right: 8 }],
  };
  expect(readPreview(preview)).toEqual(preview);
  expect(readPreview({ ...preview, version: 2 })).toBeNull();
  expect(readPreview({ ...preview, moments: [moment] })).toBeNull();
  expect(readPreview(null)).toBeNull();
});
