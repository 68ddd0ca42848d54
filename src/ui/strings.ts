/**
 * Every sentence and word of the page, in one place, so that a second language is a second table of the same shape. Field terms keep
 * the spelling of TRL and verl. No logic beyond filling in a number.
 */
import type { Verdict } from '../learning/events.ts';
import type { Outcome } from './shared/outcome.ts';
import type { DownloadPart } from './protocol.ts';

const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const en = {
  app: { name: 'Tracewise', tagline: 'A code model learns in front of you', skip: 'Skip to the rollouts' },
  theme: { label: 'Theme', auto: 'System', light: 'Light', dark: 'Dark' },
  device: {
    none: 'No model loaded',
    parameters: (n: string) => `${n} parameters`,
    adapter: (n: string, rank: number) => `LoRA rank ${rank}, ${n} trainable`,
    notIsolated: 'One thread: this page is not cross-origin isolated, so WASM threads are off.',
  },
  load: {
    title: 'Nothing leaves this tab',
    lead: 'A small code model, a Python interpreter and the training engine run here, on your machine. Watch it write functions, run them, and learn from what they really compute.',
    button: 'Load the model',
    again: 'Try again',
    onWasm: 'Try without WebGPU',
    heading: 'Getting ready',
    parts: {
      model: 'Model weights',
      runtime: 'Training engine',
      python: 'Python',
      tasks: 'Tasks',
    } satisfies Record<DownloadPart, string>,
    stages: {
      downloading: 'Downloading',
      building: 'Building the policy',
      'starting-python': 'Starting Python',
      'warming-up': 'Compiling the graphs',
    },
    ready: 'Ready. Press start, or take one step.',
    saveData: 'Your browser asks to save data, so nothing is downloaded until you say so.',
  },
  transport: {
    label: 'Transport',
    start: 'Start',
    pause: 'Pause',
    pausing: 'Pausing',
    step: 'One step',
    reset: 'Reset',
    stepCounter: 'Step',
    of: (n: number) => `of ${n}`,
    keySpace: 'Space',
    keyRight: '→',
    resetHelp: 'Adapter and run back to the start; the model stays loaded.',
  },
  now: {
    idle: 'No model loaded yet.',
    loading: 'Loading.',
    ready: 'Ready. The adapter is at its start: this is the base model.',
    starting: 'Starting the run.',
    measuringBase: 'Measuring the base model on held-out tasks, before anything is learned.',
    measuring: 'Measuring on held-out tasks.',
    writing: (code: number, alignment: number) =>
      alignment === 0
        ? `Writing programs for ${plural(code, 'prompt')}.`
        : `Writing programs for ${plural(code, 'prompt')} and predicting the variables of ${plural(alignment, 'failed program')}.`,
    tokens: (n: number) => `${n} tokens so far.`,
    updating: 'Programs run and graded. Tracing the failed ones and updating the adapter.',
    finishedStep: (added: number) =>
      `Adapter updated. ${plural(added, 'new alignment record')} from failed programs.`,
    evaluated: 'Measured on held-out tasks.',
    paused: 'Paused. Everything is kept.',
    done: 'All steps done.',
    stopped: 'Stopped.',
    failed: 'Stopped by an error.',
  },
  announce: {
    ready: (name: string, device: string) => `${name} is ready on ${device}.`,
    started: 'Training started.',
    paused: (step: number) => `Paused at step ${step}.`,
    stepDone: (step: number) => `Step ${step} done.`,
    evaluated: (pass: string) => `Held-out pass at 1 is ${pass}.`,
    finished: 'All steps done.',
    reset: 'Run reset.',
  },
  task: {
    heading: 'Task',
    empty: 'The prompt being worked on appears here with its tests.',
    prompt: 'Prompt',
    tests: 'Tests',
    input: 'Input',
    expected: 'Expected',
    hidden: (n: number) => `and ${plural(n, 'hidden test')}`,
    record: 'Failed program',
    recordOf: (step: number) => `Written by the policy at step ${step}. What does it compute?`,
    call: 'Call',
  },
  knobs: {
    heading: 'Knobs',
    preset: 'Preset',
    mix: 'Reward mix',
    mixEnds: ['outcome', 'alignment'] as const,
    mixHelp: 'Share of the loss that comes from predicting what failed programs compute.',
    mixValue: (alignment: number) => (alignment === 0 ? 'tests only' : `${alignment} % execution`),
    learningRate: 'Learning rate',
    groupSize: 'Group size',
    groupSizeHelp: 'Rollouts per prompt; their rewards are compared with each other.',
    temperature: 'Temperature',
    temperatureHelp: 'Higher makes rollouts more varied.',
    prompts: 'Prompts per step',
    steps: 'Steps',
    seed: 'Seed',
    differs: (n: number) => `${plural(n, 'setting')} off the preset`,
    restore: 'Back to the preset',
    restoreOne: (label: string, value: string) => `Back to ${value}: ${label}`,
    live: 'Changes take effect at the next step.',
    needsReset: (labels: string) => `Reset to apply: ${labels}.`,
  },
  rollouts: {
    heading: 'Rollouts',
    empty: 'One step writes a batch of rollouts. They appear here, a column for each prompt.',
    map: 'Groups of this step',
    mapHelp: 'Each column is one prompt and its group of rollouts. Choose a column to read it.',
    code: 'Code',
    alignment: 'Execution',
    groupLabel: (kind: string, index: number, passed: number, size: number) =>
      `${kind} group ${index}: ${passed} of ${size} right`,
    group: (index: number, count: number) => `Group ${index} of ${count}`,
    previous: 'Previous group',
    next: 'Next group',
    reward: 'Reward',
    advantage: 'Advantage',
    noReward: 'none',
    allPassed: 'Every test passed.',
    noAdvantage: 'Every rollout earned the same: this group teaches nothing.',
    failing: 'First failing test',
    args: 'input',
    expected: 'expected',
    got: 'got',
    cut: 'cut at the budget',
    malformed: 'Malformed answer',
    variable: 'Variable',
    truth: 'True',
    predicted: 'Predicted',
    missing: 'missing',
    right: 'right',
    wrong: 'wrong',
    rightOf: (right: number, total: number) => `${right} of ${total} right`,
    stepOf: (step: number) => `step ${step}`,
  },
  outcomes: {
    pass: 'right',
    part: 'partly',
    wrong: 'wrong',
    error: 'error',
    limit: 'limit',
    none: 'not judged',
  } satisfies Record<Outcome, string>,
  verdicts: {
    pass: 'Passed',
    wrong: 'Wrong answer',
    exception: 'Exception',
    'syntax-error': 'Syntax error',
    'no-program': 'No program',
    'step-limit': 'Too many steps',
    timeout: 'Timed out',
    memory: 'Out of memory',
    'output-limit': 'Too much output',
    exit: 'Tried to exit',
    tamper: 'Tampered',
    'harness-error': 'Not judged',
  } satisfies Record<Verdict, string>,
  learning: {
    heading: 'Learning',
    empty: 'Curves start with the first step.',
    step: 'Step',
    table: 'Data table',
    charts: {
      heldout: {
        title: 'Held-out pass@1',
        about:
          'Share of unseen tasks solved at the first try: sampled at temperature 1 with its 95 % interval, and greedy.',
      },
      alignment: {
        title: 'Execution accuracy',
        about:
          'Share of variables whose value the policy predicts right: on a fixed set, and on this step’s own failed programs.',
      },
      reward: { title: 'Reward', about: 'Mean reward of the step’s rollouts, per reward function.' },
      groups: {
        title: 'Groups',
        about:
          'Only mixed groups teach: where all rollouts earn the same, every advantage is 0. That is also why the loss is near 0 on policy.',
      },
      entropy: {
        title: 'Entropy',
        about: 'How undecided the policy is per token, in nats. A collapse means it stopped exploring.',
      },
      gradient: { title: 'Gradient norm', about: 'Size of the update before clipping.' },
      funnel: {
        title: 'Funnel',
        about:
          'How many rollouts passed each gate on the way to becoming an alignment record in the latest step.',
      },
      time: { title: 'Seconds per step', about: 'Where the time of a step goes.' },
    },
    series: {
      sampled: 'sampled',
      greedy: 'greedy',
      fixed: 'fixed set',
      own: 'own programs',
      allPass: 'all pass',
      mixed: 'mixed',
      allFail: 'all fail',
      interval: '95 % interval',
    },
    unit: { nats: 'nats', seconds: 's' },
  },
  error: {
    heading: 'What happened',
    kept: 'What was kept',
    advice: 'What to do',
    dismiss: 'Dismiss',
    warning: 'Note',
    loadKept: 'Nothing was trained yet, so nothing is lost.',
    loadAdvice: 'Check the connection and try again. If it fails again, try without WebGPU.',
    runKept: 'The model stays loaded; the curves up to the last finished step stay on the page.',
    runAdvice: 'Press reset to begin a new run.',
    changeKept: 'The run goes on with the settings it had.',
    changeAdvice: 'Choose a value inside the range.',
    workerName: 'LearnerWorkerError',
    worker: 'The worker that trains ended unexpectedly.',
    workerAdvice: 'Reload the page. If it happens again, close other tabs: memory may have run out.',
  },
};

export type Strings = typeof en;

/** The catalogue in use. */
export const s: Strings = en;
