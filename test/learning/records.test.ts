import { describe, expect, it } from 'vitest';
import { RecordBuffer, type StoredRecord } from '../../src/learning/records.ts';
import { createRandom } from '../../src/base/random.ts';

const record = (id: string, bornAt: number, taskId = id): StoredRecord => ({
  key: `key ${id}`,
  record: {
    id,
    taskId,
    bornAt,
    program: '',
    entryPoint: 'f',
    args: '',
    variables: [],
    answer: '',
    prompt: '',
  },
});
const newest = { strategy: 'newest', maxAge: 3, capPerTask: 2 } as const;
const random = () => createRandom(5).fork('records');
const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id);

describe('the record buffer', () => {
  it('draws newest first and never one record twice', () => {
    const buffer = new RecordBuffer(100, [record('a', 1), record('b', 2), record('c', 2), record('d', 3)]);
    const drawn = ids(buffer.draw(4, 10, newest, random()));
    expect(drawn[0]).toBe('d');
    expect(drawn[3]).toBe('a');
    expect([...drawn].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('acceptance vector 2: by `recent` draws only what was born at the step before', () => {
    const buffer = new RecordBuffer(100, [record('a', 1), record('b', 2), record('c', 3)]);
    expect(ids(buffer.draw(3, 10, { ...newest, strategy: 'recent' }, random()))).toEqual(['b']);
  });

  it('draws nothing older than the age bound, and lets go of it', () => {
    const buffer = new RecordBuffer(100, [record('a', 1), record('b', 2)]);
    expect(ids(buffer.draw(5, 10, newest, random()))).toEqual(['b']);
    buffer.expire(4, 3);
    expect(buffer.save().map(({ record }) => record.id)).toEqual(['b']);
  });

  it('never draws a record in the step it was born', () => {
    expect(new RecordBuffer(100, [record('a', 4)]).draw(4, 10, newest, random())).toEqual([]);
  });

  it('holds each task to its cap', () => {
    const stored = Array.from({ length: 9 }, (_, i) => record(`r${i}`, 1, `task ${i % 2}`));
    const drawn = new RecordBuffer(100, stored).draw(2, 9, newest, random());
    expect(drawn.filter(({ taskId }) => taskId === 'task 0')).toHaveLength(2);
    expect(drawn).toHaveLength(4);
  });

  it('draws the same for the same seed, also after a round trip through JSON', () => {
    const stored = Array.from({ length: 30 }, (_, i) => record(`r${i}`, 1 + (i % 3)));
    const buffer = new RecordBuffer(100, stored);
    const restored = new RecordBuffer(100, JSON.parse(JSON.stringify(buffer.save())) as StoredRecord[]);
    expect(restored.draw(4, 8, newest, random())).toEqual(buffer.draw(4, 8, newest, random()));
  });

  it('keeps to its capacity, the oldest leaving first', () => {
    const buffer = new RecordBuffer(2, []);
    buffer.add([record('a', 1), record('b', 1), record('c', 2)]);
    expect(buffer.save().map(({ record }) => record.id)).toEqual(['b', 'c']);
    expect([buffer.has('key a'), buffer.has('key c')]).toEqual([false, true]);
  });
});
