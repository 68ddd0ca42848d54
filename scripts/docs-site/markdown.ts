/**
 * Markdown as HTML, as far as this project's documents use it: headings, paragraphs,
 * lists, tables, code, quotes, links, pictures, emphasis. What it does not know stays
 * text. It never passes markup of a document through.
 */

/** Text as it may stand in HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The anchor of a heading, as GitHub makes it. */
export const anchorOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');

/** What becomes of an address; null: what is linked or shown there is not to be had, and its words stay. */
type Link = (href: string) => string | null;

export function inline(text: string, link: Link): string {
  // Code first: nothing in it means anything else.
  return text
    .split(/(`+[^`]+`+)/)
    .map((part, i) => {
      if (i % 2 === 1) return `<code>${escapeHtml(part.replace(/^`+ ?| ?`+$/g, ''))}</code>`;
      return escapeHtml(part)
        .replace(/!\[([^\]]*)\]\(([^)\s]+)\)/g, (_, alt: string, src: string) => {
          const to = link(src);
          return to === null ? alt : `<img src="${to}" alt="${alt}">`;
        })
        .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, label: string, href: string) => {
          const to = link(href);
          return to === null ? label : `<a href="${to}">${label}</a>`;
        })
        .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
        .replace(/(^|[\s(])[*_]([^*_\s][^*_]*)[*_](?=[\s).,:;]|$)/g, '$1<em>$2</em>')
        .replace(/&lt;(https?:[^\s&]+)&gt;/g, (_, href: string) => `<a href="${href}">${href}</a>`);
    })
    .join('');
}

interface Item {
  readonly indent: number;
  readonly isOrdered: boolean;
  text: string;
}

/** A document's body. */
export function htmlOf(markdown: string, link: Link = (href) => href): string {
  const lines = markdown.replaceAll('\r', '').split('\n');
  const out: string[] = [];
  const say = (text: string): string => inline(text, link);
  let at = 0;
  const take = (fits: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && fits(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (line.trim() === '') at++;
    else if (/^\s*```/.test(line)) {
      at++;
      const code = take((next) => !/^\s*```/.test(next));
      at++;
      out.push(`<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`);
    } else if (heading) {
      at++;
      const [, marks, title] = heading as unknown as [string, string, string];
      out.push(`<h${marks.length} id="${anchorOf(title)}">${say(title)}</h${marks.length}>`);
    } else if (/^\|/.test(line))
      out.push(
        table(
          take((next) => /^\|/.test(next)),
          say,
        ),
      );
    else if (/^\s*([-*]|\d+\.) /.test(line))
      out.push(
        list(
          take((next) => next.trim() !== '' && !/^(#|\||```)/.test(next)),
          say,
        ),
      );
    else if (/^> ?/.test(line))
      out.push(
        `<blockquote>${htmlOf(
          take((next) => /^>/.test(next))
            .map((l) => l.replace(/^> ?/, ''))
            .join('\n'),
          link,
        )}</blockquote>`,
      );
    else
      out.push(
        `<p>${say(take((next) => next.trim() !== '' && !/^(#{1,6} |\||\s*```|> )/.test(next) && !/^\s*([-*]|\d+\.) /.test(next)).join(' '))}</p>`,
      );
  }
  return out.join('\n');
}

/** Cells may hold `\|`. */
const cells = (line: string): readonly string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

function table(lines: readonly string[], say: (text: string) => string): string {
  const [head = '', ...rest] = lines;
  const row = (line: string, tag: 'th' | 'td'): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${say(cell)}</${tag}>`)
      .join('')}</tr>`;
  const body = rest.filter((line) => !/^\|[\s:|-]+\|?$/.test(line)).map((line) => row(line, 'td'));
  return `<table><thead>${row(head, 'th')}</thead><tbody>${body.join('')}</tbody></table>`;
}

function list(lines: readonly string[], say: (text: string) => string): string {
  const items: Item[] = [];
  for (const line of lines) {
    const [, space, mark, text] = /^(\s*)([-*]|\d+\.) (.*)$/.exec(line) ?? [];
    if (mark !== undefined) items.push({ indent: space!.length, isOrdered: /\d/.test(mark), text: text! });
    else items.at(-1)!.text += ` ${line.trim()}`;
  }
  const build = (from: number, indent: number): readonly [html: string, next: number] => {
    let [html, i] = ['', from];
    const tag = items[from]!.isOrdered ? 'ol' : 'ul';
    while (i < items.length && items[i]!.indent >= indent) {
      const { text } = items[i]!;
      i++;
      let inside = '';
      if (i < items.length && items[i]!.indent > indent) [inside, i] = build(i, items[i]!.indent);
      html += `<li>${say(text)}${inside}</li>`;
    }
    return [`<${tag}>${html}</${tag}>`, i];
  };
  return build(0, items[0]!.indent)[0];
}
