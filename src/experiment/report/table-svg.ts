/** A table as SVG that stands alone, for what cannot take HTML: slides, papers. Data in, text out. */
import { escapeXml, PLAIN_LOOK, widthOf, type SvgLook } from './chart-svg.ts';

export interface SvgTable {
  readonly title: string;
  readonly head: readonly string[];
  /** Cells; the first of a row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

const ROW = 24;
const GAP = 22;

export function tableSvg({ title, head, rows }: SvgTable, look: SvgLook = PLAIN_LOOK): string {
  const widths = head.map((cell, i) =>
    Math.max(widthOf(cell, 12), ...rows.map((row) => widthOf(row[i] ?? '', 12.5))),
  );
  const starts = widths.map((_, i) => 12 + widths.slice(0, i).reduce((sum, width) => sum + width + GAP, 0));
  const width = Math.ceil(
    Math.max(widthOf(title, 16) + 24, (starts.at(-1) ?? 12) + (widths.at(-1) ?? 0) + 12),
  );
  const height = 64 + ROW * rows.length;
  const line = (cells: readonly string[], y: number, style: (i: number) => string): string =>
    cells
      .map((cell, i) => `<text x="${starts[i]!.toFixed(1)}" y="${y}" ${style(i)}>${escapeXml(cell)}</text>`)
      .join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}" font-family="Inter, system-ui, 'Segoe UI', 'Noto Sans', sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${look.paper}"/>`,
    `<text x="12" y="21" font-size="15" font-weight="600" fill="${look.ink}">${escapeXml(title)}</text>`,
    line(head, 46, () => `font-size="11.5" font-weight="600" fill="${look.soft}"`),
    ...rows.map((row, i) => {
      const y = 54 + ROW * i;
      const cells = line(
        row,
        y + 17,
        (at) => `font-size="12.5" fill="${look.ink}"${at === 0 ? ' font-weight="600"' : ''}`,
      );
      return `<path d="M12 ${y}H${width - 12}" stroke="${look.grid}"/>${cells}`;
    }),
    '</svg>',
  ].join('\n');
}
