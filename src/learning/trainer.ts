/**
 * The loop as an async generator: task -> generate -> run -> reward -> advantage -> update
 * -> event. The consumer sets the pace; not asking for the next event is a pause. Everything
 * that happens is an event. A run is a function of configuration, seed and device.
 */
import { withLimits } from '../sandbox/limits.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { alignmentFormats, type AlignmentFormat } from '../tasks/alignment/index.ts';
import { makeBatch } from './batch.ts';
import { readBatch } from './batch-instrument.ts';
import { Clock } from './clock.ts';
import type { JudgedProgram } from './code-rollouts.ts';
import { countRates, remembersRates } from './curriculum.ts';
import { rewardWarning } from './custom-rewards.ts';
import { CONFIG_VERSION, changeWhileRunning, ConfigError, type Config } from './config.ts';
import { TrainerControl } from './control.ts';
import { evaluationTasks } from './evaluation-set.ts';
import type { Metrics, TrainerEvent } from './events.ts';
import { findDivergences } from './diverging-state.ts';
import { lookAhead, makeRecords } from './funnel.ts';
import { rolloutMetrics, sampledTokens } from './metrics.ts';
import { EventQueue } from './event-queue.ts';
import { RecordBuffer } from './records.ts';
import { ProgramFacts } from './program-facts.ts';
import { fitsModel } from './prompts.ts';
import { adapt, adaptedConfig } from './adaptive.ts';
import { saveCarried, takeUpCarried, type Carried } from './carried.ts';
import { rewardStep } from './reward-step.ts';
import { rollOutFilled } from './refill.ts';
import { criticise } from './ppo.ts';
import { planStep, type TaskPositions } from './rollout-step.ts';
import { RunEvaluations } from './run-evaluations.ts';
import { greedyRewards } from './greedy-baseline.ts';
import { loggedModel, trialSeconds } from './logged-model.ts';
import { funnelSettings, programLimits } from './settings.ts';
import { checkSameModel, identityOf } from '../policy/lora/same-model.ts';
import { checkState, type TrainerState } from './state.ts';
import { checkTasks, TrainerError, type TrainOptions } from './train-options.ts';
import { MAX_ROLLBACKS, rollbackWarning } from './rollback.ts';
import { updatePolicy } from './update.ts';

export { TrainerError, type TrainOptions };

