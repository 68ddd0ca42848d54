/** The way through a lecture. */
import { describe, expect, test } from 'vitest';
import { BEATS, goOn, lecturePlace, withinBeat } from '../../../src/ui/learn/lecture/beats.ts';

const lengths = { policy: 2, failure: 1, trace: 3, prediction: 1, difference: 2 };

describe('the way through a lecture', () => {
  test('one key leads through everything, and the other back', () => {
    const all = lengths.policy + lengths.failure + lengths.trace + lengths.prediction + lengths.difference;
    let place = lecturePlace('?lecture');
    const seen = [`${place.beat} ${place.at}`];
    for (let i = 1; i < all; i++) {
      place = goOn(place, 1, lengths);
      seen.push(`${place.beat} ${place.at}`);
    }
    expect(seen).toEqual([
      'policy 0',
      'policy 1',
      'failure 0',
      'trace 0',
      'trace 1',
      'trace 2',
      'prediction 0',
      'difference 0',
      'difference 1',
    ]);
    expect(goOn(place, 1, lengths)).toEqual(place);
    const back = [...seen].reverse().slice(1);
    for (const before of back) {
      place = goOn(place, -1, lengths);
      expect(`${place.beat} ${place.at}`).toBe(before);
    }
    expect(goOn(place, -1, lengths)).toEqual({ beat: 'policy', at: 0 });
  });

  test.each([
    ['?lecture', 'policy', 0],
    ['?lecture=trace&at=2', 'trace', 2],
    ['?lecture=trace&at=-2', 'trace', 0],
    ['?lecture=trace&at=x', 'trace', 0],
    ['?lecture=nonsense&at=4', 'policy', 0],
  ])('%s begins at %s %i', (search, beat, at) => {
    expect(lecturePlace(search)).toEqual({ beat, at });
  });

  test('a place beyond what there is, is the last there is', () => {
    expect(withinBeat({ beat: 'trace', at: 99 }, lengths)).toEqual({ beat: 'trace', at: 2 });
    expect(BEATS.every((beat) => withinBeat({ beat, at: 0 }, lengths).at === 0)).toBe(true);
  });
});
