/** The panel "What execution is good for": the instruments, what each measures, and its readings. */
import type { FailureKind } from '../../../instruments/census/census.ts';
import type { TargetKind } from '../../../instruments/probe/score.ts';
import type { ProbeContext, Target } from '../../../instruments/probe/texts.ts';
import type { DirectionName } from '../../../instruments/compass/directions.ts';

export const instruments = {
  heading: 'What execution is good for',
  lead: 'When does knowing what code does make code better? The instruments here look at the model as it is now. They change nothing; the run waits meanwhile.',
  loadFirst: 'Load the model first: every instrument asks it.',
  found: 'What they found on nano, with intervals:',
  chapter: 'chapter 6 of Learn',
  measure: 'Measure',
  measuring: 'Measuring',
  tasks: 'Tasks',
  seed: 'Seed',
  at: (step: number) => (step === 0 ? 'before training' : `after step ${step}`),
  interval: (low: string, high: string) => `${low} to ${high}`,
  labels: {
    kept: 'The run and everything on the page.',
    advice: 'Check the connection and measure again.',
    missing: 'The labels of the tasks could not be fetched.',
  },
  compass: {
    heading: 'Do they pull the same way?',
    about:
      'Learning to write and learning to execute each pull the adapter in a direction. The cosine between two such pulls says how much one helps the other: 1 the same way, 0 no effect, −1 against each other. A pull of few tasks is mostly noise; the band is as far as anybody could see.',
    cosine: 'cosine',
    atMost: 'at most visible',
    pair: 'Directions',
    reliability: 'Reliability',
    unknown: 'not to be told',
    rests: (tasks: number, parts: number) => `${tasks} tasks in ${parts} parts`,
    names: {
      code: 'programs',
      alignment: 'answers about programs',
      'supervised code': 'right programs, copied',
      'supervised trace': 'true answers, copied',
    } satisfies Record<DirectionName, string>,
  },
  verify: {
    heading: 'Does it choose better?',
    about:
      'The model writes eight programs for a task and says what each returns on the visible tests. Chosen is the one whose predicted results are the expected ones. No program is run for that.',
    choice: 'Chosen by',
    solved: 'Solved',
    rests: (tasks: number, n: number) => `${tasks} held-out tasks, ${n} programs each`,
    names: {
      random: 'chance',
      'most probable': 'its own probability',
      current: 'its predictions',
      base: 'the untrained model’s predictions',
      'visible tests': 'running the visible tests',
      any: 'whoever knows all tests',
    } as Readonly<Record<string, string>>,
    gain: (gain: string, low: string, high: string) =>
      `Its predictions against its own probability: ${gain} [${low}, ${high}].`,
  },
  probe: {
    heading: 'What do its hidden states know?',
    about:
      'The untrained model writes programs. A linear reader is fitted on the model’s states after each layer, at five places of the text, and asked about tasks it has not seen. A cell is the darker, the more it finds beyond labels shuffled among programs and beyond counts of the tokens so far.',
    target: 'Asked for',
    targets: {
      passes: 'whether the program passes',
      value: 'a variable’s last value',
      branch: 'whether its first if is true',
    } satisfies Record<Target, string>,
    contexts: {
      writing: 'While it is written, behind the description',
      reading: 'While it is read, in a question with an input',
    } satisfies Record<ProbeContext, string>,
    kinds: {
      class: 'Chance to rank a pair rightly (AUC, .50 is a guess)',
      number: 'Explained variance (R², 0 is a guess)',
    } satisfies Record<TargetKind, string>,
    layer: 'After',
    embedding: 'embedding',
    layers: (layer: number) => `layer ${layer}`,
    place: (share: string) => `${share} read`,
    bag: 'counts of tokens',
    rests: (programs: number, tasks: number) => `${programs} programs of ${tasks} held-out tasks`,
    best: (layer: string, place: string, score: string, gain: string, low: string, high: string) =>
      `Most beyond its controls: ${layer}, ${place}: ${score}, ${gain} [${low}, ${high}] more than the better one. It is the best of many cells, which flatters it.`,
    against: (gain: string, low: string, high: string) =>
      `Against the untrained model, last layer, whole text: ${gain} [${low}, ${high}].`,
    few: (least: number) =>
      `Too few programs whose answer is known: it takes ${least}, with enough of either kind. Take more tasks.`,
  },
  census: {
    heading: 'Why do programs fail?',
    about:
      'By rule: a program that does on every test what a known misreading of the description does has misread it. One that would pass if Python executed it as the model was taught to misread it is an execution slip.',
    kind: 'Mistake',
    programs: 'Programs',
    rests: (programs: number, failed: number) => `${programs} programs, ${failed} failed`,
    none: 'No program failed.',
    names: {
      syntax: 'no Python',
      budget: 'no end within the budget',
      both: 'misread, and an execution slip would explain it as well',
      'misread description': 'misread description',
      'execution slip': 'execution slip',
      exception: 'ended with an exception',
      unexplained: 'explained by no rule',
    } satisfies Record<FailureKind, string>,
  },
};
