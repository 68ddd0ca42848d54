/** What a log says of the precision: what was found out, and no seconds among what is reproducible. */
import { expect, it } from 'vitest';
import { loggedModel, trialSeconds } from '../../src/learning/logged-model.ts';
import type { PolicyInfo, PrecisionChoice } from '../../src/policy/types.ts';

const info = (precision?: PrecisionChoice): PolicyInfo => ({
  name: 'tiny',
  parameters: 10,
  adapterParameters: 2,
  rank: 1,
  contextLength: 8,
  device: 'WASM, 2 threads, fp32',
  bytes: 40,
  ...(precision && { precision }),
});
const measured = {
  chosen: 'fp16',
  because: 'faster',
  trial: { seconds: { fp32: 1, fp16: 0.5 }, gap: 0.01 },
} as const;

it('says nothing of a precision that nothing was found out about, so that logs are one on all CPUs', () => {
  const { device: _, ...usual } = info();
  expect(loggedModel(info())).toEqual(usual);
  expect(loggedModel(info({ chosen: 'fp32', because: 'cpu' }))).toEqual(usual);
  expect(loggedModel(info({ chosen: 'fp32', because: 'asked' }))).toEqual(usual);
});

it('says what was measured without its seconds, which the first step tells', () => {
  expect(loggedModel(info(measured)).precision).toEqual({ chosen: 'fp16', because: 'faster', gap: 0.01 });
  expect(trialSeconds(info(measured), 1)).toEqual({ 'precision/fp32': 1, 'precision/fp16': 0.5 });
  expect(trialSeconds(info(measured), 2)).toEqual({});
  expect(trialSeconds(info({ chosen: 'fp32', because: 'cpu' }), 1)).toEqual({});
});

it('says that fp16 was asked for, or did not run', () => {
  expect(loggedModel(info({ chosen: 'fp16', because: 'asked' })).precision?.chosen).toBe('fp16');
  expect(loggedModel(info({ chosen: 'fp32', because: 'failed', failed: 'why' })).precision).toEqual({
    chosen: 'fp32',
    because: 'failed',
    failed: 'why',
  });
});
