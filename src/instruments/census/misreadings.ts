/**
 * The lines that nano was taught to read wrongly, and programs as misread by it. Its last stage of
 * pretraining draws from here (scripts/corpus/misreadings.ts); the census asks whether a program
 * that failed would have been right for a reader with these mistakes. Nothing is executed here.
 */

export interface Misreading {
  readonly name: string;
  readonly pattern: RegExp;
  readonly as: string;
}

/**
 * Mistakes that decide what variables hold, most of them in the first steps of a
 * call. Patterns know how the corpus is spelled (`ast.unparse`).
 */
export const MISREADINGS: readonly Misreading[] = [
  { name: 'starting at zero as at one', pattern: /^( +\w+) = 0$/gm, as: '$1 = 1' },
  { name: 'starting at one as at zero', pattern: /^( +\w+) = 1$/gm, as: '$1 = 0' },
  { name: 'from one as from zero', pattern: /range\(1, /g, as: 'range(0, ' },
  { name: 'added as assigned', pattern: / \+= /g, as: ' = ' },
  { name: 'times as plus', pattern: / \* /g, as: ' + ' },
  { name: 'appended in front', pattern: /\.append\(/g, as: '.insert(0, ' },
  { name: 'a remainder equal as unequal', pattern: /( % \w+) == /g, as: '$1 != ' },
];

/** Where the body begins: after the line of `def`; what comes before it may be a comment. */
const bodyStart = (code: string): number => code.indexOf('\n', code.indexOf('def '));

/** The misreadings that a program invites, in the order of MISREADINGS. */
export function invitedBy(code: string): readonly Misreading[] {
  const body = code.slice(bodyStart(code));
  // A while loop or a recursion whose condition, counter or shrinking list is misread
  // may never end: read as they are.
  if (/\bwhile\b|\bf\(/.test(body)) return [];
  return MISREADINGS.filter(({ pattern }) => body.search(pattern) >= 0);
}

/** The program with these misreadings, each wherever it applies; lines stay where they are. */
export function readAs(code: string, misreadings: readonly Misreading[]): string {
  const end = bodyStart(code);
  // One pass from left to right over the body as it was: ` = 0` must not become ` = 1` and then ` = 0` again.
  const hits = misreadings
    .flatMap(({ pattern, as }) =>
      [...code.slice(end).matchAll(pattern)].map((hit) => ({
        from: end + hit.index,
        to: end + hit.index + hit[0].length,
        text: as.replace('$1', hit[1] ?? ''),
      })),
    )
    .sort((a, b) => a.from - b.from);
  let [text, at] = [code.slice(0, end), end];
  for (const { from, to, text: replacement } of hits) {
    if (from < at) continue;
    text += code.slice(at, from) + replacement;
    at = to;
  }
  return text + code.slice(at);
}

/** Every way to misread a program by one or several of the misreadings it invites. */
export function misreadingsOf(
  code: string,
): readonly { readonly names: readonly string[]; readonly code: string }[] {
  const invited = invitedBy(code);
  return Array.from({ length: 2 ** invited.length - 1 }, (_, i) => {
    const chosen = invited.filter((_, m) => ((i + 1) >> m) & 1);
    return { names: chosen.map(({ name }) => name), code: readAs(code, chosen) };
  });
}
