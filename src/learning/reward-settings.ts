/**
 * The settings of reward functions of one's own: which functions a source has, and the weights of all
 * rewards of a program. It reads texts and runs nothing (custom-rewards.ts does).
 */

/** Rewards that have functions here; a function of one's own cannot have such a name. */
const BUILT_IN_REWARDS: readonly string[] = ['tests_reward', 'trace_reward', 'soft_overlong_punishment'];

interface RewardSettings {
  readonly 'reward.functions': string;
  readonly 'reward.weights': string;
}

/** Names of the functions at the top of a source that end in `_reward`, in their order. */
export const functionNames = (source: string): readonly string[] => [
  ...new Set([...source.matchAll(/^def (\w*_reward)\s*\(/gm)].map(([, name]) => name!)),
];

/** By name; one that is not named has weight 1. What is malformed was refused by `rewardProblem`. */
export function rewardWeights(config: RewardSettings): Readonly<Record<string, number>> {
  return Object.fromEntries(
    config['reward.weights']
      .split(/\s+/)
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at), Number(part.slice(at + 1))];
      }),
  );
}

/** What is wrong with the two settings, and with which; null: nothing. */
export function rewardProblem(
  config: RewardSettings,
): { readonly key: keyof RewardSettings; readonly message: string } | null {
  const source = config['reward.functions'];
  const names = functionNames(source);
  if (source !== '' && names.length === 0)
    return {
      key: 'reward.functions',
      message: 'has no function: there is no "def NAME_reward(" at the beginning of a line',
    };
  const taken = names.find((name) => BUILT_IN_REWARDS.includes(name));
  if (taken !== undefined)
    return { key: 'reward.functions', message: `defines ${taken}, a reward that is here already` };
  for (const part of config['reward.weights'].split(/\s+/)) {
    if (part === '') continue;
    const [, name, number] = /^(\w+)=(.+)$/.exec(part) ?? [];
    const weight = Number(number ?? Number.NaN);
    if (name === undefined || !Number.isFinite(weight) || Math.abs(weight) > 1e6)
      return { key: 'reward.weights', message: `is NAME=NUMBER, parted by blanks; "${part}" is not` };
    if (name !== 'tests_reward' && !names.includes(name))
      return {
        key: 'reward.weights',
        message: `names ${name}; there is ${['tests_reward', ...names].join(', ')}`,
      };
  }
  return null;
}
