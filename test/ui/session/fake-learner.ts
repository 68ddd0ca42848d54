/**
 * A learner that plays a script, for tests of the page and for looking at it while the real one is not there.
 * Its events have the shape of real ones and mean nothing: nothing of it is shipped or shown as a result.
 */
import { createConfig, type Config, type ConfigKey, type ConfigValue } from '../../../src/learning/config.ts';
import type { AdapterExport } from '../../../src/experiment/export/index.ts';
import type {
  AlignmentGroup,
  CodeGroup,
  CodeRollout,
  Metrics,
  TrainerEvent,
  Verdict,
} from '../../../src/learning/events.ts';
import type {
  AdapterFile,
  Learner,
  LearnerMessage,
  LearnerListener,
  LoadRequest,
  TransportState,
} from '../../../src/learner/protocol.ts';
import type { Answer, Question, Replies } from '../../../src/learner/questions.ts';
import type { SavedRun } from '../../../src/experiment/storage/run-store.ts';
import type { Task } from '../../../src/tasks/types.ts';
import { answer } from './fake-answers.ts';

/** A small linear congruential generator: the script is the same in every run. */
export function uniform(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const PROBLEMS = [
  {
    description: 'Sum of the even numbers in xs.',
    right:
      '\n    total = 0\n    for x in xs:\n        if x % 2 == 0:\n            total += x\n    return total\n',
    wrong:
      '\n    total = 0\n    for x in xs:\n        if x % 2 == 1:\n            total += x\n    return total\n',
  },
  {
    description: 'How many words are longer than 3 letters.',
    right: '\n    return sum(1 for w in xs if len(w) > 3)\n',
    wrong:
      '\n    count = 0\n    for i in range(len(xs)):\n        if len(xs[i]) >= 3:\n            count = count + 1\n    return count\n',
  },
  {
    description: 'The largest product of two neighbours in xs, or 0 when there are fewer than two.',
    right:
      '\n    best = 0\n    for i in range(len(xs) - 1):\n        best = max(best, xs[i] * xs[i + 1])\n    return best\n',
    wrong:
      '\n    best = 0\n    for i in range(len(xs)):\n        p = xs[i] * xs[i + 1]\n        if p > best:\n            best = p\n    return best\n',
  },
];

const OTHER: readonly Verdict[] = ['exception', 'syntax-error', 'step-limit', 'timeout', 'no-program'];

const advantages = (rewards: readonly number[]): number[] => {
  const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length;
  const std = Math.sqrt(rewards.reduce((a, r) => a + (r - mean) ** 2, 0) / (rewards.length - 1));
  return rewards.map((r) => (std === 0 ? 0 : (r - mean) / (std + 1e-4)));
};

export function codeGroup(index: number, size: number, skill: number, next: () => number): CodeGroup {
  const problem = PROBLEMS[index % PROBLEMS.length]!;
  const difficulty = skill + (next() - 0.5) * 0.9;
  const verdicts = Array.from({ length: size }, (): Verdict => {
    if (next() < difficulty) return 'pass';
    return next() < 0.6 ? 'wrong' : OTHER[Math.floor(next() * OTHER.length)]!;
  });
  const rewards = verdicts.map((verdict) => (verdict === 'pass' ? 1 : 0));
  const advantage = advantages(rewards);
  const rollouts = verdicts.map((verdict, i): CodeRollout => {
    const completion = verdict === 'pass' ? problem.right : problem.wrong;
    return {
      completion,
      tokens: Array.from({ length: 40 }, (_, t) => t),
      logProbs: Array.from({ length: 40 }, () => -0.1),
      finish: verdict === 'no-program' ? 'length' : 'eos',
      verdict,
      ...(verdict === 'pass'
        ? {}
        : {
            failed: {
              args: '[3, 8, -2, 5, 4]',
              expected: '10',
              got: verdict === 'exception' ? 'IndexError: list index out of range' : '8',
            },
          }),
      reward: rewards[i]!,
      rewards: { tests: rewards[i]! },
      advantage: advantage[i]!,
    };
  });
  return {
    kind: 'code',
    taskId: `task-${index % PROBLEMS.length}`,
    prompt: `# ${problem.description}\ndef f(xs):`,
    rollouts,
  };
}

function alignmentGroup(
  index: number,
  size: number,
  step: number,
  skill: number,
  next: () => number,
): AlignmentGroup {
  const problem = PROBLEMS[index % PROBLEMS.length]!;
  const program = `# ${problem.description}\ndef f(xs):${problem.wrong}`;
  const truth = [
    { name: 'total', value: '8', line: 5, step: 11 },
    { name: 'x', value: '4', line: 3, step: 12 },
    { name: 'return', value: '8', line: 6, step: 14 },
  ];
  const drawn = Array.from({ length: size }, () =>
    truth.map(({ name, value }) => ({ name, truth: value, right: next() < skill })),
  );
  const rewards = drawn.map((variables) => variables.filter(({ right }) => right).length / variables.length);
  const advantage = advantages(rewards);
  return {
    kind: 'alignment',
    record: {
      id: `r${step}-${index}`,
      taskId: `task-${index % PROBLEMS.length}`,
      bornAt: step - 1,
      program,
      entryPoint: 'f',
      args: '[3, 8, -2, 5, 4]',
      variables: truth,
      answer: 'total 8 ; x 4 ; return 8',
      prompt: program,
    },
    rollouts: drawn.map((variables, i) => ({
      completion: variables
        .map(({ name, truth: value, right }) => `${name} ${right ? value : '9'}`)
        .join(' ; '),
      tokens: [1, 2, 3],
      logProbs: [-0.1, -0.2, -0.3],
      finish: 'eos',
      malformed: i === size - 1 && next() < 0.5 ? 'no answer after <ans>' : null,
      variables: variables.map((v) => ({ ...v, predicted: v.right ? v.truth : next() < 0.2 ? null : '9' })),
      reward: rewards[i]!,
      rewards: { alignment: rewards[i]! },
      advantage: advantage[i]!,
    })),
  };
}

function evaluation(step: number, next: () => number): TrainerEvent {
  const sampled = 0.5 + 0.3 * (1 - Math.exp(-step / 25)) + (next() - 0.5) * 0.02;
  const greedy = Math.min(1, sampled + 0.2 - step / 400);
  const alignment = 0.55 + step / 500 + (next() - 0.5) * 0.02;
  const metrics: Metrics = {
    'eval_heldout/pass@1': sampled,
    'eval_heldout/greedy': greedy,
    'eval_alignment/accuracy': alignment,
  };
  const intervals = Object.fromEntries(
    Object.entries(metrics).map(([name, v]) => [name, [v - 0.04, v + 0.04] as const]),
  );
  return { type: 'evaluation', step, metrics, intervals };
}

/** The script of a run, as the trainer would yield it. @param from steps that it has done before */
export function* script(config: Config, from = 0): Generator<TrainerEvent, void> {
  const next = uniform(config.seed);
  const model = {
    name: 'nano',
    parameters: 1_860_000,
    adapterParameters: 118_000,
    rank: 8,
    contextLength: 256,
    bytes: 2_400_000,
  };
  if (from === 0) {
    yield { type: 'run-started', version: 1, config, model, tasks: { train: 800, heldout: 100 } };
    yield evaluation(0, next);
  }
  for (let step = from + 1; step <= config.steps; step++) {
    const alignmentPrompts = step === 1 ? 0 : config['alignment.prompts'];
    yield {
      type: 'step-started',
      step,
      prompts: { code: config['code.prompts'], alignment: alignmentPrompts },
    };
    const skill = 0.5 + 0.3 * (1 - Math.exp(-step / 25));
    const groups = [
      ...Array.from({ length: config['code.prompts'] }, (_, i) =>
        codeGroup(i, config['code.groupSize'], skill, next),
      ),
      ...Array.from({ length: alignmentPrompts }, (_, i) =>
        alignmentGroup(i, config['alignment.groupSize'], step, skill, next),
      ),
    ];
    yield { type: 'rollouts', step, groups };
    const failed = Math.round(128 * (1 - skill));
    yield {
      type: 'records',
      step,
      funnel: [
        { gate: 'extracted', in: 128, out: 126 },
        { gate: 'parsed', in: 126, out: 121 },
        { gate: 'failed', in: 121, out: failed },
        { gate: 'ran', in: failed, out: failed - 12 },
        { gate: 'gradable', in: failed - 12, out: failed - 15 },
        { gate: 'new', in: failed - 15, out: failed - 30 },
        { gate: 'fits', in: failed - 30, out: failed - 31 },
      ],
      added: failed - 31,
      buffered: 120,
    };
    const mixed = 0.6 - step / 300 + (next() - 0.5) * 0.1;
    const allPass = 0.2 + step / 250;
    yield {
      type: 'step-finished',
      step,
      metrics: {
        loss: 0.001,
        reward: skill,
        'rewards/tests/mean': skill + (next() - 0.5) * 0.1,
        ...(alignmentPrompts > 0 && {
          'rewards/alignment/mean': 0.5 + (next() - 0.5) * 0.1,
          'alignment/accuracy': 0.52 + (next() - 0.5) * 0.1,
        }),
        'groups/all_pass': allPass,
        'groups/mixed': mixed,
        'groups/all_fail': Math.max(0, 1 - mixed - allPass),
        entropy: 0.42 * Math.exp(-step / 80) + 0.02 * next(),
        grad_norm: 0.3 + 0.3 * next(),
        kl: step / 1000,
        'sampling/sampling_logp_difference/mean': 2e-6 * (1 + next()),
        'sampling/sampling_logp_difference/max': 3e-5,
      },
    };
    yield {
      type: 'timing',
      step,
      seconds: {
        'time/generate': 1.6 + next() * 0.2,
        'time/execute': 0.3,
        'time/score': 0.1 * next(),
        'time/update': 1.9 + next() * 0.3,
        step_time: 4.1,
      },
    };
    if (step % config['eval.every'] === 0) yield evaluation(step, next);
  }
  yield { type: 'run-finished', step: config.steps, reason: 'steps-done' };
}

export const fakeTask = (id: string): Task => {
  const problem = PROBLEMS[Number(id.slice(5))] ?? PROBLEMS[0]!;
  return {
    id,
    description: problem.description,
    prompt: `# ${problem.description}\ndef f(xs):`,
    entryPoint: 'f',
    visible: [
      { args: '[3, 8, -2, 5, 4]', expected: '10' },
      { args: '[]', expected: '0' },
      { args: '[7]', expected: '0' },
    ],
    hidden: [{ args: '[2]', expected: '2' }],
    split: 'train',
    tags: ['list'],
  };
};

/** Time that a piece of work takes, milliseconds by the kind of event it ends in. */
export interface Pace {
  readonly load: number;
  readonly event: number;
}

interface SavedScript {
  readonly config: Config;
  readonly told: TrainerEvent[];
}

export class FakeLearner implements Learner {
  readonly asked: Question[] = [];
  /** Whether runs are stored, and whether they were at each start. */
  isAutosaved = true;
  /** How often it was asked to rest at once, and to do without a measurement. */
  halts = 0;
  skips = 0;
  readonly startsAutosaved: boolean[] = [];
  /** Files that runs were to go on from. */
  readonly takenUp: Uint8Array[] = [];
  private told: TrainerEvent[] = [];
  private saved: Uint8Array | null = null;
  readonly changes: { key: ConfigKey; value: ConfigValue }[] = [];
  /** Configurations that models were loaded for, runs reset to, and adapters taken up with. */
  readonly loaded: Config[] = [];
  readonly resets: Config[] = [];
  readonly adopted: { name: string; config: Config; adapterConfig?: string }[] = [];
  private listener: LearnerListener = () => undefined;
  private events: Generator<TrainerEvent, void> | null = null;
  private pulling: Promise<void> | null = null;
  private goal: 'rest' | 'step' | 'run' = 'rest';
  private config = createConfig();

  /** Finished steps. */
  private steps = 0;
  /** Steps done when the run ended that is to go on. */
  private from = 0;

  constructor(
    private readonly timing: Pace = { load: 0, event: 0 },
    private readonly failLoad: string | null = null,
  ) {}

  /** As if the learner said it. */
  tell(message: LearnerMessage): void {
    this.say(message);
  }
  private say(message: LearnerMessage): void {
    this.listener(message);
  }
  private move(state: TransportState): void {
    this.say({ type: 'transport', state });
  }
  async listen(listener: LearnerListener): Promise<void> {
    this.listener = listener;
  }
  async load(request: LoadRequest): Promise<void> {
    this.config = request.config;
    this.loaded.push(request.config);
    const total = { model: 2_400_000, runtime: 13_200_000, python: 12_600_000, tasks: 310_000 };
    for (let i = 0; i <= 10; i++) {
      const parts = Object.entries(total).map(([part, bytes]) => ({
        part: part as 'model',
        loaded: Math.round((bytes * i) / 10),
        total: bytes,
      }));
      this.say({ type: 'stage', stage: { stage: 'downloading', parts } });
      await wait(this.timing.load / 10);
    }
    if (this.failLoad !== null) {
      const error = {
        code: 'load' as const,
        name: 'NoAdapterError',
        message: this.failLoad,
        kept: 'Nothing was trained yet.',
        advice: 'Use the WASM device.',
      };
      this.say({ type: 'failed', during: 'load', error });
      return;
    }
    for (const stage of ['building', 'starting-python', 'warming-up'] as const) {
      this.say({ type: 'stage', stage: { stage } });
      await wait(this.timing.load / 4);
    }
    const info = {
      name: 'nano',
      parameters: 1_860_000,
      adapterParameters: 118_000,
      rank: request.config['adapter.rank'],
      contextLength: 256,
      device: 'WASM, 2 threads, fp32',
      bytes: 2_400_000,
    };
    this.say({
      type: 'ready',
      model: { info, pythonWorkers: 2, boundary: 'headers', tasks: { train: 800, heldout: 100 } },
    });
  }
  async start(): Promise<void> {
    this.startsAutosaved.push(this.isAutosaved);
    this.go('run');
  }
  async step(): Promise<void> {
    this.go('step');
  }
  async halt(): Promise<void> {
    this.halts += 1;
    if (this.pulling) return this.pause();
  }
  /** Three events' time: had it not been at rest, it would have told of some. Its own timers end first. */
  async turn(): Promise<void> {
    for (let i = 0; i < 3; i++) await wait(this.timing.event);
  }
  async skipMeasuring(): Promise<void> {
    this.skips += 1;
  }
  async pause(): Promise<void> {
    this.goal = 'rest';
    if (!this.pulling) this.move('paused');
  }
  async reset(config: Config): Promise<void> {
    this.resets.push(config);
    this.goal = 'rest';
    await this.pulling;
    this.config = config;
    [this.events, this.from] = [null, 0];
    this.move('idle');
  }
  async change(key: ConfigKey, value: ConfigValue): Promise<void> {
    this.changes.push({ key, value });
    this.config = createConfig(this.config, { [key]: value });
    this.say({ type: 'event', event: { type: 'changed', step: 1, key, from: null, to: value } });
  }
  async adapter(): Promise<AdapterExport | null> {
    const files = { 'adapter_model.safetensors': new Uint8Array([1, 2, 3]), 'adapter_config.json': '{}\n' };
    return { files, parity: { model: 'nano', device: 'scripted', temperature: 1, texts: [] } };
  }
  async task(id: string): Promise<Task | null> {
    return fakeTask(id);
  }
  async pace(milliseconds: number): Promise<void> {
    void milliseconds;
  }
  async adopt({ name, config: adapterConfig }: AdapterFile, config: Config): Promise<null> {
    this.adopted.push({ name, config, ...(adapterConfig !== undefined && { adapterConfig }) });
    this.steps = 0;
    this.config = config;
    this.events = null;
    this.move('idle');
    return null;
  }

  async ask<Q extends Question>(question: Q): Promise<Answer<Replies[Q['ask']]>> {
    this.asked.push(question);
    if (question.ask === 'add-task')
      this.say({ type: 'event', event: { type: 'task-added', step: this.steps, task: question.task } });
    return answer(question, this.steps);
  }
  async resume(): Promise<void> {
    this.move('idle');
  }
  async importRun(bytes: Uint8Array): Promise<void> {
    this.takenUp.push(bytes);
    let config: Config;
    let told: TrainerEvent[];
    try {
      ({ config, told } = JSON.parse(new TextDecoder().decode(bytes)) as SavedScript);
    } catch {
      const error = { code: 'run' as const, name: 'RunFileError', message: 'torn', kept: '', advice: '' };
      this.say({ type: 'failed', during: 'run', error });
      return;
    }
    this.config = config;
    this.told = told;
    this.events = script(config, 0);
    for (const event of told) {
      this.events.next();
      if (event.type === 'step-finished') this.steps = event.step;
    }
    this.say({ type: 'resumed', config, step: this.steps });
    for (const event of told) this.say({ type: 'event', event });
    this.move('paused');
  }
  /** What another room trains can be taken from it as of its last step. */
  async exportRun(): Promise<Uint8Array | null> {
    return this.saved;
  }
  async autosave(isOn: boolean): Promise<void> {
    this.isAutosaved = isOn;
  }
  async dispose(): Promise<void> {
    this.goal = 'rest';
  }

  private go(goal: 'step' | 'run'): void {
    this.goal = goal;
    this.move(goal === 'run' ? 'running' : 'stepping');
    this.pulling ??= this.pull().finally(() => {
      this.pulling = null;
    });
  }
  private async pull(): Promise<void> {
    if (this.events === null) {
      this.events = script(this.config, this.from);
      if (this.from === 0) [this.told, this.saved] = [[], null];
    }
    while (this.goal !== 'rest') {
      await wait(this.timing.event);
      const { value, done } = this.events.next();
      if (done || !value) {
        // Started again, it goes on from here.
        [this.events, this.from] = [null, this.steps];
        this.move('finished');
        return;
      }
      if (value.type === 'step-finished') this.steps = value.step;
      this.say({ type: 'event', event: value });
      this.told.push(value);
      if (value.type === 'timing' && !this.isAutosaved) {
        const { config, told } = this;
        this.saved = new TextEncoder().encode(JSON.stringify({ config, told } satisfies SavedScript));
        this.say({
          type: 'saved',
          saved: {
            step: this.steps,
            steps: this.config.steps,
            seed: this.config.seed,
            savedAt: 0,
          } satisfies SavedRun,
        });
      }
      if (value.type === 'timing' && this.goal === 'step') this.goal = 'rest';
    }
    this.move('paused');
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
