/**
 * The linter of the Python sources finds what is wrong, in the file and the row where
 * it stands. That the sources pass is `npm run check`'s.
 */
import { expect, test } from 'vitest';
import { lint, pythonPrograms } from '../../scripts/lint/python.ts';

const file = (path: string, text: string) => ({ path, text });
const found = (files: readonly ReturnType<typeof file>[], given: readonly string[] = []) =>
  lint({ files, given }).map(({ path, row, rule }) => `${path}:${row} ${rule}`);

test('a name that nobody defines is found', () => {
  expect(found([file('a.py', 'def f():\n    return missing\n')])).toEqual(['a.py:2 F821']);
});

test('a name from a file before it, or given by the host, is known', () => {
  const first = file('first.py', 'import math as _math\n');
  const second = file('second.py', '# a comment\n\n\ndef f():\n    return _math.pi + _GIVEN + missing\n');
  expect(found([first, second], ['_GIVEN'])).toEqual(['second.py:5 F821']);
});

test('what is no Python is found, in the file that ends too early', () => {
  const findings = found([file('a.py', 'x = 1\n'), file('b.py', 'def f(:\n')]);
  expect(findings[0]).toMatch(/^b\.py:1 /);
});

test('an import that is not used and a bare except are found', () => {
  expect(
    found([file('a.py', 'import os\n\ntry:\n    pass\nexcept:  # all of them\n    pass\n')]).sort(),
  ).toEqual(['a.py:1 F401', 'a.py:5 E722']);
});

test('every Python file of the repository is in one program, those of the sandbox with their neighbours', async () => {
  const programs = await pythonPrograms();
  const paths = programs.flatMap(({ files }) => files.map(({ path }) => path));
  // Both children of rewards.py begin with the same two files.
  const again = paths.filter((path, i) => paths.indexOf(path) < i);
  expect(again.map((path) => path.split('/').at(-1))).toEqual(['codec.py', 'shut.py']);
  expect(paths).toContain('src/experiment/export/rewards/values.py');
  expect(paths).toContain('src/sandbox/python/checker.py');
  const runner = programs.find(({ files }) =>
    files.some(({ path }) => path === 'src/sandbox/python/runner.py'),
  );
  expect(runner?.files.map(({ path }) => path)).toContain('src/sandbox/python/budget.py');
});

test('comments and docstrings of more than 110 columns are found, behind code too, and code may be longer', () => {
  const words = 'word '.repeat(22).trim();
  const text = `# ${words} too\ndef f():\n    """${words} too"""\n    return [${'1, '.repeat(34)}]\n\n\nx = 1  # ${words}\n`;
  expect(found([file('a.py', text)]).sort()).toEqual(['a.py:1 W505', 'a.py:3 W505', 'a.py:7 comment']);
  expect(found([file('a.py', `# ${words.slice(0, 99)}\nx = 1\n`)])).toEqual([]);
});
