/**
 * The lines of a text that are not blank, with their numbers, given one after another, so that a file of
 * millions of empty lines makes no list of them. A line ends with a line feed, whatever stands before it.
 */

export interface TextLine {
  /** 1-based. */
  readonly line: number;
  /** Without white space before and after. */
  readonly text: string;
}

export function* textLines(text: string): Generator<TextLine> {
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      if (code === LINE_FEED) line++;
      at++;
      continue;
    }
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    yield { line, text: text.slice(at, end).trimEnd() };
    at = end;
  }
}

const LINE_FEED = 10;

/** JSON's white space and a byte order mark. */
export const isSpace = (code: number): boolean =>
  code === 32 || code === LINE_FEED || code === 13 || code === 9 || code === 0xfeff;

export function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
