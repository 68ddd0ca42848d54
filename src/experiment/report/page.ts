/**
 * The frame of a report: one HTML file with its style in it, no script, and a policy
 * that lets it load nothing. Pieces are HTML already; `text` makes text into it.
 */
import { escapeXml } from './chart-svg.ts';

export const text = escapeXml;

const STYLE = `
:root{color-scheme:light}
body{margin:0;background:#f6f6f4;color:#1a1d21;font:15px/1.5 Inter,system-ui,'Segoe UI','Noto Sans',sans-serif}
main{max-width:62rem;margin:0 auto;padding:28px 22px 48px;background:#fff}
h1{margin:0 0 4px;font:600 1.75rem/1.2 'Source Serif 4',Georgia,'Noto Serif',serif;overflow-wrap:anywhere}
h2{margin:34px 0 8px;font:600 1.25rem/1.3 'Source Serif 4',Georgia,'Noto Serif',serif}
h3{margin:20px 0 6px;font:600 1rem/1.3 Inter,system-ui,sans-serif}
p{margin:0 0 10px}
a{overflow-wrap:anywhere}
.eyebrow{font-size:.75rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:#5a6068}
.soft{font-size:.85rem;color:#5a6068;max-width:48rem}
.hypothesis{font:400 1.2rem/1.45 'Source Serif 4',Georgia,'Noto Serif',serif;white-space:pre-wrap;overflow-wrap:anywhere}
.findings{margin:0;padding:0;list-style:none}
.findings li{margin:0 0 8px;padding-left:12px;border-left:3px solid #c9ccd1}
.findings .shown{border-left-color:#2455c3}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.87rem;font-variant-numeric:tabular-nums}
th,td{padding:4px 12px 4px 0;border-bottom:1px solid #dfe1e4;text-align:start;vertical-align:top}
thead th{font-size:.75rem;color:#5a6068}
tbody th{font-weight:500}
code,pre{font:13px/1.5 'JetBrains Mono',ui-monospace,Consolas,monospace}
pre{margin:0 0 10px;padding:10px 12px;background:#f3f3f0;border:1px solid #dfe1e4;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:14px}
.pictures svg,.wide svg{display:block;width:100%;height:auto;border:1px solid #e7e8ea;border-radius:6px}
summary{cursor:pointer;color:#2455c3}
footer{margin-top:36px;font-size:.8rem;color:#5a6068}
@media print{body{background:#fff}main{padding:0;max-width:none}svg,tr,pre{break-inside:avoid}details:not([open])>*{display:none}}
`;

/** @param sections HTML, one after another */
export function htmlPage(language: string, title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="${text(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${sections.filter((section) => section !== '').join('\n')}
</main>
</body>
</html>
`;
}

/** Cells are text; the first of a row is its heading. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const headings = head.map((cell) => `<th scope="col">${text(cell)}</th>`).join('');
  const body = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell) => `<td>${text(cell)}</td>`).join('');
    return `<tr><th scope="row">${text(first)}</th>${rest}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${headings}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

export const section = (heading: string, ...parts: readonly string[]): string =>
  [`<h2>${text(heading)}</h2>`, ...parts.filter((part) => part !== '')].join('\n');

export const soft = (words: string): string => `<p class="soft">${text(words)}</p>`;
