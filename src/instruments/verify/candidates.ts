/**
 * Candidates for self-verification: programs that a policy writes for tasks with visible tests, judged on
 * all tests. What an executor thinks of them is in predictions.ts.
 */
import {
  sampleCodeAt,
  type CodeSampler,
  type JudgedGroup,
  type JudgedRollout,
} from '../../learning/code-rollouts.ts';
import type { Task } from '../../tasks/types.ts';

export interface WrittenCandidate {
  /** Null where the completion holds no program. */
  readonly program: string | null;
  readonly passes: boolean;
  readonly logProb: number;
  /** By visible test: whether it really gives what is expected. */
  readonly shown: readonly boolean[];
}

export interface WrittenTask {
  readonly task: Task;
  readonly candidates: readonly WrittenCandidate[];
}

/** Only tasks with visible calls and their results can be verified before the tests are run. */
export const canVerify = ({ visible, check, stdin }: Task): boolean =>
  visible.length > 0 && check === undefined && stdin === undefined;

/** At temperature 1, judged on visible and hidden tests. @param n candidates per task */
export async function writeCandidates(
  tasks: readonly Task[],
  sampler: CodeSampler,
  n: number,
): Promise<WrittenTask[]> {
  return (await sampleCodeAt(tasks, sampler, { groupSize: n, temperature: 1 })).map(candidatesOf);
}

/** What is known of a group's programs; those without a verdict are no candidates. */
export function candidatesOf({ task, rollouts }: JudgedGroup): WrittenTask {
  return { task, candidates: rollouts.flatMap((rollout) => candidateOf(task, rollout) ?? []) };
}

function candidateOf(task: Task, rollout: JudgedRollout): WrittenCandidate | null {
  const { reward, program, failing, logProbs } = rollout;
  if (reward === null) return null;
  const failed = new Set(failing.map(({ args }) => args));
  return {
    program,
    passes: reward === 1,
    logProb: logProbs.reduce((sum, logProb) => sum + logProb, 0),
    shown: task.visible.map(({ args }) => program !== null && !failed.has(args)),
  };
}
