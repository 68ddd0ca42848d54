/**
 * A run as files for verl: rows with the reference implementation's data source for
 * alignment, a reward file, the launch command, and the run's rollouts as verl's own dumps.
 * Prompts are written for chat models, since verl applies a chat template to every prompt.
 */
import toParquet from '#raw/experiment/export/to_parquet.py';
import type { Config, ConfigKey } from '../../learning/config.ts';
import { objectiveOf } from '../../learning/objectives/index.ts';
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';
import { jsonFormat } from '../../tasks/alignment/json.ts';
import { returnName } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';
import { lostInVerl, unspoken } from './lost.ts';
import { rewardsSource } from './rewards.ts';
import { askedPrompts, writeJsonLines, type AskedPrompt, type RunData } from './run-data.ts';
import { testsOf } from './trl.ts';

export const CODE_SOURCE = 'tracewise_code';
/** The name under which the CodeRL+ reference implementation grades predicted values. */
export const ALIGNMENT_SOURCE = 'exec_semantics_align';

/** @throws ExportError */
export function verlFiles(run: RunData, tasks: readonly Task[]): ReadonlyMap<string, string> {
  const rows = askedPrompts(run, tasks).map((asked, index) => verlRow(asked, index, run.config));
  return new Map([
    ['train.jsonl', writeJsonLines(rows)],
    ['to_parquet.py', toParquet],
    ['rewards.py', rewardsSource],
    ['launch.sh', launch(run.config)],
    ...rolloutDumps(run),
  ]);
}

export function verlRow(asked: AskedPrompt, index: number, config: Config) {
  const extra_info = { split: 'train', index };
  if (asked.kind === 'codegen') {
    const { task } = asked;
    const truth = { entry_point: task.entryPoint, prompt: task.prompt, tests: testsOf(task) };
    return {
      data_source: CODE_SOURCE,
      prompt: [{ role: 'user', content: codeQuestion(task) }],
      ability: 'code',
      reward_model: { style: 'rule', ground_truth: JSON.stringify(truth) },
      extra_info,
    };
  }
  const { record } = asked;
  const named = record.variables.filter(({ name }) => name !== returnName);
  const truth = {
    input: record.args,
    expected_output: record.variables.find(({ name }) => name === returnName)?.value ?? null,
    expected_local_variable: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    code: record.program,
    grading: config['alignment.grading'],
  };
  return {
    data_source: ALIGNMENT_SOURCE,
    prompt: [{ role: 'user', content: jsonFormat.prompt(record) ?? record.prompt }],
    ability: 'code',
    reward_model: { style: 'rule', ground_truth: JSON.stringify(truth) },
    extra_info,
  };
}

const FENCE = '```';
const codeQuestion = (task: Task): string =>
  [
    'Complete this Python function. Answer with the whole function in one code block.',
    '',
    `${FENCE}python`,
    task.prompt,
    FENCE,
    '',
  ].join('\n');

/** Rollouts by step under the names of verl's viewer: `rollouts/{step}.jsonl`. */
function rolloutDumps({ events }: RunData): readonly (readonly [string, string])[] {
  return events.flatMap((event) =>
    event.type === 'rollouts'
      ? [
          [
            `rollouts/${event.step}.jsonl`,
            writeJsonLines(event.groups.flatMap((group) => dump(group, event.step))),
          ] as const,
        ]
      : [],
  );
}

function dump(group: Group, step: number) {
  const input = group.kind === 'code' ? group.prompt : group.record.prompt;
  return group.rollouts.map((rollout: CodeRollout | AlignmentRollout) => ({
    input,
    output: rollout.completion,
    gts: group.kind === 'code' ? group.taskId : group.record.answer,
    score: rollout.reward,
    step,
    verdict: 'verdict' in rollout ? rollout.verdict : (rollout.malformed ?? 'answered'),
    advantage: rollout.advantage,
  }));
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
};
const AGGREGATIONS: Readonly<Record<Config['loss.normalisation'], string>> = {
  'per-kind': 'token-mean',
  'token-mean': 'token-mean',
  'sequence-mean': 'seq-mean-token-mean',
  constant: 'seq-mean-token-sum-norm',
};

