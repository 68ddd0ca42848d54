/**
 * Task files, damaged and forged: tasks come back, or one TaskFileError that names the file; a
 * gzip bomb is not unpacked, and no text makes a reader slow. Seeds and runs: see test/fuzz.ts.
 */
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT_BYTES } from '../../src/base/bytes.ts';
import { readText } from '../../src/tasks/text-file.ts';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { importJsonl, parseTaskSet } from '../../src/tasks/files.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';
import { readTask } from '../../src/tasks/schema.ts';
import {
  answered,
  answeredLater,
  anyBytes,
  anyText,
  buffersTaken,
  damaged,
  damagedText,
  deepList,
  disordered,
  disorderedText,
  computed,
  fuzz,
} from '../fuzz.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const zip = (text: string | Uint8Array): Uint8Array => new Uint8Array(gzipSync(text));

const task = {
  id: 'a',
  description: 'sum',
  prompt: '# sum of xs\ndef f(xs):',
  entryPoint: 'f',
  visible: [["[1, 2], {'a': (1.5, None)}", '3']],
  hidden: [{ args: '[]', expected: 'set()' }],
  split: 'heldout',
  tags: ['sum'],
  solution: '\n    return sum(xs)\n',
};
const problem = {
  task_id: 'HumanEval/0',
  prompt: 'def f(x):\n    """ Adds one.\n    >>> f(1)\n    2\n    """\n',
  entry_point: 'f',
  test: 'def check(candidate):\n    assert candidate(1) == 2\n',
  canonical_solution: '    return x + 1\n',
};
const set = { name: 'own', version: 1, tasks: [task, { ...task, id: 'b' }] };
const lines = `${JSON.stringify(task)}\n\n${JSON.stringify({ ...task, id: 'b' })}\n`;
const problems = `${JSON.stringify(problem)}\n${JSON.stringify({ ...problem, task_id: 'HumanEval/1' })}\n`;

const named = <T>(answer: { value: T } | { error: Error }): void => {
  if ('error' in answer) expect((answer.error as TaskFileError).file).toBe('x.file');
};

const importers = { importJsonl, readTaskFile };
describe.each(Object.entries(importers))('%s', (name, read) => {
  const honest = name === 'importJsonl' ? lines : problems;
  const row = name === 'importJsonl' ? task : problem;
  const check = async (content: string | Uint8Array): Promise<void> =>
    named(await answeredLater(() => read(content, 'x.file'), TaskFileError));

  it('reads the undamaged file, plain and gzipped', async () => {
    for (const content of [honest, utf8(honest), zip(honest)])
      expect(await read(content, 'x.file')).toHaveLength(2);
  });

  it('answers random bytes', async () => {
    await fc.assert(fc.asyncProperty(anyBytes, check), fuzz(10_000));
  });

  it('answers damaged files, plain and gzipped', async () => {
    await fc.assert(fc.asyncProperty(damaged(utf8(honest)), check), fuzz(10_000));
    await fc.assert(fc.asyncProperty(damaged(zip(honest)), check), fuzz(1000));
  });

  it('answers rows in disorder', async () => {
    await fc.assert(fc.asyncProperty(disorderedText(row), check), fuzz(5000));
  });
});

describe('parseTaskSet', () => {
  it('answers random and damaged text', () => {
    const texts = fc.oneof(anyText, damagedText(JSON.stringify(set), JSON.stringify(set, null, 1)));
    fc.assert(
      fc.property(texts, (text) => named(answered(() => parseTaskSet(text, 'x.file'), TaskFileError))),
      fuzz(10_000),
    );
  });

  it('answers sets in disorder', () => {
    fc.assert(
      fc.property(disorderedText(set), (text) =>
        named(answered(() => parseTaskSet(text, 'x.file'), TaskFileError)),
      ),
      fuzz(10_000),
    );
  });

  it('answers nesting deeper than a stack, wherever it stands', () => {
    for (const field of ['version', 'name', 'tasks']) {
      const text = `{"name": "own", "version": 1, "tasks": [], "${field}": ${deepList}}`;
      expect(
        answered(() => parseTaskSet(text, 'x.file'), TaskFileError),
        field,
      ).toHaveProperty('error');
    }
  });
});

it('readTask answers a task in disorder', () => {
  fc.assert(
    fc.property(disordered(task), (raw) =>
      named(answered(() => readTask(raw, { file: 'x.file' }), TaskFileError)),
    ),
    fuzz(10_000),
  );
});

describe('a file that is too large', () => {
  it('is not unpacked beyond the limit', async () => {
    // A thousandth of its size: zeros. Gzip within gzip is not followed.
    const bomb = zip(new Uint8Array(MAX_TEXT_BYTES + 1));
    expect(bomb.length).toBeLessThan(MAX_TEXT_BYTES / 500);
    const answer = await answeredLater(() => readText(bomb, 'x.file'), TaskFileError);
    expect(answer).toMatchObject({
      error: { problem: expect.stringMatching(/larger than 64 MiB/) as string },
    });
    named(await answeredLater(() => importJsonl(zip(bomb), 'x.file'), TaskFileError));
  });

  it('is refused before it is decoded', async () => {
    let answer: unknown;
    const bytes = new Uint8Array(MAX_TEXT_BYTES + 1);
    const taken = buffersTaken(
      () => (answer = answeredLater(() => readText(bytes, 'x.file'), TaskFileError)),
    );
    expect(await answer).toHaveProperty('error');
    expect(taken).toBeLessThan(1 << 20);
  });
});

describe('long and adversarial text', () => {
  const large = 1 << 20;
  it.each([
    ['a string that does not end', `{"id": "${'a'.repeat(16 * large)}`],
    ['a string of escapes with one that is broken', `{"id": "${'\\n'.repeat(4 * large)}\\x"}`],
    ['a number of a million digits and a comma too many', `{"id": ${'1'.repeat(large)},,}`],
    ['brackets that do not close', '['.repeat(large)],
    ['spaces', `{"id":${' '.repeat(4 * large)}`],
    ['lines without end', '{}\n'.repeat(200_000)],
    ['a name of many lines', JSON.stringify({ ...task, ['x\n'.repeat(large)]: 1 })],
    ['a million quotes in a prompt', JSON.stringify({ ...problem, prompt: `def f(x):\n    """${'"'.repeat(large)}` })],
    ['a million sentences without end', JSON.stringify({ ...problem, prompt: `def f(x):\n  """${'a. b '.repeat(large / 8)}` })],
    ['a million heads', JSON.stringify({ ...task, entryPoint: undefined, prompt: 'def f(\n'.repeat(large / 8) })],
    ['a literal of a thousand sets', JSON.stringify({ ...task, hidden: Array.from({ length: 200 }, () => ['1', `{${Array.from({ length: 1900 }, (_, i) => i)}}`]) })],
  ])('%s is answered in time', async (_what, text) => {
    const start = computed();
    for (const read of [importJsonl, readTaskFile]) named(await answeredLater(() => read(text, 'x.file'), TaskFileError));
    named(answered(() => parseTaskSet(text, 'x.file'), TaskFileError));
    expect(computed() - start).toBeLessThan(20_000);
  }); // prettier-ignore
});
