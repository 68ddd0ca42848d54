/**
 * A run as a folder for verl: the loop itself (the package tracewise_rl) as dataset and reward manager,
 * tasks as rows, the launch command, and the run's rollouts as verl's own dumps. verl samples and trains
 * in its own way; what it cannot express is said in NOT-CARRIED.md and in the command's comments.
 */
import readme from '#raw/experiment/export/tracewise_rl/verl.md';
import type { Config, ConfigKey } from '../../learning/config.ts';
import { objectiveOf } from '../../learning/objectives/index.ts';
import { targetModules } from '../../policy/families/family.ts';
import { llama } from '../../policy/families/llama.ts';
import type { Task } from '../../tasks/types.ts';
import { LOOP_KEYS, loopFiles, loopTasks, notCarried } from './loop-files.ts';
import { lostInVerl, unspoken } from './lost.ts';
import { generationRows } from './parquet-tables.ts';
import { writeJsonLines, type RunData } from './run-data.ts';
import { trlRow } from './trl.ts';

/** To be started in the folder that holds them: `sh launch.sh`. @throws ExportError */
export function verlFiles(run: RunData, tasks: readonly Task[]): ReadonlyMap<string, string> {
  const { train, heldout } = loopTasks(run, tasks);
  const rows = (list: readonly Task[]): string =>
    writeJsonLines(list.map((task) => trlRow(task, run.config)));
  return new Map([
    ['README.md', readme],
    ['launch.sh', launch(run, heldout.length > 0)],
    ['train.jsonl', rows(train)],
    ...(heldout.length > 0
      ? [['heldout.jsonl', rows(heldout.slice(0, run.config['eval.tasks']))] as const]
      : []),
    ['NOT-CARRIED.md', notCarried('verl', lostInVerl(run.config), unspoken(run.config, CARRIED))],
    ...loopFiles(run.config),
    ...rolloutDumps(run),
  ]);
}

/** Rollouts by step under the names of verl's viewer: `rollouts/{step}.jsonl`. */
function rolloutDumps({ events }: RunData): readonly (readonly [string, string])[] {
  return events.flatMap((event) =>
    event.type === 'rollouts'
      ? [
          [
            `rollouts/${event.step}.jsonl`,
            writeJsonLines(event.groups.flatMap((group) => generationRows(group, event.step))),
          ] as const,
        ]
      : [],
  );
}

const ESTIMATORS: Readonly<Record<Config['advantage.estimator'], string>> = {
  grpo: 'grpo',
  'dr-grpo': 'grpo',
  rloo: 'rloo',
  'reinforce++': 'reinforce_plus_plus',
  'reinforce++-baseline': 'reinforce_plus_plus_baseline',
  gdpo: 'grpo',
  reinforce: 'rloo',
  remax: 'remax',
  opo: 'opo',
  'pass@k': 'grpo_passk',
  gfpo: 'grpo',
  gae: 'gae',
};
const AGGREGATIONS: Readonly<Record<Config['loss.normalisation'], string>> = {
  'per-kind': 'token-mean',
  'token-mean': 'token-mean',
  'sequence-mean': 'seq-mean-token-mean',
  constant: 'seq-mean-token-sum-norm',
};

const KL_TYPES: Readonly<Record<Config['kl.estimator'], string>> = {
  k1: 'kl',
  k2: 'mse',
  k3: 'low_var_kl',
  'k3+': 'low_var_kl+',
};
/** verl has no switch for its dual clip and a default of 3; no ratio comes near this. */
const NO_DUAL_CLIP = 1e9;

/** Keys that launch.sh or the loop hold in full; of the others a comment tells. */
const CARRIED = [
  ...LOOP_KEYS,
  'code.groupSize',
  'rollouts.temperature',
  'loss.clipLow',
  'loss.clipHigh',
  'loss.dualClip',
  'loss.objective',
  'sapo.positive',
  'sapo.negative',
  'loss.miniBatches',
  'loss.iterations',
  'kl.coefficient',
  'entropy.coefficient',
  'value.gamma',
  'value.lambda',
  'kl.in',
  'sampling.cap',
  'optimizer.learningRate',
  'optimizer.weightDecay',
  'optimizer.beta1',
  'optimizer.beta2',
  'optimizer.eps',
  'optimizer.maxGradNorm',
  'adapter.rank',
  'adapter.alpha',
  'save.every',
] as const satisfies readonly ConfigKey[];

