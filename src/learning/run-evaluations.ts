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
import {
  answersTo,
  evaluate,
  sampleHeldout,
  type Evaluation,
  type EvaluationInstrument,
} from './evaluate.ts';
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
  /** Measure more of the held-out programs. */
  readonly instruments?: readonly EvaluationInstrument[] | undefined;
  /** Told when a measurement begins, and again when its questions are known. */
  readonly onPlan?: ((plan: MeasuringPlan) => void) | undefined;
}

/** What is written for one measurement: programs first, then answers to questions about programs. */
export interface MeasuringPlan {
  readonly which: 'base' | 'current';
  readonly programs: number;
  /** Null: the questions are made of the programs, and not known yet. */
  readonly answers: number | null;
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
  /**
   * The step after which the base model was not measured because somebody would not wait; it is
   * made up for at the next measurement. Not saved: a run that is taken up measures it first.
   */
  #skippedAt: number | null = null;
  #skip: () => void = () => undefined;

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
    const isTime = isEnd || (every > 0 && step % every === 0);
    const isBaseTime = this.#skippedAt === null ? step > 0 || isEnd : isTime && step > this.#skippedAt;
    if (baseline && this.#isFromBase && this.#set === null && isBaseTime) return 'base';
    if (this.#evaluatedAt === step) return null;
    if (step === 0) return baseline && !this.#isFromBase ? 'current' : null;
    return isTime ? 'current' : null;
  }

  /**
   * The events of one measurement, in their order; none where it was skipped. That of the base model is of
   * step 0.
   */
  async measure(which: 'base' | 'current', step: number, config: Config): Promise<readonly TrainerEvent[]> {
    const clock = new Clock();
    const { policy, sandbox, format, tasks, random } = this.#context;
    const skip = new AbortController();
    const signal = AbortSignal.any([skip.signal, ...(this.#context.signal ? [this.#context.signal] : [])]);
    const options = { ...this.#context, adapter: which, config, random: random.fork('evaluation'), signal };
    const plan = (programs: number, set: EvaluationSet | null) =>
      this.#context.onPlan?.({ which, programs, answers: set === null ? null : answersTo(set) });
    const own = tasks.length * (config['eval.samples'] + 1);
    const all = which === 'current' && this.#set === null ? own + tasks.length * config['eval.samples'] : own;
    plan(all, this.#set);
    this.#skip = () => skip.abort();
    let measured: Evaluation;
    let set = this.#set;
    try {
      let base;
      if (set === null) {
        base = await sampleHeldout(tasks, { ...options, adapter: 'base' });
        const settings = evaluationSetSettings(policy, config);
        set = await makeEvaluationSet(tasks, base, { ...settings, sandbox, format, signal });
        plan(all, set);
      }
      measured = await evaluate(tasks, set, options, which === 'base' ? base : undefined);
    } catch (error) {
      if (!skip.signal.aborted || this.#context.signal?.aborted === true) throw error;
      if (which === 'base') this.#skippedAt = step;
      else this.#evaluatedAt = step;
      return [];
    } finally {
      this.#skip = () => undefined;
    }
    this.#set = set;
    const { metrics, intervals, counts } = measured;
    const at = which === 'base' ? 0 : step;
    if (which === 'current') this.#evaluatedAt = step;
    return [
      { type: 'evaluation', step: at, metrics, intervals, counts },
      { type: 'timing', step: at, seconds: { 'time/evaluate': clock.total() } },
    ];
  }

  /** Gives up the measurement under way. */
  skip(): void {
    this.#skip();
  }
}
