/**
 * Differences between two arms as a forest plot: a row a measure, its interval over seeds, and below it the
 * one over seeds and tasks. All rows share a scale, so that equal differences look equal. Data in, SVG out.
 */
import type { ArmComparison } from '../experiment.ts';
import type { Interval } from '../statistics.ts';
import { signedValue } from '../metric-kind.ts';
import { escapeXml, PLAIN_LOOK, ticksOf, type SvgLook } from './chart-svg.ts';
import type { MetricName } from './words.ts';

const ROW = 34;
const LABELS = 250;
const VALUES = 160;

const isBounded = ([low, high]: Interval): boolean => Number.isFinite(low) && Number.isFinite(high);

export function forestSvg(
  title: string,
  rows: readonly ArmComparison[],
  nameOf: MetricName,
  colour: string,
  { width = 860, look = PLAIN_LOOK }: { readonly width?: number; readonly look?: SvgLook } = {},
): string {
  const height = 62 + ROW * rows.length;
  const ends = rows.flatMap(({ difference: { mean, interval }, overTasks }) => [
    mean,
    ...(isBounded(interval) ? interval : []),
    ...(overTasks && isBounded(overTasks.interval) ? overTasks.interval : []),
  ]);
  const reach = Math.min(1, Math.max(0.02, ...ends.map((end) => 1.08 * Math.abs(end))));
  const [left, right] = [LABELS, width - VALUES];
  const x = (value: number): number =>
    (left + right) / 2 + (Math.max(-reach, Math.min(reach, value)) / reach) * ((right - left) / 2);
  const at = (value: number): string => x(value).toFixed(2);
  const ticks = ticksOf(-reach, reach, 8).map(
    (tick) =>
      `<path d="M${at(tick)} 36V${height - 22}" stroke="${tick === 0 ? look.soft : look.grid}"/><text x="${at(tick)}" y="${height - 6}" font-size="11" text-anchor="middle" fill="${look.soft}">${escapeXml(signedValue('eval_', tick))}</text>`,
  );
  const drawn = rows.map(({ measure, difference: { mean, interval }, overTasks }, i) => {
    const y = 36 + ROW * i + ROW / 2;
    const whole = isBounded(interval)
      ? `<path d="M${at(interval[0])} ${y - 4}H${at(interval[1])}" stroke="${colour}" stroke-width="4"/>`
      : `<path d="M${left} ${y - 4}H${right}" stroke="${look.grid}" stroke-dasharray="2 4" stroke-width="1.5"/>`;
    const thin =
      overTasks && isBounded(overTasks.interval)
        ? `<path d="M${at(overTasks.interval[0])} ${y + 5}H${at(overTasks.interval[1])}" stroke="${colour}" stroke-width="1.5"/>`
        : '';
    const value = isBounded(interval)
      ? `${signedValue(measure, mean)} [${interval.map((end) => signedValue(measure, end)).join(', ')}]`
      : signedValue(measure, mean);
    return [
      `<text x="10" y="${y + 4}" font-size="12.5" fill="${look.ink}">${escapeXml(nameOf(measure))}</text>`,
      whole,
      thin,
      `<circle cx="${at(mean)}" cy="${y - 4}" r="4.5" fill="${colour}" stroke="${look.paper}"/>`,
      `<text x="${right + 12}" y="${y + 4}" font-size="12.5" fill="${look.ink}">${escapeXml(value)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}" font-family="Inter, system-ui, 'Segoe UI', 'Noto Sans', sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${look.paper}"/>`,
    `<text x="10" y="20" font-size="15" font-weight="600" fill="${look.ink}">${escapeXml(title)}</text>`,
    ...ticks,
    ...drawn,
    '</svg>',
  ].join('\n');
}
