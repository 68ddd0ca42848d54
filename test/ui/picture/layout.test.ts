/**
 * The study's picture: one scale in all panels, everything inside, names apart, sentences by the interval.
 */
import { describe, expect, test } from 'vitest';
import { presetConfig } from '../../../src/experiment/presets.ts';
import type { ListedRecording } from '../../../src/experiment/recorded.ts';
import { studyPicture, type StudyPicture } from '../../../src/experiment/study-picture.ts';
import { labelRoom, layOut, nameWidth, nearestDot, spanOf } from '../../../src/ui/picture/layout.ts';
import { recordingOf } from '../../../src/ui/picture/recording-of.ts';
import { finding, points, runWords } from '../../../src/ui/picture/words.ts';
import { madeUpStudy, type Truth } from '../../experiment/made-up-study.ts';

const picture = (truth: Truth): StudyPicture => {
  const { summary, outcomes } = madeUpStudy(truth);
  return studyPicture(summary, outcomes, 'made up');
};
const SIZES = [
  { width: 560, height: 232, labels: 104 },
  { width: 320, height: 190, labels: 84 },
];
const TRUTHS: readonly Truth[] = [
  { knows: 0.1, writes: 0 },
  { knows: -0.6, writes: 0.3 },
  { knows: 0.29, writes: -0.55, seeds: 5 },
  { knows: 0, writes: 0, seeds: 1 },
];

describe('the layout', () => {
  test.each(TRUTHS)('keeps everything of %j inside, at one scale', (truth) => {
    const { panels } = picture(truth);
    const span = spanOf(panels);
    for (const size of SIZES) {
      const heights = panels.map((panel) => {
        const drawing = layOut(panel, span, size);
        const all = drawing.arms.flatMap(({ band, mean, dots }) => [...(band ?? []), ...mean, ...dots]);
        for (const { x, y } of all) {
          expect(x).toBeGreaterThanOrEqual(drawing.left);
          expect(x).toBeLessThanOrEqual(drawing.right);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(drawing.bottom + 1e-9);
        }
        const labels = drawing.arms.map(({ label }) => label.y);
        expect(Math.abs(labels[0]! - labels[1]!)).toBeGreaterThanOrEqual(33.9);
        // A share is as high in one panel as in the other.
        const [a, b] = drawing.ticks;
        return (a!.y - b!.y) / (b!.share - a!.share);
      });
      expect(heights[1]).toBeCloseTo(heights[0]!, 6);
    }
  });

  test.each([
    [560, ['RLVR', 'CodeRL+']],
    [560, ['RLVR，总量相同', 'CodeRL+，总量相同']],
    [560, ['REINFORCE++ with CodeRL+', 'RLVR']],
    [350, ['RLVR, equal total', 'CodeRL+, equal total']],
  ])('has room for the names at %i pixels: %j', (width, names) => {
    const room = labelRoom(names, width);
    for (const name of names) expect(room).toBeGreaterThanOrEqual(Math.min(nameWidth(name), 0.4 * width - 1));
    // Most of the panel is for what is drawn.
    expect(room).toBeLessThanOrEqual(0.4 * width + 1);
  });

  test('puts the higher mean higher, and its name too', () => {
    const { panels } = picture({ knows: 0.1, writes: 0 });
    const [rlvr, plus] = layOut(panels[0]!, spanOf(panels), SIZES[0]!).arms;
    expect(plus.mean[1].y).toBeLessThan(rlvr.mean[1].y);
    expect(plus.label.y).toBeLessThan(rlvr.label.y);
    // Both begin at the same base.
    expect(plus.mean[0]).toEqual(rlvr.mean[0]);
  });

  test('finds the dot that is pointed at, and none far away', () => {
    const { panels } = picture({ knows: 0.1, writes: 0 });
    const drawing = layOut(panels[0]!, spanOf(panels), SIZES[0]!);
    const dot = drawing.arms[1].dots[2]!;
    expect(nearestDot(drawing, { x: dot.x + 1, y: dot.y - 1 })).toBe(dot);
    expect(nearestDot(drawing, { x: drawing.before, y: drawing.bottom })).toBeNull();
  });
});

describe('the sentences', () => {
  test('say what the interval shows', () => {
    const [knows, writes] = picture({ knows: 0.1, writes: 0 }).panels;
    expect(finding(knows!)).toBe(
      'Asked what its own failed programs compute, the model is right more often after CodeRL+ than after RLVR: +10.0 points, 95 % interval +7.5 to +12.5.',
    );
    expect(finding(writes!)).toBe(
      'In programs that pass, no difference is shown between CodeRL+ and RLVR: 0.0 points, 95 % interval −2.5 to +2.5.',
    );
  });

  test('turn round where the study does', () => {
    const [knows, writes] = picture({ knows: -0.1, writes: -0.1 }).panels;
    expect(finding(knows!)).toContain('less often after CodeRL+');
    expect(finding(writes!)).toContain('Fewer of its programs pass after CodeRL+');
  });

  test('claim nothing from one run', () => {
    for (const panel of picture({ knows: 0.5, writes: 0.5, seeds: 1 }).panels) {
      expect(finding(panel)).toContain('no difference is shown');
      expect(finding(panel)).toContain('one run of each says nothing about chance');
    }
  });

  test('say of a run what it had, and where the start is only a mean', () => {
    const { summary, outcomes } = madeUpStudy({ knows: 0.1, writes: 0 });
    const arm = (known: typeof outcomes) => studyPicture(summary, known, '').panels[0]!.arms[1];
    expect(runWords(arm(outcomes), 1)).toBe('CodeRL+, seed 2: 70.0 % → 79.0 %.');
    expect(runWords(arm([]), 1)).toBe('CodeRL+, seed 2: 70.0 % (mean of the runs) → 79.0 %.');
  });

  test('points have a true minus and no signed zero', () => {
    expect([0.109, -0.004, 0.0002].map(points)).toEqual(['+10.9', '−0.4', '0.0']);
  });
});

describe('the recording of a run', () => {
  const listed = [
    { id: 'plus-51', config: { ...presetConfig('coderl-plus'), seed: 51, 'eval.tasks': 300 } },
    { id: 'rlvr-51', config: { ...presetConfig('rlvr'), seed: 51 } },
    { id: 'changed', config: { ...presetConfig('rlvr'), seed: 52, 'optimizer.learningRate': 0.001 } },
  ] as unknown as readonly ListedRecording[];
  const arms = picture({ knows: 0, writes: 0 }).panels[0]!.arms;

  test('is the one of its preset and seed, however often it was measured', () => {
    expect(recordingOf(listed, arms[0], 51)).toBe('rlvr-51');
    expect(recordingOf(listed, arms[1], 51)).toBe('plus-51');
  });

  test('is none for another seed, another rate, or an arm that changes its preset', () => {
    expect(recordingOf(listed, arms[0], 53)).toBeNull();
    expect(recordingOf(listed, arms[0], 52)).toBeNull();
    expect(recordingOf(listed, { ...arms[0], isPreset: false }, 51)).toBeNull();
  });
});
