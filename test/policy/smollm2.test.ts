/**
 * SmolLM2-135M-Instruct against llama.cpp on 20 prompts (scripts/vectors/smollm2.py):
 * tokens, greedy completions, log-probabilities.
 */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicy } from '../../src/policy/lora/load.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import { openGgufModel } from '../../src/policy/sources/open-model.ts';
import { blobSource } from '../../src/policy/files/range-source.ts';
import type { MatrixReport } from '../../src/policy/model/weights.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { smolLm2 } from './smollm2-file.ts';

interface Reference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly completion: readonly number[];
  readonly logProbs: readonly number[];
  /** Nats between the most probable token and the next. */
  readonly gaps: readonly number[];
}

/**
 * Where the first two tokens are nearer than this many nats, float arithmetic in
 * another order may choose the other.
 */
const TIE = 0.01;

const path = smolLm2();

describe.skipIf(path === null)('SmolLM2-135M-Instruct', () => {
  let policy: LoraPolicy;
  /** llama.cpp over the same weights as floats, and as it runs the file, activations rounded to 8 bits. */
  let references: readonly Reference[];
  let rounded: readonly Reference[];
  let report: readonly MatrixReport[] = [];
  beforeAll(async () => {
    const vectors = new URL('./vectors/smollm2/llama-cpp.json', import.meta.url);
    ({ floats: references, quantised: rounded } = JSON.parse(await readFile(vectors, 'utf8')) as {
      floats: Reference[];
      quantised: Reference[];
    });
    const model = await openGgufModel(blobSource(await openAsBlob(path!), 'smollm2.gguf'));
    const options = { name: 'smollm2', device: nodeWasm(), rank: 4, alpha: 8, seed: 1 };
    policy = await buildPolicy(model, { ...options, onReport: (said) => (report = said) });
  });
  afterAll(() => policy?.dispose());

  it('is taken over without loss', () => {
    expect(report.length).toBe(211);
    expect(report.filter(({ error }) => error > 0)).toEqual([]);
    expect(new Set(report.map(({ stored, held }) => `${stored} ${held}`))).toEqual(
      new Set(['Q4_1 int4', 'Q8_0 int8']),
    );
  });

  it('cuts prompts into the same tokens', () => {
    for (const { text, ids } of references) expect(policy.tokenizer.encode(text)).toEqual(ids);
  });

  it('gives the log-probabilities of llama.cpp: of its float arithmetic closely, of its rounded one within the rounding', async () => {
    const all = [...references, ...rounded];
    const sequences = all.map(({ ids, completion }) => ({ prompt: ids, completion }));
    const scores = await policy.score({ sequences, temperature: 1 });
    const differences = all.map(({ logProbs }, i) =>
      logProbs.map((value, at) => Math.abs(value - scores[i]!.logProbs[at]!)),
    );
    const [exact, near] = [differences.slice(0, 20).flat(), differences.slice(20).flat()];
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    console.info(`against floats: mean ${mean(exact).toFixed(6)}, largest ${Math.max(...exact).toFixed(5)}`);
    console.info(`against rounding: mean ${mean(near).toFixed(4)}, largest ${Math.max(...near).toFixed(3)}`);
    expect(mean(exact)).toBeLessThan(0.002);
    expect(Math.max(...exact)).toBeLessThan(0.03);
    expect(mean(near)).toBeLessThan(0.05);
  });

  it('continues 20 prompts greedily as llama.cpp does', async () => {
    const budget = Math.max(...references.map(({ completion }) => completion.length));
    const found = await policy.generate({
      prompts: references.map(({ ids }) => ids),
      maxNewTokens: budget,
      temperature: 0,
      uniforms: new Float32Array(references.length * budget),
    });
    const parted = references.flatMap(({ completion, gaps, text }, i) => {
      const at = completion.findIndex((token, place) => found[i]!.tokens[place] !== token);
      return at < 0 ? [] : [{ text, at, gap: gaps[at]! }];
    });
    console.info(`${20 - parted.length} of 20 completions equal`, parted);
    for (const { gap } of parted) expect(gap).toBeLessThan(TIE);
  });
});
