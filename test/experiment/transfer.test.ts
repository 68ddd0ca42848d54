/**
 * The evidence of chapter 6: taken from the files of the commands, refused where one lacks what is drawn. The
 * numbers here are made up, so that every finding occurs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  readTransfer,
  TransferError,
  transferOf,
  type TransferSources,
} from '../../src/experiment/transfer.ts';
import { foundIn } from '../../src/experiment/study-picture.ts';

const estimate = (mean: number, low: number | null, high: number | null, n = 5) => ({
  mean,
  interval: [low, high],
  n,
});
const study = (measures: Readonly<Record<string, object>>) => ({
  comparisons: Object.entries(measures).map(([measure, difference]) => ({ measure, difference })),
});
/** Cosine between different tasks, its interval, and the largest that could be seen. */
const compass = (cosines: Readonly<Record<string, readonly [number, number, number, number | null]>>) => ({
  pairs: Object.entries(cosines).map(([pair, [apart, low, high, ceiling]]) => {
    const [a, b] = pair.split(' | ');
    return { a, b, cosine: 0.01, apart, apartInterval: [low, high], ceiling };
  }),
});
const sources: TransferSources = {
  study: study({
    'eval_heldout/pass@1': estimate(-0.004, -0.022, 0.015),
    'eval_alignment/accuracy': estimate(0.108, 0.08, 0.14),
  }),
  computed: study({ 'eval_heldout/pass@1': estimate(0.06, 0.02, 0.1, 4) }),
  control: study({ 'eval_heldout/pass@1': estimate(-0.05, -0.08, -0.02) }),
  verified: {
    differences: [
      { from: 'most probable', to: 'coderl-plus', overSeeds: estimate(0.5, 0.4, 0.6) },
      { from: 'rlvr', to: 'coderl-plus', overSeeds: estimate(0.067, null, null, 1) },
    ],
  },
  compass: compass({
    'code | supervised code': [0.12, 0.01, 0.3, 0.125],
    'supervised code | supervised trace': [-0.01, -0.08, 0.02, 0.2],
  }),
  compassComputed: compass({ 'supervised code | supervised trace': [0.24, 0.16, 0.32, 0.8] }),
  census: {
    programs: 240,
    failed: 160,
    kinds: [
      { kind: 'syntax', count: 0, share: 0, interval: [0, 0] },
      { kind: 'execution slip', count: 0, share: 0, interval: [0, 0] },
      { kind: 'misread description', count: 100, share: 0.625, interval: [0.5, 0.7] },
      { kind: 'unexplained', count: 60, share: 0.375, interval: [0.3, 0.5] },
    ],
  },
};

describe('the evidence whether executing carries over to writing', () => {
  const transfer = transferOf(sources);
  const effect = (name: string) => transfer.effects.find((one) => one.name === name)!;

  test('takes each difference from its own experiment, with its seeds', () => {
    expect(effect('variables')).toEqual({
      name: 'variables',
      seeds: 5,
      difference: { mean: 0.108, low: 0.08, high: 0.14 },
    });
    expect(effect('pass@1').difference.mean).toBe(-0.004);
    expect(effect('chosen')).toEqual({
      name: 'chosen',
      seeds: 1,
      difference: { mean: 0.067, low: null, high: null },
    });
    expect([effect('computed').seeds, effect('control').difference.high]).toEqual([4, -0.02]);
  });

  test('finds by intervals: an open one shows nothing', () => {
    const found = transfer.effects.map(({ name, difference }) => [name, foundIn(difference)]);
    expect(Object.fromEntries(found)).toEqual({
      variables: 'higher',
      'pass@1': 'no difference shown',
      chosen: 'no difference shown',
      computed: 'higher',
      control: 'lower',
    });
  });

  test('takes cosines that are corrected for noise', () => {
    const near = (value: number): unknown => expect.closeTo(value, 12);
    expect(transfer.angles).toEqual([
      { name: 'check', cosine: { mean: near(0.96), low: near(0.08), high: near(2.4) } },
      { name: 'writing', cosine: { mean: near(-0.05), low: near(-0.4), high: near(0.1) } },
      { name: 'computed', cosine: { mean: near(0.3), low: near(0.2), high: near(0.4) } },
    ]);
  });

  test('has the mistakes that occur, the most frequent first, and says of slips that there are none', () => {
    expect(transfer.census.kinds.map(({ kind, count }) => [kind, count])).toEqual([
      ['misread description', 100],
      ['unexplained', 60],
      ['execution slip', 0],
    ]);
  });

  test('leaves out what was not run', () => {
    const { study, compass, compassComputed, census } = sources;
    const { effects } = transferOf({ study, compass, compassComputed, census });
    expect(effects.map(({ name }) => name)).toEqual(['variables', 'pass@1']);
  });

  test('is read again as it was written', () => {
    expect(readTransfer(JSON.parse(JSON.stringify(transfer)))).toEqual(transfer);
  });

  test.each([
    ['the study without the measure', { ...sources, study: study({}) }, /variables: eval_alignment/],
    [
      'a compass too noisy to tell',
      { ...sources, compassComputed: compass({ 'supervised code | supervised trace': [0.1, 0, 0.2, null] }) },
      /compass computed/,
    ],
    ['another pair of arms', { ...sources, verified: { differences: [] } }, /chosen/],
    [
      'a mistake of another version',
      { ...sources, census: { programs: 1, failed: 1, kinds: [{ kind: 'typo', count: 1 }] } },
      /unknown mistake/,
    ],
  ])('refuses %s, by name', (_, bad, message) => {
    expect(() => transferOf(bad)).toThrow(TransferError);
    expect(() => transferOf(bad)).toThrow(message);
  });

  test.each([
    null,
    {},
    { ...transfer, version: 2 },
    { ...transfer, effects: [] },
    { ...transfer, angles: [{ name: 'writing' }] },
  ])('a file that is none is refused: %#', (data) => expect(() => readTransfer(data)).toThrow(TransferError));

  test('what comes with the page is what its sources say', () => {
    const root = new URL('../../', import.meta.url);
    const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
    const experiment = (name: string) =>
      existsSync(new URL(`docs/experiments/${name}.json`, root))
        ? json(`docs/experiments/${name}.json`)
        : undefined;
    expect(readTransfer(json('public/runs/transfer.json'))).toEqual(
      transferOf({
        study: json('public/runs/study.json'),
        computed: experiment('computed-aloud'),
        control: experiment('computed-control'),
        verified: experiment('verified'),
        compass: experiment('compass-nano'),
        compassComputed: experiment('compass-v3-aloud'),
        census: experiment('census-nano'),
      }),
    );
  });
});
