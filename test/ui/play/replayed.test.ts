/**
 * What a replay offers beyond its rollouts: the other run behind the charts, moments
 * to compare, the group to read.
 */
import { describe, expect, test } from 'vitest';
import { presetConfig } from '../../../src/experiment/presets.ts';
import type { ListedRecording } from '../../../src/experiment/recorded.ts';
import type { Moments } from '../../../src/experiment/moments.ts';
import type { Group } from '../../../src/learning/events.ts';
import type { ChartSpec } from '../../../src/ui/kit/plot.ts';
import { momentAt, tellingTask } from '../../../src/ui/play/compare/moments.ts';
import { withGhost } from '../../../src/ui/play/ghost.ts';
import { armsOf } from '../../../src/ui/session/other-recording.svelte.ts';
import { tellingGroup } from '../../../src/ui/session/rollout-view.svelte.ts';

describe('another run behind a chart', () => {
  const chart = (
    steps: readonly number[],
    values: readonly number[],
    range?: readonly [number, number],
  ): ChartSpec => ({
    kind: 'lines',
    steps,
    lines: [{ label: 'reward', colour: '--pass', values }],
    format: String,
    ...(range && { range }),
  });

  test('has its own steps on the same axis, and leaves the run’s own values where they are', () => {
    const both = withGhost(chart([0, 1, 2], [5, 6, 7]), chart([0, 2, 4], [1, 2, 3]), 'RLVR');
    expect(both.steps).toEqual([0, 1, 2, 4]);
    expect(both.lines.map(({ label, values, isGhost }) => [label, values, isGhost === true])).toEqual([
      ['reward', [5, 6, 7, null], false],
      ['RLVR: reward', [1, null, 2, 3], true],
    ]);
  });

  test('needs a range that holds both', () => {
    expect(withGhost(chart([1], [1], [-1, 1]), chart([1], [2], [-3, 3]), 'x').range).toEqual([-3, 3]);
  });

  test('is not drawn over bars, nor where there is none', () => {
    const bars: ChartSpec = { ...chart([1], [1]), kind: 'stack' };
    expect(withGhost(bars, bars, 'x')).toBe(bars);
    const alone = chart([1], [1]);
    expect(withGhost(alone, chart([], []), 'x')).toBe(alone);
  });
});

describe('recordings of one experiment', () => {
  const listed = [
    { id: 'plus', config: { ...presetConfig('coderl-plus'), seed: 51 } },
    { id: 'rlvr', config: { ...presetConfig('rlvr'), seed: 51 } },
    { id: 'rlvr-2', config: { ...presetConfig('rlvr'), seed: 52 } },
  ] as unknown as readonly ListedRecording[];

  test('have one seed and different presets', () => {
    expect(armsOf(listed, 'plus').map(({ id }) => id)).toEqual(['plus', 'rlvr']);
    expect(armsOf(listed, 'rlvr').map(({ id }) => id)).toEqual(['plus', 'rlvr']);
    expect(armsOf(listed, 'rlvr-2').map(({ id }) => id)).toEqual(['rlvr-2']);
    expect(armsOf(listed, 'a file of mine')).toEqual([]);
  });
});

describe('the group to read when nobody has chosen', () => {
  /** @param right which rollouts are; absent: the first one alone */
  const group = (kind: 'code' | 'alignment', advantages: readonly number[], right = [true]): Group => {
    const rollouts = advantages.map((advantage, i) => {
      const isRight = right[i] ?? false;
      return kind === 'code'
        ? { advantage, verdict: isRight ? 'pass' : 'wrong' }
        : { advantage, malformed: null, variables: [{ right: isRight }] };
    });
    return { kind, rollouts } as unknown as Group;
  };
  const groups = [
    group('code', [0, 0]),
    group('code', [1, -1]),
    group('alignment', [0.1, -0.1]),
    group('alignment', [0.4, -0.2]),
  ];

  test('teaches most, programs in odd steps and answers in even ones', () => {
    expect(tellingGroup(groups, 1)).toBe(1);
    expect(tellingGroup(groups, 2)).toBe(3);
  });
  test('pushes both ways: eight right answers above a baseline teach less than a mixed group', () => {
    const alike = group('alignment', [0.9, 0.9]);
    expect(tellingGroup([alike, group('alignment', [0.1, -0.1])], 2)).toBe(1);
    expect(tellingGroup([alike], 2)).toBe(0);
  });
  test('shows what it teaches: right and wrong ones before eight right ones that earn unlike', () => {
    const allRight = group('alignment', [0.9, -0.9], [true, true]);
    expect(tellingGroup([allRight, group('alignment', [0.1, -0.1])], 2)).toBe(1);
    expect(tellingGroup([group('alignment', [0.1, 0.1]), allRight], 2)).toBe(1);
  });
  test('is of the other kind where its own teaches nothing, else the first', () => {
    expect(tellingGroup(groups.slice(0, 2), 2)).toBe(1);
    expect(tellingGroup([group('code', [0]), group('alignment', [0])], 1)).toBe(0);
    expect(tellingGroup([], 1)).toBe(0);
  });
});

describe('moments', () => {
  const steps = [0, 5, 20, 60];
  test('follow the replay, and what was chosen comes before it', () => {
    expect(momentAt(steps, 0, false)).toBe(3);
    expect(momentAt(steps, 7, false)).toBe(1);
    expect(momentAt(steps, 60, false)).toBe(3);
    expect(momentAt(steps, 20, true)).toBe(2);
  });

  test('begin with the task whose answers changed most', () => {
    const sample = (passes: number) =>
      Array.from({ length: 4 }, (_, i) => ({ verdict: i < passes ? 'pass' : 'wrong' }));
    const answers = (right: number) =>
      Array.from({ length: 4 }, (_, i) => ({ malformed: null, variables: [{ right: i < right }] }));
    const moments = {
      tasks: [
        { task: { id: 'a' }, samples: [sample(1), sample(4)] },
        { task: { id: 'b' }, samples: [sample(1), sample(2)] },
      ],
      programs: [
        { taskId: 'a', answers: [answers(2), answers(2)] },
        { taskId: 'b', answers: [answers(0), answers(4)] },
      ],
    } as unknown as Moments;
    expect(tellingTask(moments)).toBe(1);
  });
});
