/** What the benchmarks make of what they measured; they measure nothing here. */
import { expect, it } from 'vitest';
import { besideEachOther, stepsAfter } from '../../bench/gpu.ts';
import { ratioLines } from '../../bench/peers.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';

it('a step on a graphics card has its phases and the largest gap of its own metrics', () => {
  const events: readonly TrainerEvent[] = [1, 2].flatMap((step): TrainerEvent[] => [
    {
      type: 'step-finished',
      step,
      metrics: { 'sampling/sampling_logp_difference/max': step / 100, reward: 1 },
    },
    {
      type: 'timing',
      step,
      seconds: { step_time: step, 'time/generate': step / 2, 'time/evaluate': 9, 'compile/graphs': 3 },
    },
  ]);
  expect(stepsAfter(events, 1)).toEqual([
    { 'step (s)': 2, 'generate (s)': 1, 'evaluate (s)': 9, 'largest gap (nats)': 0.02 },
  ]);
  expect(stepsAfter(events, 0)).toHaveLength(2);
});

it('peers stand beside the first of each work: times more seconds, times fewer tokens a second', () => {
  expect(
    ratioLines({
      'a step (s): ours': 0.5,
      'decoding (tokens/s): ours': 20,
      'a step (s): theirs': 2,
      'decoding (tokens/s): theirs': 10,
    }),
  ).toEqual([
    'a step (s): ours: 1.00 x',
    'decoding (tokens/s): ours: 1.00 x',
    'a step (s): theirs: 4.00 x',
    'decoding (tokens/s): theirs: 2.00 x',
  ]);
});

it('what was measured on several devices stands in one line', () => {
  expect(
    besideEachOther({
      'nano, step (s): WebGPU fp32': 1.2345,
      'nano, launches: WebGPU fp32': 1630,
      'nano, step (s): WASM': 2,
    }),
  ).toEqual([
    ['median', 'WebGPU fp32', 'WASM'],
    ['nano, step (s)', '1.23', '2.00'],
    ['nano, launches', '1630', ''],
  ]);
});
