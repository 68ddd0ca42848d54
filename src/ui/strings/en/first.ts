/** What is seen first in Play, and while one waits for the first batch. */
import { plural } from '../../view/plural.ts';

export const first = {
  title: 'Does a model know what its own program does?',
  lead: 'A small model writes programs, is told what they really do, and learns from it: recorded here, or live in this tab.',
  previewLabel: 'What the policy says that one of its failed programs does, at a few steps of training',
  happens: 'What happens',
  says: 'What it says',
  before: 'before',
  step: (step: number) => plural(step, 'step'),
  right: (right: number, of: number) => `${right} of ${of} answers right in everything`,
  curves: 'The curves of a run appear here:',
  measuring: 'Measuring first',
  measuringHelp:
    'The base model writes programs for unseen tasks, so that there is something to compare with.',
  measuringOwn:
    'What the run begins with is measured on unseen tasks, so that there is something to compare with.',
  soFar: (tokens: number, seconds: number) => `${plural(tokens, 'token')} so far, ${seconds} s.`,
  writing: 'Writing the first programs',
  writingHelp: (prompts: number, size: number) =>
    `${plural(prompts, 'prompt')}, ${size} programs each. They appear here when their tests have run.`,
  written: 'What is being written',
  stopping: 'Pausing before the first programs',
  stoppingHelp: 'What is in hand is finished first; “Pause now” gives it up, and it is done again later.',
  resting: 'Paused before the first programs',
  restingHelp: 'Start goes on from here.',
};
