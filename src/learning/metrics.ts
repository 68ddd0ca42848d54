/**
 * The numbers of one step under TRL's names (the documentation of its GRPOTrainer),
 * so that logs can be laid side by side. Means are over all rollouts of the batch;
 * those over tokens are in token-metrics.ts. Nothing here depends on the clock.
 */
import type { UpdateResult } from '../policy/types.ts';
import { moments } from './advantages.ts';
import type { JudgedGroup } from './code-rollouts.ts';
import type { AlignmentGroup, CodeGroup, Group, Metrics } from './events.ts';
import { average } from './intervals.ts';
import type { LossRollout } from './normalise.ts';

/** Metrics of the rollouts, before the update. */
export function rolloutMetrics(groups: readonly Group[]): Metrics {
  const rollouts = groups.flatMap((group): readonly Group['rollouts'][number][] => group.rollouts);
  const lengths = rollouts.map((rollout) => rollout.tokens.length);
  const rewards = moments(rollouts.map((rollout) => rollout.reward));
  const isConstant = groups.map((group) => moments(group.rollouts.map(({ reward }) => reward)).constant);
  return {
    'completions/mean_length': average(lengths),
    'completions/min_length': lengths.reduce((a, b) => Math.min(a, b), lengths[0] ?? 0),
    'completions/max_length': lengths.reduce((a, b) => Math.max(a, b), 0),
    'completions/clipped_ratio': share(rollouts, ({ finish }) => finish === 'length'),
    ...(rewards.n > 0 && { reward: rewards.mean, reward_std: rewards.std }),
    frac_reward_zero_std: share(isConstant, (constant) => constant),
    ...functionMetrics(groups),
    ...codeMetrics(groups.filter((group) => group.kind === 'code')),
    ...alignmentMetrics(groups.filter((group) => group.kind === 'alignment')),
    harness_errors: rollouts.filter((rollout) => 'verdict' in rollout && rollout.verdict === 'harness-error')
      .length,
  };
}

/**
 * Tokens of prompts and completions, by which TRL counts `num_tokens`; replaced groups were sampled as well.
 */
export const sampledTokens = (
  rollouts: readonly Pick<LossRollout, 'prompt' | 'tokens'>[],
  replaced: readonly JudgedGroup[],
): number =>
  rollouts.reduce((sum, { prompt, tokens }) => sum + prompt.length + tokens.length, 0) +
  replaced
    .flatMap((group) => group.rollouts)
    .reduce((sum, { promptTokens, tokens }) => sum + promptTokens.length + tokens.length, 0);

/**
 * rewards/{function}/{mean,std}; a reward that does not apply (null) takes no part, and one that applied to
 * none of the batch has no mean (TRL: not a number).
 */
function functionMetrics(groups: readonly Group[]): Metrics {
  const byName = new Map<string, (number | null)[]>();
  for (const { rewards } of groups.flatMap((group): readonly Group['rollouts'][number][] => group.rollouts)) {
    for (const [name, value] of Object.entries(rewards)) {
      const values = byName.get(name) ?? [];
      values.push(value);
      byName.set(name, values);
    }
  }
  return Object.fromEntries(
    [...byName].flatMap(([name, values]) => {
      const { n, mean, std } = moments(values);
      if (n === 0) return [];
      return [
        [`rewards/${name}/mean`, mean],
        [`rewards/${name}/std`, std],
      ];
    }),
  );
}

/** Shares of the code groups whose rollouts all pass, some pass, none pass. */
function codeMetrics(groups: readonly CodeGroup[]): Metrics {
  if (groups.length === 0) return {};
  const passed = groups.map(({ rollouts }) =>
    average(rollouts.map(({ verdict }) => (verdict === 'pass' ? 1 : 0))),
  );
  return {
    'groups/all_pass': share(passed, (p) => p === 1),
    'groups/mixed': share(passed, (p) => p > 0 && p < 1),
    'groups/all_fail': share(passed, (p) => p === 0),
    ...divergenceMetrics(groups),
  };
}

/** Of the programs that failed, the share whose advantage is where they diverge; absent: none has such. */
function divergenceMetrics(groups: readonly CodeGroup[]): Metrics {
  const rollouts = groups.flatMap((group) => group.rollouts);
  if (rollouts.every(({ divergence }) => divergence === undefined)) return {};
  const failed = rollouts.filter(({ reward, verdict }) => reward !== null && verdict !== 'pass');
  return { 'code/diverging': share(failed, ({ divergence }) => divergence !== undefined) };
}

/** How well sampled alignment answers predict: variables right, well-formed answers. */
function alignmentMetrics(groups: readonly AlignmentGroup[]): Metrics {
  const rollouts = groups.flatMap((group) => group.rollouts);
  if (rollouts.length === 0) return {};
  const variables = rollouts.flatMap((rollout) => rollout.variables);
  return {
    'alignment/accuracy': share(variables, ({ right }) => right),
    'alignment/malformed': share(rollouts, ({ malformed }) => malformed !== null),
  };
}

/**
 * Metrics of the update's gradient; several updates on one batch are averaged. What
 * is over tokens is in token-metrics.ts.
 */
export function updateMetrics(updates: readonly UpdateResult[]): Metrics {
  return {
    loss: average(updates.map(({ loss }) => loss)),
    grad_norm: average(updates.map(({ gradNorm }) => gradNorm)),
  };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}
