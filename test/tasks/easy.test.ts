/** The 40 easy tasks: their reference solutions pass in the sandbox, and one answer never fits all tests. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterWholePrompt } from '../../src/learning/extract.ts';
import { judge } from '../../src/learning/judge.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import { parseTaskSet } from '../../src/tasks/files.ts';

const { tasks } = parseTaskSet(
  readFileSync(new URL('../../public/tasks/easy.json', import.meta.url), 'utf8'),
  'easy.json',
);

describe('the easy tasks', () => {
  it('are 40, graded, a quarter held out', () => {
    expect(tasks.length).toBe(40);
    expect(tasks.filter(({ split }) => split === 'heldout').length).toBe(10);
    expect(new Set(tasks.map(({ tags }) => tags[0]))).toEqual(
      new Set(['level 1', 'level 2', 'level 3', 'level 4']),
    );
    for (const { visible, hidden } of tasks)
      expect(new Set([...visible, ...hidden].map(({ expected }) => expected)).size).toBeGreaterThan(1);
  });

  it('are solved by their references, and not by returning the first answer', async () => {
    const sandbox = await createSandbox({ workers: 1, spare: false });
    try {
      for (const task of tasks) {
        const options = { sandbox, extraction: 'body' } as const;
        expect((await judge(task, afterWholePrompt(task, task.solution!), options)).verdict, task.id).toBe(
          'pass',
        );
        const constant = `    return ${task.visible[0]!.expected}\nprint('goes on')\n`;
        expect((await judge(task, afterWholePrompt(task, constant), options)).verdict, task.id).toBe('wrong');
      }
    } finally {
      await sandbox.dispose();
    }
  });
});
