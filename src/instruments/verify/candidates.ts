/**
 * Candidates for self-verification: programs that a policy writes for tasks with visible tests, judged on
 * all tests. What an executor thinks of them is in predictions.ts.
 */
import { sampleCode, type JudgedGroup, type JudgedRollout } from '../../learning/code-rollouts.ts';
import type { Config } from '../../learning/config.ts';
import type { Random } from '../../base/random.ts';
import type { Policy } from '../../policy/types.ts';
import type { Sandbox } from '../../sandbox/types.ts';
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

export interface CandidateOptions {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly trusted?: Sandbox | undefined;
  readonly config: Config;
  /** Candidates per task. */
  readonly n: number;
  /** `base` writes without the adapter. */
  readonly adapter?: 'current' | 'base';
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Only tasks with visible calls and their results can be verified before the tests are run. */
export const canVerify = ({ visible, check, stdin }: Task): boolean =>
  visible.length > 0 && check === undefined && stdin === undefined;

/** At temperature 1, judged on visible and hidden tests. */
export async function writeCandidates(
  tasks: readonly Task[],
  { policy, sandbox, trusted, config, n, adapter = 'current', random, signal }: CandidateOptions,
): Promise<WrittenTask[]> {
  const settings = {
    groupSize: n,
    temperature: 1,
    adapter,
    maxNewTokens: config['code.maxNewTokens'],
    extraction: config['code.extraction'],
    style: config['prompt.style'],
    sandbox,
    trusted,
    signal,
  };
  return (await sampleCode(policy, tasks, settings, random.fork('samples'))).map(candidatesOf);
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
