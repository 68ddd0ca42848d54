/**
 * What of a run's settings another trainer does not have. There is a sentence where a difference deserves
 * words, and a list of all settings that neither a sentence nor a value speaks of. It writes no
 * configuration. What TRL and verl do was read in TRL 1.16 (trl/trainer/grpo_trainer.py) and verl 0.9.1
 * (verl/trainer/ppo/core_algos.py, verl.workers.utils.losses).
 */
import { withoutEffect } from '../../learning/effects.ts';
import { objectiveOf } from '../../learning/objectives/index.ts';
import { CONFIG_KEYS, hasCreditWithin, type Config, type ConfigKey } from '../../learning/config.ts';

/** Added to the standard deviation: a constant there. */
const TRL_EPS = 1e-4;
const VERL_EPS = 1e-6;

/**
 * Estimators that TRL has, or that have a sentence of their own below; of any other
 * it is said that TRL has it not.
 */
const IN_TRL: readonly string[] = ['grpo', 'dr-grpo', 'rloo', 'reinforce++', 'reinforce++-baseline', 'gdpo'];

/** What of the run's settings TRL's GRPOTrainer does not have, a sentence each. */
export function lostInTrl(config: Config): readonly string[] {
  const say = sentences();
  const [estimator, normalisation] = [config['advantage.estimator'], config['loss.normalisation']];
  const { hasAlignment, isOwn } = shape(config);
  shared(config, say, 'TRL');
  say(
    normalisation === 'per-kind',
    hasAlignment
      ? `loss.normalisation per-kind${isOwn ? '' : ` with weight ${config['alignment.weight']}`}; loss_type dapo averages over the tokens of both kinds together.`
      : 'loss.normalisation per-kind; with one kind, loss_type dapo is the same but for constantGroups.',
  );
  say(
    config['loss.constantGroups'] === 'drop' && normalisation !== 'constant',
    'loss.constantGroups drop; TRL counts the tokens of groups with equal rewards.',
  );
  say(estimator === 'rloo', 'advantage.estimator rloo; use RLOOTrainer instead.');
  say(estimator === 'reinforce++', 'advantage.estimator reinforce++; TRL has no trainer for it.');
  say(
    !IN_TRL.includes(estimator),
    `advantage.estimator ${estimator}; TRL's GRPOTrainer has the group's mean as its baseline and keeps every rollout.`,
  );
  say(
    estimator === 'reinforce++-baseline',
    'advantage.estimator reinforce++-baseline; scale_rewards batch is near it, but divides by the deviation of the rewards before their group mean is taken off, over both kinds.',
  );
  say(
    estimator === 'gdpo' && hasAlignment,
    'advantage.estimator gdpo by part of an answer and whitened by kind; TRL normalises trace_reward as one function and whitens both kinds together.',
  );
  say(
    usesEps(config) && config['advantage.eps'] !== TRL_EPS,
    `advantage.eps ${config['advantage.eps']}; TRL's is ${TRL_EPS}.`,
  );
  const objective = config['loss.objective'];
  say(
    objective === 'cispo' && normalisation !== 'token-mean',
    `loss.normalisation ${normalisation} beside cispo, which TRL averages over all tokens.`,
  );
  say(
    objective === 'sapo' && normalisation !== 'sequence-mean',
    `loss.normalisation ${normalisation} beside sapo, which TRL averages over sequences.`,
  );
  uneven(config, say, 'gradient_accumulation_steps is rounded');
  say(
    objective === 'ppo' &&
      config['loss.dualClip'] > 0 &&
      config['loss.dualClip'] <= 1 + config['loss.clipHigh'],
    `loss.dualClip ${config['loss.dualClip']} within the clip range; TRL's delta bounds the ratio, which is the same only above 1 + epsilon_high.`,
  );
  say(
    config['kl.coefficient'] > 0 && config['kl.in'] === 'loss' && config['kl.estimator'] !== 'k3',
    `kl.estimator ${config['kl.estimator']}; TRL uses k3.`,
  );
  say(
    config['kl.coefficient'] > 0 && config['kl.in'] === 'reward',
    `kl.in reward (coefficient ${config['kl.coefficient']}, ${config['kl.estimator']}); TRL's GRPOTrainer has a KL term in the loss alone, and here there is none.`,
  );
  say(
    config['entropy.quantile'] < 1 && hasAlignment,
    'entropy.quantile kind by kind; TRL has one threshold for all tokens of a batch.',
  );
  say(
    config['sampling.correction'] !== 'none',
    'sampling.correction; TRL corrects where vLLM samples (use_vllm), and not where transformers does.',
  );
  say(
    config['entropy.coefficient'] > 0,
    `the weights of entropy.coefficient; TRL (from the version on that has entropy_coef) averages the entropy over the tokens of the batch.`,
  );
  return say.all;
}

