/**
 * In which order tasks are put to the policy: shuffled, short ones first, or those that teach most by their
 * pass rates so far; and which are put again. All of it is a function of the seed, the step and what the
 * run has seen, so that a saved run goes on alike. It judges nothing.
 */
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { Config } from './config.ts';
import { takeInOrder } from './task-order.ts';

/** Programs of a task that passed, and all that were judged, by task id. */
export type PassRates = Readonly<Record<string, readonly [passed: number, judged: number]>>;

export interface TaskChoice {
  readonly config: Pick<Config, 'tasks.order' | 'tasks.replay'>;
  readonly rates: PassRates;
  readonly random: Random;
}

/** Whether a run has to remember how tasks went. */
export const remembersRates = (config: Config): boolean =>
  config['tasks.order'] === 'pass-rate' || config['tasks.replay'] > 0;

/** p (1 - p), the variance of a program's reward, with one pass and one failure more than were seen. */
export function learnability(seen: PassRates[string] | undefined): number {
  const [passed, judged] = seen ?? [0, 0];
  const rate = (passed + 1) / (judged + 2);
  return rate * (1 - rate);
}

/** Characters that a right program needs; of a task without a solution, those that describe it. */
const lengthOf = ({ solution, prompt }: Task): number => (solution ?? prompt).length;

/** Further tasks in the order of the settings. @param position tasks taken before */
export function nextTasks(
  tasks: readonly Task[],
  position: number,
  count: number,
  { config, rates, random }: TaskChoice,
): Task[] {
  switch (config['tasks.order']) {
    case 'shuffled':
      return takeInOrder(tasks, position, count, random);
    case 'length': {
      const sorted = random
        .fork('equal')
        .shuffle(tasks)
        .sort((a, b) => lengthOf(a) - lengthOf(b));
      return Array.from({ length: count }, (_, i) => sorted[(position + i) % sorted.length]!);
    }
    case 'pass-rate': {
      const chosen = weighted(tasks, rates, random.fork(`at ${position}`)).slice(0, count);
      // A set smaller than a step is gone through again.
      return Array.from({ length: count }, (_, i) => chosen[i % chosen.length]!);
    }
  }
}

/**
 * Tasks of a step: those put again, in the place of as many new ones, stand last.
 * @param taken tasks taken in order before
 */
export function chooseTasks(
  step: number,
  tasks: readonly Task[],
  taken: number,
  count: number,
  { config, rates, random }: TaskChoice,
): { readonly chosen: readonly Task[]; readonly taken: number } {
  const fresh = (wanted: number) => nextTasks(tasks, taken, wanted, { config, rates, random });
  const wanted = Math.min(config['tasks.replay'], count);
  if (wanted === 0) return { chosen: fresh(count), taken: count };
  // What always passed has nothing left to teach.
  const known = tasks.filter(({ id }) => {
    const [passed, judged] = rates[id] ?? [0, 0];
    return judged > 0 && passed < judged;
  });
  const again = weighted(known, rates, random.fork(`replay ${step}`)).slice(0, wanted);
  const first = fresh(count - again.length);
  return { chosen: [...first, ...again], taken: first.length };
}

/**
 * All tasks in a random order in which those with more learnability tend to stand first: drawn one
 * after another without replacement, each by its weight (Efraimidis and Spirakis 2006).
 */
function weighted(tasks: readonly Task[], rates: PassRates, random: Random): Task[] {
  return tasks
    .map((task) => ({
      task,
      key: Math.log(Math.max(1e-12, random.fork(task.id).next())) / learnability(rates[task.id]),
    }))
    .sort((a, b) => b.key - a.key)
    .map(({ task }) => task);
}

/** The rates with a step's programs. Those without a verdict do not count. */
export function countRates(before: PassRates, groups: readonly JudgedGroup[]): PassRates {
  const after: Record<string, readonly [number, number]> = { ...before };
  for (const { task, rollouts } of groups) {
    const known = rollouts.filter(({ verdict }) => verdict !== 'harness-error');
    const [passed, judged] = after[task.id] ?? [0, 0];
    const now = known.filter(({ verdict }) => verdict === 'pass').length;
    after[task.id] = [passed + now, judged + known.length];
  }
  return after;
}
