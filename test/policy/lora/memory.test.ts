/** Memory predicted from sizes. */
import { describe, expect, test } from 'vitest';
import { planMemory } from '../../../src/experiment/memory.ts';
import { createConfig } from '../../../src/learning/config.ts';
import { parameterCount, type Architecture } from '../../../src/policy/model/architecture.ts';
import { RequestError } from '../../../src/policy/errors.ts';
import {
  activationBytes,
  FULL_SIZES,
  predictMemory,
  type MemoryRequest,
} from '../../../src/policy/lora/memory.ts';
import { defaultFormat } from '../../../src/policy/lora/load.ts';
import { bytesPerWeight } from '../../../src/policy/lora/weight-bytes.ts';
import { TINY } from '../tiny-model.ts';

const FLOATS = { linear: 4, table: 4 };
const model: MemoryRequest = {
  architecture: TINY,
  device: 'wasm',
  rank: 4,
  bytesPerWeight: FLOATS,
  longest: 128,
  rollouts: 64,
  scored: false,
  otherBytes: 0,
};
const machine = { device: 'wasm', pythonWorkers: 2, place: 'node' } as const;

describe('how weights are held by default', () => {
  const large: Architecture = {
    ...TINY,
    vocabSize: 100_000,
    hiddenSize: 896,
    intermediateSize: 4864,
    layers: 2,
  };
  const parameters = parameterCount(large);

  test.each([
    ['floats of two bytes in blocks of four bits', large, 2 * parameters, 'int4'],
    ['floats of four bytes, too', large, 4 * parameters, 'int4'],
    ['blocks as they are', large, 0.6 * parameters, 'stored'],
    [
      'floats that blocks of 32 do not fit as they are',
      { ...large, intermediateSize: 4860 },
      2 * parameters,
      'stored',
    ],
    ['a small model dense', TINY, 2 * parameterCount(TINY), 'fp32'],
  ])('%s', (_, architecture, fileBytes, expected) => {
    expect(defaultFormat(architecture, 'native', fileBytes)).toBe(expected);
  });
});

describe('a prediction', () => {
  test('is the sum of its parts', () => {
    const { total, ...parts } = predictMemory({ ...model, otherBytes: 7 });
    expect(total).toBe(Object.values(parts).reduce((a, b) => a + b));
  });

  test('of what the backward pass keeps is what the formula says', () => {
    const small: Architecture = {
      ...TINY,
      layers: 1,
      vocabSize: 10,
      hiddenSize: 2,
      heads: 1,
      keyValueHeads: 1,
      headDim: 2,
    };
    const perLayer = 4 * 2 + 2 * 2 + 3 * 2 + 4 * 3 + 64;
    expect(activationBytes({ ...small, intermediateSize: 3 }, undefined, 64)).toBe(
      4 * (2 * perLayer + 4 * 10),
    );
  });

  test('counts whole graphs under their limit', () => {
    const graphsUnder = (graphBytes: number): number =>
      predictMemory({ ...model, scored: true }, { ...FULL_SIZES, graphBytes }).graphs;
    const [least, all] = [graphsUnder(0), graphsUnder(Infinity)];
    const limits = Array.from({ length: 1000 }, (_, i) => least + ((all - least) * i) / 1000);
    const taken = limits.map(graphsUnder);
    taken.forEach((bytes, i) => expect(bytes).toBeLessThanOrEqual(limits[i]!));
    // Between two numbers of graphs a larger limit holds no more.
    expect(new Set(taken).size).toBeLessThan(2 * (all / least) + 2);
    // A graph that is larger than the limit is held all the same.
    expect(least).toBeGreaterThan(0);
  });

  test('grows with whatever makes a run larger', () => {
    const { total } = predictMemory(model);
    const larger: Partial<MemoryRequest>[] = [
      { rank: 8 },
      { longest: 256 },
      { otherBytes: 1 },
      { optimizers: 2 },
      { scored: true },
      { bytesPerWeight: { linear: 5, table: 4 } },
    ];
    for (const more of larger) expect(predictMemory({ ...model, ...more }).total).toBeGreaterThan(total);
    expect(predictMemory(model, { ...FULL_SIZES, microBatchTokens: 512 }).total).toBeLessThan(total);
  });
});

describe('bytes of a weight', () => {
  // SmolLM2-135M: Q4_1 and a Q8_0 table in 98 MB, or bfloat16 in 269 MB.
  const smollm2: Architecture = {
    ...TINY,
    vocabSize: 49152,
    hiddenSize: 576,
    layers: 30,
    heads: 9,
    keyValueHeads: 3,
    headDim: 64,
    intermediateSize: 1536,
    tiedHead: true,
  };
  test('are told from the size of the files', () => {
    const blocks = bytesPerWeight(smollm2, 'stored', 98_362_432);
    expect(blocks.linear).toBeCloseTo(0.75, 1);
    expect(blocks.table).toBe(1.125);
    expect(bytesPerWeight(smollm2, 'stored', 269_060_552)).toEqual(FLOATS);
  });
});

describe('sequences of thousands of tokens', () => {
  const long = { ...TINY, contextLength: 32_768 };
  const plan = (tokens: number) =>
    planMemory(createConfig({ 'code.maxNewTokens': tokens }), long, { ...machine, device: 'native' });

  test('are planned in rows as long as they are', () => {
    const work = [1900, 2900, 4000, 8000].map((tokens) => plan(tokens).prediction.work);
    // Attention keeps the square of a row.
    expect(work[1]! / work[0]!).toBeGreaterThan(2);
    expect(work).toEqual([...work].toSorted((a, b) => a - b));
  });

  test('that no row could hold are refused before anything is loaded or sampled', () => {
    expect(() => plan(8192)).toThrow(RequestError);
    expect(() => plan(8192)).toThrow(/8192/);
  });
});
