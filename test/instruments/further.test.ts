/**
 * Alignment prompts that the compass screens: what stands in them, and that repairs are judged as programs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failuresOf, repairTask, surfaceText } from '../../src/instruments/compass/further.ts';
import { judgeGroups } from '../../src/learning/code-rollouts.ts';
import type { AlignmentRecord } from '../../src/learning/events.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { programs, sumTask } from '../learning/tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const judge = (task: typeof sumTask, texts: readonly string[]) =>
  judgeGroups(
    [task],
    [texts.map((text) => ({ text, tokens: [], logProbs: [], finish: 'eos' as const, promptTokens: [] }))],
    { sandbox, extraction: 'continuation' },
  );

describe('repairs', () => {
  it('show the failed program, what it gave and what was expected, and are judged by the tests', async () => {
    const groups = await judge(sumTask, [programs.pass, programs.crash, programs.wrong]);
    const [failure] = failuresOf(groups);
    const task = repairTask(failure!, failure!.expected);
    expect(task.prompt).toBe(
      [
        '# sum of the numbers above 2',
        '# def f(xs):',
        '#     t = 0',
        '#     for x in xs:',
        '#         if x >= 2:',
        '#             t += x',
        '#     return t',
        '# f([2]) -> 2',
        '# f([2]) == 0',
        'def f(xs):',
      ].join('\n'),
    );
    const [repaired] = await judge(task, [programs.pass, programs.wrong]);
    expect(repaired!.rollouts.map(({ verdict }) => verdict)).toEqual(['pass', 'wrong']);
    expect(failuresOf(await judge(sumTask, [programs.pass, programs.syntax]))).toEqual([]);
  });
});

describe('surfaces', () => {
  const record: AlignmentRecord = {
    id: '1.1',
    taskId: sumTask.id,
    bornAt: 1,
    program: `${sumTask.prompt}${programs.wrong}\n`,
    entryPoint: 'f',
    args: '[2]',
    variables: [
      { name: 't', value: '2', line: 5, step: 3 },
      { name: 'return', value: '2', line: 0, step: 6 },
    ],
    answer: 'ANSWER',
    prompt: 'PROMPT',
  };
  it('ask for the same value in marks or behind the body, with the description or without', () => {
    const body = `def f(xs):${programs.wrong}`;
    expect(surfaceText(record, null, true)).toEqual({ prompt: 'PROMPT', text: 'ANSWER' });
    expect(surfaceText(record, 'd', true)).toEqual({ prompt: '# d\nPROMPT', text: 'ANSWER' });
    expect(surfaceText(record, null, false)).toEqual({ prompt: `${body}\n# f([2]) ==`, text: ' 2' });
    expect(surfaceText(record, 'd', false)!.prompt).toBe(`# d\n${body}\n# f([2]) ==`);
    expect(surfaceText({ ...record, variables: [] }, null, false)).toBeNull();
  });
});
