/**
 * Tries reward functions on one program before a run takes them: the solution of a training task, or an
 * empty program where no task brings one. It changes nothing.
 */
import { judgeGroups } from '../learning/code-rollouts.ts';
import { ConfigError, createConfig, type Config } from '../learning/config.ts';
import { customRewards, RewardFunctionError } from '../learning/custom-rewards.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';

export interface CheckedRewards {
  /** Id of the task whose solution was rewarded; null where nothing ran. */
  readonly task: string | null;
  /** What each function said of it. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** In Python's or the settings' own words; null: nothing is wrong, but there may be no task. */
  readonly problem: string | null;
}

export async function checkRewards(
  settings: Pick<Config, 'reward.functions' | 'reward.weights'>,
  {
    config,
    tasks,
    sandbox,
    trusted,
  }: {
    readonly config: Config;
    readonly tasks: readonly Task[];
    readonly sandbox: Sandbox;
    readonly trusted?: Sandbox | undefined;
  },
): Promise<CheckedRewards> {
  const failed = (problem: string): CheckedRewards => ({ task: null, rewards: {}, problem });
  const task = tasks.find(({ solution, split }) => split === 'train' && solution !== undefined) ?? tasks[0];
  if (task === undefined) return { task: null, rewards: {}, problem: null };
  const text = task.solution ?? '\n    pass\n';
  const rollout = { text, tokens: [], logProbs: [], finish: 'eos', promptTokens: [] } as const;
  try {
    const own = createConfig(config, settings);
    const judged = await judgeGroups([task], [[rollout]], { sandbox, trusted, extraction: 'continuation' });
    const { groups, problems } = await customRewards(judged, { sandbox, config: own });
    const rewards = groups[0]!.rollouts[0]!.parts ?? {};
    return { task: task.id, rewards, problem: problems[0] ?? null };
  } catch (error) {
    if (error instanceof ConfigError || error instanceof RewardFunctionError) return failed(error.message);
    throw error;
  }
}
