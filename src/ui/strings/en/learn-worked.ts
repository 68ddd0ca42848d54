/** Chapter 6 of Learn: whether it worked. Marks as in learn.ts. */
import { plural } from '../../view/plural.ts';

export const learnWorked = {
  worked: {
    title: 'Did it work?',
    lead: 'A curve that goes up is a hope. Here is what it takes to know.',
    heldout:
      'Training tasks cannot tell: the policy has practised them. So the run is measured on *held-out*{held-out} tasks. [pass@1](curve) is the share solved at the first try, and [the bar](interval) is its 95 % interval.',
    reads: (name: string, before: string, after: string, step: number) =>
      `In the recording “${name}” it goes from ${before} to ${after} at step ${step}.`,
    interval:
      'The interval covers which tasks were picked and how the samples fell. It does not cover the *seed*{seed}: with another seed the same settings give another run, and another curve.',
    question:
      'Suppose A and B are in truth equally good. You run each once, with one seed. How often does B come out ahead?',
    options: {
      never: 'Almost never',
      rarely: 'About 1 time in 20',
      half: 'About half the time',
      always: 'Nearly always',
    },
    answer: (count: number, of: number) =>
      `${count} of ${of} simulated pairs had B ahead, though nothing separates them. With one seed each, a winner always appears.`,
    tools:
      'Several seeds give a mean difference and an interval around it. Only when [the interval](gap) leaves zero out is a difference shown. In the figure you can change the truth and the number of seeds.',
    studyIntro: (arms: string, seeds: number) =>
      `With this page comes a study: ${arms}, ${plural(seeds, 'seed')} each, the same ones, compared seed by seed. This is what it found.`,
    listComma: ', ',
    trained: {
      higher: (arm: string, before: string, after: string) => `${arm} rose from ${before} to ${after}.`,
      lower: (arm: string, before: string, after: string) => `${arm} fell from ${before} to ${after}.`,
      'no difference shown': (arm: string, before: string, after: string) =>
        `${arm} went from ${before} to ${after}: no change is shown.`,
    },
    helped: {
      'eval_heldout/pass@1': {
        higher: (to: string, from: string) =>
          `${to} did better than ${from}: it writes more programs that pass.`,
        lower: (to: string, from: string) =>
          `${to} did worse than ${from}: it writes fewer programs that pass.`,
        'no difference shown': (to: string, from: string) =>
          `Whether ${to} writes more or fewer programs that pass than ${from} is not shown.`,
      },
      'eval_alignment/accuracy': {
        higher: (to: string, from: string) =>
          `${to} did better than ${from}: it knows better what failed programs compute.`,
        lower: (to: string, from: string) =>
          `${to} did worse than ${from}: it knows less of what failed programs compute.`,
        'no difference shown': (to: string, from: string) =>
          `Whether ${to} knows more or less than ${from} of what failed programs compute is not shown.`,
      },
    },
    noStudy:
      'No study ships with this page. The recording above is one run of one seed: an illustration, not evidence.',
    studyBroken: 'The study’s file could not be read, so nothing is shown of it.',
    findings: {
      higher: (to: string, from: string) => `${to} is higher than ${from}.`,
      lower: (to: string, from: string) => `${to} is lower than ${from}.`,
      'no difference shown': (to: string, from: string) => `No difference shown between ${to} and ${from}.`,
    },
    notEqual: 'That is not the same as equal: the interval says how large a difference may still hide.',
    point:
      'So: a question of your own, several seeds, and the courage to report that nothing was shown. The Lab does the counting.',
    measures: {
      'eval_heldout/pass@1': 'Held-out pass@1',
      'eval_heldout/greedy': 'Held-out, greedy',
      'eval_heldout/pass@8': 'Held-out pass@8',
      'eval_alignment/accuracy': 'Variables of failed programs',
      'eval_alignment/sampled': 'Variables of failed programs, sampled',
      'eval_alignment/return': 'Return values of failed programs',
      'eval_alignment/exact': 'Whole traces of failed programs',
      'eval_reasoning/accuracy': 'Results of reference solutions, shortest input',
      'eval_reasoning/own_programs': 'Results of own right programs, all visible inputs',
      'eval_test_output/accuracy': 'Expected outputs from the description',
      'eval_verified/chosen': 'Tasks, program chosen by own predictions',
      'eval_verified/most_probable': 'Tasks, program chosen by own probability',
    },
    figure: {
      curve: 'Held-out pass@1 with 95 % intervals',
      alignmentCurve: 'Values predicted right, with 95 % intervals',
      step: 'Step',
      table: 'Data table',
      simulation: 'Simulation',
      simulationHelp: 'Random numbers, not runs. Noise of a single run:',
      noise: (points: string, source: string) => `standard deviation ${points} points of pass@1 (${source}).`,
      noiseFromStudy: 'as in the study below',
      noiseAssumed: 'an assumption',
      effect: 'True difference, B over A',
      points: (n: string) => `${n} points`,
      seeds: 'Seeds for each arm',
      seedsValue: (n: number) => plural(n, 'seed'),
      experiment: (n: number) => `Experiment ${n}`,
      another: 'Another experiment',
      hundred: 'A hundred more',
      startOver: 'Start over',
      unbounded: 'One seed has no interval: its spread is unknown.',
      difference: (value: string, low: string, high: string) => `B − A: ${value} points [${low}, ${high}]`,
      differenceOnly: (value: string) => `B − A: ${value} points`,
      ahead: (b: number, n: number) => `B ahead in ${b} of ${n}`,
      shown: (k: number, n: number) => `Difference shown in ${k} of ${n}`,
      whenNone: 'There is none, so each of these is a false alarm; 1 in 20 is what 95 % allows.',
      whenSome: 'There is one; the others missed it.',
      verdict: {
        higher: 'Difference shown: B higher',
        lower: 'Difference shown: B lower',
        'no difference shown': 'No difference shown',
      },
      perSeed: 'Runs, one dot each',
      study: (runs: number) => `Study of ${plural(runs, 'run')}`,
      measure: 'Measure',
      arm: 'Arm',
      seedCount: 'Seeds',
      before: 'Before',
      after: 'After',
      interval: '95 % interval',
      differenceHead: 'Difference in points',
      signTest: 'Sign test p',
    },
  },
};
