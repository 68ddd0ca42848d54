/**
 * Code as DOM nodes: coloured as Python and cut at token borders, each token a span with its number and its
 * tint. Nodes are made by hand because a batch shows some hundreds of them at every step. It knows no model
 * and no component.
 */
import { highlight, hasNoColour, type CodePiece } from './highlight.ts';
import type { Tint } from './overlay.ts';

/** Texts of one token, with the class of each part; parts of all tokens joined are the source. */
export function cutAtTokens(source: string, pieces: readonly string[]): readonly (readonly CodePiece[])[] {
  const coloured = highlight(source);
  let [at, used] = [0, 0];
  return pieces.map((piece) => {
    const parts: CodePiece[] = [];
    let left = piece.length;
    while (left > 0 && at < coloured.length) {
      const { text, cls } = coloured[at]!;
      const take = Math.min(left, text.length - used);
      parts.push({ text: text.slice(used, used + take), cls });
      left -= take;
      used += take;
      if (used === text.length) [at, used] = [at + 1, 0];
    }
    return parts;
  });
}

/**
 * @param skip leading characters of the first tokens that are not shown (the line break between prompt and
 * body)
 * @param first number of the first line shown; lines have no numbers when absent
 */
export function tokenSpans(
  source: string,
  pieces: readonly string[],
  skip = 0,
  first?: number,
): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let line = first;
  const startLine = (to: ParentNode): void => {
    if (line !== undefined) to.append(lineStart(line++));
  };
  startLine(fragment);
  let hidden = skip;
  cutAtTokens(source, pieces).forEach((parts, token) => {
    const span = document.createElement('span');
    span.dataset['token'] = String(token);
    for (const { text, cls } of parts) {
      const shown = text.slice(hidden);
      hidden = Math.max(0, hidden - text.length);
      if (shown === '') continue;
      const to = hasNoColour(cls) ? span : document.createElement('span');
      if (to !== span) {
        to.className = cls;
        span.append(to);
      }
      shown.split('\n').forEach((part, i) => {
        if (i > 0) {
          to.append('\n');
          startLine(to);
        }
        if (part !== '') to.append(part);
      });
    }
    fragment.append(span);
  });
  return fragment;
}

/** Shows the number of the line that begins here (python.css); it has no text of its own. */
function lineStart(line: number): HTMLElement {
  const mark = document.createElement('i');
  mark.className = 'line-start';
  mark.dataset['line'] = String(line);
  mark.ariaHidden = 'true';
  return mark;
}

const TONES: readonly Tint['tone'][] = ['up', 'down', 'low', 'gap'];

/** Gives the token spans below an element their colours; what else is on them stays. */
export function paint(element: HTMLElement, tints: readonly (Tint | null)[]): void {
  for (const span of element.querySelectorAll<HTMLElement>('[data-token]')) {
    const tint = tints[Number(span.dataset['token'])];
    for (const tone of TONES) span.classList.toggle(tone, tint?.tone === tone);
    if (tint) span.style.setProperty('--strength', `${Math.round(100 * tint.strength)}%`);
  }
}
