/** Chapters 4 and 5 of Learn: what programs compute, and learning to say it. Marks as in learn.ts. */
import { plural } from '../../view/plural.ts';

export const learnExecution = {
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
};
