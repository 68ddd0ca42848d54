/** The room Lab: a hypothesis as arms over seeds, its runs and what came out. */
import type { Finding } from '../../../experiment/experiment.ts';
import type { ExperimentId } from '../../../experiment/experiments.ts';
import type { ExportFormat } from '../../../experiment/export/index.ts';
import { METRIC_NAMES, reportWords } from '../../../experiment/report/words.ts';
import { plural } from '../../view/plural.ts';

interface ExperimentText {
  readonly title: string;
  /** The hypothesis, and what to look at. */
  readonly about: string;
}

export const lab = {
  parts: { plan: 'Hypothesis', results: 'Results', runs: 'Runs' },
  experiments: {
    'rlvr-coderl-plus': {
      title: 'RLVR or CodeRL+',
      about: 'Does predicting what failed programs compute make the model write better programs?',
    },
    'alignment-ratio': {
      title: 'How much alignment',
      about: 'Which share of the updates should come from predicting execution: none, 20, 40 or 60 percent?',
    },
    'record-source': {
      title: 'Failed or all rollouts',
      about: 'Should only failed programs become alignment records, or passed ones as well?',
    },
    grading: {
      title: 'Strict or lenient grading',
      about:
        'Do exact types in predicted values matter? Compare held-out pass@1: each arm’s execution accuracy is graded by its own rule.',
    },
    'four-algorithms': {
      title: 'Four algorithms, each with alignment',
      about:
        'GRPO, PPO, REINFORCE++ and DAPO, with and without answers about own failed programs: does alignment raise execution under each of them, and pass@1 under any?',
    },
    'grpo-dr-grpo': {
      title: 'GRPO or Dr.GRPO',
      about: 'Does dividing by a group’s standard deviation and by each length help, or bias?',
    },
  } satisfies Record<ExperimentId, ExperimentText>,
  plan: {
    heading: 'Hypothesis',
    words: 'What do you expect?',
    wordsHelp: 'In your own words. They stay, go into the link and head the report.',
    preset: 'Begin with',
    own: 'Your own arms',
    model: 'Model',
    modelHelp: (isOwn: boolean): string =>
      isOwn
        ? 'as in Play, on the easy tasks, with small steps and few measurements: they are slow on a CPU.'
        : 'comes with the page. Runs train the model that Play has.',
    chooseModel: 'Choose another model',
    notLoaded: (name: string) =>
      `${name} is not loaded: load it first, for it decides how it is asked and what fits.`,
    arms: 'Arms',
    armsHelp:
      'Each arm is a preset and what it changes. Arms with one seed see the same prompts and the same random numbers.',
    arm: (letter: string) => `Arm ${letter}`,
    name: 'Name',
    basis: 'Preset',
    unchanged: 'The preset as it is.',
    fromTo: (from: string, to: string) => `${from} → ${to}`,
    clear: (name: string) => `Put “${name}” back`,
    change: 'Change a setting',
    setting: 'Search a setting',
    noSetting: 'No setting has these words.',
    otherSetting: 'Another setting',
    range: (min: string, max: string) => `From ${min} to ${max}.`,
    value: 'Value',
    apply: 'Change',
    add: 'Add an arm',
    remove: (letter: string) => `Remove arm ${letter}`,
    all: 'All arms',
    allUnchanged: 'Nothing beside steps and measuring.',
    outOfRange: (text: string, min: number, max: number, kept: number) =>
      `“${text}” is out of range: a whole number from ${min} to ${max}. ${kept} stays.`,
    seedTooLarge: (most: number) => `The last seed is above ${most}.`,
    firstSeed: 'First seed',
    seedsAre: (seeds: string) => `Seeds ${seeds}.`,
    seeds: 'Seeds',
    seedsHelp: (n: number, p: string) =>
      `${plural(n, 'run')} an arm. However clear, ${plural(n, 'seed')} cannot bring the sign test below p = ${p}.`,
    steps: 'Steps',
    every: 'Measure every',
    everyHelp: 'Steps between measurements on held-out tasks; 0 is only before and after.',
    badName: (name: string) => `“${name}” is no name for an arm: use letters, digits, dots, plus and minus.`,
    twice: (name: string) => `Two arms are named “${name}”.`,
    run: (n: number) => `Run ${plural(n, 'run')}`,
    busy: 'The queue is at work. This plan can be run when it is done.',
    endsPlay: (step: number) =>
      `There is one model: the run in Play ends at step ${step}, and its curves go.`,
    noEstimate: 'How long it takes is not known yet: nothing was measured.',
    timeline: (runs: number, time: string) =>
      `${plural(runs, 'run')} one after another, about ${time} in all`,
    estimateEarlier: (time: string, steps: number) =>
      `About ${time}, from ${plural(steps, 'step')} measured in an earlier visit.`,
    estimateRecording: (time: string) =>
      `About ${time} on the machine of the recordings, one core of a server. Your own pace is measured with the first step.`,
    loads: (size: string) =>
      `Fetches model, training engine, Python and tasks first: ${size}, kept for the next visit.`,
    estimate: (time: string, steps: number) =>
      `About ${time}, from the median of ${plural(steps, 'step')} measured in this visit.`,
  },
  study: {
    title: (runs: number) => `The study that comes with the page: ${plural(runs, 'run')}`,
    about:
      'Same tasks, same random numbers, 60 steps each. It was made on the command line; run your own beside it, on the left.',
    open: 'The study that comes with the page',
    takeOver: 'Use as my plan',
    runs: 'Runs of the study',
    run: (arm: string, seed: number) => `${arm}, seed ${seed}`,
    watch: (run: string) => `Watch ${run}`,
    watchShort: 'Watch',
  },
  queue: {
    label: 'Queue',
    idle: 'Nothing is running.',
    otherModel: (name: string) => `The missing runs need ${name}: choose it as the model to go on.`,
    preparing: (run: string) => `Preparing ${run}.`,
    running: (run: string, step: number, steps: number) => `${run}: step ${step} of ${steps}.`,
    measuring: (run: string) => `${run}: measuring the base model.`,
    pausing: 'Pausing after the work in hand.',
    paused: (run: string, step: number, steps: number) =>
      `Paused in ${run} after step ${step} of ${steps}. Everything is kept.`,
    pausedBetween: (waiting: number) => `Paused. ${plural(waiting, 'run')} waiting.`,
    stopping: 'Stopping.',
    run: (arm: string, seed: number) => `${arm}, seed ${seed}`,
    count: (ended: number, all: number) => `${ended} of ${all}`,
    counter: 'Runs',
    left: (time: string) => `about ${time} left`,
    pause: 'Pause',
    resume: 'Go on',
    stop: 'Stop',
    stopHelp: 'Ends the run in hand and drops those that wait; finished runs stay.',
    goOn: (n: number) => `Run the ${plural(n, 'missing run')}`,
  },
  results: {
    heading: 'Results',
    empty: 'Choose a hypothesis and run it. Curves and differences appear here as runs finish.',
    sideBySide: 'What the arms differ in',
    setting: 'Setting',
    models: (names: string) =>
      `These runs trained different models (${names}), so they are not compared: a difference could be the models’.`,
    emptyChosen: 'Choose finished runs in the list to compare them.',
    ofChosen: (n: number) => `${plural(n, 'chosen run')}`,
    backToExperiment: 'Back to the experiment',
    waiting: 'No run has finished yet. The thin line is the run in progress.',
    metric: 'Metric',
    moreMetrics: (n: number) => `All ${n} metrics`,
    fewerMetrics: 'Ten metrics',
    searchMetric: 'Search a metric',
    noMetric: 'No metric has these words.',
    reference: 'Compare with',
    chart: 'Mean over seeds',
    chartAbout:
      'Mean over the finished seeds of each arm, with the 95 % interval of the mean as a band (from two seeds on).',
    live: (run: string) => `${run}, running`,
    table: 'Final metrics',
    arm: 'Arm',
    seeds: 'Seeds',
    base: 'Before',
    final: 'After',
    interval: '95 % interval',
    difference: 'Difference',
    overTasks: (interval: string) => `seeds × tasks ${interval}`,
    tests: 'Tests',
    sign: (p: string) => `sign p = ${p}`,
    holm: (p: string) => `Holm p = ${p}`,
    finding: 'Finding',
    isReference: 'reference',
    unbounded: 'needs two seeds',
    noPairs: 'no shared seed',
    points: (value: string) => `${value} points`,
    findings: {
      higher: 'higher',
      lower: 'lower',
      'no difference shown': 'no difference shown',
    } satisfies Record<Finding, string>,
    sentence: {
      higher: (measure: string, to: string, from: string) => `${measure}: ${to} is higher than ${from}.`,
      lower: (measure: string, to: string, from: string) => `${measure}: ${to} is lower than ${from}.`,
      'no difference shown': (measure: string, to: string, from: string) =>
        `${measure}: no difference shown between ${from} and ${to}.`,
    } satisfies Record<Finding, unknown>,
    sentenceDetail: (difference: string, interval: string, seeds: number, p: string) =>
      `${difference}, 95 % interval ${interval}, ${plural(seeds, 'paired seed')}, sign test p = ${p}`,
    sentenceHolm: (p: string) => `, t test after Holm p = ${p}`,
    method:
      'Differences are taken seed by seed. Their interval is Student’s t over seeds and is about the tasks that were measured; the one over seeds and tasks (bootstrap) is about tasks of their kind. A difference is shown when its interval over seeds leaves zero out. With several measures one in twenty does so by chance: the last p, of the t test, is adjusted for all measures of the two arms (Holm).',
    unfinished: (n: number) => `${plural(n, 'run')} left out: ended early or not measured before and after.`,
    repeated: (n: number) => `${plural(n, 'run')} left out: a newer one has the same arm and seed.`,
    forest: (low: string, high: string) => `from ${low} to ${high}`,
  },
  /** The report, which the command line makes as well, says the same. */
  measures: METRIC_NAMES,
  report: reportWords,
  runs: {
    heading: 'Runs',
    empty: 'Every run is kept here, in this browser. Files can be dropped or chosen to bring runs in.',
    memory: 'This browser does not let the page store data: runs last until the tab is closed.',
    state: { done: 'finished', stopped: 'stopped', failed: 'failed' },
    choose: (name: string) => `Choose ${name}`,
    all: 'Choose all',
    none: 'Choose none',
    rename: (name: string) => `Rename ${name}`,
    name: 'Name',
    note: 'Note',
    noteOf: (name: string) => `Note on ${name}`,
    steps: (done: number, all: number) => `${done} of ${all} steps`,
    compare: 'Compare',
    report: 'Report',
    reportHelp: 'One HTML file with pictures, tables, settings, seeds and the command. It loads nothing.',
    export: 'Export',
    remove: 'Delete',
    import: 'Import',
    chosen: (n: number) => `${n} chosen`,
    deleted: (n: number) => `${plural(n, 'run')} deleted.`,
    undo: 'Undo',
    details: (name: string) => `Details of ${name}`,
    adapter: 'adapter kept',
    noAdapter: 'no adapter',
    made: 'Made',
    settings: 'Settings off the preset',
  },
  exports: {
    heading: 'Export as one zip',
    formats: {
      log: { title: 'Run log', about: 'run.jsonl: every event; replays and imports here' },
      csv: { title: 'Metrics', about: 'metrics.csv: one row a step' },
      tensorboard: { title: 'TensorBoard', about: 'an event file: one scalar a metric and step' },
      wandb: { title: 'W&B, Trackio', about: 'wandb-history.jsonl, summary and configuration' },
      parquet: { title: 'Rollouts', about: 'parquet, a file a step, in TRL’s and verl’s columns' },
      peft: { title: 'Adapter', about: 'PEFT: adapter_model.safetensors with a parity card' },
      trl: { title: 'TRL', about: 'the loop itself: grpo.yaml, tasks, tracewise_rl, the adapter' },
      verl: {
        title: 'verl',
        about: 'the loop itself: launch.sh, tasks, tracewise_rl, rollouts, the adapter',
      },
    } satisfies Record<ExportFormat, { title: string; about: string }>,
    save: 'Save the zip',
    packing: 'Packing',
    cancel: 'Cancel',
    none: 'Choose at least one format.',
    leaves:
      'Files hold what the model wrote. The TRL and verl folders run model-written programs where you start them.',
  },
  errors: {
    noFiles: (name: string) => `The log of ${name} is not in this browser any more.`,
    reportAdvice: 'Choose finished runs, or run what is missing, and try again.',
    linkKept: 'The plan is the page’s own.',
    kept: 'Runs that finished are kept.',
    advice: 'Go on with the queue, or reload the page and run what is missing.',
    importKept: 'The runs in the list are as they were.',
    importAdvice: 'Give it a run log (.jsonl) or a zip that was exported here.',
    dismiss: 'Dismiss',
    store: (reason: string | null) =>
      reason === null
        ? 'The browser could not store the run.'
        : `The browser could not store the run: ${reason}.`,
    storeKept: 'The runs of this visit are still on the page.',
    storeAdvice: 'Export what you want to keep, then free space or allow this site to store data.',
    brokenZip: (file: string) => `${file} is no whole zip.`,
    noLog: (file: string) => `${file} holds no run.jsonl.`,
    noRun: (file: string) => `${file} holds no start of a run.`,
    noModel: 'The model could not be loaded.',
  },
  time: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (h: number, min: number) => (min === 0 ? `${h} h` : `${h} h ${min} min`),
  },
  announce: {
    started: (n: number) => `${plural(n, 'run')} queued.`,
    goesOn: (n: number) => `The queue goes on: ${plural(n, 'run')} left.`,
    takenUp: (run: string, step: number, steps: number) => `${run} goes on after step ${step} of ${steps}.`,
    ended: (name: string) => `${name} ended.`,
    imported: (n: number) => `${plural(n, 'run')} imported.`,
    exported: (n: number) => `${plural(n, 'run')} exported.`,
  },
};
