/**
 * The unit tests of the Python sources, which are Python themselves (test/sandbox/python,
 * test/tasks/python), in the interpreter that the sandbox runs, and in the machine's own CPython
 * where it has one: `python3 -m unittest discover test/sandbox/python`. No sandbox is involved.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadPyodide } from 'pyodide';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const TESTS = ['test/sandbox/python', 'test/tasks/python'];

/** What unittest says at the end. */
interface Report {
  readonly ran: number;
  /** Name and traceback of each test that failed. */
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

const report = (root: string): string => `
import io, json, sys, unittest
suite = unittest.TestSuite(
    unittest.TestLoader().discover(folder) for folder in ${JSON.stringify(TESTS.map((folder) => `${root}/${folder}`))}
)
result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
json.dumps({
    'ran': result.testsRun,
    'failed': [str(test) + '\\n' + text for test, text in result.failures + result.errors],
    'skipped': [str(test) + ': ' + reason for test, reason in result.skipped],
})
`;

const python3 = spawnSync('python3', ['--version'], { encoding: 'utf8' });
if (python3.status !== 0)
  console.warn('SKIPPED: the Python sources were not tested in CPython, there is no python3 in PATH.');

test('they pass in Pyodide, all of them', async () => {
  const python = await loadPyodide();
  for (const folder of ['src/sandbox/python', 'src/tasks/python', ...TESTS]) {
    for (const name of readdirSync(join(ROOT, folder)).filter((each) => /\.py$|^index\.ts$/.test(each))) {
      const path = `/repository/${folder}/${name}`;
      python.FS.mkdirTree(dirname(path));
      python.FS.writeFile(path, readFileSync(join(ROOT, folder, name)));
    }
  }
  const said = JSON.parse(python.runPython(report('/repository')) as string) as Report;
  expect(said.failed).toEqual([]);
  expect(said.skipped).toEqual([]);
  expect(said.ran).toBeGreaterThan(60);
});

test.skipIf(python3.status !== 0)('they pass in CPython', () => {
  const code = report(ROOT)
    .replace('json.dumps(', 'print(json.dumps(')
    .replace(/\}\)\n$/, '}))\n');
  const done = spawnSync('python3', ['-B', '-c', code], { cwd: ROOT, encoding: 'utf8' });
  expect(done.stderr).toBe('');
  const said = JSON.parse(done.stdout) as Report;
  if (said.skipped.length > 0)
    console.warn(`SKIPPED in ${python3.stdout.trim()}: ${said.skipped.length} tests, ${said.skipped[0]}`);
  expect(said.failed).toEqual([]);
  expect(said.ran - said.skipped.length).toBeGreaterThan(20);
});
