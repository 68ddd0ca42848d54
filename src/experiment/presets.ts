/**
 * Named configurations, each a layer on the defaults. A preset says what an experiment
 * is about; it holds no code. The pair `rlvr` / `coderl-plus` gives both arms equal
 * code rollouts; the `-equal-total` pair gives both equally many rollouts in all.
 */
import {
  ConfigError,
  createConfig,
  diff,
  type Config,
  type ConfigKey,
  type ConfigOverrides,
  type ConfigValue,
} from '../learning/config.ts';

export interface Preset {
  readonly title: string;
  /** One sentence for the interface. */
  readonly about: string;
  readonly overrides: ConfigOverrides;
}

/** The last updates leave a policy where they happen to; smaller ones settle. */
const settling: ConfigOverrides = { 'optimizer.decay': 0.4 };

const alignment: ConfigOverrides = {
  ...settling,
  'alignment.prompts': 16,
  'alignment.groupSize': 8,
  'alignment.format': 'trace',
  // The first wrong token alone is blamed, not the faithful rest of its line. The prior gives
  // unanimous groups an advantage too; what that is worth in expectation is in src/learning/credit.ts.
  'alignment.reward': 'token',
  'alignment.prior': 2,
  // With moments of its own a quarter of the rate is enough for execution, and disturbs the code least.
  'alignment.optimizer': 'own',
  'alignment.weight': 0.25,
  'records.source': 'failed',
  'loss.normalisation': 'per-kind',
};

/**
 * The algorithms that the paper shows its method with.
 * Batches and rates are this site's; a batch makes two updates, so that bounds on the ratio act.
 */
const twoUpdates: ConfigOverrides = { ...settling, 'loss.miniBatches': 2 };
const GRPO: ConfigOverrides = {
  ...twoUpdates,
  'advantage.estimator': 'grpo',
  'loss.normalisation': 'sequence-mean',
  'loss.constantGroups': 'keep',
  // k3 with the coefficient of the CodeRL+ reference code; GRPO's own paper has .04.
  'kl.coefficient': 0.001,
};
const REINFORCE_PLUS_PLUS: ConfigOverrides = {
  ...twoUpdates,
  'advantage.estimator': 'reinforce++',
  'loss.normalisation': 'token-mean',
  'loss.constantGroups': 'keep',
};
const PPO: ConfigOverrides = {
  ...twoUpdates,
  'advantage.estimator': 'gae',
  'loss.normalisation': 'token-mean',
  'loss.constantGroups': 'keep',
  // Where PPO for language models has it (arXiv 2203.02155), with the reference code's coefficient.
  'kl.in': 'reward',
  'kl.estimator': 'k1',
  'kl.coefficient': 0.001,
};
const DAPO: ConfigOverrides = {
  ...twoUpdates,
  'advantage.estimator': 'grpo',
  'loss.normalisation': 'token-mean',
  'loss.constantGroups': 'drop',
  'loss.clipHigh': 0.28,
  'code.refills': 3,
  // A fifth of the budget, as 4096 of 20480 tokens in the paper.
  'code.overlongCache': 19,
};
/** Answers about own programs on top, with the loss of the algorithm for both kinds. */
const withAlignment = (algorithm: ConfigOverrides): ConfigOverrides => ({ ...alignment, ...algorithm });

export const PRESETS = {
  rlvr: {
    title: 'RLVR',
    about: 'Rewards from tests alone.',
    overrides: { ...settling, 'alignment.prompts': 0 },
  },
  'coderl-plus': {
    title: 'CodeRL+',
    about: 'The same code rollouts, and on top of them as many answers about own failed programs.',
    overrides: alignment,
  },
  'rlvr-equal-total': {
    title: 'RLVR, equal total',
    about: 'Rewards from tests alone with as many rollouts as CodeRL+ has in all.',
    overrides: { ...settling, 'code.prompts': 32, 'alignment.prompts': 0 },
  },
  'coderl-plus-equal-total': {
    title: 'CodeRL+, equal total',
    about: 'CodeRL+ whose empty alignment slots are filled with code prompts: as many in every step.',
    overrides: { ...alignment, 'alignment.fill': 'code' },
  },
  grpo: {
    title: 'GRPO',
    about: 'Rewards from tests alone, normalised in the group; a mean over sequences and a KL term.',
    overrides: GRPO,
  },
  'grpo-coderl-plus': {
    title: 'GRPO with CodeRL+',
    about: 'GRPO, and on top of its code rollouts answers about own failed programs.',
    overrides: withAlignment(GRPO),
  },
  ppo: {
    title: 'PPO',
    about: 'Rewards from tests alone; a value head says what each token was worth, and KL is in the reward.',
    overrides: PPO,
  },
  'ppo-coderl-plus': {
    title: 'PPO with CodeRL+',
    about: 'PPO, and on top of its code rollouts answers about own failed programs.',
    overrides: withAlignment(PPO),
  },
  'reinforce++': {
    title: 'REINFORCE++',
    about: 'Rewards from tests alone, whitened over the batch; a mean over tokens.',
    overrides: REINFORCE_PLUS_PLUS,
  },
  'reinforce++-coderl-plus': {
    title: 'REINFORCE++ with CodeRL+',
    about: 'REINFORCE++, and on top of its code rollouts answers about own failed programs.',
    overrides: withAlignment(REINFORCE_PLUS_PLUS),
  },
  dapo: {
    title: 'DAPO',
    about: 'Clip-higher, a mean over tokens, refilled groups and a soft punishment of overlong programs.',
    overrides: DAPO,
  },
  'dapo-coderl-plus': {
    title: 'DAPO with CodeRL+',
    about: 'DAPO, and on top of its code rollouts answers about own failed programs.',
    overrides: withAlignment(DAPO),
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export class UnknownPresetError extends ConfigError {
  constructor(name: string) {
    super(`Unknown preset "${name}"; there are ${Object.keys(PRESETS).join(', ')}.`, 'preset');
  }
}

/** The configuration of a preset with further layers on it. @throws UnknownPresetError, ConfigError */
export function presetConfig(name: string, ...layers: readonly ConfigOverrides[]): Config {
  if (!Object.hasOwn(PRESETS, name)) throw new UnknownPresetError(name);
  return createConfig(PRESETS[name as PresetName].overrides, ...layers);
}

/**
 * Half the prompts of a preset, in its proportions of code and alignment, for models
 * that take long over a rollout.
 */
export function halfThePrompts(name: PresetName): ConfigOverrides {
  const { 'code.prompts': code, 'alignment.prompts': alignment } = presetConfig(name);
  return { 'code.prompts': code / 2, 'alignment.prompts': alignment / 2 };
}

export interface Nearest {
  readonly name: PresetName;
  /** What the configuration changes of it. */
  readonly changes: readonly {
    readonly key: ConfigKey;
    readonly from: ConfigValue;
    readonly to: ConfigValue;
  }[];
}

/** The preset that a configuration differs from in the fewest settings; the first of equals. */
export function nearestPreset(config: Config): Nearest {
  const all = (Object.keys(PRESETS) as PresetName[]).map((name): Nearest => {
    return { name, changes: diff(config, presetConfig(name)) };
  });
  return all.reduce((best, next) => (next.changes.length < best.changes.length ? next : best));
}
