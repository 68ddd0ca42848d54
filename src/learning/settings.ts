/**
 * Picks from the configuration what the parts of the loop need, as an object of several settings under names
 * of their own: the parts know no keys. Steps that are given the whole configuration read their keys from it.
 */
import type { AdapterSettings } from '../policy/model/adapter.ts';
import type { Policy, UpdateSettings } from '../policy/types.ts';
import type { Limits } from '../sandbox/types.ts';
import type { AdvantageSettings } from './advantages.ts';
import type { GradeSettings } from './alignment-rollouts.ts';
import { DEFAULTS, type Config } from './config.ts';
import type { CreditSettings } from './credit.ts';
import type { EvaluationSetOptions } from './evaluation-set.ts';
import type { FunnelSettings } from './funnel.ts';
import type { Kind, NormaliseSettings } from './normalise.ts';
import { objectiveOf, type CoefficientSettings } from './objectives/index.ts';
import { fitsModel } from './prompts.ts';
import type { DrawSettings } from './records.ts';
import { rewardWeights } from './reward-settings.ts';
import type { SampleSettings } from './sample.ts';
import type { TokenMetricsSettings } from './token-metrics.ts';

export const adapterSettings = (config: Config): Pick<AdapterSettings, 'rank' | 'alpha'> => ({
  rank: config['adapter.rank'],
  alpha: config['adapter.alpha'],
});

/** Limits of the programs of a run. Test programs (`task.check`) have those of benchmarks. */
export function programLimits(config: Config): Limits {
  return {
    codeBytes: config['sandbox.codeBytes'],
    outputBytes: config['sandbox.outputBytes'],
    valueBytes: config['sandbox.valueBytes'],
    steps: config['sandbox.steps'],
    callMs: config['sandbox.callMs'],
    jobMs: config['sandbox.jobMs'],
  };
}

/** Bytes that one interpreter may take. */
export const heapLimit = (config: Config): number => config['sandbox.heapMegabytes'] * 2 ** 20;

export const codeSampling = (config: Config): SampleSettings => ({
  temperature: config['rollouts.temperature'],
  groupSize: config['code.groupSize'],
  maxNewTokens: config['code.maxNewTokens'],
});

export const alignmentSampling = (config: Config): SampleSettings => ({
  temperature: config['rollouts.temperature'],
  groupSize: config['alignment.groupSize'],
  maxNewTokens: config['alignment.maxNewTokens'],
});

export const gradeSettings = (config: Config): GradeSettings => ({
  form: config['alignment.reward'],
  grading: config['alignment.grading'],
  style: config['prompt.style'],
});

/** Which records a step draws from the buffer. */
export const drawSettings = (config: Config): DrawSettings => ({
  strategy: config['records.strategy'],
  maxAge: config['records.maxAge'],
  capPerTask: config['records.capPerTask'],
});

/** Which records a step adds to the buffer. */
export function funnelSettings(config: Config): FunnelSettings {
  return {
    source: config['records.source'],
    input: config['records.input'],
    exceptions: config['records.exceptions'],
    minSteps: config['records.minSteps'],
    maxVariables: config['records.maxVariables'],
    maxValueChars: config['records.maxLabelChars'],
    maxValueElements: config['records.maxLabelItems'],
    deduplicate: config['records.deduplicate'],
  };
}

/**
 * What decides the questions of an evaluation. How an arm mines its records has no
 * influence: all arms of an experiment get one set of questions.
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

/** Parts of an alignment answer that `gdpo` normalises and weighs each on its own. */
export type AnswerPart = 'variables' | 'returned' | 'trajectory';

export const advantageSettings = (config: Config): AdvantageSettings => ({
  estimator: config['advantage.estimator'],
  eps: config['advantage.eps'],
  clip: config['advantage.clip'],
  weights: {
    variables: config['gdpo.variables'],
    returned: config['gdpo.returned'],
    trajectory: config['gdpo.trajectory'],
    ...rewardWeights(config),
  } satisfies Record<AnswerPart, number>,
  k: config['advantage.k'],
  filter: { keep: config['gfpo.keep'], by: config['gfpo.by'] },
});

/** @param mean share of right outcomes over the step, 0 to 1 */
export const creditSettings = (config: Config, mean: number): CreditSettings => ({
  eps: config['advantage.eps'],
  clip: config['advantage.clip'],
  rightLines: config['alignment.rightLines'],
  prior: { count: config['alignment.prior'], mean },
});

const KINDS: readonly Kind[] = ['code', 'alignment'];

/** Kinds that `kl.on` names, whether the KL term has a coefficient or not. */
const namedByKl = (config: Config): readonly Kind[] =>
  KINDS.filter((kind) => config['kl.on'] === 'all' || config['kl.on'] === kind);

/** Of the KL term in the loss; 0: there is none. */
export const klInLoss = (config: Config): number =>
  config['kl.in'] === 'loss' ? config['kl.coefficient'] : 0;

/** Kinds that a KL term holds to the base model. */
const heldByKl = (config: Config): readonly Kind[] => (klInLoss(config) > 0 ? namedByKl(config) : []);

export function normaliseSettings(config: Config): NormaliseSettings {
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
    withoutKl: KINDS.filter((kind) => !namedByKl(config).includes(kind)),
    regularised: config['entropy.coefficient'] > 0 ? KINDS : heldByKl(config),
    wholeRows: objectiveOf(config['loss.objective']).ratio === 'sequence',
  };
}

export const coefficientSettings = (config: Config): CoefficientSettings => ({
  clipLow: config['loss.clipLow'],
  clipHigh: config['loss.clipHigh'],
  sapoPositive: config['sapo.positive'],
  sapoNegative: config['sapo.negative'],
});

export const tokenMetricsSettings = (config: Config): TokenMetricsSettings => ({
  objective: config['loss.objective'],
  clip: coefficientSettings(config),
  heldTo: heldByKl(config),
  truncated: config['loss.truncated'],
});

/**
 * The learning rate of a step (from 1). It is constant at first and falls linearly over the
 * last `optimizer.decay` of the run, to 0 after the last step (warmup-stable-decay without
 * the warm-up). A run that is made longer or shorter meanwhile falls towards its new end.
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
    klCoefficient: klInLoss(config),
    klEstimator: config['kl.estimator'],
    entropyCoefficient: config['entropy.coefficient'],
    maxGradNorm: config['optimizer.maxGradNorm'],
    weightDecay: config['optimizer.weightDecay'],
    beta1: config['optimizer.beta1'],
    beta2: config['optimizer.beta2'],
    adamEps: config['optimizer.eps'],
  };
}
