/**
 * Reads adapter_config.json as PEFT writes it: how strongly each module is changed,
 * and which modules there must be. What would make the adapter more than a sum of B A
 * on linear maps is refused by its field. Tensors are read by read-adapter.ts.
 */
import { isRecord } from '../../base/is-record.ts';
import { oneLine, shown } from '../../base/shown.ts';
import { CheckpointError } from '../errors.ts';

/**
 * What is said of an adapter beside its matrices. Modules are paths in the base
 * model, `model.layers.0.self_attn.q_proj`.
 */
export interface AdapterRecipe {
  /**
   * The factor on B A. @param rank of the matrices @throws CheckpointError where the recipe says another rank
   */
  scaleOf(module: string, rank: number): number;
  /** The alpha with which alpha / rank is the factor of most modules. */
  alphaAt(rank: number): number;
  /**
   * Whether the adapter has matrices for a module; null where the file alone tells (a
   * pattern of Python's, exceptions).
   */
  targets(module: string, layer: number): boolean | null;
}

/** Fields that change nothing about an adapter that is loaded to be applied or trained on. */
const WITHOUT_EFFECT = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'corda_config',
  'ensure_weight_tying',
  'eva_config',
  'exclude_modules',
  // PEFT itself sets it to false for the linear layers of all families that are read here.
  'fan_in_fan_out',
  'inference_mode',
  'layers_pattern',
  'loftq_config',
  'lora_dropout',
  'lora_ga_config',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  'task_type',
]);

/** Fields that are read below. */
const READ = new Set([
  'alpha_pattern',
  'bias',
  'init_lora_weights',
  'layers_to_transform',
  'lora_alpha',
  'peft_type',
  'r',
  'rank_pattern',
  'target_modules',
  'use_rslora',
]);

/**
 * Initial values that leave the base model as it is. Others (pissa, olora, corda,
 * loftq) change its weights, too.
 */
const PLAIN_BEGINNINGS = [true, false, 'gaussian', 'eva', 'orthogonal', null, undefined];

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const worded = (value: unknown): string => oneLine(JSON.stringify(value), 60);

/** @throws CheckpointError naming the field */
export function readPeftConfig(text: string, place: string): AdapterRecipe {
  const refuse = (
    problem: string,
    advice = 'Merge the adapter into its model with PEFT, and load that.',
  ): never => {
    throw new CheckpointError(place, problem, advice);
  };
  const config = parsed(text, place);
  const type = config['peft_type'];
  if (type !== 'LORA') refuse(`peft_type is ${shown(type)}, and LORA is what is read`);
  for (const [field, value] of Object.entries(config))
    if (!WITHOUT_EFFECT.has(field) && !READ.has(field) && !isEmpty(value))
      refuse(`${shown(field)} is ${worded(value)}, which is not applied here`);
  if ((config['bias'] ?? 'none') !== 'none')
    refuse(`bias is ${shown(config['bias'])}, and biases are not adapted here`);
  const beginning = config['init_lora_weights'];
  if (!PLAIN_BEGINNINGS.includes(beginning as never))
    refuse(`init_lora_weights is ${shown(beginning)}, which changes the base model as well`);

  const positive = (value: unknown, field: string): number =>
    typeof value === 'number' && value > 0 && value < Infinity
      ? value
      : refuse(`${field} is ${shown(value)}, not a positive number`, 'Use the file as PEFT wrote it.');
  const [rank, alpha] = [positive(config['r'], 'r'), positive(config['lora_alpha'], 'lora_alpha')];
  const isRooted = config['use_rslora'] === true;
  const scaleOf = (alpha: number, rank: number): number => alpha / (isRooted ? Math.sqrt(rank) : rank);
  const ranks = patterns(config['rank_pattern'], 'rank_pattern', place);
  const alphas = patterns(config['alpha_pattern'], 'alpha_pattern', place);
  return {
    scaleOf(module, held) {
      const own = ranks(module) ?? rank;
      if (own !== held)
        throw new CheckpointError(place, `${module} is of rank ${own} by it, its matrices are of ${held}`);
      return scaleOf(alphas(module) ?? alpha, own);
    },
    alphaAt: (most) => (most === rank && !isRooted ? alpha : scaleOf(alpha, rank) * most),
    targets: targetsOf(config, place),
  };
}

function parsed(text: string, place: string): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(text);
    if (isRecord(config)) return config;
  } catch {
    // Said below.
  }
  throw new CheckpointError(place, 'it is not a JSON object');
}

function targetsOf(config: Record<string, unknown>, place: string): AdapterRecipe['targets'] {
  const { target_modules: modules, layers_to_transform: layers, exclude_modules: except } = config;
  const isList = Array.isArray(modules) && modules.every((module) => typeof module === 'string');
  if (!isList && typeof modules !== 'string')
    throw new CheckpointError(place, `target_modules is ${shown(modules)}, not a list of names`);
  const chosen = layers === null || layers === undefined ? null : Array.isArray(layers) ? layers : [layers];
  if (!(chosen ?? []).every((layer) => Number.isInteger(layer)))
    throw new CheckpointError(place, `layers_to_transform is ${shown(layers)}, not a list of layers`);
  const isAll = modules === 'all-linear';
  return (module, layer) => {
    if ((!isList && !isAll) || !isEmpty(except)) return null;
    if (chosen && !chosen.includes(layer)) return false;
    return isAll || (modules as string[]).some((name) => module === name || module.endsWith(`.${name}`));
  };
}

/**
 * Names with values of their own, as PEFT looks them up: the first whose expression
 * matches the end of a module's path, after a point. The expressions are Python's.
 * Those that mean the same here and cannot run long are taken, others are refused.
 */
function patterns(value: unknown, field: string, place: string): (module: string) => number | undefined {
  if (isEmpty(value)) return () => undefined;
  if (typeof value !== 'object')
    throw new CheckpointError(place, `${field} is ${shown(value)}, not an object`);
  const rules = Object.entries(value as object).map(([key, number]: [string, unknown]) => {
    if (!(typeof number === 'number' && number > 0 && number < Infinity))
      throw new CheckpointError(
        place,
        `${field} of ${shown(key)} is ${shown(number)}, not a positive number`,
      );
    return { expression: expressionOf(key, field, place), number };
  });
  return (module) => rules.find(({ expression }) => expression.test(module))?.number;
}

/**
 * Letters, points, digits, classes and groups without repetition, and at most two
 * repetitions of one character.
 */
const SIMPLE = /^(?:[\w.^$|()-]|\\[.d]|\[[\w-]+\]|(?:\\d|\.|\[[\w-]+\])[+*])*$/;

function expressionOf(key: string, field: string, place: string): RegExp {
  const repetitions = key.match(/[+*]/g)?.length ?? 0;
  if (key.length <= 200 && SIMPLE.test(key) && repetitions <= 2 && !key.includes('(?')) {
    try {
      return new RegExp(`^(?:.*\\.)?(?:${key})$`);
    } catch {
      // An expression that is none; said below.
    }
  }
  throw new CheckpointError(
    place,
    `${field} has ${shown(key)}, an expression that is not read here`,
    'Name the modules one by one.',
  );
}
