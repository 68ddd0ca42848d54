/** Chapter 6's last question: does learning to execute carry over to writing? Sentences by finding. */
import type { FailureKind } from '../../../instruments/census/census.ts';
import type { AngleName, EffectName } from '../../../experiment/transfer.ts';
import type { Finding } from '../../../experiment/experiment.ts';

type ByFinding = Readonly<Record<Finding, string>>;

export const transfer = {
  lead: 'Knowing what programs compute and writing programs that pass are two skills. When does the one help the other? Three looks.',
  census: (failed: number, count: number, share: string) =>
    `[Why programs fail](census). Of ${failed} failed programs of the untrained model, ${count} (${share}) do on every test exactly what a misread description asks for.`,
  slips: (count: number) =>
    count === 0
      ? 'None is explained by an execution slip alone.'
      : `An execution slip alone explains ${count}.`,
  angles:
    '[Where the two pull](angles). Each training example pulls the adapter in a direction. A cosine of 1 is the same direction; at 0, a right angle, learning the one does nothing for the other.',
  writing: {
    higher: 'Right programs and true traces pull the same way, in part.',
    lower: 'Right programs and true traces pull against each other.',
    'no difference shown': 'Between right programs and true traces, no common direction is shown.',
  } satisfies ByFinding,
  computed: {
    higher:
      'On tasks made so that writing needs computing, they do pull the same way, in part: executing is a step of writing there.',
    lower: 'On tasks made so that writing needs computing, they pull against each other.',
    'no difference shown': 'Even on tasks made so that writing needs computing, none is shown.',
  } satisfies ByFinding,
  effects: '[What came of it](effects), CodeRL+ against RLVR.',
  passes: {
    higher: 'On nano’s tasks it writes more programs that pass.',
    lower: 'On nano’s tasks it writes fewer programs that pass.',
    'no difference shown': 'On nano’s tasks no difference in how many programs pass is shown.',
  } satisfies ByFinding,
  chosen: {
    higher:
      'Among the same eight programs, chosen by what the policy says that they return, CodeRL+ finds a right one more often.',
    lower:
      'Among the same eight programs, chosen by what the policy says that they return, CodeRL+ finds a right one less often.',
    'no difference shown':
      'Whether CodeRL+ chooses better among the same eight programs, by what it says that they return, is not shown.',
  } satisfies ByFinding,
  written: {
    higher: 'On the tasks decided by computing it writes more programs that pass.',
    lower: 'On the tasks decided by computing it writes fewer programs that pass.',
    'no difference shown':
      'Whether it writes more programs that pass on the tasks decided by computing is not shown.',
  } satisfies ByFinding,
  /** The same problems where the description says what to do, right after `written`. */
  control: {
    higher: 'So it does on the same problems with a description that leaves nothing to compute.',
    lower: 'With a description that leaves nothing to compute, it writes fewer on the same problems.',
    'no difference shown':
      'With a description that leaves nothing to compute, no difference is shown on the same problems.',
  } satisfies ByFinding,
  madeFor: 'Those tasks were made for this question. They are no sample of what people ask for.',
  figure: {
    effects: 'CodeRL+ minus RLVR, in points',
    effectsHelp: 'Means over seeds with 95 % intervals. An interval that holds zero shows no difference.',
    angles: 'Two pulls: the cosine between them',
    anglesHelp:
      'At the untrained adapter, as a share of what could be seen through the noise, with 95 % intervals.',
    census: 'Why programs fail',
    censusHelp: (failed: number, programs: number) =>
      `${failed} of ${programs} programs of the untrained model failed; shares of those, with 95 % intervals over tasks.`,
    from: (name: string) => `From ${name}`,
    seeds: (n: number) => (n === 1 ? '1 seed' : `${n} seeds`),
    interval: (mean: string, low: string, high: string) => `${mean} [${low}, ${high}]`,
    oneSeed: (mean: string) => `${mean}, no interval`,
    rightAngle: 'right angle',
    same: 'same way',
    effect: {
      variables: 'Says what failed programs compute',
      'pass@1': 'Writes programs that pass',
      chosen: 'Chooses among eight programs',
      computed: 'Writes, where writing needs computing',
      control: 'Writes, the same where it does not',
    } satisfies Record<EffectName, string>,
    angle: {
      check: 'Reward of right programs, right programs',
      writing: 'Right programs, true traces',
      computed: 'The same, where writing needs computing',
    } satisfies Record<AngleName, string>,
    kind: {
      syntax: 'No Python',
      budget: 'Does not end',
      both: 'Misread, or an execution slip',
      'misread description': 'Misread description',
      'execution slip': 'Execution slip',
      exception: 'Exception',
      unexplained: 'Explained by no rule',
    } satisfies Record<FailureKind, string>,
  },
};