const KL_TYPES: Readonly<Record<Config['kl.estimator'], string>> = { k1: 'kl', k2: 'mse', k3: 'low_var_kl' };
/** verl has no switch for its dual clip and a default of 3; no ratio comes near this. */
const NO_DUAL_CLIP = 1e9;

/** Keys that launch.sh and the rows hold in full; of the others a comment tells. */
const CARRIED = [
  'seed',
  'steps',
  'code.groupSize',
  'rollouts.temperature',
  'alignment.format',
  'alignment.reward',
  'alignment.grading',
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
  'optimizer.learningRate',
  'optimizer.weightDecay',
  'optimizer.beta1',
  'optimizer.beta2',
  'optimizer.eps',
  'optimizer.maxGradNorm',
  'adapter.rank',
  'adapter.alpha',
] as const satisfies readonly ConfigKey[];

/** The command that starts verl with the run's settings, as far as verl has them. */
export function launch(config: Config): string {
  const batch = config['code.prompts'] + config['alignment.prompts'];
  const hasAlignment = config['alignment.prompts'] > 0;
  const budget = Math.max(config['code.maxNewTokens'], hasAlignment ? config['alignment.maxNewTokens'] : 0);
  const objective = config['loss.objective'];
  const [actor, model] = ['actor_rollout_ref.actor', 'actor_rollout_ref.model'];
  const settings: readonly (readonly [string, string | number | boolean])[] = [
    ['algorithm.adv_estimator', ESTIMATORS[config['advantage.estimator']]],
    ['algorithm.norm_adv_by_std_in_grpo', config['advantage.estimator'] !== 'dr-grpo'],
    ['data.train_files', 'train.parquet'],
    ['data.val_files', 'train.parquet'],
    ['data.train_batch_size', batch],
    ['data.max_response_length', budget],
    ['data.seed', config.seed],
    [`${model}.path`, '"$MODEL"'],
    [`${model}.lora_rank`, config['adapter.rank']],
    [`${model}.lora_alpha`, config['adapter.alpha']],
    [`${actor}.optim.lr`, config['optimizer.learningRate']],
    // In quotes: brackets and braces mean something to the shell.
    [`${actor}.optim.betas`, `"[${config['optimizer.beta1']},${config['optimizer.beta2']}]"`],
    [`${actor}.optim.weight_decay`, config['optimizer.weightDecay']],
    [`${actor}.optim.override_optimizer_config`, `"{eps: ${config['optimizer.eps']}}"`],
    [`${actor}.ppo_mini_batch_size`, Math.max(1, Math.round(batch / config['loss.miniBatches']))],
    [`${actor}.ppo_epochs`, config['loss.iterations']],
    [`${actor}.policy_loss.loss_mode`, objectiveOf(objective).elsewhere.verl],
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
    [`${actor}.use_kl_loss`, config['kl.coefficient'] > 0],
    [`${actor}.kl_loss_coef`, config['kl.coefficient']],
    [`${actor}.kl_loss_type`, KL_TYPES[config['kl.estimator']]],
    ['actor_rollout_ref.rollout.n', config['code.groupSize']],
    ['actor_rollout_ref.rollout.temperature', config['rollouts.temperature']],
    ['custom_reward_function.path', 'rewards.py'],
    ['custom_reward_function.name', 'compute_score'],
    ['trainer.total_training_steps', config.steps],
  ];
  return [
    '#!/bin/sh',
    '# For verl: MODEL=a-chat-model sh launch.sh, after python to_parquet.py. verl puts every prompt into the chat template of its model.',
    '# Held-out tasks of your own belong in data.val_files.',
    ...lostInVerl(config).map((sentence) => `# Not carried over: ${sentence}`),
    ...unspoken(config, CARRIED).map((line) => `# Not carried over, of this engine: ${line}`),
    'exec python3 -m verl.trainer.main_ppo \\',
    settings.map(([key, value]) => `  ${key}=${shown(value)}`).join(' \\\n'),
    '',
  ].join('\n');
}

/** As Hydra reads it. */
const shown = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
