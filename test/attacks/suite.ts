/** Declares the Node tests of some classes of attacks, with one sandbox and one lure for all of a file. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { computed } from '../fuzz.ts';
import { Heartbeat } from './heartbeat.ts';
import { classes, type AttackClass } from './index.ts';
import { openLure, type Lure } from './listener.ts';
import { tryOut } from './trial.ts';

/**
 * Milliseconds that this thread may ever be kept from its work. An attack that held
 * it up would do so without end.
 */
const longestPause = 10_000;

export function attackSuite(names: readonly AttackClass[]): void {
  let sandbox: Pool;
  let trusted: Pool;
  let lure: Lure;
  let heart: Heartbeat;
  const environment = JSON.stringify(process.env);
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1 });
    trusted = await sandbox.sibling(1);
    lure = await openLure();
    heart = new Heartbeat([() => performance.now(), computed]);
  });
  afterAll(async () => {
    heart.stop();
    await Promise.all([sandbox.dispose(), trusted.dispose(), lure.close()]);
  });

  describe.each(names)('%s', (name) => {
    test.each(classes[name])('$name', async (attack) => {
      const { verdict, reward, next, idle } = await tryOut(lure.aimed(attack), { sandbox, trusted });
      expect([attack.verdict].flat()).toContain(verdict);
      expect(reward).toBe({ pass: 1, 'harness-error': null }[verdict as string] ?? 0);
      expect(next, 'the honest program after it').toBe('pass');
      expect(idle, 'the program after that, which does nothing').toBe('wrong');
    });

    test('reached nothing, wrote nothing, held nothing up', async () => {
      expect(lure.heard()).toBe(0);
      expect(await lure.written()).toEqual([]);
      expect(JSON.stringify(process.env)).toBe(environment);
      expect(heart.longestPause).toBeLessThan(longestPause);
    });
  });
}
