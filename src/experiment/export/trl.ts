/**
 * A run as a folder for TRL: the loop itself (the package tracewise_rl), tasks as rows for `datasets`,
 * and a configuration for `trl grpo --config`. TRL's trainer differs from this one. What it cannot
 * express is said in NOT-CARRIED.md and in the configuration's comments, and not left out in silence.
 */
import loopModule from '#raw/experiment/export/tracewise_rl/follow.py';
import readme from '#raw/experiment/export/tracewise_rl/trl.md';
import type { Config, ConfigKey } from '../../learning/config.ts';
import { AS_NORMALISED, objectiveOf } from '../../learning/objectives/index.ts';
import { functionNames, rewardWeights } from '../../learning/reward-settings.ts';
import { continuedPrompt } from '../../learning/prompts.ts';
import { targetModules } from '../../policy/families/family.ts';
import { llama } from '../../policy/families/llama.ts';
import type { Task } from '../../tasks/types.ts';
import { LOOP_KEYS, loopFiles, loopTasks, notCarried } from './loop-files.ts';
import { lostInTrl, unspoken } from './lost.ts';
import { writeJsonLines, type RunData } from './run-data.ts';

/**
 * A row of train.jsonl. Every value is a text: nested ones are JSON, because mixed
 * types do not fit an Arrow column. Questions about programs have such rows too; the loop makes them.
 */
export interface TrlRow {
  /** As it is continued; for a model that chats the loop makes a message of it. */
  readonly prompt: string;
  readonly task_id: string;
  readonly entry_point: string;
  /** JSON: `[{args, expected}]`, or `{check}` for a test program. */
  readonly tests: string;
  readonly kind: 'codegen' | 'exec_align';
  /** JSON: how to grade. */
  readonly ground_truth: string;
}

/** To be started in the folder that holds them: `trl grpo --config grpo.yaml`. @throws ExportError */
export function trlFiles(run: RunData, tasks: readonly Task[]): ReadonlyMap<string, string> {
  const { train } = loopTasks(run, tasks);
  const rows = train.map((task) => trlRow(task, run.config));
  // TRL leaves out a batch that it cannot fill. The loop takes each task once, however often it stands here.
  const least = run.config['code.prompts'] + run.config['alignment.prompts'];
  const enough = Array.from({ length: Math.max(rows.length, least) }, (_, i) => rows[i % rows.length]!);
  return new Map([
    ['README.md', readme],
    ['grpo.yaml', grpoYaml(run)],
    ['loop.py', loopModule],
    ['export/train.jsonl', writeJsonLines(enough)],
    ['NOT-CARRIED.md', notCarried('TRL', lostInTrl(run.config), unspoken(run.config, CARRIED))],
    ...loopFiles(run.config),
  ]);
}

export const trlRow = (task: Task, config: Config): TrlRow => ({
  prompt: continuedPrompt(task),
  task_id: task.id,
  entry_point: task.entryPoint,
  tests: JSON.stringify(testsOf(task)),
  kind: 'codegen',
  ground_truth: JSON.stringify({ extraction: config['code.extraction'] }),
});

/** As rewards.py reads them: a list of examples, compared strictly, or an object that says another way. */
export function testsOf(
  task: Task,
):
  | { readonly check: string }
  | { readonly equality: 'python'; readonly tests: Task['visible'] }
  | Task['visible'] {
  if (task.check !== undefined) return { check: task.check };
  const tests = [...task.visible, ...task.hidden];
  return task.equality === undefined ? tests : { equality: task.equality, tests };
}

/** What is nearest under TRL's names; lost.ts says where it is not the same. */
const LOSS_TYPES: Readonly<Record<Config['loss.normalisation'], string>> = {
  'per-kind': 'dapo',
  'token-mean': 'dapo',
  'sequence-mean': 'grpo',
  constant: 'dr_grpo',
};
const SCALES: Readonly<Record<Config['advantage.estimator'], 'group' | 'batch' | 'none'>> = {
  grpo: 'group',
  'dr-grpo': 'none',
  rloo: 'none',
  'reinforce++': 'batch',
  'reinforce++-baseline': 'batch',
  // normalize_then_sum does not read it.
  gdpo: 'group',
  reinforce: 'none',
  remax: 'none',
  opo: 'none',
  'pass@k': 'group',
  gfpo: 'group',
  gae: 'batch',
};

/** No coefficient comes near it. */
const NO_BOUND = 1e9;

/** Of an objective that TRL lacks it is the clipped loss's. */
function lossType(config: Config): string {
  const { trl } = objectiveOf(config['loss.objective']).elsewhere;
  return trl === null || trl === AS_NORMALISED ? LOSS_TYPES[config['loss.normalisation']] : trl;
}

/** Keys that grpo.yaml or the loop hold in full; of the others a comment tells. */
const CARRIED = [
  ...LOOP_KEYS,
  'steps',
  'code.groupSize',
  'rollouts.temperature',
  'loss.clipLow',
  'loss.clipHigh',
  'loss.dualClip',
  'sapo.positive',
  'sapo.negative',
  'loss.miniBatches',
  'loss.iterations',
  'kl.coefficient',
  'entropy.coefficient',
  'entropy.quantile',
  'entropy.target',
  'entropy.step',
  'sampling.correction',
  'sampling.cap',
  'optimizer.learningRate',
  'optimizer.weightDecay',
  'optimizer.beta1',
  'optimizer.beta2',
  'optimizer.eps',
  'optimizer.maxGradNorm',
  'adapter.rank',
  'adapter.alpha',
] as const satisfies readonly ConfigKey[];

