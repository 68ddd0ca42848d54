/** The panel of instruments: rows from readings, in the words of the page. */
import { describe, expect, it } from 'vitest';
import type { Question, Replies } from '../../../src/learner/questions.ts';
import {
  censusRows,
  compassRows,
  probePicture,
  verificationGain,
  verificationRows,
} from '../../../src/ui/play/instruments/rows.ts';
import { s } from '../../../src/ui/strings/index.ts';
import { answer } from '../session/fake-answers.ts';

function told<Q extends Question>(question: Q): Replies[Q['ask']] {
  const found = answer(question, 3);
  if ('error' in found) throw new Error(found.error.name);
  return found.value;
}

describe('rows of readings', () => {
  it('of the compass: a right angle, seen as far as anybody could see', () => {
    const [row] = compassRows(told({ ask: 'compass', tasks: 8, seed: 1 }));
    expect(row).toMatchObject({ value: 0, text: '0.00', band: [-1, 1] });
    expect(row!.label).toContain(s.instruments.compass.names.alignment);
  });

  it('of the compass: what cannot be told says so and has no mark', () => {
    const reading = told({ ask: 'compass', tasks: 8, seed: 1 });
    const unknown = { cosine: null, apart: null, interval: null, apartInterval: null, ceiling: null };
    const [row] = compassRows({ ...reading, pairs: [{ ...reading.pairs[0]!, ...unknown }] });
    expect(row).toMatchObject({ value: null, band: null, interval: null });
    expect(row!.text).toBe(s.instruments.compass.unknown);
  });

  it('of verification: every choice by its name, and the gain with its interval', () => {
    const reading = told({ ask: 'verify', tasks: 30, seed: 1 });
    const rows = verificationRows(reading);
    expect(rows.map(({ label }) => label)).toEqual(Object.values(s.instruments.verify.names));
    for (const { value, interval } of rows) {
      expect(interval![0]).toBeLessThanOrEqual(value!);
      expect(interval![1]).toBeGreaterThanOrEqual(value!);
    }
    expect(verificationGain(reading)).toMatch(/[+−]\d+ %/);
  });

  it('of the census: kinds that occur, as counts and shares of the failed', () => {
    const rows = censusRows(told({ ask: 'census', tasks: 4, seed: 1, labels: {} }));
    expect(rows.map(({ text }) => text)).toEqual(['2 · 67 %', '1 · 33 %']);
  });

  it('of a census without failures: none', () => {
    const reading = told({ ask: 'census', tasks: 4, seed: 1, labels: {} });
    expect(censusRows({ ...reading, failed: 0 })).toEqual([]);
  });

  it('of the probe: the cell that knows is the dark one, and the base knows less', () => {
    const { tables, layers } = told({ ask: 'probe', tasks: 24, seed: 1, target: 'passes' });
    const picture = probePicture(tables[0]!, layers);
    expect(picture.rows.map(({ label }) => label)).toEqual(['embedding', 'layer 1']);
    const shades = picture.rows.map(({ cells }) => cells.map(({ shade }) => shade));
    expect(shades.flat().filter((shade) => shade > 0)).toHaveLength(1);
    expect(shades[1]!.at(-1)).toBeCloseTo(0.8, 10);
    expect(picture.rows[1]!.cells.at(-1)!.text).toBe('0.70');
    expect(picture.bag.map(({ text }) => text)).toEqual(Array(5).fill('0.50'));
    expect(picture.best).toContain('layer 1, 100 % read: 0.70, +0.20 [+0.15, +0.25]');
    expect(picture.against).toContain('+0.20 [+0.17, +0.25]');
  });
});
