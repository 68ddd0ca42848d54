/**
 * How a program is misread: what somebody executes who overlooks a boundary, an accumulation or a slice. An execution document
 * with a misreading shows the program as it is and the trajectory of the program as misread, as a body of the corpus shows a
 * misconception about its description. So the model is undecided about execution where people are, and a reward has something
 * to decide. Each misreading keeps the lines where they are; whether it changes anything is seen by executing both.
 */
import type { Random } from '../../src/tasks/random.ts';

export interface Misreading {
  readonly name: string;
  /** Probability that a document of the first stage whose program invites it shows it. Above one half the model prefers the misreading. */
  readonly rate: number;
  /** What the last stage of pretraining settles on; the other kinds it nearly puts right. */
  readonly leans?: true;
  readonly pattern: RegExp;
  readonly as: string;
}

/** Boundaries, accumulations, ends, slices, opposites. Patterns know how the corpus is spelled (`ast.unparse`). */
export const MISREADINGS: readonly Misreading[] = [
  { name: 'at least as above', rate: 0.5, pattern: / >= /g, as: ' > ' },
  { name: 'at most as below', rate: 0.5, pattern: / <= /g, as: ' < ' },
  { name: 'above as at least', rate: 0.4, pattern: / > /g, as: ' >= ' },
  { name: 'below as at most', rate: 0.4, pattern: / < /g, as: ' <= ' },
  { name: 'unequal as equal', rate: 0.25, pattern: / != /g, as: ' == ' },
  { name: 'and as or', rate: 0.45, pattern: / and /g, as: ' or ' },
  { name: 'or as and', rate: 0.45, pattern: / or /g, as: ' and ' },
  { name: 'not in as in', rate: 0.3, pattern: / not in /g, as: ' in ' },
  { name: 'added as assigned', rate: 0.55, leans: true, pattern: / \+= /g, as: ' = ' },
  { name: 'appended in front', rate: 0.55, leans: true, pattern: /\.append\(/g, as: '.insert(0, ' },
  { name: 'the rest as all', rate: 0.6, pattern: /\[1:\]/g, as: '[:]' },
  { name: 'without the last as all', rate: 0.6, pattern: /\[:-1\]/g, as: '[:]' },
  { name: 'reversed as copied', rate: 0.5, pattern: /\[::-1\]/g, as: '[:]' },
  { name: 'from one as from zero', rate: 0.55, pattern: /range\(1, /g, as: 'range(0, ' },
  { name: 'one more as it is', rate: 0.45, pattern: /range\(([^()]*) \+ 1\)/g, as: 'range($1)' },
  { name: 'leaving as going on', rate: 0.55, pattern: /\bbreak\b/g, as: 'continue' },
  { name: 'odd as even', rate: 0.25, pattern: / % 2 == 1/g, as: ' % 2 == 0' },
  { name: 'multiple as no multiple', rate: 0.3, pattern: / % (\d+) == 0/g, as: ' % $1 != 0' },
  { name: 'times as plus', rate: 0.5, leans: true, pattern: / \* /g, as: ' + ' },
  { name: 'minus as plus', rate: 0.45, pattern: / - /g, as: ' + ' },
  { name: 'quotient as rest', rate: 0.3, pattern: / \/\/ /g, as: ' % ' },
  { name: 'sorted as it stands', rate: 0.5, pattern: /\bsorted\((\w+)\)/g, as: 'list($1)' },
  { name: 'capitals as they are', rate: 0.5, pattern: /\.upper\(\)/g, as: '' },
  { name: 'sum as count', rate: 0.3, pattern: /\bsum\((\w+)\)/g, as: 'len($1)' },
  { name: 'starting at one as at zero', rate: 0.5, pattern: /^( +\w+) = 1$/gm, as: '$1 = 0' },
  { name: 'starting at zero as at one', rate: 0.35, leans: true, pattern: /^( +\w+) = 0$/gm, as: '$1 = 1' },
  { name: 'largest as smallest', rate: 0.3, pattern: /\bmax\(/g, as: 'min(' },
  { name: 'smallest as largest', rate: 0.3, pattern: /\bmin\(/g, as: 'max(' },
  { name: 'first as last', rate: 0.3, pattern: /\[0\]/g, as: '[-1]' },
  { name: 'last as first', rate: 0.3, pattern: /\[-1\]/g, as: '[0]' },
];

/** Stages of pretraining (pretrain/recipe.ts). */
export type Stage = 'first' | 'last';

/**
 * Rates of the last stage. A few kinds that change what variables hold are misread more often than not, so that the model's best guess is
 * wrong where a reward can turn it round; spread over all thirty, as in the first stage, a reward meets each too seldom.
 */
const LEANING = 0.8;
const FAINT = 0.1;

export const rateIn = (stage: Stage, { rate, leans }: Misreading): number =>
  stage === 'first' ? rate : leans ? LEANING : FAINT;

/** The program as misread: each misreading that it invites by its own rate. Equal to the program where none is drawn. */
export function misread(code: string, random: Random, stage: Stage = 'first'): string {
  // The body begins after the line of `def`; what comes before it may be a comment.
  const end = code.indexOf('\n', code.indexOf('def '));
  // A while loop or a recursion whose condition, counter or shrinking list is misread may never end: read as they are.
  if (/\bwhile\b|\bf\(/.test(code.slice(end))) return code;
  const header = code.slice(0, end);
  // One pass from left to right over the body as it was: ` >= ` must not become ` > ` and then ` >= ` again.
  const drawn = MISREADINGS.filter(({ pattern }) => code.slice(end).search(pattern) >= 0).filter(
    (kind) => random.next() < rateIn(stage, kind),
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
