/**
 * Gives the placeholders of a finished body their names. They come from a small set, so that the vocabulary
 * stays small.
 */
import type { Random } from '../../../src/base/random.ts';
import { fill } from './problem.ts';

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  T: ['t', 't', 'r', 'res', 'total', 'out', 'best'],
  U: ['u', 'm', 'k'],
  L: ['ys', 'vs', 'kept'],
  V: ['v', 'e'],
};
const LOCALS: Readonly<Record<string, readonly string[]>> = {
  i: ['i', 'i', 'k'],
  c: ['c', 'c', 'ch'],
  w: ['w', 'w', 'word'],
  x: ['x', 'x', 'x', 'v'],
};

/**
 * Renames the placeholders T, U, L, V and sometimes a loop variable; never onto a
 * name that the body already uses.
 */
export function nameBody(lines: readonly string[], random: Random): string[] {
  let text = lines.join('\n');
  const taken = new Set(text.match(/\b[a-z]\w*\b/g) ?? []);
  const draw = (options: readonly string[], fallback: string): string => {
    const free = options.filter((o) => !taken.has(o));
    const name = free.length > 0 ? random.pick(free) : fallback;
    taken.add(name);
    return name;
  };
  const fragments: Record<string, string> = {};
  for (const [placeholder, options] of Object.entries(CHOICES))
    fragments[placeholder] = draw(options, `${placeholder.toLowerCase()}1`);
  text = fill(text, fragments);
  for (const [local, options] of Object.entries(LOCALS)) {
    if (!taken.has(local) || !new RegExp(`for (\\w+, )?${local}\\b`).test(text)) continue;
    const name = random.pick(options);
    if (name === local || taken.has(name)) continue;
    taken.add(name);
    text = text.replace(new RegExp(`(?<!['\\w])${local}(?!['\\w])`, 'g'), name);
  }
  return text.split('\n');
}
