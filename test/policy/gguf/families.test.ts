/**
 * Each family's tiny checkpoint written as GGUF: llama.cpp's own log-probabilities of that very file
 * (scripts/vectors/llama_cpp.ts), the engine's of the checkpoint, and the engine's of the file read back.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { PolicyError } from '../../../src/policy/errors.ts';
import { FAMILIES } from '../../../src/policy/families/families.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { ggufModel } from '../../../src/policy/gguf/write-model.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { Architecture } from '../../../src/policy/model/architecture.ts';
import type { Checkpoint } from '../../../src/policy/files/checkpoint.ts';
import { openGgufModel } from '../../../src/policy/sources/open-model.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { plainTokenizer } from '../tiny-model.ts';
import { familyFile } from './family-files.ts';

interface OfLlamaCpp {
  readonly release: string;
  readonly texts: readonly (readonly number[])[];
  /** By `model_type`: of each text's tokens after the first, nats. */
  readonly families: Readonly<
    Partial<Record<string, { readonly sha256: string; readonly logProbs: readonly (readonly number[])[] }>>
  >;
}

let runtime: Runtime;
let expected: OfLlamaCpp;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
  const path = new URL('../vectors/llama-cpp.json', import.meta.url);
  expected = JSON.parse(await readFile(path, 'utf8')) as OfLlamaCpp;
});

async function logProbs(architecture: Architecture, checkpoint: Checkpoint): Promise<number[][]> {
  const policy = new LoraPolicy({
    name: 'm',
    runtime,
    weights: await readWeights(checkpoint, architecture, 'fp32'),
    tokenizer: plainTokenizer(architecture.vocabSize),
    adapter: { rank: 1, alpha: 1 },
    seed: 1,
  });
  const sequences = expected.texts.map(([first, ...rest]) => ({ prompt: [first!], completion: rest }));
  const scores = await policy.score({ sequences, temperature: 1 });
  await policy.dispose();
  return scores.map((score) => [...score.logProbs]);
}

const gap = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));

describe.each(FAMILIES.map(({ modelType }) => modelType))('%s as GGUF', (name) => {
  it('is the file that llama.cpp was given, and computes what llama.cpp computes', async ({ skip }) => {
    const found = expected.families[name];
    if (found === undefined)
      skip(`llama.cpp was not asked about ${name}: run scripts/vectors/llama_cpp.ts with node-llama-cpp.`);
    const { architecture, checkpoint, bytes } = await familyFile(name);
    const { sha256, logProbs: wanted } = found!;
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    // llama.cpp looks GELU up in a table of halves, on a CPU.
    const most = architecture.family.activation === 'gelu' ? 1e-3 : 1e-5;
    expect(gap(await logProbs(architecture, checkpoint), wanted)).toBeLessThan(most);
    const again = await openGgufModel(bytesSource(bytes, `${name}.gguf`));
    expect(again.architecture.family.modelType).toBe(name);
    expect(gap(await logProbs(again.architecture, again.checkpoint), wanted)).toBeLessThan(most);
  });
});

describe('what llama.cpp has fixed in its code', () => {
  it.each([
    ['gemma3_text', { attentionScale: 0.3 }, /query_pre_attn_scalar to be head_dim/],
    ['smollm3', { unrotated: [1] }, /rotates nothing in every layer 4/],
    ['qwen2', {}, /rotary positions are scaled/],
  ] as const)('is asked of %s, which is refused by name otherwise', async (name, change, message) => {
    const { architecture, checkpoint } = await familyFile(name);
    const rotary = { theta: 10000, dims: 8, divisors: [1, 2, 3, 4] };
    const changed: Architecture = {
      ...architecture,
      variation: { ...architecture.variation, ...change },
      ...(name === 'qwen2' && { rotary }),
    };
    const write = () =>
      ggufModel({
        name,
        architecture: changed,
        checkpoint,
        tokenizer: { json: {}, config: {} },
        type: 'F32',
      });
    expect(write).toThrow(PolicyError);
    expect(write).toThrow(message);
  });
});
