/**
 * Times a policy in fp32 and in fp16 on its device, and measures how far sampler and trainer are apart in
 * fp16. It takes about a second beside the compiling, and changes nothing of the policy but its precision,
 * which the caller sets afterwards. What the figures decide is in model/precision.ts.
 */
import { createRandom } from '../../base/random.ts';
import { DeviceLostError } from '../../tensor/errors.ts';
import { encodePrompt } from '../tokenizer/encode-prompt.ts';
import type { Completion, Policy, PrecisionTrial } from '../types.ts';
import type { Precision } from '../model/precision.ts';

/** What is measured. */
export interface PreciseAtWill extends Pick<Policy, 'generate' | 'score' | 'tokenizer'> {
  /** From now on; what was compiled in another precision stays. */
  computeIn(precision: Precision): void;
}

export interface TrialOptions {
  /** Seconds, from any origin. */
  readonly now?: () => number;
  /** Rollouts written at once. */
  readonly rows?: number;
  /** Tokens of each: two runs of the decode graph after the first token. */
  readonly tokens?: number;
  /** Measured work ends with the first round after so many seconds. */
  readonly budget?: number;
}

const PROMPTS = [
  'def f(a, b):\n    return ',
  'def first(xs):\n    for x in xs:\n        ',
  'x = [1, 2, 3]\n',
];
const ROUNDS = 3;

/**
 * Both precisions take turns, at most three times, so that a slow moment slows both; the fastest counts. The
 * first time of each, which compiles, is not timed.
 * @returns the seconds of a batch written and scored, and the gap in nats; or why fp16 does not run
 * @throws DeviceLostError, and what fails in fp32
 */
export async function measurePrecision(
  policy: PreciseAtWill,
  { now = () => performance.now() / 1000, rows = 32, tokens = 17, budget = 1 }: TrialOptions = {},
): Promise<PrecisionTrial | { readonly failed: string }> {
  const texts = PROMPTS.map((text) => encodePrompt(policy.tokenizer, text));
  const prompts = Array.from({ length: rows }, (_, row) => texts[row % texts.length]!);
  const random = createRandom('precision');
  const uniforms = Float32Array.from({ length: rows * tokens }, () => random.next());
  const work = async (precision: Precision): Promise<{ seconds: number; gap: number }> => {
    policy.computeIn(precision);
    const begun = now();
    const written = await policy.generate({ prompts, maxNewTokens: tokens, temperature: 1, uniforms });
    const sequences = written.map(({ tokens: completion }, row) => ({ prompt: prompts[row]!, completion }));
    const scores = await policy.score({ sequences, temperature: 1 });
    const seconds = now() - begun;
    return { seconds, gap: largestGap(written, scores) };
  };
  await work('fp32');
  let gap: number;
  const seconds = { fp32: Infinity, fp16: Infinity };
  try {
    ({ gap } = await work('fp16'));
    const begun = now();
    for (let round = 0; round < ROUNDS && (round === 0 || now() - begun < budget); round++)
      for (const precision of ['fp32', 'fp16'] as const)
        seconds[precision] = Math.min(seconds[precision], (await work(precision)).seconds);
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    // fp32 has just run, so it is fp16 that does not.
    return { failed: error instanceof Error ? error.message : String(error) };
  }
  return { seconds, gap };
}

/** Nats, at the token where sampler and trainer are furthest apart. */
function largestGap(
  written: readonly Completion[],
  scores: readonly { readonly logProbs: ArrayLike<number> }[],
): number {
  let largest = 0;
  written.forEach(({ logProbs }, row) =>
    logProbs.forEach((sampled, token) => {
      const apart = Math.abs(sampled - scores[row]!.logProbs[token]!);
      // Not a number is as far as can be.
      largest = Number.isNaN(apart) ? Infinity : Math.max(largest, apart);
    }),
  );
  return largest;
}
