/**
 * What may lie over the tokens of a rollout: probability, credit, change since step 0, gap between sampler
 * and trainer. Numbers in, shares of a colour out; it asks nobody and draws nothing.
 */
import type { AlignmentRollout, CodeRollout } from '../../learning/events.ts';

export const OVERLAYS = ['none', 'probability', 'credit', 'change', 'gap'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** What the overlays are made from; null where it is not known (yet). */
export interface TokenValues {
  /** The sampler's. */
  readonly logProbs: readonly number[];
  /** Advantage per token. */
  readonly credit: ArrayLike<number> | null;
  readonly base: ArrayLike<number> | null;
  readonly now: ArrayLike<number> | null;
  readonly trainer: ArrayLike<number> | null;
}

/**
 * Advantage per token as far as the log says it: that of a program, the same for each token or on those of
 * the lines where it diverges. Null for answers with credit of their own within.
 */
export function loggedCredit(rollout: CodeRollout | AlignmentRollout): readonly number[] | null {
  const { tokens, advantage } = rollout;
  if (!('verdict' in rollout) && advantage !== 0) return null;
  const on = 'divergence' in rollout ? new Set(rollout.divergence?.tokens) : null;
  return tokens.map((_, token) => (on === null || on.has(token) ? advantage : 0));
}

/** A token's colour: `up` and `down` are the two ends, `low` marks what is improbable. */
export interface Tint {
  readonly tone: 'up' | 'down' | 'low' | 'gap';
  /** 0 to 1 */
  readonly strength: number;
}

/** Full colour at these: a halving or doubling twice over, in nats; the winner of a group of eight. */
const FULL = { change: 1.4, credit: 2.5 } as const;
/**
 * The gap is rounding error or a fault, far apart: its colour goes by powers of ten, from float32's last
 * digit to what biases updates.
 */
const GAP = { from: -7, to: -2 } as const;

/** Whether the values that an overlay needs are here. */
export function isKnown(overlay: Overlay, values: TokenValues): boolean {
  if (overlay === 'credit') return values.credit !== null;
  if (overlay === 'change') return values.base !== null && values.now !== null;
  return overlay !== 'gap' || values.trainer !== null;
}

/** The number of a token under an overlay: probability, advantage, nats, nats; null when there is none. */
export function valueOf(overlay: Overlay, values: TokenValues, token: number): number | null {
  const at = (list: ArrayLike<number> | null): number | null => list?.[token] ?? null;
  const sampled = at(values.logProbs);
  switch (overlay) {
    case 'none':
      return null;
    case 'probability':
      return sampled === null ? null : Math.exp(sampled);
    case 'credit':
      return at(values.credit);
    case 'change': {
      const [base, now] = [at(values.base), at(values.now)];
      return base === null || now === null ? null : now - base;
    }
    case 'gap': {
      const trainer = at(values.trainer);
      return trainer === null || sampled === null ? null : sampled - trainer;
    }
  }
}

export function tintOf(overlay: Overlay, value: number | null): Tint | null {
  if (value === null || overlay === 'none') return null;
  if (overlay === 'probability') return strong('low', 1 - value);
  if (overlay === 'gap')
    return strong('gap', (Math.log10(Math.abs(value) + 1e-12) - GAP.from) / (GAP.to - GAP.from));
  return strong(value < 0 ? 'down' : 'up', Math.abs(value) / FULL[overlay]);
}

/** Below this nothing is seen. */
const FAINT = 0.03;

function strong(tone: Tint['tone'], share: number): Tint | null {
  const strength = Math.min(1, share);
  return strength < FAINT ? null : { tone, strength };
}

/**
 * Texts of the tokens, cut out of the completion itself, so that joined they are it. Special tokens (the end
 * of sequence) are empty.
 * @param decode ids to text, as the tokenizer does it
 */
export function piecesOf(
  tokens: readonly number[],
  completion: string,
  decode: (ids: readonly number[]) => string,
): readonly string[] {
  const alone = tokens.map((id) => decode([id]));
  if (alone.join('') === completion) return alone;
  // Tokens that join pieces (half characters) decode differently together: every beginning is decoded.
  let from = 0;
  return tokens.map((_, i) => {
    const end = Math.max(from, Math.min(completion.length, decode(tokens.slice(0, i + 1)).length));
    const piece = completion.slice(from, end);
    from = end;
    return piece;
  });
}
