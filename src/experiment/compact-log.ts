/**
 * Makes a run log small: decides what of each step is kept. Only rollouts are touched. Verdicts,
 * rewards, advantages and every metric stay as they were, so that curves are the run's own.
 */
import type { Group, TrainerEvent } from '../learning/events.ts';
import type { Compaction } from './recorded.ts';

/** What the page never shows of a log, or shows more coarsely. */
export function compactLog(events: readonly TrainerEvent[], how: Compaction): readonly TrainerEvent[] {
  return events.map((event) => {
    if (event.type !== 'rollouts') return event;
    const hasTokens = how.tokenSteps === null || how.tokenSteps.includes(event.step);
    const groups = hasTokens ? event.groups : fewest(event.groups, how.groupsPerKind).map(withoutTokens);
    return { ...event, groups: groups.map((group) => rounded(group, how.logProbDecimals)) };
  });
}

function fewest(groups: readonly Group[], perKind: number | null): readonly Group[] {
  if (perKind === null) return groups;
  const seen = { code: 0, alignment: 0 };
  return groups.filter(({ kind }) => seen[kind]++ < perKind);
}

/** Changes every rollout of a group alike, whichever kind it is. */
function mapRollouts(
  group: Group,
  change: (rollout: Group['rollouts'][number]) => Pick<Group['rollouts'][number], 'tokens' | 'logProbs'>,
): Group {
  const rollouts = group.rollouts.map((rollout) => ({ ...rollout, ...change(rollout) }));
  return { ...group, rollouts } as Group;
}

const withoutTokens = (group: Group): Group => mapRollouts(group, () => ({ tokens: [], logProbs: [] }));

const rounded = (group: Group, decimals: number): Group =>
  mapRollouts(group, ({ tokens, logProbs }) => ({
    tokens,
    // `+ 0` turns -0 into 0: shorter, and the same number.
    logProbs: logProbs.map((p) => Number(p.toFixed(decimals)) + 0),
  }));

/** The sidecar's times back where the trainer said them: after the step or the evaluation they belong to. */
export function withTimes(
  events: readonly TrainerEvent[],
  times: readonly TrainerEvent[],
): readonly TrainerEvent[] {
  const left = times.filter((event) => event.type === 'timing');
  return events.flatMap((event): readonly TrainerEvent[] => {
    if (event.type !== 'step-finished' && event.type !== 'evaluation') return [event];
    const isOfStep = event.type === 'step-finished';
    const at = left.findIndex(
      ({ step, seconds }) => step === event.step && 'step_time' in seconds === isOfStep,
    );
    return at < 0 ? [event] : [event, ...left.splice(at, 1)];
  });
}

/** Steps that keep their tokens when `count` of `steps` may: the first, the last, and evenly between. */
export function spread(steps: number, count: number): readonly number[] {
  if (count >= steps) return Array.from({ length: steps }, (_, i) => i + 1);
  if (count <= 1) return steps > 0 && count === 1 ? [1] : [];
  const at = Array.from({ length: count }, (_, i) => 1 + Math.round((i * (steps - 1)) / (count - 1)));
  return [...new Set(at)];
}
