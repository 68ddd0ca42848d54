/** Numbers and sizes as people read them. Pure; `Intl` does the work. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** 1234567 -> `1.23M`. */
export const formatCount = (n: number): string => (n < 10_000 ? whole.format(n) : compact.format(n));

/** Bytes in decimal units, e.g. `2.4 MB`: a digit after the point below ten of them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${whole.format(Math.round(bytes / 1e3))} kB`;
  const [size, unit] = bytes < 999.5e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${size.toFixed(size < 9.95 ? 1 : 0)} ${unit}`;
}

/** A share in [0, 1] as `57.5 %`. */
export const formatPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Three significant digits, plain where possible: `0.0125`, `3.40`, `1.2e-5`. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** With a sign, two decimals: an advantage. A minus sign, not a hyphen. */
export function formatSigned(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return '0.00';
  return value > 0 ? `+${text}` : `\u2212${text}`;
}
