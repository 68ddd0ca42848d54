/** Files that are dropped on the page: told by what is in them, task files of every kind that the command line reads. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { gzipSync } from 'fflate';
import { readBrought, UnknownFileError } from '../../../src/ui/session/brought.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const vector = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../tasks/vectors/${name}`, import.meta.url)));
const splits = async (content: Uint8Array, name: string): Promise<Record<string, number>> => {
  const brought = await readBrought(content, name);
  if (brought.kind !== 'tasks') throw new Error(brought.kind);
  const count = (split: string) => brought.tasks.filter((task) => task.split === split).length;
  return { train: count('train'), heldout: count('heldout') };
};
const own = { id: 'a', prompt: 'def f(x):\n', hidden: [['1', '2']] };

it.each([
  ['humaneval.jsonl', { train: 0, heldout: 300 }],
  ['humaneval.parquet', { train: 0, heldout: 300 }],
  ['mbpp.jsonl', { train: 2, heldout: 1 }],
  ['mbpp.parquet', { train: 2, heldout: 1 }],
])('%s', async (name, expected) => {
  expect(await splits(await vector(name), name)).toEqual(expected);
});

it('reads problems as a list, zipped, and of our own', async () => {
  const [row] = new TextDecoder().decode(await vector('mbpp.jsonl')).split('\n');
  expect(await splits(bytes(`[${row}]`), 'sanitized-mbpp.json')).toEqual({ train: 0, heldout: 1 });
  expect(await splits(gzipSync(await vector('humaneval.jsonl')), 'h.jsonl.gz')).toEqual({
    train: 0,
    heldout: 300,
  });
  expect(await splits(bytes(JSON.stringify(own)), 'own.jsonl')).toEqual({ train: 1, heldout: 0 });
  const crux = { id: 's', code: 'def f(x):\n    return x', input: '1', output: '1' };
  expect(await splits(bytes(JSON.stringify(crux)), 'cruxeval.jsonl')).toEqual({ train: 0, heldout: 1 });
});

it('says what it reads where it knows nothing', async () => {
  await expect(readBrought(bytes('{"a": 1}'), 'a.json')).rejects.toThrow(UnknownFileError);
  await expect(readBrought(bytes('id,prompt\n'), 'a.csv')).rejects.toMatchObject({
    advice: expect.stringContaining('.parquet') as string,
  });
});
