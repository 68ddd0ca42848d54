/**
 * When a run is measured, and with what: the base model once, the policy before, between and after
 * steps. evaluate.ts measures, evaluation-set.ts makes the questions. The base model's measurement
 * leaves the adapter out, so that it gives the same numbers whenever it is made; a run that begins
 * with the base model makes its first step before it, and shows sooner what it is about.
 */
import type { Policy } from '../policy/types.ts';
import type { Random } from '../base/random.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Task } from '../tasks/types.ts';
import { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { evaluate, sampleHeldout } from './evaluate.ts';
import { makeEvaluationSet, type EvaluationSet } from './evaluation-set.ts';
import type { TrainerEvent } from './events.ts';
import { evaluationSetSettings } from './settings.ts';

export interface EvaluationContext {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly trusted: Sandbox | undefined;
  readonly format: AlignmentFormat;
  /** Held-out tasks; without any nothing is measured. */
  readonly tasks: readonly Task[];
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
}

/** What a saved run knows of its evaluations. */
export interface EvaluationState {
  /** The last step after which the policy was measured; -1 for never. */
  readonly evaluatedAt: number;
  readonly set: EvaluationSet | null;
  /** The run began with the base model and no adapter was given to it. */
  readonly isFromBase: boolean;
}

export class RunEvaluations {
  readonly #context: EvaluationContext;
  readonly #isFromBase: boolean;
  #evaluatedAt: number;
  #set: EvaluationSet | null;

  constructor(context: EvaluationContext, { evaluatedAt, set, isFromBase }: EvaluationState) {
    this.#context = context;
    this.#evaluatedAt = evaluatedAt;
    this.#set = set;
    this.#isFromBase = isFromBase;
  }

  get state(): EvaluationState {
    return { evaluatedAt: this.#evaluatedAt, set: this.#set, isFromBase: this.#isFromBase };
  }

  /** What is to be measured after `step`, if anything; asked again afterwards, there may be more. */
  due(step: number, config: Config): 'base' | 'current' | null {
    if (this.#context.tasks.length === 0) return null;
    const { steps, 'eval.baseline': baseline, 'eval.every': every } = config;
    const isEnd = step >= steps;
    if (baseline && this.#isFromBase && this.#set === null && (step > 0 || isEnd)) return 'base';
    if (this.#evaluatedAt === step) return null;
    if (step === 0) return baseline && !this.#isFromBase ? 'current' : null;
    return isEnd || (every > 0 && step % every === 0) ? 'current' : null;
  }

  /** The events of one measurement, in their order. That of the base model is of step 0. */
  async measure(which: 'base' | 'current', step: number, config: Config): Promise<readonly TrainerEvent[]> {
    const clock = new Clock();
    const { policy, sandbox, format, tasks, random, signal } = this.#context;
    const options = { ...this.#context, adapter: which, config, random: random.fork('evaluation') };
    let base;
    if (this.#set === null) {
      base = await sampleHeldout(tasks, { ...options, adapter: 'base' });
      const settings = evaluationSetSettings(policy, config);
      this.#set = await makeEvaluationSet(tasks, base, { ...settings, sandbox, format, signal });
    }
    const measured = await evaluate(tasks, this.#set, options, which === 'base' ? base : undefined);
    const { metrics, intervals, counts } = measured;
    const at = which === 'base' ? 0 : step;
    if (which === 'current') this.#evaluatedAt = step;
    return [
      { type: 'evaluation', step: at, metrics, intervals, counts },
      { type: 'timing', step: at, seconds: { 'time/evaluate': clock.total() } },
    ];
  }
}
