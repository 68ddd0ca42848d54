/** Lecture mode: few words, large, and notes for whoever speaks. */
export const lecture = {
  label: 'Lecture',
  loading: 'Fetching the recorded run.',
  missing: 'This recording holds no example to follow.',
  next: 'Next',
  previous: 'Back',
  notes: 'Notes',
  leave: 'Leave',
  keys: 'Arrow keys or a clicker lead through; ↑ ↓ go from beat to beat; N shows notes.',
  beats: {
    policy: {
      name: 'Policy',
      title: 'A policy writes programs',
      lead: (rollouts: number, different: number) =>
        `One prompt, ${rollouts} attempts, ${different} different programs. Tests say which are right.`,
      notes:
        'Ask first: how many of these are right? Then show the marks. The same model wrote all of them; only chance differs. Training makes the right ones likelier. Nobody graded style, and nothing is learned from a group in which all are right or all wrong.',
    },
    failure: {
      name: 'Failure',
      title: 'This one failed',
      lead: 'The reward is 0. It does not say what went wrong.',
      notes:
        'Let the room find the fault before the test is shown. The point: the reward says that it failed, not why, and pushing it down teaches nothing about what it did.',
    },
    trace: {
      name: 'Trace',
      title: 'But the interpreter knows what it did',
      lead: 'Line by line, value by value. Right or wrong, this is the truth about the program.',
      notes:
        'Step with the arrow key and let the room say the next value. Every failed program is a question with a known answer, and nobody had to label it.',
    },
    prediction: {
      name: 'Prediction',
      title: 'Does the policy know?',
      lead: 'It is asked what its own failed program computes. Each line is held against the truth.',
      notes:
        'First line by line: where does it lose the thread? After the first wrong line nothing is judged. Then the same question at later steps, with the same random numbers: the wrong cell turns right.',
    },
    difference: {
      name: 'Difference',
      title: 'What did asking change?',
      lead: 'Five seeds each, the same tasks. The sentences say what the intervals allow, and no more.',
      notes:
        'Left and right are two questions: does it know what programs compute, and does it write better ones? Read the sentences aloud: “no difference shown” is a result, and not the same as “no difference”. The curves after it are one run each.',
    },
  },
  gave: 'gave',
  wanted: 'the test wants',
  reward: 'Reward',
  times: (n: number) => `${n}×`,
  charts: {
    pass: 'Held-out pass@1',
    alignment: 'Values of failed programs said right',
    reward: 'Mean reward of programs',
  },
};
