/**
 * Which example of a recording can be followed from a prompt to a lesson: a group of programs
 * of which some pass and some fail, and a later group of answers about one that failed, of
 * which some are right and some wrong, so that both teach. Pure; it asks no model.
 */
import type { AlignmentGroup, CodeGroup, TrainerEvent } from '../learning/events.ts';

/** Where the example stands in a log. */
export interface StoryPlace {
  readonly taskId: string;
  /** Step of the programs, and which of them is followed. */
  readonly written: { readonly step: number; readonly rollout: number };
  /** Step of the answers, and the id of the record that they are about. */
  readonly asked: { readonly step: number; readonly record: string };
  /**
   * What the update pushed each token of each answer by; absent where answers have
   * one advantage for all their tokens.
   */
  readonly tokenAdvantages?: readonly (readonly number[])[];
}

export interface StoryCandidate extends StoryPlace {
  readonly code: CodeGroup;
  readonly alignment: AlignmentGroup;
}

const LONGEST_PROGRAM = 230;
const FEWEST_LINES = 4;
const MOST_LINES = 18;
/** Below this no answer is said to be pushed. */
const FELT = 0.02;

/** How many of a group's programs pass. */
export const passedOf = ({ rollouts }: CodeGroup): number =>
  rollouts.filter(({ verdict }) => verdict === 'pass').length;

/** Some of its programs pass and some do not. */
export const isMixed = (group: CodeGroup): boolean =>
  passedOf(group) > 0 && passedOf(group) < group.rollouts.length;

/** Programs of both outcomes whose advantages push both ways. */
export function teachesByTests(group: CodeGroup): boolean {
  return isMixed(group) && pushesBothWays(group.rollouts);
}

/** Answers of which some are right in every value and some are not, and whose advantages push both ways. */
export function teachesByTraces({ rollouts }: AlignmentGroup): boolean {
  const right = rollouts.filter(isRight).length;
  return right > 0 && right < rollouts.length && pushesBothWays(rollouts);
}

const isRight = ({ malformed, variables }: AlignmentGroup['rollouts'][number]): boolean =>
  malformed === null && variables.every((variable) => variable.right);

const pushesBothWays = (rollouts: readonly { readonly advantage: number }[]): boolean =>
  rollouts.some(({ advantage }) => advantage >= FELT) && rollouts.some(({ advantage }) => advantage <= -FELT);

/** Lines of a trajectory that ran, of its text form. */
export const executedLines = (answer: string): number =>
  answer.split('<ans>', 1)[0]?.match(/<L\d+>/g)?.length ?? 0;

/** Every example of a log that teaches twice and is short enough to be read, in the order of the log. */
export function storyCandidates(events: readonly TrainerEvent[]): readonly StoryCandidate[] {
  const written = new Map<string, { step: number; group: CodeGroup }>();
  const found: StoryCandidate[] = [];
  for (const event of events) {
    if (event.type !== 'rollouts') continue;
    for (const group of event.groups) {
      if (group.kind === 'code') {
        written.set(`${event.step} ${group.taskId}`, { step: event.step, group });
        continue;
      }
      const { record } = group;
      const from = written.get(`${record.bornAt} ${record.taskId}`);
      if (from === undefined || !teachesByTests(from.group) || !teachesByTraces(group)) continue;
      const rollout = from.group.rollouts.findIndex(
        ({ completion, verdict, failed }) =>
          verdict === 'wrong' && failed !== undefined && record.program.endsWith(completion),
      );
      const lines = executedLines(record.answer);
      const isShort = from.group.rollouts.every(
        ({ completion, finish }) => finish === 'eos' && completion.length <= LONGEST_PROGRAM,
      );
      if (rollout < 0 || !isShort || lines < FEWEST_LINES || lines > MOST_LINES) continue;
      found.push({
        taskId: record.taskId,
        written: { step: from.step, rollout },
        asked: { step: event.step, record: record.id },
        code: from.group,
        alignment: group,
      });
    }
  }
  return found;
}

/**
 * How good an example is to read, the best first: a loop of about nine executed
 * lines, early in the run, each task once. Of equals the earlier one.
 */
export function byReading(candidates: readonly StoryCandidate[]): readonly StoryCandidate[] {
  const score = ({ alignment, asked }: StoryCandidate): number => {
    const lines = executedLines(alignment.record.answer);
    const isLoop = /\n\s+(for|while)\b/.test(alignment.record.program);
    return (isLoop ? 2 : 0) - Math.abs(lines - 9) / 4 - asked.step / 60;
  };
  const seen = new Set<string>();
  return [...candidates]
    .sort((a, b) => score(b) - score(a))
    .filter(({ taskId }) => !seen.has(taskId) && seen.add(taskId));
}
