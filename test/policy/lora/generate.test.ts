/**
 * Rollouts: they follow the distribution that the scorer reports, end where they
 * should, and depend on nothing but their inputs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestError } from '../../../src/policy/errors.ts';
import type { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { PROMPTS, request, tinyPolicy, uniforms } from '../harness.ts';
import { TINY } from '../tiny-model.ts';

let runtime: Runtime;
let policy: LoraPolicy;
const EOS = 0;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
  policy = await tinyPolicy(runtime, { adapterScale: 0.3 });
});
afterAll(() => policy.dispose());

/** The scorer's whole next-token distribution after a prefix: log-probabilities of every token. */
async function distribution(prefix: readonly number[], temperature: number): Promise<number[]> {
  const sequences = Array.from({ length: TINY.vocabSize }, (_, token) => ({
    prompt: prefix,
    completion: [token],
  }));
  return (await policy.score({ sequences, temperature })).map(({ logProbs }) => logProbs[0]!);
}

/**
 * First token whose cumulative probability exceeds the uniform, in double precision;
 * null where rounding could decide.
 */
function inverseOfCdf(logProbs: readonly number[], uniform: number): number | null {
  let sum = 0;
  for (const [token, logProb] of logProbs.entries()) {
    sum += Math.exp(logProb);
    if (Math.abs(sum - uniform) < 1e-5) return null;
    if (sum > uniform) return token;
  }
  return logProbs.length - 1;
}

describe('generate: what is sampled', () => {
  it.each([1, 0.6])(
    'is the inverse of the scorer’s distribution at the uniform (temperature %s)',
    async (temperature) => {
      const prompts = [PROMPTS[0]!, PROMPTS[3]!];
      const numbers = uniforms('cdf', 2, 6);
      const rollouts = await policy.generate({ prompts, maxNewTokens: 6, temperature, uniforms: numbers });
      let compared = 0;
      for (const [row, { tokens, logProbs }] of rollouts.entries()) {
        for (const [t, token] of tokens.entries()) {
          const known = await distribution([...prompts[row]!, ...tokens.slice(0, t)], temperature);
          expect(known.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 4);
          const expected = inverseOfCdf(known, numbers[row * 6 + t]!);
          if (expected !== null) {
            expect(token).toBe(expected);
            compared += 1;
          }
          expect(logProbs[t]).toBeCloseTo(known[token]!, 4);
        }
      }
      expect(compared).toBeGreaterThan(5);
    },
  );

  it('is distributed as the policy says: 1,280 first tokens, chi-square', async () => {
    const known = (await distribution(PROMPTS[4]!, 1)).map(Math.exp);
    const counts = new Array<number>(TINY.vocabSize).fill(0);
    const draws = 1280;
    const rollouts = await policy.generate({
      prompts: Array.from({ length: draws }, () => PROMPTS[4]!),
      maxNewTokens: 1,
      temperature: 1,
      uniforms: uniforms('chi', draws, 1),
    });
    rollouts.forEach(({ tokens }) => (counts[tokens[0]!] = counts[tokens[0]!]! + 1));
    // Cells with at least 5 expected draws, the rest pooled.
    const cells = known.map((p, token) => ({ expected: p * draws, seen: counts[token]! }));
    const large = cells.filter(({ expected }) => expected >= 5);
    const small = cells.filter(({ expected }) => expected < 5);
    const pooled = small.reduce((a, b) => ({ expected: a.expected + b.expected, seen: a.seen + b.seen }), {
      expected: 1e-9,
      seen: 0,
    });
    const statistic = [...large, pooled].reduce(
      (sum, { expected, seen }) => sum + (seen - expected) ** 2 / expected,
      0,
    );
    const freedom = large.length;
    expect(freedom).toBeGreaterThan(3);
    // Wilson-Hilferty: the 99.9 % quantile of chi-square.
    const quantile = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(statistic).toBeLessThan(quantile);
  });

  it('is the most probable token when greedy, whatever the uniforms', async () => {
    const prompts = [PROMPTS[0]!, PROMPTS[2]!];
    const greedy = await policy.generate({
      prompts,
      maxNewTokens: 5,
      temperature: 0,
      uniforms: uniforms('a', 2, 5),
    });
    const again = await policy.generate({
      prompts,
      maxNewTokens: 5,
      temperature: 0,
      uniforms: uniforms('b', 2, 5),
    });
    expect(again).toEqual(greedy);
    for (const [row, { tokens, logProbs }] of greedy.entries()) {
      for (const [t, token] of tokens.entries()) {
        const known = await distribution([...prompts[row]!, ...tokens.slice(0, t)], 0);
        expect(known.indexOf(Math.max(...known))).toBe(token);
        expect(logProbs[t], 'at temperature 1').toBeCloseTo(known[token]!, 4);
      }
    }
  });

  it('is decided by the uniforms alone: the same again, others elsewhere', async () => {
    const first = await policy.generate(request());
    expect(await policy.generate(request())).toEqual(first);
    expect(await policy.generate(request({ uniforms: uniforms('else', 6, 20) }))).not.toEqual(first);
  });

  it('copes with the ends of the range of uniforms', async () => {
    const ends = await policy.generate({
      prompts: [[5], [5]],
      maxNewTokens: 1,
      temperature: 1,
      uniforms: Float32Array.of(0, 0.99999994),
    });
    const known = await distribution([5], 1);
    expect(ends[0]!.tokens).toEqual([0]);
    expect(ends[1]!.tokens[0]).toBeGreaterThan(TINY.vocabSize / 2);
    expect(ends[1]!.logProbs[0]).toBeCloseTo(known[ends[1]!.tokens[0]!]!, 4);
  });
});

