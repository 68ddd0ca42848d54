/**
 * The study that comes with the page is whole; of an older summary the p values follow from the differences.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readShippedStudy, StudyError } from '../../src/experiment/shipped-study.ts';
import { named, studyPair } from '../../src/ui/lab/study.ts';
import { overlay } from '../../src/ui/lab/results.ts';

const text = readFileSync(new URL('../../public/runs/study.json', import.meta.url), 'utf8');
const parsed = (): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('the shipped study', () => {
  const study = readShippedStudy(parsed());

  test('has ten runs of two arms, and what they shared', () => {
    expect(study.summary.arms.map(({ seeds }) => seeds.length)).toEqual([5, 5]);
    expect(study.experiment.overrides['eval.tasks']).toBe(300);
  });

  test('has Holm’s p for every measure: none below its own p, monotone in it', () => {
    const all = [...study.summary.comparisons].sort((a, b) => a.p! - b.p!);
    for (const [i, { p, adjustedP }] of all.entries()) {
      expect(adjustedP!).toBeGreaterThanOrEqual(p!);
      expect(adjustedP!).toBeLessThanOrEqual(1);
      if (i > 0) expect(adjustedP!).toBeGreaterThanOrEqual(all[i - 1]!.adjustedP!);
    }
    expect(all[0]!.adjustedP).toBeCloseTo(Math.min(1, all.length * all[0]!.p!), 12);
  });

  test('may be held against either arm: differences turn round, intervals with them', () => {
    const titled = named(study, (preset) => preset.toUpperCase());
    const [a, b] = titled.summary.arms.map(({ arm }) => arm.name);
    const forth = studyPair(titled, a!).summary.comparisons[3]!;
    const back = studyPair(titled, b!).summary.comparisons[3]!;
    expect([back.from, back.to]).toEqual([b, a]);
    expect(back.difference.mean).toBe(-forth.difference.mean);
    expect(back.difference.interval).toEqual([-forth.difference.interval[1], -forth.difference.interval[0]]);
    expect([forth.finding, back.finding]).toEqual(['higher', 'lower']);
  });

  test('is drawn from its means', () => {
    const { arms } = studyPair(study, null);
    const spec = overlay(arms, 'eval_heldout/pass@1', null);
    expect(spec.lines.map(({ values }) => values.at(-1))).toEqual(
      study.summary.arms.map(({ measures }) => measures['eval_heldout/pass@1']!.after.mean),
    );
    expect(spec.lines.every(({ band }) => band !== undefined)).toBe(true);
    // A tick says where it stands.
    expect([0.225, 0.3, 0.35].map(spec.tick!)).toEqual(['22.5 %', '30 %', '35 %']);
  });

  test.each([
    [(data: Record<string, unknown>) => ({ ...data, arms: [] }), /fewer than two arms/],
    [(data: Record<string, unknown>) => ({ ...data, comparisons: [{}] }), /comparison/],
    [
      (data: Record<string, unknown>) => ({
        ...data,
        comparisons: (data['comparisons'] as object[]).map((one) => ({ ...one, finding: 'better' })),
      }),
      /comparison/,
    ],
    [
      (data: Record<string, unknown>) => {
        const [first, ...others] = data['arms'] as { measures: Record<string, unknown> }[];
        const { 'eval_heldout/pass@1': one } = first!.measures;
        const { 'eval_alignment/accuracy': other } = others[0]!.measures;
        const arms = [
          { ...first, measures: { 'eval_heldout/pass@1': one } },
          { ...others[0], measures: { 'eval_alignment/accuracy': other } },
        ];
        return { ...data, arms };
      },
      /no measure/,
    ],
    [() => 'text', /not an object/],
    [() => null, /not an object/],
  ])('that is not whole is refused', (damage, reason) => {
    expect(() => readShippedStudy(damage(parsed()))).toThrow(reason);
    expect(() => readShippedStudy(damage(parsed()))).toThrow(StudyError);
  });
});
