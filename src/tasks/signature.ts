/**
 * Finds where the functions of a published program begin and where their heads end, by counting brackets and
 * passing over strings and comments. It is no parser of Python: Python says whether the text is a program.
 */

export interface FunctionHead {
  readonly name: string;
  /** Offset of `def` (or `async`). */
  readonly begin: number;
  /** Offset just after the colon that ends the head. */
  readonly end: number;
}

/** Longer heads are nobody's. */
const longest = 20_000;

/**
 * The functions defined in the first column, in order, up to the first whose head is
 * not whole: behind it nothing is certain.
 */
export function functionsIn(code: string): readonly FunctionHead[] {
  const found: FunctionHead[] = [];
  for (const match of code.matchAll(/^(?:async[ \t]+)?def[ \t]+([\p{L}_][\p{L}\p{N}_]*)[ \t]*\(/gmu)) {
    const start = match.index + match[0].length;
    const length = headLength(code.slice(start, start + longest));
    if (length === null) break;
    found.push({ name: match[1]!, begin: match.index, end: start + length });
  }
  return found;
}

/** @param code begins behind the head's opening bracket */
function headLength(code: string): number | null {
  let depth = 1;
  let at = 0;
  while (at < code.length) {
    const char = code[at]!;
    if (char === '#') {
      const next = code.indexOf('\n', at);
      if (next < 0) return null;
      at = next;
    } else if (char === '"' || char === "'") {
      const end = stringEnd(code, at);
      if (end === null) return null;
      at = end;
      continue;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char === ':' && depth === 0) return at + 1;
    else if (char === '\n' && depth === 0) return null;
    at++;
  }
  return null;
}

/** Offset behind the string that begins at `at`. */
function stringEnd(code: string, at: number): number | null {
  const quote = code.startsWith(code[at]!.repeat(3), at) ? code[at]!.repeat(3) : code[at]!;
  for (let i = at + quote.length; i < code.length; i++) {
    if (code[i] === '\\') i++;
    else if (code.startsWith(quote, i)) return i + quote.length;
    else if (quote.length === 1 && code[i] === '\n') return null;
  }
  return null;
}
