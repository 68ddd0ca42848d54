/**
 * An example for recordings of RLVR, whose policy was never asked in training what its failed programs
 * compute. It was asked beside the log, at a few steps (src/experiment/moments.ts). The example has the
 * form of a group of answers; these answers earned nothing and pushed nothing. Null where there is none.
 */
import type { MomentProgram, Moments } from '../../experiment/moments.ts';
import { executedLines, teachesByTests } from '../../experiment/story.ts';
import type { Prediction } from '../../learning/asked.ts';
import type { AlignmentGroup, CodeGroup, TrainerEvent } from '../../learning/events.ts';
import type { CarriedExample } from './carried.ts';

const MOST_LINES = 18;

const isRight = ({ malformed, variables }: Prediction): boolean =>
  malformed === null && variables.every(({ right }) => right);

/** A wrong program of the log that was asked about: it, its group, and its question. */
interface Found {
  readonly step: number;
  readonly index: number;
  readonly group: CodeGroup;
  readonly rollout: number;
  readonly asked: MomentProgram;
}

export function askedExample(events: readonly TrainerEvent[], moments: Moments): CarriedExample | null {
  const found = best(candidates(events, moments));
  if (found === null) return null;
  const { step, index, group, rollout, asked } = found;
  return {
    code: { step, index, group },
    rollout,
    trace: {
      step: moments.steps.at(-1) ?? 0,
      index: 0,
      group: groupOf(asked, step),
      origin: { step, rollout: group.rollouts[rollout]!, prompt: group.prompt },
    },
    tokenAdvantages: null,
    isOnlyAsked: true,
  };
}

/** Mixed groups of the log that hold a program that was asked about, where some last answers are wrong. */
function candidates(events: readonly TrainerEvent[], { programs }: Moments): readonly Found[] {
  const byTask = new Map<string, MomentProgram[]>();
  for (const asked of programs) {
    const last = asked.answers.at(-1) ?? [];
    const readable = last.some((answer) => answer.malformed === null && !isRight(answer));
    const lines = executedLines(asked.answer);
    if (!readable || lines === 0 || lines > MOST_LINES) continue;
    byTask.set(asked.taskId, [...(byTask.get(asked.taskId) ?? []), asked]);
  }
  return events.flatMap((event): Found[] => {
    if (event.type !== 'rollouts') return [];
    return event.groups.flatMap((group, index): Found[] => {
      if (group.kind !== 'code' || !teachesByTests(group)) return [];
      return (byTask.get(group.taskId) ?? []).flatMap((asked) => {
        const rollout = group.rollouts.findIndex(
          ({ completion, verdict, failed }) =>
            verdict === 'wrong' && failed !== undefined && asked.program.endsWith(completion),
        );
        return rollout < 0 ? [] : [{ step: event.step, index, group, rollout, asked }];
      });
    });
  });
}

/** A loop of about nine executed lines, answers of both kinds, early in the run; of equals the first. */
function best(found: readonly Found[]): Found | null {
  const score = ({ asked, step, group }: Found): number => {
    const right = (asked.answers.at(-1) ?? []).filter(isRight).length;
    const isLoop = /\n\s+(for|while)\b/.test(asked.program);
    const hasTokens = group.rollouts.every(({ tokens }) => tokens.length > 0);
    const distance = Math.abs(executedLines(asked.answer) - 9) / 4;
    return (isLoop ? 2 : 0) + (right > 0 ? 1 : 0) + (hasTokens ? 2 : 0) - distance - step / 60;
  };
  return found.reduce<Found | null>(
    (chosen, next) => (chosen === null || score(next) > score(chosen) ? next : chosen),
    null,
  );
}

function groupOf(asked: MomentProgram, bornAt: number): AlignmentGroup {
  const answers = asked.answers.at(-1) ?? [];
  const { taskId, program, entryPoint, args, prompt, answer } = asked;
  const variables = (answers[0]?.variables ?? []).map(({ name, truth }) => ({
    name,
    value: truth,
    // Where it was defined last is in the trajectory alone.
    line: 0,
    step: 0,
  }));
  return {
    kind: 'alignment',
    record: { id: taskId, taskId, bornAt, program, entryPoint, args, variables, answer, prompt },
    rollouts: answers.map(({ completion, malformed, variables: said }) => ({
      completion,
      tokens: [],
      logProbs: [],
      finish: 'eos' as const,
      malformed,
      variables: said,
      reward: null,
      rewards: {},
      advantage: 0,
    })),
  };
}
