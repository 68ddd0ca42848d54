/**
 * Files that are dropped on the page: told by what is in them, task files of every
 * kind that the command line reads.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gzipSync, zipSync } from 'fflate';
import { adapterAmong } from '../../../src/ui/session/adapter-among.ts';
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

describe('an adapter', () => {
  const of = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(new URL(`../../policy/vectors/peft/${name}`, import.meta.url)));

  it('comes as its two files, as a .zip of their folder, or as GGUF', async () => {
    const [weights, config] = [
      await of('rslora/adapter_model.safetensors'),
      await of('rslora/adapter_config.json'),
    ];
    const text = new TextDecoder().decode(config);
    const adapter = { kind: 'adapter', bytes: weights, config: text, rank: 4 };
    expect(await readBrought(weights, 'a', text)).toEqual({ ...adapter, name: 'a' });
    const files = { 'mine/adapter_model.safetensors': weights, 'mine/adapter_config.json': config };
    const zip = zipSync({ ...files, 'mine/README.md': bytes('An adapter.') });
    expect(await readBrought(zip, 'mine.zip')).toEqual({ ...adapter, name: 'mine.zip' });
    expect(await readBrought(await of('plain.gguf'), 'p.gguf')).toMatchObject({ kind: 'adapter', rank: 4 });
  });

  it('is refused where it would be applied in part, or otherwise than it was trained', async () => {
    const weights = await of('rslora/adapter_model.safetensors');
    await expect(readBrought(weights, 'a.safetensors')).rejects.toThrow(/adapter_config\.json/);
    const two = zipSync({ 'a/adapter_model.safetensors': weights, 'b/adapter_model.safetensors': weights });
    await expect(readBrought(two, 'two.zip')).rejects.toThrow(/2 files adapter_model/);
    await expect(readBrought(zipSync({ 'a.txt': weights }), 'no.zip')).rejects.toThrow(UnknownFileError);
    await expect(readBrought(two.subarray(0, 200), 'cut.zip')).rejects.toThrow(/damaged/);
  });

  it('is told among files by their names', () => {
    const files = (...names: string[]): File[] => names.map((name) => new File([], name));
    const chosen = (...names: string[]) => {
      const found = adapterAmong(files(...names), 'mine');
      return found && [found.name, found.file.name, found.config?.name];
    };
    const config = 'adapter_config.json';
    expect(chosen('README.md', config, 'adapter_model.safetensors')).toEqual([
      'mine',
      'adapter_model.safetensors',
      config,
    ]);
    expect(chosen(config, 'lora.safetensors')).toEqual(['mine', 'lora.safetensors', config]);
    expect(chosen('model.safetensors', 'a.json')).toBeNull();
  });
});

it('says what it reads where it knows nothing', async () => {
  await expect(readBrought(bytes('{"a": 1}'), 'a.json')).rejects.toThrow(UnknownFileError);
  await expect(readBrought(bytes('id,prompt\n'), 'a.csv')).rejects.toMatchObject({
    advice: expect.stringContaining('.parquet') as string,
  });
});

describe('a damaged file is one of its kind, with the place and what to do', () => {
  const text = (...lines: string[]): Uint8Array => bytes(lines.join('\n'));
  const long = new Uint8Array(64).fill(0xff);
  it.each([
    ['a.safetensors', text('not a header'), /a\.safetensors: the header claims \d+ bytes of 12/],
    ['a.safetensors', new Uint8Array([1, 2, 3]), /3 bytes are too few/],
    ['a.zip', text('plain text'), /a\.zip is no \.zip, or a damaged one: it begins with "plain te"/],
    ['a.zip', text('PK'), /a damaged \.zip/],
    ['a.gguf', long, /begins with ff ff ff/],
    ['a.parquet', long, /PAR1 has to stand at both ends/],
    ['a.jsonl', text('', '{"id": 1, }'), /a\.jsonl is damaged: line 2 stops being JSON at character 11/],
    ['a.jsonl', text('id,prompt', '1,2'), /line 1 stops being JSON at character 1/],
    ['a.jsonl', text('{"a": 1}'), /neither an event of a run log nor a task/],
    ['a.json', text('{', '  "tasks: []', '}'), /a\.json is damaged: line 2 .* character 3/],
  ])('%s', async (name, content, problem) => {
    await expect(readBrought(content, name)).rejects.toMatchObject({
      message: expect.stringMatching(problem) as string,
      advice: expect.stringMatching(/again|fetch it/i) as string,
    });
  });
});
