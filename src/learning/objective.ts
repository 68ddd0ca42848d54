/**
 * The loss of one token and its derivative, as scalars: the documented formula of the
 * policy-gradient objective. Training does not run it; the policy's gradient graph
 * does the work. Tests hold that graph, and finite differences, to it.
 */
import { MAX_LOG_RATIO } from '../policy/log-ratio.ts';

export interface ObjectiveSettings {
  readonly clipLow: number;
  readonly clipHigh: number;
  /** c of the dual clip; Infinity switches it off. */
  readonly dualClip: number;
  readonly klCoefficient: number;
  readonly klEstimator: 'k1' | 'k2' | 'k3' | 'k3+';
}

export interface TokenTerms {
  /** log pi(token) under the parameters being trained. */
  readonly logp: number;
  /** log pi of the parameters that the batch is attributed to. */
  readonly old: number;
  /** log pi of the base model; needed when the KL coefficient is not 0. */
  readonly ref?: number;
  readonly advantage: number;
}

export interface TokenLoss {
  /** Policy loss plus weighted KL, before the token's weight. */
  readonly loss: number;
  /** d loss / d logp. At the kinks the side of the unclipped term is taken. */
  readonly dLogp: number;
  readonly ratio: number;
  readonly kl: number;
  /** The clip decided: ratio below 1 - low with A < 0, or above 1 + high with A > 0. */
  readonly clipped: 'low' | 'high' | null;
  readonly dualClipped: boolean;
}

/**
 * PPO's clipped objective with dual clip (c bounds the loss of negative advantages)
 * and KL to the base: r = exp(clamp(logp - old)), L = max(-A r, -A clip(r, 1 - lo, 1
 * + hi)), for A < 0 L = min(L, -A c), plus beta * KL.
 */
export function tokenLoss(token: TokenTerms, settings: ObjectiveSettings): TokenLoss {
  const { advantage: a } = token;
  const logRatio = token.logp - token.old;
  const ratio = Math.exp(clamp(logRatio, MAX_LOG_RATIO));
  const free = -a * ratio;
  const bounded = -a * Math.min(1 + settings.clipHigh, Math.max(1 - settings.clipLow, ratio));
  const clippedLoss = Math.max(free, bounded);
  const ceiling = a < 0 ? -a * settings.dualClip : Infinity;
  const dualClipped = clippedLoss > ceiling;
  const isClipped = bounded > free;
  const moves = !isClipped && !dualClipped && Math.abs(logRatio) <= MAX_LOG_RATIO;
  const penalty =
    settings.klCoefficient === 0
      ? { kl: 0, dLogp: 0 }
      : klTerm(token.logp, requireRef(token.ref), settings.klEstimator);
  return {
    loss: Math.min(clippedLoss, ceiling) + settings.klCoefficient * penalty.kl,
    dLogp: (moves ? -a * ratio : 0) + settings.klCoefficient * penalty.dLogp,
    ratio,
    kl: penalty.kl,
    clipped: isClipped ? (a < 0 ? 'low' : 'high') : null,
    dualClipped,
  };
}

/**
 * Estimators of KL(pi, ref) from one sample, d = clamp(ref - logp): k1 = -d, k2 = d^2
 * / 2, k3 = exp(d) - d - 1. In a loss, k1 has a gradient of mean zero whatever the
 * distance; k2 has the right one on policy; k3 is an unbiased, positive value; k3+ has
 * the value of k3 and the gradient of k2 (straight-through, as in verl).
 */
export function klTerm(
  logp: number,
  ref: number,
  estimator: ObjectiveSettings['klEstimator'],
): { readonly kl: number; readonly dLogp: number } {
  const raw = ref - logp;
  const d = clamp(raw, MAX_LOG_RATIO);
  const inside = Math.abs(raw) <= MAX_LOG_RATIO ? 1 : 0;
  switch (estimator) {
    case 'k1':
      return { kl: -d, dLogp: inside };
    case 'k2':
      return { kl: (d * d) / 2, dLogp: -d * inside };
    case 'k3':
      return { kl: Math.exp(d) - d - 1, dLogp: (1 - Math.exp(d)) * inside };
    case 'k3+':
      return { kl: Math.exp(d) - d - 1, dLogp: -d * inside };
  }
}

function requireRef(ref: number | undefined): number {
  if (ref === undefined) throw new RangeError('The KL term needs the log-probability under the base model.');
  return ref;
}

function clamp(value: number, size: number): number {
  return Math.min(size, Math.max(-size, value));
}