/** What transformers counts as a step is one update of the optimizer. */
const optimizerSteps = (config: Config): number =>
  config.steps * config['loss.miniBatches'] * config['loss.iterations'];

/** Under transformers' names. */
function schedule(config: Config): Readonly<Record<string, unknown>> {
  const share = config['optimizer.decay'];
  if (share === 0) return { lr_scheduler_type: 'constant' };
  if (share === 1) return { lr_scheduler_type: 'linear' };
  const kwargs = { num_decay_steps: Math.round(optimizerSteps(config) * share), decay_type: 'linear' };
  return { lr_scheduler_type: 'warmup_stable_decay', lr_scheduler_kwargs: kwargs };
}

/** @returns YAML whose values are written as JSON, which YAML contains */
function grpoYaml({ config, model }: RunData): string {
  const hasAlignment = config['alignment.prompts'] > 0;
  const prompts = config['code.prompts'] + config['alignment.prompts'];
  const objective = config['loss.objective'];
  const [own, weights] = [functionNames(config['reward.functions']), rewardWeights(config)];
  const settings: Record<string, unknown> = {
    dataset_name: './export',
    reward_funcs: [
      'loop.tests_reward',
      ...(hasAlignment ? ['loop.trace_reward'] : []),
      ...own.map((name) => `loop.${name}`),
    ],
    reward_weights: [
      weights['tests_reward'] ?? 1,
      ...(hasAlignment ? [1] : []),
      ...own.map((name) => weights[name] ?? 1),
    ],
    model_name_or_path: `./${model}`,
    output_dir: './trained',
    learning_rate: config['optimizer.learningRate'],
    num_generations: config['code.groupSize'],
    per_device_train_batch_size: config['code.groupSize'],
    gradient_accumulation_steps: Math.max(1, Math.round(prompts / config['loss.miniBatches'])),
    ...(config['loss.miniBatches'] > 1 && { steps_per_generation: prompts }),
    num_iterations: config['loss.iterations'],
    max_completion_length: Math.max(
      config['code.maxNewTokens'],
      hasAlignment ? config['alignment.maxNewTokens'] : 0,
    ),
    temperature: config['rollouts.temperature'],
    beta: config['kl.in'] === 'loss' ? config['kl.coefficient'] : 0,
    // By default TRL multiplies the KL term by the ratio, whose gradient goes along; here it stands alone.
    ...(config['kl.in'] === 'loss' && config['kl.coefficient'] > 0 && { use_bias_correction_kl: false }),
    ...(config['entropy.quantile'] < 1 && { top_entropy_quantile: config['entropy.quantile'] }),
    ...(config['sampling.correction'] !== 'none' && {
      vllm_importance_sampling_mode: config['sampling.correction'].replace('-', '_'),
      vllm_importance_sampling_clip_max: config['sampling.cap'],
    }),
    epsilon: config['loss.clipLow'],
    // Under cispo it is the largest ratio itself.
    epsilon_high: objective === 'cispo' ? 1 + config['loss.clipHigh'] : config['loss.clipHigh'],
    ...(objective === 'ppo' && config['loss.dualClip'] > 0 && { delta: config['loss.dualClip'] }),
    loss_type: lossType(config),
    importance_sampling_level: objectiveOf(objective).ratio === 'sequence' ? 'sequence' : 'token',
    ...(objective === 'sapo' && {
      sapo_temperature_pos: config['sapo.positive'],
      sapo_temperature_neg: config['sapo.negative'],
    }),
    scale_rewards: SCALES[config['advantage.estimator']],
    ...(config['advantage.estimator'] === 'gdpo' && { multi_objective_aggregation: 'normalize_then_sum' }),
    ...((config['entropy.coefficient'] > 0 || config['entropy.target'] > 0) && {
      entropy_coef: config['entropy.coefficient'],
    }),
    ...(config['entropy.target'] > 0 && {
      use_adaptive_entropy: true,
      entropy_target: config['entropy.target'],
      entropy_coef_delta: config['entropy.step'],
      // There is no upper bound here, and one of 1 there.
      entropy_coef_max: NO_BOUND,
    }),
    mask_truncated_completions: config['loss.truncated'] === 'mask',
    max_grad_norm: config['optimizer.maxGradNorm'],
    weight_decay: config['optimizer.weightDecay'],
    adam_beta1: config['optimizer.beta1'],
    adam_beta2: config['optimizer.beta2'],
    adam_epsilon: config['optimizer.eps'],
    ...schedule(config),
    max_steps: optimizerSteps(config),
    seed: config.seed,
    bf16: false,
    logging_steps: 1,
    log_completions: true,
    use_peft: true,
    lora_r: config['adapter.rank'],
    lora_alpha: config['adapter.alpha'],
    lora_dropout: 0,
    lora_target_modules: targetModules(llama),
  };
  return [
    '# For TRL: trl grpo --config grpo.yaml, started in this folder.',
    `# model_name_or_path: a folder with the base model ("tracewise export --format hf --out ${model}" writes nano's), or any other model.`,
    ...lostInTrl(config).map((sentence) => `# Not carried over: ${sentence}`),
    ...unspoken(config, CARRIED).map((settings) => `# Not carried over, of this engine: ${settings}`),
    ...(config['kl.coefficient'] > 0
      ? [
          '# With beta above 0, begin from the base model: after an imported adapter the reference is a copy of it, not the base.',
        ]
      : []),
    ...Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    '',
  ].join('\n');
}
