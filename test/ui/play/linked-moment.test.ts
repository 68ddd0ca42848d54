/** Links to a moment of a recorded run. */
import { describe, expect, test } from 'vitest';
import { readMoment, withMoment } from '../../../src/ui/play/linked-moment.ts';

describe('a link to a moment', () => {
  test('says the run, the step, the group and the view, and is read as what it says', () => {
    const moment = { step: 20, group: 2, view: 'compare' } as const;
    const href = withMoment('https://a.example/t/?room=play&lang=en', 'coderl-plus-60', moment);
    expect(href).toBe(
      'https://a.example/t/?room=play&lang=en&run=coderl-plus-60&step=20&group=3&view=compare',
    );
    expect(readMoment(new URL(href).search)).toEqual(moment);
  });

  test('says no more than it must, and nothing of a run that is not shown', () => {
    const href = 'https://a.example/?run=x&step=3&group=1&view=own&seed=2';
    expect(withMoment(href, 'x', { step: null, group: null, view: 'rollouts' })).toBe(
      'https://a.example/?run=x&seed=2',
    );
    expect(withMoment(href, null, { step: 3, group: 1, view: 'own' })).toBe(
      'https://a.example/?view=own&seed=2',
    );
  });

  test.each(['', '?step=-1&group=0&view=x', '?step=1e9&group=2.5', '?step=9999999'])(
    'what makes no sense is not said: %s',
    (search) => {
      expect(readMoment(search)).toEqual({ step: null, group: null, view: 'rollouts' });
    },
  );
});
