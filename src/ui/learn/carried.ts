/**
 * The one example that chapters 1 to 5 carry: a prompt, the programs written for it, the
 * one that failed, and the answers about it. The recording names it, or it is found by
 * rule among those that teach. Null where there is none: then each chapter finds its own.
 */
import type { Recording } from '../../experiment/recorded.ts';
import { byReading, storyCandidates, type StoryCandidate, type StoryPlace } from '../../experiment/story.ts';
import type { AlignmentGroup, CodeGroup, TrainerEvent } from '../../learning/events.ts';
import type { FoundGroup, JudgeExample, TraceExample } from './examples.ts';

export interface CarriedExample {
  readonly code: FoundGroup<CodeGroup>;
  /** The program that is followed, among those of the group. */
  readonly rollout: number;
  readonly trace: TraceExample;
  /** What the update pushed each token of each answer by; null where the recording does not say. */
  readonly tokenAdvantages: readonly (readonly number[])[] | null;
  /** The policy was asked beside its training: the answers earned nothing. */
  readonly isOnlyAsked: boolean;
}

export function carriedExample({
  manifest,
  events,
}: Pick<Recording, 'manifest' | 'events'>): CarriedExample | null {
  const place: StoryPlace | null = manifest?.story ?? best(storyCandidates(events));
  if (place === null) return null;
  const code = groupAt(
    events,
    place.written.step,
    (group) => group.kind === 'code' && group.taskId === place.taskId,
  );
  const asked = groupAt(
    events,
    place.asked.step,
    (group) => group.kind === 'alignment' && group.record.id === place.asked.record,
  );
  if (code?.group.kind !== 'code' || asked?.group.kind !== 'alignment') return null;
  const rollout = code.group.rollouts[place.written.rollout];
  if (rollout === undefined) return null;
  return {
    code: { ...code, group: code.group },
    rollout: place.written.rollout,
    trace: {
      ...asked,
      group: asked.group,
      origin: { step: code.step, rollout, prompt: code.group.prompt },
    },
    tokenAdvantages: place.tokenAdvantages ?? null,
    isOnlyAsked: false,
  };
}

function groupAt(
  events: readonly TrainerEvent[],
  step: number,
  is: (group: CodeGroup | AlignmentGroup) => boolean,
): FoundGroup<CodeGroup | AlignmentGroup> | null {
  for (const event of events) {
    if (event.type !== 'rollouts' || event.step !== step) continue;
    const index = event.groups.findIndex(is);
    if (index >= 0) return { step, index, group: event.groups[index]! };
  }
  return null;
}

const PROGRAMS_TO_JUDGE = 3;

/** Chapter 2 with it: one program that passes, the one that is followed, and another one. */
export function judgeCarried({ code, rollout }: CarriedExample): JudgeExample {
  const { rollouts } = code.group;
  const pass = rollouts.findIndex(({ verdict }) => verdict === 'pass');
  const first = (i: number) =>
    rollouts.findIndex(({ completion }) => completion === rollouts[i]!.completion) === i;
  const taken = new Set([rollouts[pass]?.completion, rollouts[rollout]?.completion]);
  const others = rollouts.flatMap(({ completion }, i) => (first(i) && !taken.has(completion) ? [i] : []));
  const chosen = [pass, rollout, ...others].filter((i) => i >= 0).slice(0, PROGRAMS_TO_JUDGE);
  return { ...code, chosen: chosen.sort((a, b) => a - b) };
}

/**
 * Without a word of the recording: the best to read of those whose tokens were kept, else the best of all.
 */
function best(candidates: readonly StoryCandidate[]): StoryCandidate | null {
  const hasTokens = ({ alignment }: StoryCandidate) =>
    alignment.rollouts.every(({ tokens }) => tokens.length > 0);
  return byReading(candidates.filter(hasTokens))[0] ?? byReading(candidates)[0] ?? null;
}
