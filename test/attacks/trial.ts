/**
 * Runs one attack the way a rollout is run and judged, and an honest program after
 * it. It knows no test framework.
 */
import { judge } from '../../src/learning/judge.ts';
import { codeReward } from '../../src/learning/rewards.ts';
import type { Verdict } from '../../src/learning/events.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { Task } from '../../src/tasks/types.ts';
import type { Attack } from './attack.ts';

export interface Trial {
  readonly verdict: Verdict;
  readonly reward: number | null;
  /** What was shown of the first failed call. */
  readonly got: string;
  /** Verdict on the honest program that ran next. */
  readonly next: Verdict;
  /** Verdict on the program after that, which does nothing. */
  readonly idle: Verdict;
}

const task: Task = {
  id: 'attacked',
  description: 'sum of the numbers below n',
  prompt: '',
  entryPoint: 'f',
  visible: [{ args: '3', expected: '3' }],
  hidden: [
    { args: '10', expected: '45' },
    { args: '0', expected: '0' },
  ],
  split: 'train',
  tags: [],
};
const check =
  'def check(candidate):\n    assert candidate(3) == 3\n    for n in (10, 0):\n        assert candidate(n) == sum(range(n))\n';
const honest = 'def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total';

/** Generous where only a wrong outcome would need them: the machine may be busy. */
const limits = { steps: 20_000, callMs: 30_000, jobMs: 60_000 };

export async function tryOut(
  attack: Attack,
  pools: { readonly sandbox: Sandbox; readonly trusted: Sandbox },
): Promise<Trial> {
  const options = { ...pools, extraction: 'continuation' } as const;
  const judged = await judge(attack.byCheck === true ? { ...task, check } : task, attack.code, {
    ...options,
    limits: { ...limits, ...attack.limits },
  });
  const next = await judge(task, honest, { ...options, limits });
  const idle = await judge(task, 'def f(n):\n    pass', { ...options, limits });
  return {
    verdict: judged.verdict,
    reward: codeReward(judged.verdict),
    got: judged.failed?.got ?? '',
    next: next.verdict,
    idle: idle.verdict,
  };
}
