/**
 * Scripted answers to the page's questions: data of the right shape, for tests of
 * states and for looking at the page.
 */
import { createRandom } from '../../../src/base/random.ts';
import { readCensus } from '../../../src/instruments/census/census.ts';
import { productsOf, type PartGradients } from '../../../src/instruments/compass/products.ts';
import { readCompass } from '../../../src/instruments/compass/reading.ts';
import { readVerification } from '../../../src/instruments/verify/choices.ts';
import type { ProbeCell, ProbeTable } from '../../../src/instruments/probe/probe.ts';
import { PLACES } from '../../../src/instruments/probe/states.ts';
import type { Target } from '../../../src/instruments/probe/texts.ts';
import type { Answer, Question, Replies } from '../../../src/learner/questions.ts';
import type { Task } from '../../../src/tasks/types.ts';
import { codeGroup, fakeTask, uniform } from './fake-learner.ts';

export function answer<Q extends Question>(question: Q, step: number): Answer<Replies[Q['ask']]> {
  return { value: reply(question, step) as Replies[Q['ask']] };
}

/** Two directions at a right angle, without noise. */
const fakeGradients = (): PartGradients => ({
  names: ['code', 'alignment'],
  parts: 4,
  gradients: [
    [1, 0],
    [0, 1],
  ].map((values) => Array.from({ length: 4 }, () => ({ 'layers.0.q.lora_B': Float32Array.from(values) }))),
});

/** The last layer at the end of the text knows, and the base does not; nothing else does. */
function fakeProbeTable(target: Target): ProbeTable {
  const cells = [0, 1].flatMap((layer) =>
    PLACES.map((place): ProbeCell => {
      const gain = layer === 1 && place === 1 ? 0.2 : 0;
      const interval = [gain - 0.05, gain + 0.05] as const;
      const control = { score: 0.5, mean: gain, interval };
      return {
        layer,
        place,
        score: 0.5 + gain,
        interval: [0.45 + gain, 0.55 + gain],
        controls: [
          { ...control, control: 'shuffled labels', mean: gain + 0.1 },
          { ...control, control: 'bag of tokens' },
        ],
        arms: [{ arm: 'base', scores: [0.5] }],
        gains: [{ from: 'probed', to: 'base', mean: -gain, interval: [-gain - 0.05, -gain + 0.03] }],
      };
    }),
  );
  return { context: 'writing', target, kind: 'class', programs: 80, tasks: 20, cells };
}

function reply(question: Question, step: number): Replies[Question['ask']] {
  switch (question.ask) {
    case 'inspect':
      return question.items.map(({ completion }) => {
        const n = typeof completion === 'string' ? completion.length : completion.length;
        const next = uniform(n + step);
        const list = (low: number) => Float32Array.from({ length: n }, () => low * next());
        return {
          pieces: Array.from({ length: n }, () => 'x'),
          base: list(-2),
          now: list(-1),
          at: step,
          trainer: list(-1),
          credit: Float32Array.from({ length: n }, () => 2 * next() - 1),
          ...(question.alternatives !== undefined && {
            alternatives: Array.from({ length: n }, () => [{ text: 'x', logProb: -0.1, base: -0.5 }]),
          }),
        };
      });
    case 'trace':
      return {
        outcome: 'ok',
        value: { type: 'int', value: 1 },
        stdout: '',
        definitions: [],
        stepCount: 1,
        isPlain: true,
        steps: [
          { index: 0, line: 2, event: 'call', function: 'f', depth: 0, changed: [], stdoutLength: 0 },
          {
            index: 0,
            line: 3,
            event: 'line',
            function: 'f',
            depth: 0,
            changed: [{ name: 'total', value: { type: 'int', value: 0 } }],
            stdoutLength: 0,
          },
        ],
      };
    case 'tasks':
      return [0, 1, 2].map((i) => {
        const { id, description } = fakeTask(`task-${i}`);
        return { id, description, split: 'heldout' as const };
      });
    case 'vocabulary':
      return ['x'];
    case 'compare': {
      const samples = (skill: number) => codeGroup(0, question.samples, skill, uniform(7)).rollouts;
      return { base: samples(0.4), now: samples(0.8), at: step };
    }
    case 'take-offers':
      return {
        offers: [
          { as: 'adapter', bytes: 400_000, memory: 16_000_000 },
          { as: 'folder', bytes: 4_000_000, memory: 16_000_000 },
        ],
        place: 'storage',
        free: 1_000_000_000,
      };
    case 'take':
      return { name: 'model.zip', file: new Blob([Uint8Array.of(1)]) };
    case 'predict':
      return null;
    case 'compass':
      return {
        tasks: question.tasks,
        records: question.tasks,
        passed: 0.4,
        rows: { code: 8, alignment: 8 },
        ...readCompass(productsOf(fakeGradients()), createRandom(question.seed), 50),
      };
    case 'verify': {
      const next = uniform(question.seed);
      const tasks = Array.from({ length: question.tasks }, (_, t) => ({
        id: `task-${t}`,
        candidates: Array.from({ length: 8 }, () => {
          const passes = next() < 0.5;
          const predicted = { current: passes ? 1 : next(), base: next() };
          return { passes, logProb: -5 * next(), shown: passes ? 1 : 0, predicted };
        }),
      }));
      const random = createRandom(question.seed);
      return { ...readVerification(tasks, 8, ['current', 'base'], random), executors: {} };
    }
    case 'census': {
      const kinds = [null, 'misread description', 'misread description', 'execution slip'] as const;
      const programs = kinds.map((kind, t) => ({
        taskId: `task-${t}`,
        program: 'def f(): pass',
        kind,
        misconceptions: [],
        slips: [],
        invites: t % 2 === 0,
      }));
      return readCensus(programs, question.labels, createRandom(question.seed));
    }
    case 'probe':
      return question.tasks < 9
        ? { layers: [0, 1], tables: [], left: ['passes while writing: too few programs (12)'] }
        : { layers: [0, 1], tables: [fakeProbeTable(question.target)], left: [] };
    case 'check-task': {
      const { draft } = question;
      const tests = draft.tests.map((test) => ({ ...test, got: null, ok: test.expected !== null }));
      const task: Task = {
        ...fakeTask('task-0'),
        id: `own|${draft.description}`,
        description: draft.description,
        visible: tests.map(({ args, expected }) => ({ args, expected: expected ?? 'None' })),
      };
      return { tests, problems: [], task };
    }
    case 'check-rewards':
      return { task: 'task-0', rewards: { tests_reward: 1 }, problem: null };
    case 'add-task':
      return true;
  }
}
