/**
 * What leaves a chart: its numbers as CSV, its picture as PNG. It knows charts by their description alone and
 * asks no server.
 */
import { coloursOf, type ChartSpec } from './plot.ts';

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * One row per step; the ends of intervals stand beside their line. Numbers in full, empty where nothing was
 * measured.
 */
export function csvOf(spec: Pick<ChartSpec, 'steps' | 'lines'>, stepName = 'step'): string {
  const columns = spec.lines.flatMap(({ label, values, band }) => [
    { name: label, values },
    ...(band
      ? [
          { name: `${label} low`, values: band.low },
          { name: `${label} high`, values: band.high },
        ]
      : []),
  ]);
  const head = [stepName, ...columns.map(({ name }) => name)].map(quoted).join(',');
  const rows = spec.steps.map((step, row) =>
    [step, ...columns.map(({ values }) => values[row] ?? '')].join(','),
  );
  return [head, ...rows, ''].join('\n');
}

/** A file name from a title. */
export const fileName = (title: string, end: string): string =>
  `tracewise-${
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'chart'
  }.${end}`;

export interface Picture {
  readonly title: string;
  readonly legend: readonly { readonly label: string; readonly colour: string; readonly text: string }[];
  /** The plot as it is on the screen. */
  readonly canvas: HTMLCanvasElement;
  /** Any element of the page: its custom properties give the colours. */
  readonly element: HTMLElement;
}

/** The plot with its title and legend above it, on the page's own paper, in the resolution of the screen. */
export function chartPicture({ title, legend, canvas, element }: Picture): Promise<Blob | null> {
  const scale = canvas.width / (canvas.clientWidth || canvas.width);
  const head = 52 * scale;
  const out = document.createElement('canvas');
  out.width = canvas.width;
  out.height = canvas.height + head;
  const context = out.getContext('2d');
  if (!context) return Promise.resolve(null);
  const colours = coloursOf(element);
  context.fillStyle = colours.of('--paper');
  context.fillRect(0, 0, out.width, out.height);
  context.scale(scale, scale);
  context.textBaseline = 'middle';
  context.font = '600 15px "Source Serif 4", serif';
  context.fillStyle = colours.of('--ink');
  context.fillText(title, 8, 16);
  context.font = '12px Inter, sans-serif';
  let x = 8;
  for (const { label, colour, text } of legend) {
    context.fillStyle = colours.of(colour);
    context.fillRect(x, 35, 10, 10);
    context.fillStyle = colours.of('--ink-2');
    const words = `${label} ${text}`;
    context.fillText(words, x + 15, 40);
    x += context.measureText(words).width + 30;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(canvas, 0, head);
  return new Promise((resolve) => out.toBlob(resolve, 'image/png'));
}
