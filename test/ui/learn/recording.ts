/**
 * A small recording for the tests of Learn: groups and a record made by hand, in the
 * shape the trainer logs them.
 */
import { presetConfig } from '../../../src/experiment/presets.ts';
import {
  recordingText,
  RECORDING_VERSION,
  type RecordingManifest,
} from '../../../src/experiment/recorded.ts';
import { grpo } from '../../../src/learning/advantages.ts';
import type {
  AlignmentGroup,
  AlignmentRecord,
  AlignmentRollout,
  CodeGroup,
  CodeRollout,
  Group,
  TrainerEvent,
  Verdict,
} from '../../../src/learning/events.ts';
import type { Task } from '../../../src/tasks/types.ts';

export const rolloutsEvent = (step: number, groups: readonly Group[]): TrainerEvent => ({
  type: 'rollouts',
  step,
  groups,
});

export function codeRollout(
  completion: string,
  verdict: Verdict,
  more: Partial<CodeRollout> = {},
): CodeRollout {
  const reward = verdict === 'pass' ? 1 : 0;
  const failed = { args: '[1]', expected: '1', got: '2' };
  return {
    completion,
    tokens: [],
    logProbs: [],
    finish: 'eos',
    verdict,
    ...(verdict === 'pass' ? {} : { failed }),
    reward,
    rewards: { tests_reward: reward },
    advantage: 0,
    ...more,
  };
}

export const codeGroup = (taskId: string, rollouts: readonly CodeRollout[]): CodeGroup => ({
  kind: 'code',
  taskId,
  prompt: `# ${taskId}\ndef f(xs):`,
  rollouts,
});

/** Sums a list, on [-4, 12]. */
export const record: AlignmentRecord = {
  id: '1.1',
  taskId: 'sum',
  bornAt: 1,
  program:
    '# sum\ndef f(xs):\n    total = 0\n    for x in xs:\n        if x < 0:\n            total += x\n        else:\n            total += x\n    return total',
  entryPoint: 'f',
  args: '[-4, 12]',
  variables: [
    { name: 'total', value: '8', line: 8, step: 6 },
    { name: 'x', value: '12', line: 4, step: 4 },
    { name: 'return', value: '8', line: 0, step: 9 },
  ],
  answer:
    '<L1>total<0><L2>x<-4><|><12><L3><-4><lt><0><=><T><L4><0><+><-4><=><-4>total<-4><L2>x<12><|><L3><12><lt><0><=><F><L6><-4><+><12><=><8>total<8><L2><end><L7><ret><8><ans>total<8><;>x<12><;><ret><8><;>',
  prompt: '',
};

export const straight: AlignmentRecord = {
  ...record,
  id: '1.2',
  taskId: 'three',
  program: '# three\ndef f(xs):\n    total = 3\n    return total',
  variables: [
    { name: 'total', value: '3', line: 3, step: 1 },
    { name: 'return', value: '3', line: 0, step: 2 },
  ],
  answer: '<L1>total<3><L2><ret><3><ans>total<3><;><ret><3><;>',
};

/** An answer as a policy might write it; the rewards in it are not read by Learn. */
export const answer = (
  completion: string,
  reward: number | null,
  right: readonly boolean[],
): AlignmentRollout => ({
  completion,
  tokens: [],
  logProbs: [],
  finish: 'eos',
  malformed: null,
  variables: right.map((isRight, i) => ({ name: `v${i}`, truth: '1', predicted: '1', right: isRight })),
  reward,
  rewards: { trace_reward: reward },
  advantage: 0,
});

/** Adds 12 and -4 to 4 instead of 8, and says so to the end. */
export const slipped =
  '<L1>total<0><L2>x<-4><|><12><L3><-4><lt><0><=><T><L4><0><+><-4><=><-4>total<-4><L2>x<12><|><L3><12><lt><0><=><F><L6><-4><+><12><=><4>total<4><L2><end><L7><ret><4><ans>total<4><;>x<12><;><ret><4><;>';

export const alignmentGroup = (
  of: AlignmentRecord,
  rollouts: readonly AlignmentRollout[],
): AlignmentGroup => ({ kind: 'alignment', record: of, rollouts });

/** Words and what stands between them: the tokens of the recording below. */
const wordsOf = (text: string): readonly string[] => text.match(/\n *|\s*[\w.]+|[^\w\s]|\s+/g) ?? [];

/**
 * A whole recording of two steps, as a file's text: one prompt with four different
 * programs in eight rollouts, two of which pass, and one record with eight answers.
 * Small and made by hand, so that a test knows every answer.
 */
