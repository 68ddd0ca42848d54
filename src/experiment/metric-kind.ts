/** Which metrics are shares of one, to be read in percent, and how a number of a metric is written. Pure. */

const SHARE =
  /^eval_|^rewards\/(?:tests|trace)_reward\/mean$|^reward$|accuracy$|^clip_ratio|clipped_ratio$|malformed$|^frac_|^groups\//;

export const isShare = (name: string): boolean => SHARE.test(name);

/**
 * A share as percent with as many decimals as it needs and no more (at most three),
 * so that a tick says where it stands: `22.5 %`.
 */
export const percentTick = (share: number): string => `${Number((100 * share).toFixed(3))} %`;

/** Three significant digits, plain where possible. */
export function plainNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export const metricValue = (name: string, value: number): string =>
  isShare(name) ? `${(100 * value).toFixed(1)} %` : plainNumber(value);

const MINUS = '\u2212';

/** With its sign; points of percent for shares. */
export function signedValue(name: string, value: number): string {
  const size = Math.abs(isShare(name) ? 100 * value : value);
  const text = isShare(name) ? size.toFixed(1) : plainNumber(size);
  if (Number(text) === 0) return text;
  return `${value < 0 ? MINUS : '+'}${text}`;
}
