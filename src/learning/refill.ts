/**
 * DAPO's dynamic sampling (arXiv 2503.14476, section 3.2): code groups whose programs all
 * pass or all fail teach nothing, and others are sampled in their place, from further tasks
 * in the same order. The number of rounds is bounded; what is then still missing stays as
 * it was sampled. Tasks of the visitor's own and answers about programs are never replaced.
 */
import type { Task } from '../tasks/types.ts';
import type { GradedGroup } from './alignment-rollouts.ts';
import type { Clock } from './clock.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { Metrics } from './events.ts';
import { moments } from './moments.ts';
import { rollOut, type Plan, type RolloutContext, type TaskPositions } from './rollout-step.ts';
import { nextTasks, type PassRates } from './curriculum.ts';

export interface FilledStep {
  readonly code: readonly JudgedGroup[];
  readonly alignment: readonly GradedGroup[];
  /** Groups that others took the place of: no part of the batch. Their programs may still become records. */
  readonly replaced: readonly JudgedGroup[];
  readonly takenAfter: TaskPositions;
  /** `refill/rounds`, `refill/replaced`; empty where `code.refills` is 0. */
  readonly metrics: Metrics;
}

/** Whether a group's rewards say nothing about its programs: equal ones, or fewer than two. */
const isConstant = ({ rollouts }: JudgedGroup): boolean =>
  moments(rollouts.map(({ reward }) => reward)).constant;

/**
 * Puts groups that teach in the place of those that do not, each where it stood.
 * @param groups those of the step; only the first `count` may be replaced
 */
export function refill(
  groups: readonly JudgedGroup[],
  count: number,
  fresh: readonly JudgedGroup[],
): { readonly groups: readonly JudgedGroup[]; readonly replaced: readonly JudgedGroup[] } {
  const waiting = fresh.filter((group) => !isConstant(group));
  // A fresh group that teaches nothing takes no place, and neither does one that finds none.
  const replaced: JudgedGroup[] = fresh.filter(isConstant);
  const filled = groups.map((group, g) => {
    const next = g < count && isConstant(group) ? waiting.shift() : undefined;
    if (next === undefined) return group;
    replaced.push(group);
    return next;
  });
  return { groups: filled, replaced: [...replaced, ...waiting] };
}

/**
 * Samples a step, and further code groups while some of its own teach nothing. @param tasks training tasks
 */
export async function rollOutFilled(
  step: number,
  plan: Plan,
  clock: Clock,
  tasks: readonly Task[],
  context: RolloutContext,
  rates: PassRates = {},
): Promise<FilledStep> {
  const { config, random } = context;
  const { code, alignment } = await rollOut(step, plan, clock, context);
  const limit = config['code.refills'];
  const count = config['code.prompts'];
  let groups: readonly JudgedGroup[] = code;
  let taken = plan.takenAfter;
  const replaced: JudgedGroup[] = [];
  let rounds = 0;
  for (; rounds < limit; rounds++) {
    const missing = groups.slice(0, count).filter(isConstant).length;
    if (missing === 0) break;
    const more = nextTasks(tasks, taken.code, missing, {
      config,
      rates,
      random: random.fork('tasks').fork('code'),
    });
    taken = { ...taken, code: taken.code + missing };
    const own = { ...context, random: random.fork(`refill ${rounds}`) };
    const fresh = await rollOut(step, { tasks: more, fill: [], records: [], takenAfter: taken }, clock, own);
    const next = refill(groups, count, fresh.code);
    groups = next.groups;
    replaced.push(...next.replaced);
  }
  const metrics: Metrics = limit === 0 ? {} : { 'refill/rounds': rounds, 'refill/replaced': replaced.length };
  return { code: groups, alignment, replaced, takenAfter: taken, metrics };
}