describe('generate: where a rollout ends', () => {
  it('at the end of sequence, which it keeps, or at its budget', async () => {
    const rollouts = await policy.generate(request({ maxNewTokens: 60, uniforms: uniforms('long', 6, 60) }));
    for (const { tokens, logProbs, finish } of rollouts) {
      expect(logProbs).toHaveLength(tokens.length);
      expect(tokens.slice(0, -1)).not.toContain(EOS);
      if (finish === 'eos') expect(tokens.at(-1)).toBe(EOS);
      else expect([tokens.length, tokens.at(-1) === EOS]).toEqual([60, false]);
    }
    expect(new Set(rollouts.map(({ finish }) => finish)), 'both kinds of end').toEqual(
      new Set(['eos', 'length']),
    );
  });

  it.each([1, 2, 8, 9, 10, 17])(
    'after %s tokens, and a longer budget begins with the same tokens',
    async (budget) => {
      const numbers = uniforms('budget', 6, 24);
      const full = await policy.generate(request({ maxNewTokens: 24, uniforms: numbers }));
      const cut = Float32Array.from(
        { length: 6 * budget },
        (_, i) => numbers[Math.floor(i / budget) * 24 + (i % budget)]!,
      );
      const short = await policy.generate(request({ maxNewTokens: budget, uniforms: cut }));
      expect(short.map(({ tokens }) => tokens)).toEqual(full.map(({ tokens }) => tokens.slice(0, budget)));
    },
  );

  it('when it is told to stop, leaving nothing behind', async () => {
    const before = runtime.openTensors;
    const stop = new AbortController();
    const running = policy.generate(
      request({
        maxNewTokens: 100,
        uniforms: uniforms('abort', 6, 100),
        signal: stop.signal,
        onProgress: () => stop.abort(),
      }),
    );
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect(policy.generate(request({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(runtime.openTensors).toBe(before);
    expect(await policy.generate(request())).toHaveLength(6);
  });

  it('and says how far it is, upwards', async () => {
    const seen: number[] = [];
    const rollouts = await policy.generate(request({ onProgress: (tokens) => seen.push(tokens) }));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(rollouts.reduce((sum, { tokens }) => sum + tokens.length, 0));
  });
});

describe('generate: what is refused', () => {
  it.each([
    ['too few uniforms', { uniforms: new Float32Array(3) }],
    ['an empty prompt', { prompts: [[]], maxNewTokens: 4, uniforms: new Float32Array(4) }],
    ['no budget', { maxNewTokens: 0 }],
    ['half a token', { maxNewTokens: 1.5 }],
    ['more than the context', { maxNewTokens: 250, uniforms: new Float32Array(6 * 250) }],
  ])('%s', async (_name, overrides) => {
    await expect(policy.generate(request(overrides))).rejects.toBeInstanceOf(RequestError);
  });

  it('no prompts are no rollouts', async () => {
    expect(await policy.generate(request({ prompts: [], uniforms: new Float32Array(0) }))).toEqual([]);
  });
});
