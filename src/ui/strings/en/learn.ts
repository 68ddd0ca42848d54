/**
 * The room Learn. Sentences carry marks (src/ui/learn/rich.ts): `[phrase](key)` lights up a part of the
 * figure, `*term*`, `` `code` ``. No figure of a run is written here: numbers come from the recording.
 */
import { plural } from '../../view/plural.ts';
import { learnRewards } from './learn-rewards.ts';
import { learnExecution } from './learn-execution.ts';
import { learnWorked } from './learn-worked.ts';

export const learn = {
  title: 'How a code model learns from what its programs do',
  lead: 'Six short chapters. Read, click the underlined words, and guess before you look.',
  teachers: 'For teachers: lessons, worksheet, what it needs',
  documents: 'Documents: method, command line, exports, metrics',
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
  ...learnRewards,
  ...learnExecution,
  ...learnWorked,
};
