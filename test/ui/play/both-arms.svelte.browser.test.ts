/** Two recordings' programs for one task: pair by pair side by side, one below the other on a narrow page. */
import { mount, unmount } from 'svelte';
import { expect, test } from 'vitest';
import type { CodeGroup } from '../../../src/learning/events.ts';
import BothArms from '../../../src/ui/play/BothArms.svelte';
import { provideSession } from '../../../src/ui/session/context.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';

function group(name: string): CodeGroup {
  const rollouts = ['pass', 'wrong', 'pass'].map((verdict, i) => ({
    verdict,
    completion: `    return "${name} ${i}"\n`,
    tokens: [],
    reward: 0,
    rewards: { tests_reward: 0 },
    advantage: 0,
    finish: 'stop',
    failed: verdict === 'wrong' ? { args: '1', expected: '2', got: name } : null,
  }));
  return { kind: 'code', taskId: 't', prompt: 'def f():\n', rollouts } as unknown as CodeGroup;
}

test.each([
  [900, true],
  [380, false],
])('%i pixels wide', async (width, isSideBySide) => {
  const target = document.createElement('div');
  target.style.cssText = `width:${width}px;container-type:inline-size`;
  document.body.append(target);
  const shown = mount(
    (...inside: Parameters<typeof BothArms>) => {
      provideSession(
        new Session({
          connect: () => Promise.reject(new Error('nobody')) as never,
          base: 'http://a/',
        } as never),
      );
      return BothArms(...inside);
    },
    {
      target,
      context: new Map(),
      props: {
        group: group('own'),
        other: group('other'),
        step: 1,
        names: { own: 'CodeRL+', other: 'RLVR' },
        // The filter hides the second pair.
        shown: [0, 2],
        onopen: () => undefined,
      },
    },
  );
  const cards = [...target.querySelectorAll('article')];
  expect(cards.map((card) => /(own|other) (\d)/.exec(card.innerText)?.[0])).toEqual([
    'own 0',
    'other 0',
    'own 2',
    'other 2',
  ]);
  expect(cards[1]!.getAttribute('aria-label')).toMatch(/^RLVR, 1: /);
  const [own, other] = cards.map((card) => card.getBoundingClientRect());
  expect(other!.top === own!.top).toBe(isSideBySide);
  expect(Math.max(...cards.map((card) => card.getBoundingClientRect().right))).toBeLessThanOrEqual(
    target.getBoundingClientRect().right,
  );
  await unmount(shown);
  target.remove();
});
