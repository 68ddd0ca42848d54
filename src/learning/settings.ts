/** What each part of the loop needs, picked from the one configuration. */
import type { Policy, UpdateSettings } from '../policy/types.ts';
import { DEFAULTS, type Config } from './config.ts';
import type { EvaluationSetOptions } from './evaluation-set.ts';
import type { FunnelSettings } from './funnel.ts';
import type { NormaliseSettings } from './normalise.ts';
import { fitsModel } from './rollout-step.ts';

export function funnelSettings(config: Config): FunnelSettings {
  return {
    source: config['records.source'],
    input: config['records.input'],
    exceptions: config['records.exceptions'],
    minSteps: config['records.minSteps'],
    maxVariables: config['records.maxVariables'],
    maxLabelChars: config['records.maxLabelChars'],
    maxLabelItems: config['records.maxLabelItems'],
    deduplicate: config['records.deduplicate'],
  };
}

/**
 * What decides the questions of an evaluation. How an arm mines its records is no part of it: arms of one experiment are asked the
 * same questions.
 */
export function evaluationSetSettings(
  policy: Policy,
  config: Config,
): Pick<EvaluationSetOptions, 'fits' | 'funnel' | 'sizes'> {
  return {
    fits: fitsModel(policy, {
      ...config,
      'records.maxAnswerTokens': DEFAULTS['records.maxAnswerTokens'],
    }),
    funnel: funnelSettings(DEFAULTS),
    sizes: {
      alignment: config['eval.alignmentRecords'],
      reasoning: config['eval.reasoningTasks'],
      testOutput: config['eval.testOutputTasks'],
    },
  };
}

const KINDS = ['code', 'alignment'] as const;

export function normaliseSettings(config: Config): NormaliseSettings {
  const isHeldTo = (kind: (typeof KINDS)[number]) => config['kl.on'] === 'all' || config['kl.on'] === kind;
  return {
    normalisation: config['loss.normalisation'],
    constantGroups: config['loss.constantGroups'],
    truncated: config['loss.truncated'],
    // An optimizer of its own has the weight in its rate; a weight of 0 leaves the kind out in any case.
    kindWeight: {
      code: 1,
      alignment:
        config['alignment.optimizer'] === 'own'
          ? Math.sign(config['alignment.weight'])
          : config['alignment.weight'],
    },
    budget: { code: config['code.maxNewTokens'], alignment: config['alignment.maxNewTokens'] },
    withoutKl: KINDS.filter((kind) => !isHeldTo(kind)),
    regularised: KINDS.filter(
      (kind) => config['entropy.coefficient'] > 0 || (config['kl.coefficient'] > 0 && isHeldTo(kind)),
    ),
  };
}

/**
 * The learning rate of a step (from 1): constant, then falling linearly over the last `optimizer.decay` of the run, to 0 after its last step
 * (warmup-stable-decay without the warm-up). A run that is made longer or shorter meanwhile falls towards its new end.
 */
export function learningRateAt(step: number, config: Config): number {
  const { steps, 'optimizer.learningRate': peak, 'optimizer.decay': share } = config;
  const left = Math.max(0, steps - step + 1);
  return left < steps * share ? (peak * left) / (steps * share) : peak;
}

/** @param step the update's, from 1 */
export function updateSettings(config: Config, step: number): UpdateSettings {
  return {
    learningRate: learningRateAt(step, config),
    temperature: config['rollouts.temperature'],
    clipLow: config['loss.clipLow'],
    clipHigh: config['loss.clipHigh'],
    dualClip: config['loss.dualClip'] === 0 ? Infinity : config['loss.dualClip'],
    klCoefficient: config['kl.coefficient'],
    klEstimator: config['kl.estimator'],
    entropyCoefficient: config['entropy.coefficient'],
    maxGradNorm: config['optimizer.maxGradNorm'],
    weightDecay: config['optimizer.weightDecay'],
    beta1: config['optimizer.beta1'],
    beta2: config['optimizer.beta2'],
    adamEps: config['optimizer.eps'],
  };
}
