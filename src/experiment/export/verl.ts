/**
 * A run as files for verl: rows with the reference implementation's data source for alignment, a reward file, the launch command,
 * and the run's rollouts as verl's own dumps. Prompts are written for chat models, since verl applies a chat template to every
 * prompt.
 */
import toParquet from '#raw/experiment/export/to_parquet.py';
import type { Config } from '../../learning/config.ts';
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';
import { jsonFormat } from '../../tasks/alignment/json.ts';
import { returnName } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';
import { rewardsSource } from './rewards.ts';
import { askedPrompts, jsonLines, type AskedPrompt, type RunData } from './run-data.ts';
import { lost, testsOf } from './trl.ts';

export const CODE_SOURCE = 'tracewise_code';
/** The name under which the CodeRL+ reference implementation grades predicted values. */
export const ALIGNMENT_SOURCE = 'exec_semantics_align';

/** @throws ExportError */
export function verlFiles(run: RunData, tasks: readonly Task[]): ReadonlyMap<string, string> {
  const rows = askedPrompts(run, tasks).map((asked, index) => verlRow(asked, index, run.config));
  return new Map([
    ['train.jsonl', jsonLines(rows)],
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
            jsonLines(event.groups.flatMap((group) => dump(group, event.step))),
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
};
const AGGREGATIONS: Readonly<Record<Config['loss.normalisation'], string>> = {
  'per-kind': 'token-mean',
  'token-mean': 'token-mean',
  'sequence-mean': 'seq-mean-token-mean',
  constant: 'seq-mean-token-sum-norm',
};

/** The command that starts verl with the run's settings, as far as verl has them. */
export function launch(config: Config): string {
  const batch = config['code.prompts'] + config['alignment.prompts'];
  const settings: readonly (readonly [string, string | number | boolean])[] = [
    ['algorithm.adv_estimator', ESTIMATORS[config['advantage.estimator']]],
    ['algorithm.norm_adv_by_std_in_grpo', config['advantage.estimator'] !== 'dr-grpo'],
    ['data.train_files', 'train.parquet'],
    ['data.val_files', 'train.parquet'],
    ['data.train_batch_size', batch],
    ['data.max_response_length', Math.max(config['code.maxNewTokens'], config['alignment.maxNewTokens'])],
    ['actor_rollout_ref.model.path', '"$MODEL"'],
    ['actor_rollout_ref.model.lora_rank', config['adapter.rank']],
    ['actor_rollout_ref.model.lora_alpha', config['adapter.alpha']],
    ['actor_rollout_ref.actor.optim.lr', config['optimizer.learningRate']],
    ['actor_rollout_ref.actor.ppo_mini_batch_size', batch],
    ['actor_rollout_ref.actor.ppo_epochs', config['loss.iterations']],
    ['actor_rollout_ref.actor.clip_ratio_low', config['loss.clipLow']],
    ['actor_rollout_ref.actor.clip_ratio_high', config['loss.clipHigh']],
    ...(config['loss.dualClip'] > 0
      ? ([['actor_rollout_ref.actor.clip_ratio_c', config['loss.dualClip']]] as const)
      : []),
    ['actor_rollout_ref.actor.loss_agg_mode', AGGREGATIONS[config['loss.normalisation']]],
    ['actor_rollout_ref.actor.grad_clip', config['optimizer.maxGradNorm']],
    ['actor_rollout_ref.actor.entropy_coeff', config['entropy.coefficient']],
    ['actor_rollout_ref.actor.use_kl_loss', config['kl.coefficient'] > 0],
    ['actor_rollout_ref.actor.kl_loss_coef', config['kl.coefficient']],
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
    ...lost(config)
      .filter((sentence) => !/TRL|dapo|entropy/.test(sentence))
      .map((sentence) => `# Not carried over: ${sentence}`),
    ...(config['optimizer.decay'] > 0
      ? [`# Not carried over: optimizer.decay ${config['optimizer.decay']}; the rate is constant here.`]
      : []),
    'exec python3 -m verl.trainer.main_ppo \\',
    settings.map(([key, value]) => `  ${key}=${shown(value)}`).join(' \\\n'),
    '',
  ].join('\n');
}

/** As Hydra reads it. */
const shown = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
