/**
 * What leaves a chart or a table: its numbers as CSV, its picture as PNG and SVG. It knows charts by their
 * description alone and asks no server.
 */
import { saveFile } from '../browser/save-file.ts';
import { chartSvg, type SvgLook } from '../view/chart-svg.ts';
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

export { fileName } from './file-name.ts';

/** The page's present colours, for a drawing that leaves it. */
export function svgLookOf(element: HTMLElement): SvgLook {
  const { of } = coloursOf(element);
  return { paper: of('--paper'), ink: of('--ink'), soft: of('--ink-2'), grid: of('--line') };
}

/** @param element any element of the page: its custom properties give the colours */
export function svgOf(title: string, spec: ChartSpec, element: HTMLElement): string {
  const { of } = coloursOf(element);
  const lines = spec.lines
    .filter(({ isGhost }) => isGhost !== true)
    .map((line) => {
      const last = line.values.findLast((value) => value !== null);
      return {
        ...line,
        colour: of(line.colour),
        ...(last !== undefined && last !== null && { text: spec.format(last) }),
      };
    });
  const { kind, steps, range, format, tick = format } = spec;
  const chart = { title, kind, steps, lines, format: tick, ...(range && { range }) };
  return chartSvg(chart, { width: 720, height: 400 }, svgLookOf(element));
}

/** Hands an SVG to the browser to be saved. */
export const saveSvg = (svg: string, name: string): void =>
  saveFile(name, new Blob([svg], { type: 'image/svg+xml;charset=utf-8' }));

/** An SVG drawn at twice its size; null where there is no canvas. */
export async function pngOfSvg(svg: string, scale = 2): Promise<Blob | null> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml;charset=utf-8' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    const context = canvas.getContext('2d');
    if (context === null) return null;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

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
