/**
 * The parity card of an adapter: log-probabilities of five fixed texts, with the adapter and without.
 * Whoever loads the adapter elsewhere scores the card's token ids and sees whether the model there is this
 * one. An adapter is trained on quantised weights, and other weights (or another layout) shift every number.
 */
import { encodePrompt } from '../../policy/tokenizer/encode-prompt.ts';
import type { Policy } from '../../policy/types.ts';

/** Fixed for good: cards are compared with each other. */
const TEXTS: readonly (readonly [prompt: string, completion: string])[] = [
  [
    '# sum of the even numbers in xs\ndef f(xs):',
    '\n    total = 0\n    for x in xs:\n        if x % 2 == 0:\n            total += x\n    return total\n',
  ],
  [
    '# largest element of xs, 0 when xs is empty\ndef f(xs):',
    '\n    if not xs:\n        return 0\n    return max(xs)\n',
  ],
  ['# words joined by dashes\ndef f(words):', "\n    return '-'.join(words)\n"],
  [
    '# how many numbers in xs are negative\ndef f(xs):',
    '\n    n = 0\n    for x in xs:\n        if x < 0:\n            n += 1\n    return n\n',
  ],
  ['# list of the squares of xs\ndef f(xs):', '\n    return [x * x for x in xs]\n'],
];

export interface ParityCard {
  readonly model: string;
  /** Where it was computed. */
  readonly device: string;
  readonly temperature: 1;
  readonly texts: readonly {
    readonly prompt: string;
    readonly completion: string;
    readonly prompt_ids: readonly number[];
    readonly completion_ids: readonly number[];
    /** Nats, one per completion token. */
    readonly log_probs: readonly number[];
    readonly base_log_probs: readonly number[];
  }[];
}

export async function parityCard(policy: Policy): Promise<ParityCard> {
  const sequences = TEXTS.map(([prompt, completion]) => ({
    prompt: encodePrompt(policy.tokenizer, prompt),
    completion: policy.tokenizer.encode(completion),
  }));
  const current = await policy.score({ sequences, temperature: 1, adapter: 'current' });
  const base = await policy.score({ sequences, temperature: 1, adapter: 'base' });
  const rounded = (values: Float32Array | undefined) =>
    Array.from(values ?? [], (value) => Number(value.toFixed(5)));
  return {
    model: policy.info.name,
    device: policy.info.device,
    temperature: 1,
    texts: TEXTS.map(([prompt, completion], i) => ({
      prompt,
      completion,
      prompt_ids: [...(sequences[i]?.prompt ?? [])],
      completion_ids: [...(sequences[i]?.completion ?? [])],
      log_probs: rounded(current[i]?.logProbs),
      base_log_probs: rounded(base[i]?.logProbs),
    })),
  };
}
