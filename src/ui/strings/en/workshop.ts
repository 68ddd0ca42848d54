/** Before/after and the visitor's own tasks, in the room Play. */
import type { DraftProblem } from '../../questions.ts';
import { plural } from '../plural.ts';

export const workshop = {
  middle: {
    label: 'What to look at',
    rollouts: 'Rollouts',
    compare: 'Before and after',
    own: 'Your own task',
  },
  compare: {
    heading: 'Before and after',
    lead: (n: number) =>
      `The base model and the trained one get the same prompt and the same random numbers, ${n} times each. What differs is what was learned.`,
    loadFirst: 'Load the model first: both answers are written here, on your machine.',
    search: 'Find a task',
    task: 'Task',
    own: 'Your own',
    heldout: 'Held out: never trained on',
    run: 'Compare',
    running: 'Writing both',
    untrained: 'Nothing is learned yet: both will be the same.',
    side: { base: 'Base', now: 'Trained' },
    changes: (mended: number, broken: number, same: number) =>
      `${plural(mended, 'pair')} mended, ${broken} broken, ${same} word for word the same.`,
    noDifference: ' No difference.',
    pairs: 'Pairs of samples, before above after',
    pair: (n: number, before: string, after: string) => `Pair ${n}: ${before}, then ${after}`,
    pairHeading: (n: number) => `Pair ${n}: the same random numbers`,
    diff: 'Both programs, line by line',
    only: { base: 'only in the base model’s program', now: 'only in the trained model’s program' },
    predictHeading: 'Does it know what the program computes?',
    predictLead: (n: number) =>
      `Both models predict the run of one program ${n} times, again under the same random numbers; the interpreter knows the truth.`,
    programOf: 'Program of',
    predict: 'Ask both',
    says: (model: string) => `${model} says`,
    right: (n: number, of: number) => `${n} of ${of} right`,
    inexpressible:
      'This program or its run cannot be written in the notation that the model was taught, or it ends in an exception.',
  },
  own: {
    heading: 'Your own task',
    lead: 'Describe a small function in one line. The policy tries it in every step from the next one on, beside the built-in tasks.',
    description: 'What it does, one line',
    signature: 'Signature',
    expected: 'Expected values come from',
    modes: { tests: 'tests I write', reference: 'a reference function' },
    reference: 'Reference function: it says what is right',
    tests: 'Tests, one a line: arguments -> value',
    inputs: 'Inputs, one a line: arguments',
    prompt: 'The prompt',
    check: 'Checked in the sandbox',
    checking: 'Checking.',
    needsModel: 'The sandbox starts with the model. Load it in the tab Rollouts; what you write here stays.',
    fine: (n: number) => `${plural(n, 'test')}, and nothing is wrong.`,
    add: 'Add to the run',
    update: 'Replace in the run',
    added: 'It joins the run at the next step.',
    inRun: 'Part of the run: a group of every step.',
    problems: {
      syntax: 'Python cannot read this:',
      runs: 'The reference does not run to its end:',
      name: 'The reference does not define',
      differs: 'The reference gives another value than the test for',
      'no-tests': 'Write at least one test.',
      'no-value': 'What is expected for this input?',
      'too-long': 'The prompt leaves no room for an answer. Shorten it.',
    } satisfies Record<DraftProblem['kind'], string>,
  },
};
