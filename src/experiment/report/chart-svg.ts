/**
 * A chart as SVG that stands alone: title, legend, axes, lines and bands as plain shapes with colours in
 * them. It is what the page saves and what a report shows. Data in, text out; it knows no page and no metric.
 */

export interface SvgLine {
  readonly label: string;
  /** Any colour that SVG takes. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dash?: readonly number[];
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
  /** Beside its label in the legend. */
  readonly text?: string;
}

export interface SvgChart {
  readonly title: string;
  readonly kind: 'lines' | 'stack';
  readonly steps: readonly number[];
  readonly lines: readonly SvgLine[];
  /** Ends of the y axis; absent: from 0 to the largest value. */
  readonly range?: readonly [number, number];
  readonly format: (value: number) => string;
}

export interface SvgLook {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
}

/** Black on white, for what is printed. */
export const PLAIN_LOOK: SvgLook = { paper: '#ffffff', ink: '#1a1d21', soft: '#5a6068', grid: '#dfe1e4' };

export const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');

const round = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * Between 3 and 7 whole steps of 1, 2 or 5 times a power of ten: where a tick stands is what it says.
 * @returns values from `low` to `high`
 */
export function ticksOf(low: number, high: number, most = 6): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = power * ([1, 2, 5, 10].find((times) => span / (times * power) <= most) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

const FONT = "font-family=\"Inter, system-ui, 'Segoe UI', 'Noto Sans', sans-serif\"";
/** About how wide a text is at 12 pixels: no font is asked, because none is there on the command line. */
export const widthOf = (text: string, size = 12): number =>
  [...text].reduce((sum, c) => sum + (/[\u1100-\uffff]/.test(c) ? size : size * 0.56), 0);

interface PlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** @param size of the whole picture, in pixels; legend and title are inside */
export function chartSvg(
  chart: SvgChart,
  size: { readonly width: number; readonly height: number },
  look: SvgLook = PLAIN_LOOK,
): string {
  const { width, height } = size;
  const legend = legendOf(chart, width, look);
  const frame = { left: 56, right: width - 14, top: 34 + legend.height, bottom: height - 26 };
  const [low, high] = chart.range ?? [0, topOf(chart)];
  const steps = chart.steps;
  const pad = chart.kind === 'stack' ? 0.5 : 0;
  const [first, last] = [(steps[0] ?? 0) - pad, Math.max(steps.at(-1) ?? 0, (steps[0] ?? 0) + 1) + pad];
  const x = (step: number) => frame.left + ((step - first) / (last - first)) * (frame.right - frame.left);
  const y = (value: number) =>
    frame.bottom -
    ((Math.min(high, Math.max(low, value)) - low) / (high - low || 1)) * (frame.bottom - frame.top);
  const drawn = chart.kind === 'stack' ? bars(chart, x, y) : curves(chart, x, y);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(chart.title)}" ${FONT}>`,
    `<rect width="${width}" height="${height}" fill="${look.paper}"/>`,
    `<text x="10" y="20" font-size="15" font-weight="600" fill="${look.ink}">${escapeXml(chart.title)}</text>`,
    legend.svg,
    axes(chart, frame, { low, high, x, y }, look),
    drawn,
    '</svg>',
  ].join('\n');
}

function topOf({ kind, lines, steps }: SvgChart): number {
  const totals =
    kind === 'stack'
      ? steps.map((_, i) => lines.reduce((sum, { values }) => sum + (values[i] ?? 0), 0))
      : lines
          .flatMap(({ values, band }) => [...values, ...(band?.high ?? [])])
          .filter((value) => value !== null);
  const top = totals.reduce((most, value) => Math.max(most, value), 0);
  return top > 0 ? top * 1.1 : 1;
}

interface Scales {
  readonly low: number;
  readonly high: number;
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
}

function axes(
  { steps, format }: SvgChart,
  frame: PlotFrame,
  { low, high, x, y }: Scales,
  look: SvgLook,
): string {
  const rows = ticksOf(low, high).map((tick) => {
    const at = round(y(tick));
    return `<path d="M${frame.left} ${at}H${round(frame.right)}" stroke="${look.grid}"/><text x="${frame.left - 6}" y="${round(y(tick) + 4)}" font-size="11" text-anchor="end" fill="${look.soft}">${escapeXml(format(tick))}</text>`;
  });
  const wholes = ticksOf(steps[0] ?? 0, Math.max(steps.at(-1) ?? 0, 1), 8).filter(Number.isInteger);
  const columns = wholes.map(
    (step) =>
      `<text x="${round(x(step))}" y="${round(frame.bottom + 16)}" font-size="11" text-anchor="middle" fill="${look.soft}">${step}</text>`,
  );
  return [...rows, ...columns].join('\n');
}

function legendOf({ lines, kind }: SvgChart, width: number, look: SvgLook): { svg: string; height: number } {
  let [x, row] = [10, 0];
  const items = lines.map(({ label, colour, dash, text }) => {
    const words = text === undefined ? label : `${label} ${text}`;
    const own = 24 + widthOf(words) + 14;
    if (x > 10 && x + own > width - 8) [x, row] = [10, row + 1];
    const y = 39 + 17 * row;
    const sign =
      kind === 'stack'
        ? `<rect x="${x}" y="${y - 5}" width="10" height="10" fill="${colour}"/>`
        : `<path d="M${x} ${y}h18" stroke="${colour}" stroke-width="2.5"${dashed(dash)}/>`;
    const item = `${sign}<text x="${x + 24}" y="${y + 4}" font-size="12" fill="${look.ink}">${escapeXml(words)}</text>`;
    x += own;
    return item;
  });
  return { svg: items.join('\n'), height: lines.length === 0 ? 0 : 17 * (row + 1) + 4 };
}

const dashed = (dash: readonly number[] | undefined): string =>
  dash === undefined ? '' : ` stroke-dasharray="${dash.join(' ')}"`;

function curves({ steps, lines }: SvgChart, x: (s: number) => number, y: (v: number) => number): string {
  const points = (values: readonly (number | null)[]) =>
    values.flatMap((value, i) => (value === null ? [] : [`${round(x(steps[i]!))} ${round(y(value))}`]));
  return lines
    .flatMap(({ values, colour, dash, band }) => {
      const line = points(values);
      if (line.length === 0) return [];
      const area = band ? [...points(band.high), ...points(band.low).reverse()] : [];
      const dots =
        line.length > 24
          ? []
          : line.map((at) => {
              const [cx, cy] = at.split(' ');
              return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`;
            });
      return [
        ...(area.length > 2 ? [`<path d="M${area.join('L')}Z" fill="${colour}" fill-opacity="0.16"/>`] : []),
        `<path d="M${line.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashed(dash)}/>`,
        ...dots,
      ];
    })
    .join('\n');
}

/** The first line stands at the foot. */
function bars({ steps, lines }: SvgChart, x: (s: number) => number, y: (v: number) => number): string {
  const width = Math.min(26, 0.82 * Math.abs(x(1) - x(0)));
  return steps
    .flatMap((step, i) => {
      let below = 0;
      return lines.flatMap(({ values, colour }) => {
        const value = values[i];
        if (value == null || value === 0) return [];
        const [from, to] = [y(below), y((below += value))];
        return [
          `<rect x="${round(x(step) - width / 2)}" y="${round(to)}" width="${round(width)}" height="${round(from - to)}" fill="${colour}"/>`,
        ];
      });
    })
    .join('\n');
}
