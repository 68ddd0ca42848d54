/** The options of the device: what is asked for, what is left to the machine, and words that are none. */
import { expect, test } from 'vitest';
import { deviceSettings } from '../../src/cli/device-options.ts';
import { UsageError } from '../../src/cli/errors.ts';

test('what is asked for is read, and the rest is left as it is by default', () => {
  expect(deviceSettings({})).toEqual({
    linears: undefined,
    precision: undefined,
    device: undefined,
    threads: undefined,
  });
  expect(deviceSettings({ weights: 'int4', precision: 'fp16', device: 'native', threads: '3' })).toEqual({
    linears: 'int4',
    precision: 'fp16',
    device: 'native',
    threads: 3,
  });
});

test.each([
  [{ weights: 'int3' }, '--weights'],
  [{ precision: 'fp8' }, '--precision'],
  [{ device: 'gpu' }, '--device'],
  [{ threads: '0' }, 'threads'],
])('%o is refused by name', (options, name) => {
  expect(() => deviceSettings(options)).toThrow(UsageError);
  expect(() => deviceSettings(options)).toThrow(name);
});
