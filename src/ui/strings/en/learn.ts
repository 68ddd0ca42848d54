/**
 * The room Learn. Sentences carry marks (src/ui/learn/rich.ts): `[phrase](key)` lights up a part of the
 * figure, `*term*`, `` `code` ``. No figure of a run is written here: numbers come from the recording.
 */
import { plural } from '../../view/plural.ts';

export const learn = {
  title: 'How a code model learns from what its programs do',
  lead: 'Six short chapters. Read, click the underlined words, and guess before you look.',
  teachers: 'For teachers: lessons, worksheet, what it needs',
  made: {
    heading: 'What you see is a recorded run',
    steps: (n: number) => plural(n, 'step'),
    on: (date: string, device: string) => `Made ${date} on ${device}.`,
    nothing: 'No model and no Python are loaded for it.',
    command: 'The command that makes it again',
    loading: 'Fetching the recorded run.',
    choose: 'Recorded run',
    missing: 'This recording holds no moment that shows this. Choose another one, or run it here.',
  },
  nav: {
    label: 'Chapters',
    chapter: (n: number) => `Chapter ${n}`,
    next: (title: string) => `Next: ${title}`,
    run: 'Run it here',
    runHelp: 'Opens Play with the settings of this chapter. The model is fetched only when you say so there.',
    lab: 'Compare over seeds in the Lab',
    labHelp: 'Opens the Lab, where settings are compared over several seeds.',
  },
  predict: {
    heading: 'Your guess',
    check: 'Check',
    show: 'Show me',
    right: 'Right.',
    notYet: 'Not quite.',
    notAValue: "That is no Python value. Try 4, [1, 2] or 'ab'.",
  },
  value: { missing: 'missing' },

  policy: {
    title: 'What a policy is',
    lead: 'A policy is a rule for choosing what comes next. This one writes Python.',
    reads:
      'The model reads [the prompt](prompt): one comment and the first line of a function. Then it picks one *token*{token}: a word, a sign, a digit, or a line break with its indentation.',
    draws:
      'For every token it knows, it gives a [probability](probability) of being next. One token is drawn by chance and appended. Then the model is asked again, until it draws the [end](end).',
    again:
      'Asked again, it may write [another program](tree). One complete attempt is a *rollout*{rollout}. The rollouts of one prompt are a *group*{group}.',
    question: (n: number) =>
      `The policy answered this prompt ${n} times. How many different programs did it write?`,
    answer: (different: number, n: number) =>
      different === n
        ? `All ${n} are different. Each line of the tree is one program.`
        : different === 1
          ? `One, ${n} times over: here the policy was sure.`
          : `${different} different programs in ${n} rollouts. Thick lines were taken by several rollouts; they part where the policy was undecided.`,
    fork: 'Jump to a [fork](fork). The bars show what was drawn there and how likely each was. What is missing to 100 % belongs to tokens that nobody drew.',
    point:
      'To learn is to move these probabilities a little: up for what worked, down for what did not. Who says what worked?',
    figure: {
      label: 'A rollout being written, token by token',
      rollout: 'Rollout',
      written: (done: number, all: number) => `${done} of ${all} tokens`,
      play: 'Play',
      pause: 'Pause',
      token: 'Token',
      previousFork: 'Previous fork',
      nextFork: 'Next fork',
      next: 'Next token',
      drawn: 'drawn here',
      others: 'never drawn',
      more: (n: number) => `${n} other tokens`,
      end: 'end',
      lineBreak: (spaces: number) => `line break, ${spaces} spaces`,
      finished: 'The program is complete.',
      chance: (chance: string) =>
        `All its tokens together: the chance of writing exactly this program was ${chance}.`,
      oneIn: (n: string) => `1 in ${n}`,
      tree: 'All rollouts of this prompt as a tree',
      treeLater: 'The tree of all programs comes after your guess.',
      treeHelp: 'From left to right in tokens. Each end is one program; choose it to read it.',
      times: (n: number) => (n === 1 ? 'once' : `${n} times`),
      leaf: (rollouts: string, times: string) => `Program of rollout ${rollouts}, written ${times}`,
      unsure: 'Underlined: the less likely the token was, the heavier the line.',
      noProbabilities: 'This recording keeps no probabilities here; the bars count rollouts.',
    },
  },

  tests: {
    title: 'Rewards from tests',
    lead: 'Nobody grades style. A program is run, and the tests decide.',
    runs: 'Each program goes into a sandbox and is [called](call) on inputs whose answers are known. What it returns is compared with what was [expected](expected).',
    reward:
      'If every test passes, the *reward*{reward} is [1](reward). Else it is 0. There are no marks for almost right: almost right is a bug.',
    question: 'Be the judge. Which of these programs pass every test?',
    pass: 'Passes',
    fail: 'Fails',
    score: (right: number, all: number) => `${right} of ${all} judged right.`,
    verdicts:
      'There are many ways to fail. A [crash](verdicts), a loop that never ends, text that is no Python: each has its verdict, and each earns 0.',
    map: 'Now look at a whole step. [Each column](map) is one prompt, each tile one rollout. [The curve](curve) is the mean reward, step by step. Move through the run.',
    point:
      'Some columns are all ticks or all crosses. Keep them in mind: the next chapter shows why they teach nothing.',
    figure: {
      task: 'The task',
      program: (n: number) => `Program ${n}`,
      tests: 'Its tests',
      hidden: (n: number) => `and ${plural(n, 'hidden test')}`,
      call: 'call',
      expected: 'expected',
      got: 'got',
      allPassed: 'Every test passed.',
      reward: 'Reward',
      stepOf: (step: number, of: number) => `Step ${step} of ${of}`,
      mapLabel: (step: number, groups: number, passed: number, all: number) =>
        `Step ${step}: ${plural(groups, 'prompt')}, ${passed} of ${all} rollouts passed`,
      some: (n: number, of: number) => `The recording keeps ${n} of the ${of} prompts of this step.`,
      curve: 'Mean reward of the tests at each step',
      mean: (value: string) => `Mean reward ${value}`,
      verdictsOf: (step: number) => `Verdicts of step ${step}`,
    },
  },

  group: {
    title: 'A group and its advantages, by hand',
    lead: 'Is a reward of 1 good news? Only if it was not to be expected.',
    compare:
      'So each rollout is compared with its own group: the [rewards](rewards) of the same prompt. If all of them passed, passing is nothing special.',
    formula:
      'Take the [mean](mean). Take the [spread](spread): the sample standard deviation, which divides by one less than the number of rollouts. The *advantage*{advantage} is how far a reward lies from the mean, [measured in spreads](advantage).',
    formulaLabel: 'advantage equals reward minus mean, divided by spread plus epsilon',
    words: { advantage: 'advantage', reward: 'reward', mean: 'mean', spread: 'spread' },
    epsilon: (eps: string) => `ε is ${eps} in this run. It only guards against dividing by zero.`,
    question: (ones: number, n: number) =>
      `In this group ${ones} of ${n} rollouts passed. Work it out, by hand or in your head.`,
    askMean: 'Mean of the rewards',
    askSpread: 'Spread',
    askPass: 'Advantage of a rollout that passed',
    askFail: 'Advantage of a rollout that failed',
    mistakes: {
      'not-a-number': 'That is not a number. Try 0.25 or 1/4.',
      'population-std': 'Nearly: divide the squares by n − 1, not by n.',
      variance: 'That is the variance. Take its square root.',
      'no-mean': 'Take the mean off the reward first.',
      'no-spread': 'That is the distance from the mean. Divide it by the spread.',
      sign: 'The right size with the wrong sign.',
      other: 'Not quite.',
    },
    done: 'All four are right. These are the numbers that went into the update.',
    logged: (value: string) =>
      `The run’s own log agrees with the formula: the largest difference in this group is ${value}.`,
    otherEstimator: (name: string) =>
      `This run used another estimator, ${name}; the sum here is GRPO’s, the plain one.`,
    rare: {
      pass: 'Passing was the rare event here, so it gets the large number: a surprise teaches more.',
      fail: 'Failing was the rare event here, so it gets the large number: a surprise teaches more.',
      even: 'Passing and failing were equally common here, so both get the same size.',
    },
    play: 'Now [change the rewards](rewards): press one to turn 0 into 1. What happens when all are the same?',
    flat: 'All rewards are equal: every advantage is 0. This group teaches nothing, and its tokens are left out.',
    point:
      'Then comes the update. Every token of a rollout with a positive advantage is pushed up, every token of one with a negative advantage is pushed down. But failing programs are only pushed away. Nothing yet says what they did wrong.',
    figure: {
      label: 'Rewards of the group, and what becomes of them',
      stage: 'Show',
      stages: { reward: 'rewards', centred: 'minus mean', advantage: 'divided by spread' },
      toggle: (n: number, reward: number) => `Reward of rollout ${n}: ${reward}. Press to change it.`,
      mean: 'Mean',
      spread: 'Spread',
      restore: 'Back to the recorded rewards',
      recorded: 'As recorded',
      changed: 'Changed by you',
      hidden: 'Hidden until you have worked it out.',
    },
  },

  traces: {
    title: 'What code does: traces',
    lead: 'A reward says that a program failed. A trace says what it did.',
    failed: (step: number) =>
      `The policy wrote [this program](program) in step ${step}, and it failed. Here is one call with [this input](input).`,
    failedSource: (step: number) =>
      `The policy wrote [this program](program) in step ${step}. Here is one call with [this input](input).`,
    steps:
      'The interpreter watches: which [line](line) ran, and what it [changed](changed). Step through it and be the interpreter.',
    path: '[The path](path) shows the whole call: one dot for each executed line. Where it jumps back up, a loop begins again.',
    question: (name: string) => `Read the program. What is \`${name}\` when the call ends?`,
    answer: (name: string, value: string) => `\`${name}\` ends as \`${value}\`.`,
    final:
      'What is kept of all this is small: the value of each variable at its [last definition](final), and what was returned. Program, input and these values make an *alignment record*{alignment-record}.',
    point:
      'Nobody had to label anything. The interpreter knows what the program computes, right or wrong. So every failed program is a question with a known answer.',
    figure: {
      label: 'A call, line by line',
      call: 'Call',
      first: 'To the start',
      back: 'One line back',
      forward: 'One line on',
      last: 'To the end',
      step: 'Executed line',
      stepOf: (step: number, of: number) => `${step} of ${of}`,
      before: 'Nothing has run yet.',
      ran: 'just ran',
      variables: 'Variables',
      variable: 'Variable',
      value: 'Value',
      changedMark: 'changed',
      nothingChanged: 'changed nothing',
      path: 'Path of execution',
      pathDot: (step: number, line: number) => `Step ${step}, line ${line}`,
      finals: 'Last definitions',
      finalLine: (line: number) => `line ${line}`,
      returned: 'returned',
      noTrajectory: 'This run asks for the final values only, so its log keeps no steps to walk through.',
    },
  },

  lesson: {
    label: 'One wrong answer, followed to its end',
    failed: 'A program that failed',
    gave: 'gave',
    wanted: 'the test wants',
    asked: (step: number) => `What it does, asked in step ${step}:`,
    again: 'Write it again',
    line: 'Line that ran',
    truth: 'What happened',
    said: 'What the policy said',
    nothing: 'nothing',
    right: 'right',
    firstWrong: 'the first wrong line',
    rest: (n: number) => `${plural(n, 'more line')}, none of them judged.`,
    reward: 'What it earns',
    rewardOfLines: (right: number, total: number, reward: string) =>
      `${right} of ${total} parts were right before the first wrong one: the lines that ran, the final values, and the end. That is a reward of ${reward}.`,
    rewardOfValues: (right: number, total: number, reward: string) =>
      `${right} of ${total} values are right. That is a reward of ${reward}.`,
    tokens: 'And what the update did to its tokens, beside those of a right answer to the same question:',
    wrongAnswer: 'this answer',
    rightAnswer: 'a right one',
    tokenKey:
      'Green was made likelier, red less likely, grey was left alone: blame falls on the first wrong token, and what follows it is not judged.',
    askedBeside: (step: number) => `What it does, asked after step ${step}:`,
    noReward: (right: number, total: number) =>
      `${right} of ${total} values are right. This run gives no reward for that: it counts tests alone, and its policy was asked beside the training, to be compared.`,
    same: 'The same question, asked again',
    sameLead: (n: number) =>
      `Before training and at a few steps of it the policy got this question ${n} times, with the same random numbers. Here is one of its answers at each step.`,
    atStep: (step: number) => (step === 0 ? 'before' : `step ${step}`),
    allAnswers: 'All answers: right',
  },
  alignment: {
    title: 'Rewards for saying what a program does',
    lead: 'CodeRL+ turns failures into a second exercise, in the same step.',
    task: 'The policy is shown [its own failed program](question) and the input, and has to [say](predicted) what each variable ends as. The interpreter holds [the truth](truth).',
    reward:
      'The *alignment reward*{alignment-reward} is the share of values that are right. It is not all or nothing: there is something to learn even where no program passed.',
    question: (n: number) => `This is answer ${n}. What reward does it earn?`,
    answer: (right: number, all: number, value: string) =>
      `${right} of ${all} values are right, so the reward is ${value}.`,
    notAsked:
      'This run is rewarded by tests alone. Nothing in it asks what a program does; the answers here were asked for beside it and moved nothing. Choose the CodeRL+ run at the top to see what asking does.',
    line: 'Line by line, [the first wrong one](first) shows where the policy lost the thread. After it, the answer follows a program that was never run.',
    forms: 'Is the share the best reward? [Choose another](forms) and watch the same answers change places.',
    formNames: { paper: 'share right', reference: 'reference code', prefix: 'longest right prefix' },
    formAbout: {
      paper: 'As in the paper: right values / all values, the return value being one of them.',
      reference: 'As in its code: 0 if it cannot be read, else 0.1 and 0.9 times the share.',
      prefix:
        'Ours: lines right before the first wrong one / all lines. Being right by luck at the end earns little.',
    },
    funnel:
      'Not every failure makes a good question. [The funnel](funnel) counts what passed each gate in the step where this program was written.',
    point: (update: 'shared' | 'own') =>
      `The answers form a group and get advantages as before, but never share one with programs: a program is compared with programs, an answer with answers. ${
        update === 'shared'
          ? 'Both kinds go into one update.'
          : 'In this run the answers make an update of their own after that of the programs.'
      }`,
    used: {
      paper: 'This run used the share right.',
      reference: 'This run used the rule of the reference code.',
      prefix: 'This run used the longest right prefix.',
      line: 'This run used the longest right prefix, and gave each line its own advantage: the credit goes to the line that earned it.',
      token:
        'This run used the longest right prefix, and gave each token its own advantage: blame falls on the first wrong token alone.',
    },
    gates: {
      program: 'rollouts with a program',
      parses: 'that are Python',
      source: 'that failed',
      runs: 'that run to their end',
      plain: 'that cannot touch what watches them',
      gradable: 'that leave values to ask for',
      unique: 'not seen before',
      fits: 'short enough to ask',
    },
    figure: {
      label: 'One question, the whole group of answers',
      answers: 'Answers',
      answerN: (n: number) => `Answer ${n}`,
      answerLabel: (n: number, right: number, all: number) => `Answer ${n}: ${right} of ${all} right`,
      malformed: 'cannot be read',
      variable: 'Variable',
      predicted: 'Predicted',
      truth: 'True',
      right: 'right',
      wrong: 'wrong',
      hidden: 'marks come after your guess',
      lines: 'Line by line',
      linePredicted: 'The policy says',
      lineTruth: 'What happened',
      firstWrong: 'first wrong',
      nothing: 'nothing',
      form: 'Reward function',
      funnel: (step: number) => `Funnel of step ${step}`,
      noLines: 'This run asks for the final values only.',
    },
  },

  worked: {
    title: 'Did it work?',
    lead: 'A curve that goes up is a hope. Here is what it takes to know.',
    heldout:
      'Training tasks cannot tell: the policy has practised them. So the run is measured on *held-out*{held-out} tasks. [pass@1](curve) is the share solved at the first try, and [the bar](interval) is its 95 % interval.',
    reads: (name: string, before: string, after: string, step: number) =>
      `In this recording, ${name} goes from ${before} to ${after} at step ${step}.`,
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
      'Several seeds give a mean difference and an interval around it. Only when [the interval](gap) leaves zero out is a difference shown. Change the truth and the number of seeds:',
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
