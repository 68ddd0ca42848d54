/**
 * What a run adapts from step to step: the entropy coefficient, raised while the policy's entropy is
 * below a target and lowered while it is above, and at work only below it (Skywork-OR1, arXiv
 * 2505.22312). The entropy is that of the step before, which is known without scoring anything more.
 * Numbers in, numbers out; the trainer keeps them.
 */
import type { Config } from './config.ts';
import type { Metrics } from './events.ts';

/** What is carried from step to step; saved with a run. */
export interface Adapted {
  readonly entropyCoefficient: number;
  /** Nats per token, of the last step. */
  readonly entropy: number;
}

/** The configuration of a step's update. @param adapted null: nothing was measured yet */
export function adaptedConfig(config: Config, adapted: Adapted | null): Config {
  const target = config['entropy.target'];
  if (target === 0) return config;
  const isLow = adapted !== null && adapted.entropy <= target;
  return { ...config, 'entropy.coefficient': isLow ? adapted.entropyCoefficient : 0 };
}

/** After a step with these metrics. */
export function adapt(config: Config, before: Adapted | null, metrics: Metrics): Adapted | null {
  const { 'entropy.target': target, 'entropy.step': step } = config;
  const entropy = metrics['entropy'] ?? metrics['update/entropy'];
  if (target === 0 || entropy === undefined) return before;
  const now = before?.entropyCoefficient ?? config['entropy.coefficient'];
  return { entropy, entropyCoefficient: Math.max(0, entropy < target ? now + step : now - step) };
}
