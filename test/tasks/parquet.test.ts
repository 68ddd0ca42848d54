/** Problems in parquet, as the Hub keeps them: the same tasks as from the JSONL beside it (scripts/vectors/parquet.py), and what is refused. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';
import { fuzz } from '../fuzz.ts';

const vector = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`./vectors/${name}`, import.meta.url)));

it.each([
  ['humaneval.parquet', 'humaneval.jsonl', 300],
  ['mbpp.parquet', 'mbpp.jsonl', 3],
  ['mbpp-wide.parquet', 'mbpp.jsonl', 3],
])('%s holds the tasks of %s', async (parquet, jsonl, count) => {
  const tasks = await readTaskFile(await vector(parquet), parquet);
  expect(tasks).toHaveLength(count);
  expect(tasks).toEqual(await readTaskFile(await vector(jsonl), jsonl));
});

it('says what it cannot unpack', async () => {
  await expect(readTaskFile(await vector('mbpp-zstd.parquet'), 'z.parquet')).rejects.toThrow(
    /^z\.parquet: cannot be read as parquet \(.*ZSTD.*\)/,
  );
});

it('answers damaged files with tasks or a typed error', { timeout: 240_000 }, async () => {
  const bytes = await vector('mbpp.parquet');
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(bytes.length), async (changed, end) => {
      const damaged = bytes.slice(0, end % 3 === 0 ? end : bytes.length);
      for (const [at, value] of changed) if (at > 3 && at < damaged.length) damaged[at] = value;
      const error = await readTaskFile(damaged, 'd.parquet').then(
        () => null,
        (found: unknown) => found,
      );
      if (error !== null) expect(error).toBeInstanceOf(TaskFileError);
    }),
    fuzz(300),
  );
});
