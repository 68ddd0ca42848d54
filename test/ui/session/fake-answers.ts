/**
 * Scripted answers to the page's questions: data of the right shape, for tests of
 * states and for looking at the page.
 */
import type { Answer, Question, Replies } from '../../../src/learner/questions.ts';
import type { Task } from '../../../src/tasks/types.ts';
import { codeGroup, fakeTask, uniform } from './fake-learner.ts';

export function answer<Q extends Question>(question: Q, step: number): Answer<Replies[Q['ask']]> {
  return { value: reply(question, step) as Replies[Q['ask']] };
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
    case 'predict':
      return null;
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
    case 'add-task':
      return true;
  }
}
