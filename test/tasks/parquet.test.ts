/**
 * Problems in parquet, as the Hub keeps them: the same tasks as from the JSONL beside
 * it (scripts/vectors/parquet.py), and what is refused.
 */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';
import { computed, fuzz } from '../fuzz.ts';

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

it('answers damaged files with tasks or a typed error', async () => {
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

/** Thrift's compact protocol, as far as a parquet file of one column needs it. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const int = (value: number): number[] => varint(value * 2);
const binary = (value: string): number[] => [...varint(value.length), ...Buffer.from(value)];
const listOf = (type: number, items: readonly (readonly number[])[]): number[] => [
  0xf0 + type,
  ...varint(items.length),
  ...items.flat(),
];
/** Fields by number with their types. */
const struct = (
  ...fields: readonly (readonly [number: number, type: number, bytes: readonly number[]])[]
): number[] => [...fields.flatMap(([number, type, bytes]) => [type, ...int(number), ...bytes]), 0];
const [I32, I64, TEXT, LIST, STRUCT] = [5, 6, 8, 9, 12] as const;

interface Claims {
  readonly rows: number;
  readonly count: number;
  readonly unpacked: number;
  readonly codec: number;
  readonly page: readonly number[];
}
/** A file with one optional column of texts, `id`, that says what it is told to say. */
function claiming({ rows = 1, count = 1, unpacked, codec = 0, page }: Partial<Claims>): Uint8Array {
  // One definition level of 1, then the text "a".
  const body = page ?? [2, 0, 0, 0, 2, 1, 1, 0, 0, 0, 97];
  const data = struct([1, I32, int(count)], [2, I32, int(0)], [3, I32, int(3)], [4, I32, int(3)]);
  const header = struct(
    [1, I32, int(0)],
    [2, I32, int(unpacked ?? body.length)],
    [3, I32, int(body.length)],
    [5, STRUCT, data],
  );
  const column = [...header, ...body];
  const schema = [
    struct([4, TEXT, binary('schema')], [5, I32, int(1)]),
    struct([1, I32, int(6)], [3, I32, int(1)], [4, TEXT, binary('id')], [6, I32, int(0)]),
  ];
  const meta = struct(
    [1, I32, int(6)],
    [2, LIST, listOf(I32, [int(0)])],
    [3, LIST, listOf(TEXT, [binary('id')])],
    [4, I32, int(codec)],
    [5, I64, int(count)],
    [6, I64, int(column.length)],
    [7, I64, int(column.length)],
    [9, I64, int(4)],
  );
  const chunk = struct([2, I64, int(4)], [3, STRUCT, meta]);
  const group = struct([1, LIST, listOf(STRUCT, [chunk])], [2, I64, int(column.length)], [3, I64, int(rows)]);
  const footer = struct(
    [1, I32, int(1)],
    [2, LIST, listOf(STRUCT, schema)],
    [3, I64, int(rows)],
    [4, LIST, listOf(STRUCT, [group])],
  );
  return fileOf(column, footer);
}
function fileOf(body: readonly number[], footer: readonly number[]): Uint8Array {
  const magic = [...Buffer.from('PAR1')];
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Uint8Array.from([...magic, ...body, ...footer, ...length, ...magic]);
}

it('the honest file of which the next ones differ in one claim is read', async () => {
  const { parquetLines } = await import('../../src/tasks/parquet.ts');
  expect(await parquetLines(claiming({}), 'own.parquet')).toBe('{"id":"a"}');
});

it.each<[string, Uint8Array, RegExp]>([
  ['a page of two gigabytes', claiming({ codec: 1, unpacked: 2 ** 31 - 1 }), /larger than any set/],
  ['billions of values', claiming({ count: 2 ** 31 - 1 }), /more values/],
  ['billions of rows', claiming({ rows: 2 ** 50 }), /rows/],
  [
    'a run of a billion levels',
    claiming({ page: [6, 0, 0, 0, ...varint(2 ** 30), 1, 1, 0, 0, 0, 97] }),
    /a run claims/,
  ],
  [
    'a page that ends behind its column',
    claiming({ page: [255, 255, 255, 255, 2, 1] }),
    /ends within its levels/,
  ],
  // Each list would be allocated before its first element is looked at.
  [
    'a hundred lists of thirty million in one another',
    fileOf([], Array.from({ length: 100 }, () => [0x19, 0xf9, ...varint(3e7)]).flat()),
    /claims 30000000 elements/,
  ],
  [
    'structures in structures without end',
    fileOf(
      [],
      Array.from({ length: 1e5 }, () => 0x1c),
    ),
    /nested too deep/,
  ],
])('%s, claimed in a few bytes, takes no memory and no time', async (_what, file, why) => {
  const start = computed();
  const error: unknown = await readTaskFile(file, 'x.parquet').catch((found: unknown) => found);
  expect(error).toBeInstanceOf(TaskFileError);
  expect((error as Error).message).toMatch(why);
  expect(computed() - start).toBeLessThan(10_000);
});
