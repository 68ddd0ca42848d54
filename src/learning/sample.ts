/**
 * Groups of rollouts from the policy: texts in, texts and tokens out. All randomness is in the uniforms made here, one stream per
 * rollout, so that neither the number of prompts nor the token budget shifts what another rollout sees.
 */
import type { Random } from '../base/random.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Completion, Policy } from '../policy/types.ts';

export interface Rollout extends Completion {
  readonly promptTokens: readonly number[];
  readonly text: string;
}

export interface SampleSettings {
  readonly groupSize: number;
  readonly maxNewTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly adapter?: 'current' | 'base';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((tokensDone: number) => void) | undefined;
}

/** One group per prompt, in order. Rollout r of prompt p draws from the stream `p/r` of `random`. */
export async function sampleGroups(
  policy: Policy,
  prompts: readonly string[],
  settings: SampleSettings,
  random: Random,
): Promise<Rollout[][]> {
  if (prompts.length === 0) return [];
  const { groupSize, maxNewTokens } = settings;
  const encoded = prompts.map((prompt) => encodePrompt(policy.tokenizer, prompt));
  const rows = encoded.flatMap((tokens) => Array.from({ length: groupSize }, () => tokens));
  const completions = await policy.generate({
    prompts: rows,
    maxNewTokens,
    temperature: settings.temperature,
    uniforms: uniforms(prompts.length, groupSize, maxNewTokens, random),
    ...(settings.adapter === undefined ? {} : { adapter: settings.adapter }),
    ...(settings.signal === undefined ? {} : { signal: settings.signal }),
    ...(settings.onProgress === undefined ? {} : { onProgress: settings.onProgress }),
  });
  if (completions.length !== rows.length) {
    throw new Error(`The policy returned ${completions.length} completions for ${rows.length} rows.`);
  }
  return encoded.map((promptTokens, p) =>
    completions.slice(p * groupSize, (p + 1) * groupSize).map((completion) => ({
      ...completion,
      promptTokens,
      text: policy.tokenizer.decode(completion.tokens),
    })),
  );
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
