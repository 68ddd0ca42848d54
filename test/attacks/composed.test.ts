/**
 * A short run of the red team (scripts/attack) with a fixed seed: composed attacks
 * beside honest programs in the same interpreters. The long one is
 * `npm run attack -- --minutes N`. Each finding is printed as a program with its seed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PoolArena } from '../../scripts/attack/arena.ts';
import { Campaign, type Finding } from '../../scripts/attack/campaign.ts';
import { compose } from '../../scripts/attack/compose.ts';
import { honestTasks, taskOf } from '../../scripts/attack/honest.ts';
import { createSandbox } from '../../src/sandbox/node.ts';

const SEED = 18;
const COMPOSITIONS = 40;

let arena: PoolArena;
let pristine: PoolArena;
beforeAll(async () => {
  arena = await PoolArena.open(() => createSandbox({ workers: 1 }));
  pristine = await PoolArena.open(() => createSandbox({ workers: 1 }));
});
afterAll(() => Promise.all([arena.close(), pristine.close()]));

describe('the red team', () => {
  test('its honest programs pass where nothing attacks', async () => {
    const failed: string[] = [];
    for (const task of honestTasks) {
      for (const [i, program] of task.programs.entries()) {
        const check = task.checks[i % task.checks.length];
        for (const by of [undefined, check]) {
          const verdict = await pristine.judge(taskOf(task, by), program, 'honest');
          if (verdict !== 'pass') failed.push(`${verdict}\n${by ?? ''}\n${program}`);
        }
      }
    }
    expect(failed).toEqual([]);
  });

  test('composes the same from the same seed, and others from another', () => {
    const drawn = (seed: number) => Array.from({ length: 200 }, (_, i) => compose(seed, i).program);
    expect(drawn(SEED)).toEqual(drawn(SEED));
    expect(new Set([...drawn(SEED), ...drawn(SEED + 1)]).size).toBeGreaterThan(390);
  });

  test(`${COMPOSITIONS} compositions: nobody is rewarded who should not be, nobody honest loses`, async () => {
    const findings: Finding[] = [];
    const campaign = new Campaign(arena, pristine, (finding) => findings.push(finding));
    for (let number = 0; number < COMPOSITIONS; number++) await campaign.round(SEED, number);
    expect(findings).toEqual([]);
    expect(campaign.counts.compositions).toBe(COMPOSITIONS);
    expect(campaign.counts.honest).toBe(2 * COMPOSITIONS);
  });
});
