/**
 * Python text as coloured pieces, for reading. A lexer of one regular expression: it never fails, whatever a
 * model writes, and it knows nothing of syntax beyond single tokens.
 */

export type TokenClass =
  'keyword' | 'builtin' | 'name' | 'number' | 'string' | 'comment' | 'operator' | 'defined' | 'space';

export interface CodePiece {
  readonly text: string;
  readonly cls: TokenClass;
}

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
    'nonlocal not or pass raise return try while with yield match case'
  ).split(' '),
);
const BUILTINS = new Set(
  (
    'abs all any bool chr dict divmod enumerate filter float frozenset int isinstance len list map max min next ord pow print range repr ' +
    'reversed round set sorted str sum tuple type zip'
  ).split(' '),
);

const LEXER =
  /(?<space>\s+)|(?<comment>#[^\n]*)|(?<string>[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(?<number>\d[\w.]*)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<operator>[\s\S])/gu;

/** Pieces whose texts joined are the source again. */
export function highlight(source: string): readonly CodePiece[] {
  const pieces: CodePiece[] = [];
  let afterDef = false;
  for (const { groups, 0: text } of source.matchAll(LEXER)) {
    const cls = classOf(groups ?? {}, text, afterDef);
    const last = pieces.at(-1);
    if (last && last.cls === cls && (cls === 'operator' || cls === 'space')) {
      pieces[pieces.length - 1] = { text: last.text + text, cls };
    } else {
      pieces.push({ text, cls });
    }
    if (cls !== 'space') afterDef = text === 'def' || text === 'class';
  }
  return pieces;
}

function classOf(
  groups: Readonly<Record<string, string | undefined>>,
  text: string,
  afterDef: boolean,
): TokenClass {
  if (groups['name'] !== undefined) {
    if (afterDef) return 'defined';
    if (KEYWORDS.has(text)) return 'keyword';
    return BUILTINS.has(text) ? 'builtin' : 'name';
  }
  for (const cls of ['space', 'comment', 'string', 'number'] as const) {
    if (groups[cls] !== undefined) return cls;
  }
  return 'operator';
}

/** Drawn in the text's own colour. */
export const hasNoColour = (cls: TokenClass): boolean =>
  cls === 'space' || cls === 'name' || cls === 'operator';

/** The pieces of each line, without the line breaks: a string over several lines is cut at them. */
export function linesOf(source: string): readonly (readonly CodePiece[])[] {
  const lines: CodePiece[][] = [[]];
  for (const { text, cls } of highlight(source)) {
    text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== '') lines.at(-1)!.push({ text: part, cls });
    });
  }
  return lines;
}