/**
 * Runs until the configured number of steps, a stop, or an abort. Each of these ends with `run-finished`.
 * @throws TrainerError, TrainerStateError, ConfigError
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainerEvent, void, void> {
  const control = options.control ?? new TrainerControl();
  const run = new Run(options, control);
  control.attach(
    () => run.save(),
    () => run.skipMeasuring(),
  );
  control.computing();
  for await (const event of run.events()) {
    await control.resting();
    yield event;
    control.computing();
  }
  await control.resting();
}

class Run {
  readonly #options: TrainOptions;
  readonly #control: TrainerControl;
  readonly #random: Random;
  readonly #format: AlignmentFormat;
  readonly #train: readonly Task[];
  readonly #heldout: readonly Task[];
  readonly #buffer: RecordBuffer;
  readonly #resumed: TrainerState | undefined;
  #own: readonly Task[];
  #config: Config;
  #step: number;
  #taken: TaskPositions;
  #carried: Carried;
  #tokens: number;
  readonly #evaluations: RunEvaluations;
  readonly #out: EventQueue;
  #rollbacks = 0;

  constructor(options: TrainOptions, control: TrainerControl) {
    const state = options.state === undefined ? undefined : checkState(options.state);
    checkSameModel('The saved run', state?.model, options.policy.info);
    this.#control = control;
    this.#resumed = state;
    this.#config = state?.config ?? options.config;
    this.#options = { ...options, sandbox: withLimits(options.sandbox, programLimits(this.#config)) };
    this.#random = createRandom(this.#config.seed);
    this.#format = alignmentFormats[this.#config['alignment.format']];
    this.#train = options.tasks.filter(({ split }) => split === 'train');
    this.#heldout = evaluationTasks(options.tasks, this.#config['eval.tasks']);
    this.#buffer = new RecordBuffer(this.#config['records.capacity'], state?.buffer);
    this.#own = state?.own ?? [];
    this.#step = state?.step ?? 0;
    this.#taken = state?.taken ?? { code: 0, fill: 0 };
    this.#carried = takeUpCarried(state);
    this.#tokens = state?.tokens ?? 0;
    this.#evaluations = new RunEvaluations(
      {
        policy: options.policy,
        sandbox: this.#options.sandbox,
        trusted: options.trusted,
        format: this.#format,
        tasks: this.#heldout,
        random: this.#random,
        signal: options.signal,
        instruments: options.measurers,
        onPlan: options.onMeasuring,
      },
      {
        evaluatedAt: state?.evaluatedAt ?? -1,
        set: state?.evaluationSet ?? null,
        isFromBase: state === undefined ? options.initial === undefined : state.isFromBase === true,
      },
    );
    this.#out = new EventQueue(state?.events, state?.pending);
    checkTasks(options, this.#train.length);
  }

  skipMeasuring(): void {
    this.#evaluations.skip();
  }

  async save(): Promise<TrainerState> {
    const { evaluatedAt, set, isFromBase } = this.#evaluations.state;
    return {
      version: CONFIG_VERSION,
      model: identityOf(this.#options.policy.info),
      config: this.#config,
      step: this.#step,
      evaluatedAt,
      isFromBase,
      taken: this.#taken,
      tokens: this.#tokens,
      ...saveCarried(this.#carried),
      ...(this.#own.length > 0 && { own: this.#own }),
      buffer: this.#buffer.save(),
      evaluationSet: set,
      policy: await this.#options.policy.snapshot(),
      events: this.#out.handed,
      pending: this.#out.pending,
    };
  }

  async *events(): AsyncGenerator<TrainerEvent, void, void> {
    try {
      yield* this.#begin();
      for (;;) {
        yield* this.#applyChanges();
        yield* this.#evaluate();
        if (this.#control.isStopping || this.#isAborted || this.#rollbacks >= MAX_ROLLBACKS) break;
        if (this.#step >= this.#config.steps) break;
        yield* this.#trainStep();
      }
    } catch (error) {
      // An abort ends the run; what a half-done step would have changed has not been changed yet.
      if (!this.#isAborted) throw error;
    }
    const reason = this.#step >= this.#config.steps ? 'steps-done' : 'stopped';
    // Not counted: a run resumed from here goes on as if it had not ended.
    yield { type: 'run-finished', step: this.#step, reason };
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async *#begin(): AsyncGenerator<TrainerEvent, void, void> {
    const { policy, initial } = this.#options;
    if (this.#resumed !== undefined) {
      await policy.restore(this.#resumed.policy);
    } else {
      await (initial === undefined ? policy.reset(this.#config.seed) : policy.restore(initial));
      const model = loggedModel(policy.info);
      const tasks = { train: this.#train.length, heldout: this.#heldout.length };
      this.#out.decide({
        type: 'run-started',
        version: CONFIG_VERSION,
        config: this.#config,
        model,
        tasks,
      });
    }
    yield* this.#out.handOut();
  }

  *#applyChanges(): Generator<TrainerEvent, void, void> {
    for (const [key, to] of this.#control.takeChanges()) {
      const from = this.#config[key];
      if (from === to) continue;
      try {
        this.#config = changeWhileRunning(this.#config, key, to);
        this.#out.decide({ type: 'changed', step: this.#step, key, from, to });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const advice = 'The setting was left as it was; change the other one first.';
        this.#out.decide({ type: 'warning', step: this.#step, message: error.message, advice });
      }
    }
    for (const task of this.#control.takeTasks()) {
      this.#own = [...this.#own.filter(({ id }) => id !== task.id), task];
      this.#out.decide({ type: 'task-added', step: this.#step, task });
    }
    yield* this.#out.handOut();
  }

  async *#evaluate(): AsyncGenerator<TrainerEvent, void, void> {
    for (;;) {
      const which = this.#evaluations.due(this.#step, this.#config);
      if (which === null) return;
      for (const event of await this.#evaluations.measure(which, this.#step, this.#config))
        this.#out.decide(event);
      yield* this.#out.handOut();
    }
  }

  async *#trainStep(): AsyncGenerator<TrainerEvent, void, void> {
    const step = this.#step + 1;
    const { sandbox, trusted, policy, signal, now } = this.#options;
    const compiled = () => policy.compiled ?? { graphs: 0, seconds: 0 };
    const clock = new Clock({ compiled, ...(now && { now }) });
    const format = this.#format;
    const { means, adapted, heads, rates } = this.#carried;
    const plan = planStep(step, {
      config: this.#config,
      tasks: this.#train,
      own: this.#own,
      taken: this.#taken,
      rates,
      buffer: this.#buffer,
      random: this.#random,
    });
    const prompts = { code: plan.tasks.length + plan.fill.length, alignment: plan.records.length };
    yield* clock.reading(this.#out.announce({ type: 'step-started', step, prompts }));

    const settings = funnelSettings(this.#config);
    const facts = new ProgramFacts({ sandbox, withTrajectory: format.needsTrajectory, signal });
    const context = { policy, sandbox, trusted, format, config: this.#config, random: this.#random, signal };
    const judging = { ...context, onJudged: (program: JudgedProgram) => lookAhead(program, settings, facts) };
    const sampled = await rollOutFilled(step, plan, clock, this.#train, judging, rates);
    const { code, alignment, problems } = await rewardStep(sampled.code, sampled.alignment, context, clock);
    const greedy =
      this.#config['advantage.estimator'] === 'remax'
        ? await greedyRewards(code, alignment, context, clock)
        : [];
    const critic = await clock.time('time/score', () => criticise(code, alignment, heads, context));
    const baselines = { running: means, greedy, perToken: critic.perToken };
    const divergences = await clock.time('time/execute', () => findDivergences(code, context));
    const batch = makeBatch(code, alignment, this.#config, format, policy.tokenizer, baselines, divergences);
    yield* clock.reading(this.#out.announce({ type: 'rollouts', step, groups: batch.groups }));

    const born = await clock.time('time/execute', () =>
      makeRecords(
        [...code, ...sampled.replaced].flatMap(({ task, rollouts }) =>
          rollouts.map((rollout) => ({ ...rollout, task })),
        ),
        step,
        settings,
        {
          sandbox,
          format,
          fits: fitsModel(policy, this.#config),
          isKnown: (key) => this.#buffer.has(key),
          facts,
          signal,
        },
      ),
    );
    const looked = await clock.time('time/score', () =>
      readBatch(this.#options.instruments, {
        step,
        config: this.#config,
        code,
        alignment,
        policy,
        format,
        signal,
      }),
    );
    const updating = adaptedConfig(this.#config, adapted);
    const { metrics, undone } = await updatePolicy(policy, batch, updating, step, clock, signal);
    this.#rollbacks = undone === null ? 0 : this.#rollbacks + 1;

    // From here on nothing is awaited: the step is done as a whole or not at all.
    this.#buffer.add(born.records);
    this.#buffer.expire(step, this.#config['records.maxAge']);
    this.#taken = sampled.takenAfter;
    this.#carried = {
      means: batch.means,
      adapted: adapt(this.#config, adapted, metrics),
      // A head that learned from a step that was undone would be ahead of its policy.
      heads: undone === null ? critic.heads : heads,
      rates: remembersRates(this.#config) ? countRates(rates, [...code, ...sampled.replaced]) : rates,
    };
    this.#tokens += sampledTokens(batch.rollouts, sampled.replaced);
    this.#step = step;
    const { funnel } = born;
    const gates = Object.fromEntries(funnel.map(({ gate, out }) => [`funnel/${gate}`, out]));
    const added = born.records.length;
    this.#out.decide({ type: 'records', step, funnel, added, buffered: this.#buffer.size });
    for (const problem of problems) this.#out.decide(rewardWarning(step, problem));
    if (undone !== null) this.#out.decide(rollbackWarning(step, undone, this.#rollbacks));
    const all: Metrics = {
      ...metrics,
      ...sampled.metrics,
      ...rolloutMetrics(batch.groups),
      ...gates,
      ...critic.metrics,
      ...looked,
      ...(updating !== this.#config && { entropy_coefficient: updating['entropy.coefficient'] }),
      num_tokens: this.#tokens,
    };
    this.#out.decide({ type: 'step-finished', step, metrics: all });
    this.#out.decide({
      type: 'timing',
      step,
      seconds: { ...clock.step(), ...trialSeconds(policy.info, step) },
    });
    yield* this.#out.handOut();
  }
}
