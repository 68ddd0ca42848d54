/** What a run was made on, as a reader of each language reads it. */
import { afterEach, describe, expect, test } from 'vitest';
import { choiceWords, deviceWords } from '../../../src/ui/strings/device-words.ts';
import { readLocaleFrom } from '../../../src/ui/strings/index.ts';

afterEach(() => readLocaleFrom(() => 'en'));

describe('the device of a run', () => {
  test.each([
    ['native CPU, 1 thread', '本机 CPU，1 个线程'],
    ['native CPU', '本机 CPU'],
    ['WASM, 2 threads', 'WASM，2 个线程'],
    [
      'one core of a server CPU, native ONNX Runtime in Node',
      '服务器 CPU 的 1 个核心，Node 中的本机 ONNX Runtime',
    ],
    ['2 cores of a server CPU, native CPU', '服务器 CPU 的 2 个核心，本机 CPU'],
  ])('%s is told in Chinese part by part, and in English as it was written', (device, chinese) => {
    expect(deviceWords(device)).toBe(device);
    readLocaleFrom(() => 'zh');
    expect(deviceWords(device)).toBe(chinese);
  });

  test('names stay names', () => {
    readLocaleFrom(() => 'zh');
    for (const device of ['WebGPU (Radeon 780M, RADV)', 'my laptop'])
      expect(deviceWords(device)).toBe(device);
  });
});

describe('how a model is held and computed', () => {
  test('has a sentence each, with what was measured', () => {
    const trial = { seconds: { fp32: 1, fp16: 1.5 }, gap: 0.14 };
    const words = choiceWords({
      held: { linears: 'int4', because: 'short' },
      info: { precision: { chosen: 'fp32', because: 'slower', trial } },
    });
    expect(words).toHaveLength(3);
    expect(words[0]).toContain('blocks of 4 bits');
    expect(words[1]).toMatch(/^fp32: .*not .*faster/);
    expect(words[2]).toMatch(/1\.00 s in fp32 and 1\.50 s in fp16.* 0\.14 nats/);
  });

  test('is not told where nobody knows', () => {
    expect(choiceWords({ info: {} })).toEqual([]);
  });
});