/** What of the run's settings verl's PPO trainer does not have, a sentence each. */
export function lostInVerl(config: Config): readonly string[] {
  const say = sentences();
  const [estimator, normalisation] = [config['advantage.estimator'], config['loss.normalisation']];
  const { hasAlignment, isOwn } = shape(config);
  shared(config, say, 'verl');
  say(
    normalisation === 'per-kind',
    hasAlignment
      ? `loss.normalisation per-kind${isOwn ? '' : ` with weight ${config['alignment.weight']}`}; token-mean averages over the tokens of both kinds together.`
      : 'loss.normalisation per-kind; with one kind, token-mean is the same but for constantGroups.',
  );
  say(
    config['loss.constantGroups'] === 'drop' && normalisation !== 'constant',
    'loss.constantGroups drop; verl counts the tokens of groups with equal rewards.',
  );
  const objective = config['loss.objective'];
  say(
    objective === 'sapo' && normalisation !== 'sequence-mean',
    `loss.normalisation ${normalisation} beside sapo, which verl averages over sequences.`,
  );
  uneven(config, say, 'ppo_mini_batch_size is rounded');
  say(
    config['loss.truncated'] === 'mask',
    'loss.truncated mask; verl trains on completions cut at the budget.',
  );
  say(
    estimator === 'gdpo',
    'advantage.estimator gdpo; verl’s own wants every component of every answer under one list of names, so that grpo is used: it normalises the whole reward within the group and whitens nothing.',
  );
  say(
    estimator === 'reinforce',
    'advantage.estimator reinforce; verl has no running baseline, rloo is used.',
  );
  say(
    estimator === 'pass@k',
    'advantage.estimator pass@k; grpo_passk gives the best rollout of a group its lead over the second, and the others nothing.',
  );
  say(estimator === 'gfpo', 'advantage.estimator gfpo; grpo keeps every rollout of a group.');
  say(
    estimator === 'gae',
    'the value head of gae, linear on the policy’s hidden states, one for each kind; verl’s critic is a whole model for both, with critic.* of its own.',
  );
  say(
    estimator === 'reinforce++' || estimator === 'reinforce++-baseline',
    `advantage.estimator ${estimator} by kind, every rollout once; verl whitens both kinds together, every token once.`,
  );
  say(
    usesEps(config) && config['advantage.eps'] !== VERL_EPS,
    `advantage.eps ${config['advantage.eps']}; verl's is ${VERL_EPS}.`,
  );
  say(
    config['optimizer.decay'] > 0,
    `optimizer.decay ${config['optimizer.decay']}; the rate is constant here.`,
  );
  return say.all;
}

const NAMES = {
  TRL: { generations: 'num_generations', budget: 'max_completion_length', objective: 'trl' },
  verl: { generations: 'rollout.n', budget: 'max_response_length', objective: 'verl' },
} as const;

