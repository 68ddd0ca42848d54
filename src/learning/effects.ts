/**
 * Which settings have no effect under the others, and which others see to that. One
 * table for the command line and the page. It changes nothing and refuses nothing: a
 * setting without effect is kept for when it has one.
 */
import { ESTIMATOR_READS } from './advantages.ts';
import { hasCreditWithin, type Config, type ConfigKey } from './config.ts';
import { OBJECTIVES, objectiveOf, type Objective } from './objectives/index.ts';

/** Keys, and what in a configuration keeps all of them from having an effect; an empty list: nothing does. */
type Rule = readonly [keys: readonly ConfigKey[], by: (config: Config) => readonly ConfigKey[]];

const when = (applies: boolean, ...by: ConfigKey[]): readonly ConfigKey[] => (applies ? by : []);

/** Settings that some objectives alone read, and those that some estimators alone read. */
const objectives: readonly Objective[] = Object.values(OBJECTIVES);
const OBJECTIVE_KEYS = [...new Set(objectives.flatMap(({ reads }) => reads))];
const estimatorReads: Readonly<Record<Config['advantage.estimator'], readonly ConfigKey[]>> = ESTIMATOR_READS;
const ESTIMATOR_KEYS = [...new Set(Object.values(estimatorReads).flat())];

const RULES: readonly Rule[] = [
  // One update on a batch: the policy has not moved, and every ratio is 1.
  [
    ['loss.objective', ...OBJECTIVE_KEYS],
    (config) =>
      when(
        config['loss.miniBatches'] === 1 && config['loss.iterations'] === 1,
        'loss.miniBatches',
        'loss.iterations',
      ),
  ],
  ...OBJECTIVE_KEYS.map((key): Rule => [
    [key],
    (config) => when(!objectiveOf(config['loss.objective']).reads.includes(key), 'loss.objective'),
  ]),
  [['code.overlongPenalty'], (config) => when(config['code.overlongCache'] === 0, 'code.overlongCache')],
  [['kl.on', 'kl.estimator', 'kl.in'], (config) => when(config['kl.coefficient'] === 0, 'kl.coefficient')],
  [['entropy.step'], (config) => when(config['entropy.target'] === 0, 'entropy.target')],
  [['sampling.cap'], (config) => when(config['sampling.correction'] === 'none', 'sampling.correction')],
  [
    ['loss.constantGroups'],
    // Dr.GRPO divides by all rollouts, whatever was left out of them.
    (config) => when(config['loss.normalisation'] === 'constant', 'loss.normalisation'),
  ],
  [
    [
      'alignment.groupSize',
      'alignment.fill',
      'alignment.rightLines',
      'alignment.prior',
      'alignment.weight',
      'alignment.optimizer',
      'gdpo.variables',
      'gdpo.returned',
      'gdpo.trajectory',
    ],
    (config) => when(config['alignment.prompts'] === 0, 'alignment.prompts'),
  ],
  [
    ['alignment.rightLines', 'alignment.prior'],
    (config) => when(!hasCreditWithin(config['alignment.reward']), 'alignment.reward'),
  ],
  [
    ['alignment.weight'],
    (config) =>
      when(
        config['alignment.optimizer'] === 'shared' && config['loss.normalisation'] !== 'per-kind',
        'alignment.optimizer',
        'loss.normalisation',
      ),
  ],
  ...ESTIMATOR_KEYS.map((key): Rule => [
    [key],
    (config) =>
      when(
        !estimatorReads[config['advantage.estimator']].includes(key) &&
          // Credit within an answer has deviations of its own.
          !(
            key === 'advantage.eps' &&
            config['alignment.prompts'] > 0 &&
            hasCreditWithin(config['alignment.reward'])
          ),
        'advantage.estimator',
      ),
  ]),
];

/**
 * The settings that keep `key` from having an effect, e.g. `kl.coefficient` for `kl.on`; none: it has one.
 */
export function withoutEffect(key: ConfigKey, config: Config): readonly ConfigKey[] {
  for (const [keys, by] of RULES) {
    const found = keys.includes(key) ? by(config) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * Those settings as they stand: `loss.miniBatches=1, loss.iterations=1`. Empty: the setting has an effect.
 */
export const becauseOf = (key: ConfigKey, config: Config): string =>
  withoutEffect(key, config)
    .map((other) => `${other}=${config[other]}`)
    .join(', ');
