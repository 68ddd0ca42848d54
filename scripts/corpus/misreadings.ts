/**
 * How a program is misread: the reader overlooks where a variable starts, an accumulation, an order or a
 * test. An execution document with a misreading shows the program as it is and the trajectory of the program
 * as misread. In the same way a body of the corpus shows a misconception about its description. So the model
 * is wrong about execution where people are wrong, and a reward has something to change. Each misreading
 * keeps the lines where they are. Both programs are executed to see whether it changes anything.
 */
import type { Random } from '../../src/base/random.ts';

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

/**
 * Probability that a document whose program invites a misreading shows it. Above one
 * half, so that the model's best guess is wrong where a reward can turn it round;
 * below one, so that it sometimes guesses right and there is something to reward.
 */
export const MISREADING_RATE = 0.8;

/**
 * The program as misread: each misreading that it invites by the rate. Equal to the
 * program where none is drawn.
 */
export function misread(code: string, random: Random): string {
  // The body begins after the line of `def`; what comes before it may be a comment.
  const end = code.indexOf('\n', code.indexOf('def '));
  // A while loop or a recursion whose condition, counter or shrinking list is misread
  // may never end: read as they are.
  if (/\bwhile\b|\bf\(/.test(code.slice(end))) return code;
  const header = code.slice(0, end);
  // One pass from left to right over the body as it was: ` = 0` must not become ` = 1` and then ` = 0` again.
  const drawn = MISREADINGS.filter(
    ({ pattern }) => code.slice(end).search(pattern) >= 0 && random.next() < MISREADING_RATE,
  );
  const hits = drawn
    .flatMap(({ pattern, as }) =>
      [...code.slice(end).matchAll(pattern)].map((hit) => ({
        from: end + hit.index,
        to: end + hit.index + hit[0].length,
        text: as.replace('$1', hit[1] ?? ''),
      })),
    )
    .sort((a, b) => a.from - b.from);
  let [text, at] = [header, end];
  for (const { from, to, text: replacement } of hits) {
    if (from < at) continue;
    text += code.slice(at, from) + replacement;
    at = to;
  }
  return text + code.slice(at);
}
