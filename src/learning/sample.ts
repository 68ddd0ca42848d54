/**
 * Groups of rollouts from the policy: texts in, texts and tokens out. All randomness is in
 * the uniforms made here, one stream per rollout, so that neither the number of prompts
 * nor the token budget nor what else is written beside it shifts what a rollout sees.
 */
import type { Random } from '../base/random.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Completion, Policy, Sequence } from '../policy/types.ts';

export interface Rollout extends Completion {
  readonly promptTokens: readonly number[];
  readonly text: string;
}

/** As the policy scores it. */
export const sequenceOf = ({ promptTokens, tokens }: Pick<Rollout, 'promptTokens' | 'tokens'>): Sequence => ({
  prompt: promptTokens,
  completion: tokens,
});

/** How all rollouts of one request are drawn. */
export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly adapter?: 'current' | 'base';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((tokensDone: number) => void) | undefined;
}

export interface SampleSettings extends Sampling {
  readonly groupSize: number;
  readonly maxNewTokens: number;
}

/** Prompts of one kind in a request, and what their rollouts draw from. */
export interface SamplePart {
  readonly prompts: readonly string[];
  readonly groupSize: number;
  readonly maxNewTokens: number;
  /** Rollout r of prompt p draws from the stream `p/r`. */
  readonly random: Random;
  /** Told of each rollout once, as soon as it is written; in which order depends on their lengths. */
  readonly onRollout?: ((prompt: number, rollout: Rollout) => void) | undefined;
}

/** One group per prompt, in order. Rollout r of prompt p draws from the stream `p/r` of `random`. */
export async function sampleGroups(
  policy: Policy,
  prompts: readonly string[],
  { groupSize, maxNewTokens, ...sampling }: SampleSettings,
  random: Random,
): Promise<Rollout[][]> {
  const [groups] = await sampleParts(policy, [{ prompts, groupSize, maxNewTokens, random }], sampling);
  return groups!;
}

/**
 * Several kinds of prompts in one request, so that they share batches: per part one
 * group per prompt, in order.
 */
export async function sampleParts(
  policy: Policy,
  parts: readonly SamplePart[],
  { temperature, adapter, signal, onProgress }: Sampling,
): Promise<Rollout[][][]> {
  const encoded = parts.map(({ prompts }) => prompts.map((prompt) => encodePrompt(policy.tokenizer, prompt)));
  const rows = parts.flatMap((part, at) =>
    encoded[at]!.flatMap((tokens, prompt) =>
      Array.from({ length: part.groupSize }, () => ({ part, tokens, prompt })),
    ),
  );
  if (rows.length === 0) return parts.map(() => []);
  const budgets = rows.map(({ part }) => part.maxNewTokens);
  const longest = budgets.reduce((most, budget) => Math.max(most, budget), 0);
  const written: (Rollout | undefined)[] = rows.map(() => undefined);
  const take = (row: number, completion: Completion): Rollout => {
    const { part, tokens, prompt } = rows[row]!;
    const text = policy.tokenizer.decode(completion.tokens);
    const rollout = { ...completion, promptTokens: tokens, text };
    written[row] = rollout;
    part.onRollout?.(prompt, rollout);
    return rollout;
  };
  const completions = await policy.generate({
    prompts: rows.map(({ tokens }) => tokens),
    maxNewTokens: budgets.every((budget) => budget === longest) ? longest : budgets,
    temperature,
    uniforms: joined(parts, longest),
    onCompletion: take,
    ...(adapter !== undefined && { adapter }),
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
  });
  if (completions.length !== rows.length) {
    throw new Error(`The policy returned ${completions.length} completions for ${rows.length} rows.`);
  }
  const rollouts = completions.map((completion, row) => written[row] ?? take(row, completion));
  let next = 0;
  return parts.map(({ prompts, groupSize }) =>
    prompts.map(() => {
      next += groupSize;
      return rollouts.slice(next - groupSize, next);
    }),
  );
}

/** Uniforms of all parts, [rows, length]; a row of a smaller budget has zeros behind it. */
function joined(parts: readonly SamplePart[], length: number): Float32Array {
  const rows = parts.reduce((sum, { prompts, groupSize }) => sum + prompts.length * groupSize, 0);
  const out = new Float32Array(rows * length);
  let row = 0;
  for (const { prompts, groupSize, maxNewTokens, random } of parts) {
    const own = uniforms(prompts.length, groupSize, maxNewTokens, random);
    for (let r = 0; r < prompts.length * groupSize; r++, row++) {
      out.set(own.subarray(r * maxNewTokens, (r + 1) * maxNewTokens), row * length);
    }
  }
  return out;
}

/** Uniforms in [0, 1), [prompts * groupSize, length] row-major. */
export function uniforms(prompts: number, groupSize: number, length: number, random: Random): Float32Array {
  const out = new Float32Array(prompts * groupSize * length);
  let at = 0;
  for (let p = 0; p < prompts; p++) {
    for (let r = 0; r < groupSize; r++) {
      const stream = random.fork(`${p}/${r}`);
      // Cut to 24 bits: a float32 would round the largest uniforms up to 1.
      for (let i = 0; i < length; i++) out[at++] = Math.floor(stream.next() * 0x1000000) / 0x1000000;
    }
  }
  return out;
}