/** Answers at most half of what a model holds, prompts no longer than this. */
const LONGEST_PROMPT = 2048;
/** Of a base model: the text itself. In quotes for the shell, and in quotes for Hydra. */
const BARE_TEMPLATE = `'"{% for message in messages %}{{ message.content }}{% endfor %}"'`;

/** The command that starts verl with the run's settings, as far as verl has them. */
export function launch(
  { config, contextLength }: Pick<RunData, 'config' | 'contextLength'>,
  hasHeldout: boolean,
): string {
  const batch = config['code.prompts'] + config['alignment.prompts'];
  const hasAlignment = config['alignment.prompts'] > 0;
  const budget = Math.max(config['code.maxNewTokens'], hasAlignment ? config['alignment.maxNewTokens'] : 0);
  const objective = config['loss.objective'];
  const inReward = config['kl.in'] === 'reward' && config['kl.coefficient'] > 0;
  const [actor, model, rollout] = [
    'actor_rollout_ref.actor',
    'actor_rollout_ref.model',
    'actor_rollout_ref.rollout',
  ];
  const settings: readonly (readonly [string, string | number | boolean])[] = [
    ['algorithm.adv_estimator', ESTIMATORS[config['advantage.estimator']]],
    ['algorithm.norm_adv_by_std_in_grpo', config['advantage.estimator'] !== 'dr-grpo'],
    ...(config['advantage.estimator'] === 'gae'
      ? ([
          ['algorithm.gamma', config['value.gamma']],
          ['algorithm.lam', config['value.lambda']],
          ['critic.model.path', '"$MODEL"'],
        ] as const)
      : []),
    ['data.train_files', '"$PWD/train.jsonl"'],
    ['data.val_files', hasHeldout ? '"$PWD/heldout.jsonl"' : '"$PWD/train.jsonl"'],
    ['data.custom_cls.path', 'pkg://tracewise_rl.verl'],
    ['data.custom_cls.name', 'CodeRLDataset'],
    ['data.shuffle', false],
    ['data.dataloader_num_workers', 0],
    ['data.train_batch_size', batch],
    ['data.max_prompt_length', Math.min(LONGEST_PROMPT, Math.max(1, contextLength - budget))],
    ['data.max_response_length', budget],
    ['data.seed', config.seed],
    [`${model}.path`, '"$MODEL"'],
    ...(config['prompt.style'] === 'completion'
      ? ([[`${model}.custom_chat_template`, BARE_TEMPLATE]] as const)
      : []),
    [`${model}.lora_rank`, config['adapter.rank']],
    [`${model}.lora_alpha`, config['adapter.alpha']],
    // In quotes: brackets and braces mean something to the shell.
    [`${model}.target_modules`, `"[${targetModules(llama).join(',')}]"`],
    [`${actor}.optim.lr`, config['optimizer.learningRate']],
    [`${actor}.optim.betas`, `"[${config['optimizer.beta1']},${config['optimizer.beta2']}]"`],
    [`${actor}.optim.weight_decay`, config['optimizer.weightDecay']],
    [`${actor}.optim.override_optimizer_config`, `"{eps: ${config['optimizer.eps']}}"`],
    [`${actor}.ppo_mini_batch_size`, Math.max(1, Math.round(batch / config['loss.miniBatches']))],
    [`${actor}.ppo_micro_batch_size_per_gpu`, '"$MICRO"'],
    [`${actor}.ppo_epochs`, config['loss.iterations']],
    [`${actor}.policy_loss.loss_mode`, objectiveOf(objective).elsewhere.verl ?? 'vanilla'],
    ...(objective === 'sapo'
      ? ([
          [`${actor}.tau_pos`, config['sapo.positive']],
          [`${actor}.tau_neg`, config['sapo.negative']],
        ] as const)
      : []),
    // Its cispo cuts ratios from below as well; at 1 - 1 none is.
    [`${actor}.clip_ratio_low`, objective === 'cispo' ? 1 : config['loss.clipLow']],
    [`${actor}.clip_ratio_high`, config['loss.clipHigh']],
    [`${actor}.clip_ratio_c`, config['loss.dualClip'] || NO_DUAL_CLIP],
    [`${actor}.loss_agg_mode`, AGGREGATIONS[config['loss.normalisation']]],
    ...(config['loss.normalisation'] === 'constant'
      ? ([[`${actor}.loss_scale_factor`, budget]] as const)
      : []),
    [`${actor}.grad_clip`, config['optimizer.maxGradNorm']],
    [`${actor}.entropy_coeff`, config['entropy.coefficient']],
    ...(inReward
      ? ([
          ['algorithm.use_kl_in_reward', true],
          ['algorithm.kl_penalty', KL_TYPES[config['kl.estimator']]],
          ['algorithm.kl_ctrl.kl_coef', config['kl.coefficient']],
        ] as const)
      : []),
    ...(config['sampling.correction'].endsWith('truncate')
      ? ([
          ['algorithm.rollout_correction.rollout_is', config['sampling.correction'].split('-')[0]!],
          ['algorithm.rollout_correction.rollout_is_threshold', config['sampling.cap']],
          [`${rollout}.calculate_log_probs`, true],
        ] as const)
      : []),
    [`${actor}.use_kl_loss`, config['kl.coefficient'] > 0 && !inReward],
    [`${actor}.kl_loss_coef`, config['kl.coefficient']],
    [`${actor}.kl_loss_type`, KL_TYPES[config['kl.estimator']]],
    ['actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu', '"$MICRO"'],
    [`${rollout}.name`, '"$ENGINE"'],
    [`${rollout}.n`, config['code.groupSize']],
    [`${rollout}.temperature`, config['rollouts.temperature']],
    [`${rollout}.tensor_model_parallel_size`, 1],
    [`${rollout}.log_prob_micro_batch_size_per_gpu`, '"$MICRO"'],
    // With an adapter the engine needs the base's weights themselves.
    [`${rollout}.load_format`, 'safetensors'],
    ['reward.reward_manager.source', 'importlib'],
    ['reward.reward_manager.name', 'CodeRLRewardManager'],
    ['reward.reward_manager.module.path', 'pkg://tracewise_rl.verl'],
    ['trainer.n_gpus_per_node', '"$GPUS"'],
    ['trainer.nnodes', '"$MACHINES"'],
    ['trainer.total_training_steps', config.steps],
    ['trainer.total_epochs', 1],
    ['trainer.val_before_train', hasHeldout && config['eval.baseline']],
    ['trainer.test_freq', hasHeldout && config['eval.every'] > 0 ? config['eval.every'] : -1],
    ['trainer.save_freq', config['save.every'] > 0 ? config['save.every'] : -1],
    ['trainer.default_local_dir', '"$PWD/trained"'],
    // By default verl asks for an account with W&B.
    ['trainer.logger', '"[console,tensorboard]"'],
    ['trainer.project_name', 'tracewise'],
    ['trainer.experiment_name', 'coderl-plus'],
  ];
  return [
    '#!/bin/sh',
    '# For verl: sh launch.sh, in this folder. README.md says what to set before.',
    ...lostInVerl(config).map((sentence) => `# Not carried over: ${sentence}`),
    ...unspoken(config, CARRIED).map((line) => `# Not carried over, of this engine: ${line}`),
    'cd "$(dirname "$0")" || exit 1',
    'MODEL=${MODEL:-$PWD/model} GPUS=${GPUS:-1} MACHINES=${MACHINES:-1} MICRO=${MICRO:-8} ENGINE=${ENGINE:-vllm}',
    '[ -d adapter ] && set -- "actor_rollout_ref.model.lora_adapter_path=$PWD/adapter" "$@"',
    'export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"',
    'exec python3 -m verl.trainer.main_ppo \\',
    `${settings.map(([key, value]) => `  ${key}=${shown(value)}`).join(' \\\n')} "$@"`,
    '',
  ].join('\n');
}

/** As Hydra reads it. */
const shown = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