/** What neither of them has, and an objective that the one lacks. */
function shared(config: Config, say: Sentences, trainer: keyof typeof NAMES): void {
  const { generations, budget, objective } = NAMES[trainer];
  const name = config['loss.objective'];
  say(
    objectiveOf(name).elsewhere[objective] === null && withoutEffect('loss.objective', config).length === 0,
    `loss.objective ${name}; ${trainer} lacks it, its clipped loss is used.`,
  );
  const { hasAlignment, isOwn } = shape(config);
  say(
    hasAlignment && config['alignment.fill'] === 'nothing',
    'alignment.fill nothing; a batch there has one size, and a task stands where the buffer has no question yet.',
  );
  say(
    hasAlignment && hasCreditWithin(config['alignment.reward']),
    'credit within an answer; its reward, the longest right prefix, goes to the whole answer.',
  );
  say(
    hasAlignment && config['alignment.groupSize'] !== config['code.groupSize'],
    `alignment groups had ${config['alignment.groupSize']} rollouts; there is one ${generations}.`,
  );
  say(
    hasAlignment && config['alignment.maxNewTokens'] !== config['code.maxNewTokens'],
    `budgets of ${config['code.maxNewTokens']} tokens for code and ${config['alignment.maxNewTokens']} for answers; there is one ${budget}.`,
  );
  say(
    isOwn,
    `alignment.optimizer own, rates 1 to ${config['alignment.weight']}; the rows of a step make one update.`,
  );
  say(config['advantage.clip'] > 0, `advantage.clip ${config['advantage.clip']}.`);
  say(
    config['kl.coefficient'] > 0 && config['kl.on'] !== 'all',
    `kl.on ${config['kl.on']}; the KL term holds every row.`,
  );
}

/** Mini-batches of equal size are all that there is elsewhere. */
function uneven(config: Config, say: Sentences, rounded: string): void {
  const count = config['loss.miniBatches'];
  const prompts = config['code.prompts'] + config['alignment.prompts'];
  say(
    count > 1,
    `the groups of a mini-batch are dealt out by kind, those that teach first; there a batch is cut as it comes${prompts % count === 0 ? '' : `, and ${rounded}: ${count} do not divide ${prompts} prompts`}.`,
  );
}

interface Sentences {
  (applies: boolean, sentence: string): void;
  readonly all: readonly string[];
}

function sentences(): Sentences {
  const all: string[] = [];
  const say = (applies: boolean, sentence: string): void => {
    if (applies) all.push(sentence);
  };
  return Object.assign(say, { all });
}

function shape(config: Config): { readonly hasAlignment: boolean; readonly isOwn: boolean } {
  const hasAlignment = config['alignment.prompts'] > 0;
  return { hasAlignment, isOwn: hasAlignment && config['alignment.optimizer'] === 'own' };
}

/** Estimators that divide by nothing have no use for it. */
const usesEps = (config: Config): boolean => withoutEffect('advantage.eps', config).length === 0;

/** Keys that the sentences above speak of wherever they matter. */
const SAID = [
  'alignment.groupSize',
  'alignment.fill',
  'code.maxNewTokens',
  'alignment.maxNewTokens',
  'advantage.estimator',
  'advantage.eps',
  'advantage.clip',
  'loss.objective',
  'loss.normalisation',
  'loss.constantGroups',
  'loss.truncated',
  'kl.on',
  'kl.estimator',
  'kl.in',
  'optimizer.decay',
] as const satisfies readonly ConfigKey[];

/**
 * The settings of a run that an export passes on in no form, `key=value`, a line per
 * section. What the run never read, or what had no effect under its other settings, is left out.
 * @param carried keys that the export's values, rows or own sentences carry whole
 */
export function unspoken(config: Config, carried: readonly ConfigKey[]): readonly string[] {
  const { hasAlignment, isOwn } = shape(config);
  const spoken = new Set<ConfigKey>([...SAID, ...carried, 'alignment.optimizer']);
  // Under an optimizer or a normalisation of its own the weight is in a sentence; elsewhere nothing reads it.
  if (isOwn || config['loss.normalisation'] === 'per-kind') spoken.add('alignment.weight');
  const read = (key: ConfigKey): boolean =>
    (hasAlignment || !/^(alignment|records)\./.test(key)) &&
    !spoken.has(key) &&
    withoutEffect(key, config).length === 0;
  const bySection = new Map<string, string[]>();
  for (const key of CONFIG_KEYS.filter(read)) {
    const section = key.slice(0, key.indexOf('.'));
    bySection.set(section, [...(bySection.get(section) ?? []), `${key}=${config[key]}`]);
  }
  return [...bySection.values()].map((settings) => settings.join(', '));
}
