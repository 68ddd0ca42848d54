/**
 * Chapters 1 to 3 of Learn: a policy, tests that reward it, a group and its advantages. Marks as in learn.ts.
 */
import { plural } from '../../view/plural.ts';

export const learnRewards = {
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
};
