/** What a run was made on, as a reader of each language reads it. */
import { afterEach, describe, expect, test } from 'vitest';
import { deviceWords } from '../../../src/ui/strings/device-words.ts';
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
