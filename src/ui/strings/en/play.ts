/** The room Play. Field terms keep the spelling of TRL and verl. */
import type { Gate } from '../../../learning/funnel.ts';
import type { Verdict } from '../../../learning/events.ts';
import type { OutcomeMark } from '../../view/outcome.ts';
import { plural } from '../../view/plural.ts';

export const play = {
  transport: {
    label: 'Transport',
    start: 'Start',
    pause: 'Pause',
    pausing: 'Pause now',
    pausingHelp:
      'What is in hand is given up, and done again when the run goes on. The run stays what it would have been.',
    later: 'Measure later',
    laterHelp:
      'The base model is measured with the next measurement, or not at all where the run ends before.',
    skip: 'Skip it',
    skipHelp: 'This measurement is left out; the curves have a gap there.',
    step: 'One step',
    reset: 'Reset',
    stepCounter: 'Steps done',
    of: (n: number) => `of ${n}`,
    keySpace: 'Space',
    keyRight: '→',
    speed: 'Speed',
    speeds: { full: 'full speed', paced: (seconds: number) => `a step every ${seconds} s` },
    resetHelp: 'Adapter and run back to the start; the model stays loaded.',
  },
  now: {
    idle: 'No model loaded yet.',
    loading: 'Loading.',
    ready: 'Ready. The adapter is at its start: this is the base model.',
    starting: 'Starting the run.',
    /** Without a full stop: a count may follow. */
    measuringBase: 'Measuring the base model',
    measuring: 'Measuring on held-out tasks',
    writing: (code: number, alignment: number) =>
      alignment === 0
        ? `Writing programs for ${plural(code, 'prompt')}`
        : `Writing programs for ${plural(code, 'prompt')}, answers about ${plural(alignment, 'failed program')}`,
    counting: (what: string, count: string) => `${what}: ${count}.`,
    counted: {
      programs: (done: number, of: number | null) => `${done} of ${of} programs`,
      answers: (done: number, of: number | null) =>
        of === null ? plural(done, 'answer') : `${done} of ${of} answers`,
      rollouts: (done: number, of: number | null) => `${done} of ${of} rollouts`,
    },
    comma: ', ',
    left: (seconds: number) =>
      seconds < 7.5
        ? 'a few seconds left'
        : seconds < 90
          ? `about ${5 * Math.round(seconds / 5)} s left`
          : `about ${Math.round(seconds / 60)} min left`,
    resetting: 'Back to the start.',
    /** What a pause waits for. */
    pausingAfter: {
      measuring: 'Pausing after the measurement',
      writing: 'Pausing after these rollouts',
      updating: 'Pausing after this update',
      other: 'Pausing',
    },
    updating: 'Programs run and graded. Tracing the failed ones and updating the adapter.',
    finishedStep: (added: number) =>
      `Adapter updated. ${plural(added, 'new alignment record')} from failed programs.`,
    evaluated: 'Measured on held-out tasks.',
    paused: 'Paused. Everything is kept.',
    pausedUnstored: 'Paused. The run is in this tab alone: it is not stored in this browser.',
    done: 'All steps done.',
    stopped: 'Stopped.',
    failed: 'Stopped by an error.',
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
    mixEnds: ['outcome', 'alignment'] as readonly [string, string],
    mixHelp: 'How much of what moves the model comes from predicting what failed programs compute.',
    mixValue: (alignment: number) => (alignment === 0 ? 'tests only' : `${alignment} % alignment`),
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
    withoutEffect: (because: string) => `Without effect at ${because}.`,
    restoreOne: (label: string, value: string) => `Back to ${value}: ${label}`,
    live: 'Changes take effect at the next step.',
    restart: 'Restart to apply:',
    restartNow: 'Restart with these',
    difference: (from: string, to: string) => `${from} → ${to}`,
    changes: 'Changed during the run',
    all: 'All settings',
    search: 'Find a setting',
    isLive: 'next step',
    isFixed: 'restart',
  },
  rewards: {
    heading: 'Reward functions of one’s own',
    about:
      'Python that says of each program a number, or None where it does not apply. It is added to the reward of the tests, runs in the sandbox, and is tried on one program before the run takes it. A function that fails gives no reward, and the run says so.',
    apply: 'Try and take',
    trying: 'Trying',
    noTask: 'There is no task to try them on; nothing was changed.',
    weightsSample: 'such as tests_reward=1 short_reward=0.1',
    example: 'An example',
    clear: 'Tests alone',
    said: (task: string) => `Said of the solution of ${task}; taken from the next step on:`,
    sample:
      'def short_reward(completion, prompt, tests, trace, variables):\n    # Fewer lines are better, where the program passes.\n    if not all(t["passed"] for t in tests):\n        return None\n    return -0.05 * completion.count("\\n")',
  },
  rollouts: {
    heading: 'Rollouts',
    empty: 'One step writes a batch of rollouts. They appear here, a column for each prompt.',
    writes: 'Writes programs',
    says: 'Says what its failed programs do',
    whyParts:
      'The reward counts the parts of an answer before its first wrong one, so answers with 1 and with 3 values right may earn the same.',
    whyPrior:
      'Advantages are against a baseline that is drawn towards the whole step: where a group does better than the step, all of its answers may be above it.',
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
    diverges: (first: number, last: number) =>
      `goes astray at line ${first === last ? first : `${first}–${last}`}`,
    divergesHelp: (args: string, did: string, instead: string) =>
      `On f(${args}) it did ${did} where a right program did ${instead || 'nothing more'}. These lines alone carry its advantage.`,
    solution: 'solution',
    program: (number: number) => `program ${number}`,
    thisProgram: 'this one',
    ended: 'had ended',
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
  } satisfies Record<OutcomeMark, string>,
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
  /** What happened, for the person looking at one rollout. */
  verdictMeaning: {
    pass: 'Every test passed.',
    wrong: 'It ran to its end, and at least one answer is not the expected one.',
    exception: 'Python raised an exception that the program did not catch.',
    'syntax-error': 'Python cannot read it, or it is longer than allowed: nothing was run.',
    'no-program': 'The completion holds no program.',
    'step-limit': 'It took more steps than allowed, most likely in an endless loop.',
    timeout: 'It ran out of time; its interpreter was ended and replaced.',
    memory: 'It asked for more memory or stack than it may have.',
    'output-limit': 'It printed more than allowed.',
    exit: 'It tried to end the interpreter in place of returning an answer.',
    tamper: 'It interfered with the interpreter or its measurement; nothing it said was believed.',
    'harness-error':
      'The sandbox itself failed, which is not the program’s fault: no reward, neither good nor bad.',
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
          'Share of unseen tasks solved at the first try. Sampled at temperature 1 (with its 95 % interval) rises when the model merely becomes surer of itself; greedy rises only when its best answer gets better, so look at both.',
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
      loss: {
        title: 'Loss',
        about:
          'Why is it near zero? Advantages of a group of programs sum to 0 and on policy every ratio is 1, so the mean vanishes while its gradient does not: look at the gradient norm. With credit by token alignment answers add a little.',
      },
      compass: {
        title: 'Compass',
        about:
          'Cosine between the gradient of the programs and that of the answers about programs, from different tasks, with its 95 % interval. Near 0, learning to execute does nothing for writing. The dashed line is the largest cosine that so few tasks could show.',
        missing: 'Not measured: compass.every is 0.',
      },
      kl: {
        title: 'KL to the base',
        about: 'How far the policy has moved from the base model, in nats per token.',
        missing: 'Not measured: the KL coefficient is 0, which saves scoring the base.',
      },
      gap: {
        title: 'Sampler–trainer gap',
        about:
          'How far the log-probabilities of sampling and training differ before a step’s first update, in nats per token. Here it is rounding error; where it grows, updates are biased.',
      },
      entropy: {
        title: 'Entropy',
        about: 'How undecided the policy is per token, in nats. A collapse means it stopped exploring.',
      },
      gradient: {
        title: 'Gradient norm',
        about:
          'Size of the gradient before clipping: this is what learning is made of, even when the loss is 0.',
      },
      funnel: {
        title: 'Funnel',
        about:
          'How many rollouts passed each gate on the way to becoming an alignment record in the latest step.',
      },
      time: { title: 'Seconds per step', about: 'Where the time of a step goes.' },
    },
    gates: {
      program: { name: 'a program', lost: 'no program' },
      parses: { name: 'parses', lost: 'unreadable' },
      source: { name: 'failed a test', lost: 'passed' },
      runs: { name: 'runs to its end', lost: 'crashed' },
      plain: { name: 'is plain', lost: 'could touch the tracer' },
      gradable: { name: 'has variables', lost: 'too trivial' },
      unique: { name: 'is new', lost: 'seen before' },
      fits: { name: 'fits', lost: 'too long' },
    } satisfies Record<Gate, { readonly name: string; readonly lost: string }>,
    /** Parts of a step, by the names that logs give them. */
    phases: {
      generate: 'generate',
      execute: 'execute',
      score: 'score',
      update: 'update',
      compile: 'compile',
      other: 'other',
    } as Readonly<Record<string, string>>,
    series: {
      sampled: 'sampled',
      greedy: 'greedy',
      fixed: 'fixed set',
      own: 'own programs',
      allPass: 'all pass',
      mixed: 'mixed',
      allFail: 'all fail',
      interval: '95 % interval',
      mean: 'mean',
      max: 'largest',
    },
    unit: { nats: 'nats', seconds: 's' },
  },
};