export function recordingFile(): string {
  const texts = ['sum(xs)', 'max(xs)', 'len(xs)', '0'];
  const vocabulary: string[] = ['<eos>'];
  const idOf = (word: string): number => {
    if (!vocabulary.includes(word)) vocabulary.push(word);
    return vocabulary.indexOf(word);
  };
  const written = (completion: string, verdict: Verdict): CodeRollout => {
    const tokens = [...wordsOf(completion).map(idOf), 0];
    return codeRollout(completion, verdict, {
      tokens,
      logProbs: tokens.map((_, i) => (i === 2 ? -1.8 : -0.1)),
    });
  };
  const rewards = [1, 0, 0, 0, 1, 0, 0, 0];
  const group = codeGroup(
    'sum',
    rewards.map((reward, i) => ({
      ...written(`\n    return ${texts[i % 4]}`, reward === 1 ? 'pass' : 'wrong'),
      advantage: grpo(rewards, 1e-4)[i]!,
    })),
  );
  const loop = written(record.program.slice('# sum\ndef f(xs):'.length), 'wrong');
  const second = codeGroup('second', [
    written('\n    return xs[9]', 'exception'),
    ...group.rollouts.slice(0, 7),
  ]);
  const answers = [slipped, record.answer, 'no idea', slipped, record.answer, slipped, slipped, slipped];
  const alignment = alignmentGroup(
    record,
    answers.map((text) =>
      text === 'no idea'
        ? { ...answer(text, 0, []), malformed: 'the final values are missing' }
        : answer(
            text,
            text === slipped ? 1 / 3 : 1,
            text === slipped ? [false, true, false] : [true, true, true],
          ),
    ),
  );
  const config = presetConfig('coderl-plus', { steps: 2, 'alignment.reward': 'paper' });
  const evaluation = (step: number, pass: number): TrainerEvent => ({
    type: 'evaluation',
    step,
    metrics: { 'eval_heldout/pass@1': pass, 'eval_alignment/accuracy': 0.5 },
    intervals: { 'eval_heldout/pass@1': [pass - 0.1, pass + 0.1] },
  });
  const step = (k: number, groups: readonly Group[]): TrainerEvent[] => [
    { type: 'step-started', step: k, prompts: { code: 2, alignment: k - 1 } },
    rolloutsEvent(k, groups),
    {
      type: 'records',
      step: k,
      funnel: [
        { gate: 'program', in: 16, out: 16 },
        { gate: 'source', in: 16, out: 12 },
      ],
      added: 1,
      buffered: 1,
    },
    { type: 'step-finished', step: k, metrics: { 'rewards/tests_reward/mean': 0.1 + 0.1 * k } },
  ];
  const events: TrainerEvent[] = [
    {
      type: 'run-started',
      version: 1,
      config,
      model: { name: 'nano', parameters: 1, adapterParameters: 1, rank: 8, contextLength: 512, bytes: 1 },
      tasks: { train: 2, heldout: 2 },
    },
    evaluation(0, 0.2),
    ...step(1, [
      group,
      {
        ...second,
        rollouts: [loop, ...second.rollouts.slice(1)],
        taskId: 'sum',
        prompt: '# sum\ndef f(xs):',
      },
    ]),
    ...step(2, [second, alignment]),
    evaluation(2, 0.3),
    { type: 'run-finished', step: 2, reason: 'steps-done' },
  ];
  const example = { args: '[1, 2]', expected: '3' };
  const task = (id: string): Task => ({
    id,
    description: id,
    prompt: `# ${id}\ndef f(xs):`,
    entryPoint: 'f',
    visible: [example],
    hidden: [example],
    split: 'train',
    tags: [],
  });
  return recordingText({
    manifest: { ...manifest, config: { steps: 2, 'alignment.prompts': 8 } },
    events,
    tasks: ['sum', 'second'].map(task),
    pieces: Object.fromEntries(vocabulary.map((text, id) => [id, id === 0 ? '' : text])),
  });
}

export const manifest: RecordingManifest = {
  version: RECORDING_VERSION,
  id: 'by-hand',
  title: { en: 'By hand', zh: '手工' },
  device: 'a desk',
  date: '2026-11-20T12:00:00Z',
  command: 'npm run -s tracewise -- run --preset coderl-plus --steps 2',
  config: { steps: 2, 'alignment.prompts': 8 },
  model: 'nano',
  steps: 2,
  before: null,
  after: null,
  seconds: null,
  thinned: { logProbDecimals: 3, tokenSteps: null, groupsPerKind: null },
};
