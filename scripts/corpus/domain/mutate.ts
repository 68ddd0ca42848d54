/**
 * One small random change to a body, of the kind a slip of the pen makes: a constant,
 * a comparison, an operator, a name.
 */
import type { Random } from '../../../src/base/random.ts';

const SWAPS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ (==|!=|<=|>=|<|>) /g, [' == ', ' != ', ' <= ', ' >= ', ' < ', ' > ']],
  [/ (\+|-|\*|\/\/|%) /g, [' + ', ' - ', ' * ', ' // ', ' % ']],
  [/ (\+=|-=|\*=) /g, [' += ', ' -= ', ' *= ']],
  [/ (and|or) /g, [' and ', ' or ']],
  [/\b(min|max)\b/g, ['min', 'max']],
  [/\b(True|False)\b/g, ['True', 'False']],
];
const NUMBER = /(?<![\w.])\d+\b/g;
const NAME = /(?<!['\w])(xs|ys|vs|[abcnstrxyvwik])(?!['\w(])/g;

/**
 * The body with one change, or null where nothing can be changed. May parse to the same meaning: execute it.
 */
export function mutate(body: string, random: Random): string | null {
  const places: { from: number; to: number; text: string }[] = [];
  for (const [pattern, options] of SWAPS) {
    for (const hit of body.matchAll(pattern)) {
      const others = options.filter((o) => o !== hit[0]);
      places.push({ from: hit.index, to: hit.index + hit[0].length, text: random.pick(others) });
    }
  }
  for (const hit of body.matchAll(NUMBER)) {
    const value = Number(hit[0]);
    places.push({
      from: hit.index,
      to: hit.index + hit[0].length,
      text: String(value === 0 ? 1 : value + random.pick([-1, 1])),
    });
  }
  const names = [...body.matchAll(NAME)];
  const known = [...new Set(names.map((hit) => hit[0]))];
  if (known.length > 1) {
    const hit = random.pick(names);
    places.push({
      from: hit.index,
      to: hit.index + hit[0].length,
      text: random.pick(known.filter((name) => name !== hit[0])),
    });
  }
  // A while loop whose counter or condition changes may never end: leave those lines alone.
  const changeable = body.includes('while')
    ? places.filter((p) => !/while|[+\-*/]= /.test(lineAt(body, p.from)))
    : places;
  if (changeable.length === 0) return null;
  const { from, to, text } = random.pick(changeable);
  return body.slice(0, from) + text + body.slice(to);
}

function lineAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end);
}
