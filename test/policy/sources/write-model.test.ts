/**
 * Models written piece by piece: what comes out whole is what the tensors say, and no
 * more than a few rows are read, held or given at once, however large a table is. What
 * other programs make of the files is in export-model.test.ts and in the vectors.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openSafetensors } from '../../../src/policy/files/checkpoint.ts';
import { bytesSource, type RangeSource } from '../../../src/policy/files/range-source.ts';
import { floatBytes, writeSafetensors } from '../../../src/policy/files/safetensors.ts';
import { PIECE_VALUES, rowPieces, type StreamedFile } from '../../../src/policy/files/streamed-file.ts';
import { checkpointName } from '../../../src/policy/families/family.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { adapterMatrices } from '../../../src/policy/model/adapter.ts';
import { allLinears, normShapes, type Architecture } from '../../../src/policy/model/architecture.ts';
import { dense } from '../../../src/policy/model/weights.ts';
import { openGgufModel, type OpenedModel } from '../../../src/policy/sources/open-model.ts';
import { transformersFolder, modelGguf, WRITING_BYTES } from '../../../src/policy/sources/write-model.ts';
import type { JsonObject } from '../../../src/base/json-object.ts';
import { createRandom } from '../../../src/base/random.ts';
import { plainTokenizer, TINY } from '../tiny-model.ts';

const nano = async (name: string): Promise<JsonObject> =>
  JSON.parse(
    await readFile(new URL(`../../../public/models/nano/${name}`, import.meta.url), 'utf8'),
  ) as JsonObject;

/** Its table is two and a half pieces. */
const LARGE: Architecture = { ...TINY, vocabSize: Math.round((2.5 * PIECE_VALUES) / TINY.hiddenSize) };

async function large(reads: number[]): Promise<OpenedModel> {
  const random = createRandom(3);
  const tensor = (name: string, ...dims: number[]) => {
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.next() - 0.5);
    return {
      name: `${checkpointName(LARGE.family, name)}.weight`,
      dtype: 'F32' as const,
      dims,
      bytes: floatBytes(data),
    };
  };
  const file = writeSafetensors([
    tensor('embed_tokens', LARGE.vocabSize, LARGE.hiddenSize),
    ...allLinears(LARGE).map(({ name, shape }) => tensor(name, ...shape)),
    ...normShapes(LARGE).map(({ name, length }) => tensor(name, length)),
  ]);
  const whole = bytesSource(file, 'model.safetensors');
  const source: RangeSource = {
    ...whole,
    read: (begin, end) => (reads.push(end - begin), whole.read(begin, end)),
  };
  const checkpoint = await openSafetensors([source]);
  reads.length = 0;
  return {
    name: 'some/large',
    architecture: LARGE,
    checkpoint,
    tokenizer: plainTokenizer(LARGE.vocabSize),
    format: 'safetensors',
    // Any tokenizer that llama.cpp has will do.
    documents: async () => ({
      config: { model_type: 'llama' },
      tokenizer: await nano('tokenizer.json'),
      tokenizerConfig: await nano('tokenizer_config.json'),
    }),
  };
}

async function drained(file: StreamedFile): Promise<{ bytes: Uint8Array; largest: number }> {
  const bytes = new Uint8Array(file.size);
  let [at, largest] = [0, 0];
  for await (const piece of file.pieces()) {
    bytes.set(piece, at);
    at += piece.byteLength;
    largest = Math.max(largest, piece.byteLength);
  }
  expect(at).toBe(file.size);
  return { bytes, largest };
}

test('rows are cut into pieces that hold whole units, and none is left out', () => {
  expect(rowPieces([10, PIECE_VALUES / 4])).toEqual([
    [0, 4],
    [4, 4],
    [8, 2],
  ]);
  expect(rowPieces([10, PIECE_VALUES / 4], 3).map(([, count]) => count)).toEqual([3, 3, 3, 1]);
  expect(rowPieces([6, 2 * PIECE_VALUES], 2)).toEqual([
    [0, 2],
    [2, 2],
    [4, 2],
  ]);
  expect(rowPieces([7])).toEqual([[0, 7]]);
});

