/**
 * The data of the study's picture: from runs whose numbers are made up here, so that every finding occurs.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ExperimentSummary, RunOutcome } from '../../src/experiment/experiment.ts';
import {
  studyPicture,
  PictureError,
  readPicture,
  type StudyPicture,
} from '../../src/experiment/study-picture.ts';
import { madeUpStudy } from './made-up-study.ts';

const KNOWS = 'eval_alignment/accuracy';
const WRITES = 'eval_heldout/pass@1';

const pictured = (study: { summary: ExperimentSummary; outcomes: readonly RunOutcome[] }): StudyPicture =>
  studyPicture(study.summary, study.outcomes, 'made up');

const panel = (picture: StudyPicture, measure: string) =>
  picture.panels.find((one) => one.measure === measure)!;

describe('the picture of a study', () => {
  test('has both measures, both arms, and every run with its own value before and after', () => {
    const picture = pictured(madeUpStudy({ knows: 0.1, writes: 0 }));
    expect(picture.panels.map(({ measure }) => measure)).toEqual([KNOWS, WRITES]);
    const [rlvr, plus] = panel(picture, KNOWS).arms;
    expect([rlvr.name, plus.name]).toEqual(['rlvr', 'coderl-plus']);
    expect(plus.runs).toEqual([
      { seed: 1, before: 0.7, after: expect.closeTo(0.81, 12) as number },
      { seed: 2, before: 0.7, after: expect.closeTo(0.79, 12) as number },
      { seed: 3, before: 0.7, after: expect.closeTo(0.8, 12) as number },
    ]);
    expect(picture.steps).toBe(60);
  });

  test.each([
    { knows: 0.1, writes: 0, found: ['higher', 'no difference shown'] },
    { knows: -0.1, writes: 0.2, found: ['lower', 'higher'] },
    { knows: 0, writes: -0.2, found: ['no difference shown', 'lower'] },
  ])('takes findings from intervals: $found', ({ knows, writes, found }) => {
    const picture = pictured(madeUpStudy({ knows, writes }));
    expect(picture.panels.map(({ finding }) => finding)).toEqual(found);
  });

  test('differs by hand: Student’s t over three differences', () => {
    // Differences .11, .09, .10: mean .1, standard deviation .01, t(2, 97.5 %) = 4.302653.
    const { difference } = panel(pictured(madeUpStudy({ knows: 0.1, writes: 0 })), KNOWS);
    const half = (4.302653 * 0.01) / Math.sqrt(3);
    expect(difference.mean).toBeCloseTo(0.1, 12);
    expect(difference.low).toBeCloseTo(0.1 - half, 6);
    expect(difference.high).toBeCloseTo(0.1 + half, 6);
  });

  test('of one run each has no interval and shows no difference', () => {
    const picture = pictured(madeUpStudy({ knows: 0.5, writes: 0.5, seeds: 1 }));
    for (const { difference, finding } of picture.panels) {
      expect([difference.low, difference.high]).toEqual([null, null]);
      expect(finding).toBe('no difference shown');
    }
  });

  test('from a summary alone knows no run before training', () => {
    const { summary } = madeUpStudy({ knows: 0.1, writes: 0 });
    const picture = studyPicture(JSON.parse(JSON.stringify(summary)) as ExperimentSummary, [], 'made up');
    expect(panel(picture, KNOWS).arms[1].runs.map(({ before }) => before)).toEqual([null, null, null]);
    expect(panel(picture, KNOWS).arms[1].before.mean).toBeCloseTo(0.7, 12);
  });

  test('refuses a study with one arm', () => {
    const { summary, outcomes } = madeUpStudy({ knows: 0, writes: 0 });
    const alone = { ...summary, arms: summary.arms.slice(0, 1) };
    expect(() => studyPicture(alone, outcomes, '')).toThrow(PictureError);
  });

  test('is read as it was written, and a finding that contradicts its interval is not believed', () => {
    const picture = pictured(madeUpStudy({ knows: 0.1, writes: 0 }));
    const text = JSON.parse(JSON.stringify(picture)) as StudyPicture;
    expect(readPicture(text)).toEqual(picture);
    const lying = { ...text, panels: text.panels.map((one) => ({ ...one, finding: 'higher' })) };
    expect(readPicture(lying).panels.map(({ finding }) => finding)).toEqual([
      'higher',
      'no difference shown',
    ]);
  });

  test.each([
    ['nothing', null],
    ['another version', { version: 99, panels: [] }],
    ['no panels', { version: 1, panels: [] }],
    ['a panel without arms', { version: 1, panels: [{ measure: KNOWS, arms: [], difference: {} }] }],
  ])('refuses %s', (_, data) => {
    expect(() => readPicture(data)).toThrow(PictureError);
  });

  test('that ships is of the study that ships', () => {
    const json = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../public/runs/${name}`, import.meta.url), 'utf8'));
    const shipped = readPicture(json('picture.json'));
    const fresh = studyPicture(json('study.json') as ExperimentSummary, [], shipped.source);
    const withoutBefore = shipped.panels.map((one) => ({
      ...one,
      arms: one.arms.map((arm) => ({ ...arm, runs: arm.runs.map((run) => ({ ...run, before: null })) })),
    }));
    expect(withoutBefore).toEqual(fresh.panels);
  });
});