test('a folder is written from pieces no larger than was said, with the adapter merged in', async () => {
  const reads: number[] = [];
  const model = await large(reads);
  const settings = { rank: 2, alpha: 6 };
  const random = createRandom(5);
  const tensors = Object.fromEntries(
    adapterMatrices(LARGE, settings).map(({ name, dims }) => [
      name,
      { dims, data: Float32Array.from({ length: dims[0] * dims[1] }, () => random.next() - 0.5) },
    ]),
  );
  const files = await transformersFolder(model, { settings, snapshot: { step: 0, tensors } });
  const { bytes, largest } = await drained(files.find(({ name }) => name === 'model.safetensors')!);
  expect(Math.max(...reads, largest)).toBeLessThanOrEqual(4 * PIECE_VALUES);
  expect(bytes.byteLength).toBeGreaterThan(WRITING_BYTES / 2);

  const written = await readWeights(await openSafetensors([bytesSource(bytes, 'written')]), LARGE, 'fp32');
  const stored = await readWeights(model.checkpoint, LARGE, 'fp32');
  expect(Buffer.compare(floatBytes(dense(written.embedding)), floatBytes(dense(stored.embedding)))).toBe(0);
  for (const { name, shape } of allLinears(LARGE)) {
    const [a, b] = ['A', 'B'].map((side) => tensors[`${name}.lora_${side}`]!.data);
    const [before, after] = [dense(stored.linears.get(name)!), dense(written.linears.get(name)!)];
    for (const [row, column] of [
      [0, 0],
      [shape[0] - 1, shape[1] - 1],
      [3, 7],
    ] as const) {
      const at = row * shape[1] + column;
      const product = b![row * 2]! * a![column]! + b![row * 2 + 1]! * a![shape[1] + column]!;
      expect(after[at]).toBeCloseTo(before[at]! + 3 * product, 5);
    }
  }
});

test.each(['F32', 'F16', 'Q8_0'] as const)('so is a GGUF file of %s, and it reads back', async (type) => {
  const reads: number[] = [];
  const model = await large(reads);
  const file = await modelGguf(model, type);
  expect(file.name).toBe(`large-${type}.gguf`);
  const { bytes, largest } = await drained(file);
  expect(Math.max(...reads, largest)).toBeLessThanOrEqual(4 * PIECE_VALUES);
  const { checkpoint, architecture } = await openGgufModel(bytesSource(bytes, file.name));
  const [rows, columns] = [LARGE.vocabSize, LARGE.hiddenSize];
  const found = await checkpoint.rows('model.embed_tokens', [rows, columns], rows - 5, 5);
  const wanted = await model.checkpoint.rows('model.embed_tokens', [rows, columns], rows - 5, 5);
  const gap = Math.max(...found.map((value, i) => Math.abs(value - wanted[i]!)));
  expect(gap).toBeLessThan({ F32: 1e-12, F16: 3e-4, Q8_0: 3e-3 }[type]);
  expect(architecture.hiddenSize).toBe(columns);
});

test.each(['llama', 'qwen2'])('rows of a GGUF file are those of the whole matrix: %s', async (name) => {
  const path = new URL(`../vectors/gguf/${name}.gguf`, import.meta.url);
  const { checkpoint, architecture } = await openGgufModel(
    bytesSource(new Uint8Array(await readFile(path)), name),
  );
  const matrices = [
    ...allLinears(architecture),
    { name: 'embed_tokens', shape: [architecture.vocabSize, architecture.hiddenSize] as const },
  ];
  for (const { name: linear, shape } of matrices) {
    const stored = checkpointName(architecture.family, linear);
    const whole = dense((await checkpoint.matrix(stored, shape)).weight);
    const [first, count] = [Math.floor(shape[0] / 3), Math.ceil(shape[0] / 2)];
    const rows = await checkpoint.rows(stored, shape, first, count);
    const wanted = whole.subarray(first * shape[1], (first + count) * shape[1]);
    expect(Math.max(...rows.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-5);
  }
});
